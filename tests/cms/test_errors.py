import pytest
from django.test import Client
from django.urls import reverse

from assessments.attempts import start_placement
from tests.factories import make_bank


@pytest.fixture
def strict_client(learner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    return client


def test_an_answer_from_a_page_too_old_is_kept_to_be_sent_again(strict_client, learner):
    make_bank(per_area=3)
    attempt = start_placement(learner, "fr")
    pending = attempt.responses.get()
    sent = {"position": 1, "version": pending.question_version_id, "choice": "0"}
    address = reverse("assessments:question", args=[attempt.pk])

    refused = strict_client.post(address, sent)

    assert refused.status_code == 403
    assert dict(refused.context["fields"]) == {k: str(v) for k, v in sent.items()}
    pending.refresh_from_db()
    assert pending.answered_at is None
    again = refused.context["csrf_token"]
    strict_client.post(address, sent | {"csrfmiddlewaretoken": str(again)})
    pending.refresh_from_db()
    assert pending.answer == [0]


def test_other_forms_are_not_offered_again(strict_client):
    refused = strict_client.post(reverse("people:delete"), {"email": "a@example.org"})

    assert refused.status_code == 403
    assert refused.context["fields"] == []
