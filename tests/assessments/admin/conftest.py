import pytest
from django.utils import translation

from tests.assessments.admin.making import make_author
from tests.factories import make_framework


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def framework(db):
    make_framework()


@pytest.fixture
def writer(framework):
    """Someone who writes questions and publishes none."""
    return make_author("add_question", "change_question")


@pytest.fixture
def publisher(framework):
    return make_author("add_question", "change_question", "publish_question")


@pytest.fixture
def reading(client, writer):
    """A browser in which a writer is signed in."""
    client.force_login(writer)
    return client


@pytest.fixture
def publishing(client, publisher):
    client.force_login(publisher)
    return client
