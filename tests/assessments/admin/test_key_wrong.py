import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import corrections, key_doubts
from assessments.attempts import pending_response
from assessments.corrections import correct_key, preview
from assessments.models import KeyCorrection, KeyDoubt, Question
from assessments.starting import start_check, start_placement
from tests.assessments.admin.making import answers_of, url
from tests.assessments.test_replay import answer, take
from tests.factories import make_frozen_bank, make_learner, make_question


@pytest.fixture
def placed(framework):
    """A finished placement, and a version of which its range rests on the answer."""
    make_frozen_bank()
    attempt = take(start_placement(make_learner(), "fr"), seed=4)
    for response in attempt.responses.select_related("question_version__question"):
        if preview(response.question_version).changed_count:
            return attempt, response.question_version
    raise AssertionError("No answer of this attempt decides a range.")


def ask(client, version, reason="two were right"):
    """Say that a key was wrong; return the answer to the form."""
    data = {"version": version.pk, "reason": reason}
    return client.post(url("key_wrong", version.question_id), data)


def doubted(client, version):
    """Say that a key was wrong; return the page that this leads to."""
    return client.get(ask(client, version)["Location"])


def address_of(doubt):
    return url("key_doubt", doubt.question_version.question_id, doubt.pk)


def text_of(client, doubt):
    return client.get(address_of(doubt)).content.decode()


def test_what_would_change_is_shown_before_anything_does(publishing, placed):
    attempt, version = placed

    response = doubted(publishing, version)

    found = response.context["found"]
    assert (found["answers"], found["results"], found["changed"]) == (
        *("fewer than 8", "fewer than 8", "fewer than 8"),
    )
    assert "Nothing has been changed yet." in response.content.decode()
    assert "Refresh" not in response.headers
    assert KeyCorrection.objects.count() == attempt.corrections.count() == 0


def test_a_correction_is_made_when_it_is_confirmed(publishing, publisher, placed):
    attempt, version = placed
    ask(publishing, version)

    response = publishing.post(address_of(KeyDoubt.objects.get()))

    correction = KeyCorrection.objects.get()
    assert (correction.question_version, correction.made_by, correction.reason) == (
        *(version, publisher, "two were right"),
    )
    assert attempt.corrections.count() == 1
    page = publishing.get(response["Location"]).content.decode()
    assert "Results computed again: fewer than 8." in page
    assert "Next: correct the question and publish it." in page
    figures = publishing.get(url("figures", version.question_id)).content.decode()
    assert "two were right" in figures


def test_a_correction_says_what_was_wrong(publishing, placed):
    _attempt, version = placed

    response = ask(publishing, version, reason="  ")

    assert response.context["form"].errors["reason"] == ["This field is required."]
    assert KeyDoubt.objects.count() == 0


def test_a_version_of_another_question_is_refused(publishing, placed):
    _attempt, version = placed
    other = make_question()

    response = publishing.post(
        url("key_wrong", other.pk), {"version": version.pk, "reason": "x"}
    )

    assert "version" in response.context["form"].errors
    assert KeyDoubt.objects.count() == 0


def test_a_doubt_stands_under_its_own_question_alone(publishing, placed):
    _attempt, version = placed
    ask(publishing, version)
    doubt, other = KeyDoubt.objects.get(), make_question()

    address = url("key_doubt", other.pk, doubt.pk)

    assert publishing.get(address, follow=True).status_code == 404
    assert publishing.post(address, follow=True).status_code == 404
    assert KeyCorrection.objects.count() == 0


def test_who_only_writes_corrects_nothing(client, publisher, writer, placed):
    _attempt, version = placed
    client.force_login(publisher)
    ask(client, version)
    doubt = KeyDoubt.objects.get()
    client.force_login(writer)

    answers = [
        ask(client, version),
        client.get(address_of(doubt)),
        client.post(address_of(doubt)),
    ]

    assert [response.status_code for response in answers] == [403, 403, 403]
    assert KeyDoubt.objects.count() == 1
    assert KeyCorrection.objects.count() == 0


def test_the_newest_version_with_answers_is_proposed(publishing):
    question = make_question(purpose=Question.Purpose.CHECK)
    first = question.versions.get()
    answers_of(first, 1)
    for stem in ("Deux ?", "Trois ?"):
        question.stem_fr = stem
        question.save_revision().publish()

    form = publishing.get(url("key_wrong", question.pk)).context["form"]

    proposed = [version.number for version in form.fields["version"].queryset]
    assert proposed == [1, 3, 2]


def test_a_corrected_version_is_not_proposed_again(publishing, framework):
    question = make_question(reference="a1-essai")
    correct_key(question.versions.get(), None, "x")

    page = publishing.get(url("key_wrong", question.pk)).content.decode()

    assert "has already been corrected" in page
    assert "Show what this would change" not in page


def test_checks_are_in_the_preview(publishing):
    question = make_question(purpose=Question.Purpose.CHECK)
    others = [make_question(purpose=Question.Purpose.CHECK) for _n in range(2)]
    version = question.versions.get()
    for number in range(9):
        learner = make_learner()
        check = start_check(
            learner, "fr", uuid.uuid4(), [question, *others], 3, pass_mark=0.75
        )
        while response := pending_response(check):
            is_it = response.question_version_id == version.pk
            answer(check, [1] if is_it and number < 8 else [0])

    found = doubted(publishing, version).context["found"]

    assert preview(version).check_count == preview(version).passed_count == 8
    assert (found["answers"], found["results"]) == ("9", "0")


# --- more results than a page waits for -----------------------------------------------


@pytest.fixture
def started(monkeypatch, placed):
    """The doubts left to the background: as if every result were one too many."""
    left = []
    monkeypatch.setattr(corrections, "AT_ONCE", 0)
    monkeypatch.setattr(key_doubts, "launch", left.append)
    return left


@pytest.fixture
def many(publishing, placed, started, django_capture_on_commit_callbacks):
    """A doubt whose counting was left to the background."""
    with django_capture_on_commit_callbacks(execute=True):
        ask(publishing, placed[1])
    return KeyDoubt.objects.get()


def is_in_words(page, *sentences):
    return [sentence in page for sentence in sentences]


def test_the_page_says_that_it_counts_and_looks_again(publishing, many, started):
    response = publishing.get(address_of(many))

    assert started == [many.pk]
    assert response["Refresh"] == "3"
    assert is_in_words(
        response.content.decode(),
        "What this would change is being counted",
        "0% of the results looked at",
        "Nothing has been changed yet.",
        "This page looks again every 3 seconds.",
        'name="csrfmiddlewaretoken"',  # no button: nothing to press yet
    ) == [True, True, True, True, False]


def test_it_can_be_held_still(publishing, many):
    response = publishing.get(address_of(many) + "?still")

    assert "Refresh" not in response.headers
    page = response.content.decode()
    assert is_in_words(page, "Look again", "Hold it still") == [True, False]


def test_once_counted_it_shows_the_same_as_when_counted_at_once(
    publishing, many, monkeypatch
):
    monkeypatch.setattr(corrections, "AT_ONCE", 200)
    key_doubts.work(many.pk)

    response = publishing.get(address_of(many))

    assert "Refresh" not in response.headers
    assert response.context["found"]["changed"] == "fewer than 8"
    assert "Yes, the key was wrong" in response.content.decode()


def test_confirmed_it_says_that_results_are_being_corrected(
    publishing, many, placed, started, monkeypatch, django_capture_on_commit_callbacks
):
    attempt, _version = placed
    monkeypatch.setattr(corrections, "AT_ONCE", 200)
    key_doubts.work(many.pk)
    monkeypatch.setattr(corrections, "AT_ONCE", 0)

    with django_capture_on_commit_callbacks(execute=True):
        publishing.post(address_of(many))

    assert started == [many.pk, many.pk]
    assert "The results are being corrected" in text_of(publishing, many)
    assert attempt.corrections.count() == 0
    monkeypatch.setattr(corrections, "AT_ONCE", 200)
    key_doubts.work(many.pk)
    assert "It is corrected" in text_of(publishing, many)
    assert attempt.corrections.count() == 1


def test_a_press_on_a_stale_page_begins_nothing_twice(publishing, many, started):
    publishing.post(address_of(many))

    assert started == [many.pk]
    assert KeyCorrection.objects.count() == 0


def test_what_stands_still_can_be_begun_again(
    publishing, many, started, django_capture_on_commit_callbacks
):
    past = timezone.now() - timedelta(minutes=2)
    KeyDoubt.objects.filter(pk=many.pk).update(worked_at=past, done=1)

    page = text_of(publishing, many)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.post(address_of(many))

    assert "Nothing has moved for a minute." in page
    assert started == [many.pk, many.pk]
    many.refresh_from_db()
    assert (many.done, many.stands_still) == (0, False)
