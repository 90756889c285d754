import pytest
from django.test import Client

from courses.models import ModuleWork
from tests.courses.addresses import address
from tests.courses.factories import add_reflection
from tests.factories import make_module


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_expired_form_says_what_to_do_and_saves_nothing(learner, language):
    module = make_module(lessons=0, questions=0)
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)

    response = client.post(
        address("courses:begin", module.translation_key, language=language)
    )

    page = response.content.decode()
    assert response.status_code == 403
    assert f'<html lang="{language}">' in page
    assert ("This was not sent" in page) is (language == "en")
    assert "CSRF" not in page
    assert "<ol>" in page
    assert not ModuleWork.objects.exists()


def test_a_forbidden_page_blames_nobody(client, learner):
    client.force_login(learner)

    response = client.get(address("courses:team", language="en"))

    page = response.content.decode()
    assert response.status_code == 403
    assert "Your account does not open this page. You did nothing wrong." in page
    assert f'href="{address("courses:dashboard", language="en")}"' in page


def test_a_fault_of_ours_says_so_without_its_cause(client, db, monkeypatch):
    def fail(request):
        raise RuntimeError("secret cause")

    monkeypatch.setattr("courses.views.own_lines", fail)
    monkeypatch.setattr("courses.views.Organisation.objects", None)
    client.raise_request_exception = False

    response = client.get(address("courses:employer_view", language="en"))

    page = response.content.decode()
    assert response.status_code == 500
    assert "secret cause" not in page
    assert "Traceback" not in page
    assert "<h1>" in page


@pytest.mark.parametrize(("origin", "offered"), [("https://example.org", 0), ("", 1)])
def test_what_another_site_sent_is_not_offered_to_be_sent_again(
    learner, origin, offered
):
    lesson = add_reflection(make_module(lessons=0))
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)

    response = client.post(
        address("courses:save_note", lesson.translation_key),
        {"text": "Not written by her"},
        headers={"origin": origin} if origin else {},
    )

    assert response.status_code == 403
    assert response.text.count("Not written by her") == offered
