import pytest
from django.urls import reverse

from tests.assessments.admin.making import make_author, make_figures, url
from tests.factories import make_learner, make_manager, make_question

PAGES = ["holes", "to_review", "measure", "figures", "key_wrong"]


@pytest.fixture
def addresses(framework):
    question = make_question()
    make_figures(question.versions.get(), flags=["misfit"])
    return {
        **{name: reverse(f"question_bank:{name}") for name in PAGES[:3]},
        **{name: url(name, question.pk) for name in PAGES[3:]},
    }


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_learners_and_managers_are_refused(client, addresses, name, method):
    for person in (make_learner(), make_manager()):
        client.force_login(person)

        response = getattr(client, method)(addresses[name])

        assert response.status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_visitors_are_asked_who_they_are(client, addresses, name):
    response = client.get(addresses[name])

    assert response.status_code == 302
    assert "login" in response["Location"] or "connexion" in response["Location"]


@pytest.mark.parametrize("name", PAGES)
def test_who_enters_the_cms_for_something_else_is_refused(client, addresses, name):
    client.force_login(make_author("change_page"))

    assert client.get(addresses[name]).status_code == 403


def test_who_writes_reads_everything_and_corrects_no_key(reading, addresses):
    found = {name: reading.get(addresses[name]).status_code for name in PAGES}

    assert found == {name: 200 for name in PAGES[:4]} | {"key_wrong": 403}
    assert "key-wrong" not in reading.get(addresses["figures"]).content.decode()


def test_who_publishes_may_correct_a_key(publishing, addresses):
    assert publishing.get(addresses["key_wrong"]).status_code == 200
    assert (
        addresses["key_wrong"] in publishing.get(addresses["figures"]).content.decode()
    )


@pytest.mark.parametrize(("is_trainer", "status"), [(True, 200), (False, 403)])
def test_the_pages_are_in_the_menu_of_those_who_may_read_them(
    client, addresses, is_trainer, status
):
    names = ["change_question"] if is_trainer else ["change_page"]
    client.force_login(make_author(*names))

    page = client.get("/admin/").content.decode()

    assert (addresses["holes"] in page) is is_trainer
    assert client.get(addresses["holes"]).status_code == status
