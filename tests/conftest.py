import hashlib
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.signals import storages_changed
from django.utils import translation

from assessments import bank
from tests.factories import make_learner, make_manager, make_module, make_trainer

# Tests leave nothing behind: no cache, mail or password of a real installation.
settings.CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.ALLOWED_HOSTS = ["testserver", "localhost"]
settings.STORAGES = settings.STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
}
storages_changed(setting="STORAGES")  # some were made while the apps were loaded


def stamp():
    """Return a name that changes when migrations or requirements do."""
    root = Path(settings.BASE_DIR)
    files = [*sorted(root.glob("*/migrations/*.py")), root / "requirements.txt"]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def django_db_keepdb():
    # Safe: the file's name changes with the migrations. Saves 20 seconds a run.
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        name = settings.BASE_DIR / f".test-{stamp()}{worker}.sqlite3"
        database["TEST"]["NAME"] = str(name)


@pytest.fixture(autouse=True)
def fresh_caches():
    """Nothing that a process keeps may pass from one test to the next."""
    cache.clear()
    bank.tables.cache_clear()
    bank.version.cache_clear()


@pytest.fixture(autouse=True)
def site_language():
    """Each test starts in the site's language, whatever page was asked for before."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def learner(db):
    return make_learner()


@pytest.fixture
def other_learner(db):
    return make_learner(name="Marc Delmas")


@pytest.fixture
def trainer(db):
    return make_trainer()


@pytest.fixture
def manager(db):
    return make_manager()


@pytest.fixture
def module(db):
    """A module in French with two lessons and a check of four questions."""
    return make_module()
