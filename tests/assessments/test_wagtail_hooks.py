import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from assessments.attempts import (
    pending_response,
)
from assessments.models import Competence, Question
from assessments.starting import (
    start_placement,
)
from courses.roles import REVIEWERS
from tests.assessments.sitting import address, answer_next
from tests.factories import (
    make_framework,
    make_frozen_bank,
    make_learner,
    make_person,
    make_question,
    make_trainer,
)

pytestmark = pytest.mark.django_db
URLS = "wagtailsnippets_assessments_question"


@pytest.fixture
def framework(db):
    make_framework()


@pytest.fixture
def author(client, framework):
    """Someone who writes and reads over, signed in to the CMS in English."""
    author = make_trainer()
    author.language = "en"
    author.save()
    client.force_login(author)
    return author


def make_answers(count=3, right=(0,), **blank):
    answers = [
        {
            "text_fr": f"Réponse {n}",
            "why_fr": f"Parce que {n}",
            "text_en": "",
            "why_en": "",
            "match_fr": "",
            "match_en": "",
            "ORDER": n + 1,
            **({"is_right": "on"} if n in right else {}),
        }
        for n in range(count)
    ]
    for name, value in blank.items():
        answers[1][name] = value
    return answers


def make_form(answers=None, press=None, **fields):
    """Return what the form of a question sends; complete when nothing is said."""
    values = {
        "reference": "A1-3-essai",
        "purpose": "placement",
        "kind": "single",
        "level": "3",
        "competence": Competence.objects.get(code="A1").pk,
        "topic": "essai",
        "stem_fr": "Que proposer d'abord ?",
        "stem_en": "",
        "choices": inline_formset(make_answers() if answers is None else answers),
        "parts": inline_formset([]),
    }
    data = nested_form_data(values | fields)
    return data | ({press: "1"} if press else {})


def add(client, *args, **kwargs):
    return client.post(reverse(f"{URLS}:add"), make_form(*args, **kwargs))


def edit_form(question, press=None, **fields):
    """Return what the form of a stored question sends."""
    choices = [
        {
            "id": choice.pk,
            "ORDER": n + 1,
            **{
                name: getattr(choice, name)
                for name in (
                    "text_fr",
                    "why_fr",
                    "text_en",
                    "why_en",
                    "match_fr",
                    "match_en",
                )
            },
            **({"is_right": "on"} if choice.is_right else {}),
        }
        for n, choice in enumerate(question.choices.all())
    ]
    return make_form(
        press=press,
        **{
            name: getattr(question, name)
            for name in ("reference", "purpose", "kind", "level", "topic", "stem_fr")
        }
        | {"choices": inline_formset(choices, initial=len(choices))}
        | fields,
    )


def edit(client, question, **kwargs):
    return client.post(
        reverse(f"{URLS}:edit", args=[question.pk]), edit_form(question, **kwargs)
    )


def errors_of(response):
    """Return the sentences that a refused form says, those of the answers included."""
    form = response.context["form"]
    found = [str(e) for errors in form.errors.values() for e in errors]
    for formset in form.formsets.values():
        found += [str(e) for e in formset.non_form_errors()]
        found += [str(e) for f in formset.forms for es in f.errors.values() for e in es]
    return found


# --- writing, approving, publishing ---------------------------------------------------


def test_a_draft_may_be_unfinished(client, author):
    response = add(client, make_answers(2, right=(), why_fr=""), stem_fr="")

    question = Question.objects.get()
    assert response.status_code == 302
    assert (question.live, question.versions.count()) == (False, 0)


def test_a_complete_question_is_submitted_approved_and_asked(client, author):
    add(client, press="action-submit")
    question = Question.objects.get()
    assert (question.live, question.workflow_in_progress) == (False, True)
    task_state = question.current_workflow_task_state

    client.post(
        reverse(
            f"{URLS}:workflow_action", args=[question.pk, "approve", task_state.pk]
        ),
        {"comment": ""},
    )

    question.refresh_from_db()
    assert question.live
    version = question.versions.get()
    assert version.content["fr"]["stem"] == "Que proposer d'abord ?"
    assert [c["why"] for c in version.content["fr"]["choices"]] == [
        f"Parce que {n}" for n in range(3)
    ]


def test_a_complete_question_is_published_by_who_may(client, author):
    response = add(client, press="action-publish")

    question = Question.objects.get()
    assert response.status_code == 302
    assert (question.live, question.versions.count()) == (True, 1)


def test_who_only_writes_cannot_publish(client, author):
    author.groups.remove(Group.objects.get(name=REVIEWERS))

    add(client, press="action-publish")

    question = Question.objects.get()
    assert (question.live, question.versions.count()) == (False, 0)


INCOMPLETE = [
    ({"stem_fr": ""}, None, ["This field is required."]),
    ({}, make_answers(why_fr=""), ["This field is required."]),
    ({}, make_answers(text_fr=""), ["This field is required."]),
    ({}, make_answers(right=()), ["Mark exactly one answer as right."]),
    ({}, make_answers(right=(0, 2)), ["Mark exactly one answer as right."]),
    (
        {"kind": "multiple"},
        make_answers(right=()),
        ["Mark at least one answer as right, and not all of them."],
    ),
    (
        {"kind": "multiple"},
        make_answers(right=(0, 1, 2)),
        ["Mark at least one answer as right, and not all of them."],
    ),
    (
        {"kind": "matching"},
        make_answers(2),
        ["Answer 1: say what it goes with.", "Answer 2: say what it goes with."],
    ),
]


@pytest.mark.parametrize("press", ["action-submit", "action-publish"])
@pytest.mark.parametrize(("fields", "answers", "sentences"), INCOMPLETE)
def test_what_is_incomplete_is_refused_and_said(
    client, author, press, fields, answers, sentences
):
    response = add(client, answers, press=press, **fields)

    assert response.status_code == 200
    assert errors_of(response) == sentences
    assert Question.objects.count() == 0
    page = response.content.decode()
    assert all(sentence in page for sentence in sentences)


@pytest.mark.parametrize("press", ["action-submit", "action-publish"])
@pytest.mark.parametrize("count", [0, 1])
def test_a_question_needs_two_answers(client, author, press, count):
    response = add(client, make_answers(count), press=press)

    assert response.status_code == 200
    assert Question.objects.count() == 0
    assert errors_of(response)


def test_while_it_waits_for_approval_a_question_stays_complete(client, author):
    add(client, press="action-submit")
    question = Question.objects.get()

    response = edit(client, question, stem_fr="")

    assert response.status_code == 200
    assert errors_of(response) == ["This field is required."]
    question.refresh_from_db()
    assert question.latest_revision.content["stem_fr"] == "Que proposer d'abord ?"


def test_a_published_question_may_be_edited_as_a_draft(client, author):
    add(client, press="action-publish")
    question = Question.objects.get()

    edit(client, question, stem_fr="Brouillon ?")

    question.refresh_from_db()
    assert question.stem_fr == "Que proposer d'abord ?"
    assert question.versions.count() == 1
    edit(client, question, press="action-publish", stem_fr="Nouvelle ?")
    stems = [v.content["fr"]["stem"] for v in question.versions.order_by("number")]
    assert stems == ["Que proposer d'abord ?", "Nouvelle ?"]


def test_an_autosave_that_rewrites_the_live_revision_reaches_no_learner(client, author):
    make_frozen_bank(per_area=1)
    add(client)
    question = Question.objects.get(reference="A1-3-essai")
    draft = question.latest_revision
    draft.publish()  # elsewhere, while the editor is still open

    response = client.post(
        reverse(f"{URLS}:edit", args=[question.pk]),
        edit_form(question, stem_fr="Enregistré tout seul ?")
        | {"overwrite_revision_id": draft.pk},
        headers={"accept": "application/json"},
    )

    draft.refresh_from_db()
    assert response.json()["success"]
    assert draft.content["stem_fr"] == "Enregistré tout seul ?"
    version = question.versions.get()
    assert version.content["fr"]["stem"] == "Que proposer d'abord ?"


def test_learners_in_the_middle_keep_what_they_began(client, author):
    make_frozen_bank(per_area=1)
    learner = make_learner()
    attempt = start_placement(learner, "en")
    shown = pending_response(attempt)
    question = shown.question_version.question

    edit(client, question, press="action-publish", stem_en="Rewritten?")
    assert question.versions.count() == 2
    client.force_login(learner)
    page = client.get(address("question", attempt.pk)).content.decode()

    assert question.stem_en in page
    assert "Rewritten?" not in page
    assert answer_next(client, attempt, choice=0).question_version.number == 1


# --- retired, never deleted -----------------------------------------------------------


def doors_to_delete(question):
    bulk = reverse("wagtail_bulk_action", args=["assessments", "question", "delete"])
    return {
        "page": reverse(f"{URLS}:delete", args=[question.pk]),
        "bulk": f"{bulk}?id={question.pk}",
    }


@pytest.mark.parametrize("door", ["page", "bulk"])
@pytest.mark.parametrize("is_answered", [True, False])
@pytest.mark.parametrize("who", ["trainer", "administrator"])
def test_no_question_can_be_deleted(client, author, door, is_answered, who):
    if who == "administrator":
        client.force_login(make_person("Odile Roux", is_superuser=True))
    question = make_question()
    if is_answered:
        start_placement(make_learner(), "fr")
    url = doors_to_delete(question)[door]

    statuses = [client.get(url).status_code, client.post(url).status_code]

    assert Question.objects.filter(pk=question.pk).exists()
    assert all(status in (200, 302, 403) for status in statuses)


def test_a_question_is_retired_instead(client, author):
    question = make_question()

    client.post(reverse(f"{URLS}:unpublish", args=[question.pk]))

    question.refresh_from_db()
    assert not question.live
    assert question.versions.count() == 1


@pytest.mark.parametrize("model", ["area", "competence"])
def test_the_framework_in_use_cannot_be_deleted(client, framework, model):
    client.force_login(make_person("Odile Roux", is_superuser=True))
    competence = make_question().competence
    competence.save()  # made in bulk, its reference to the area was not indexed
    thing = competence if model == "competence" else competence.area

    url = reverse(f"wagtailsnippets_assessments_{model}:delete", args=[thing.pk])
    statuses = [client.get(url).status_code, client.post(url).status_code]

    assert type(thing).objects.filter(pk=thing.pk).exists()
    assert all(status in (200, 302, 403) for status in statuses)


# --- the bank, listed -----------------------------------------------------------------


def test_the_list_is_filtered_by_area(client, author):
    make_question(competence="A1", reference="a-1")
    make_question(competence="B1", reference="b-1")
    area = Competence.objects.get(code="B1").area

    page = client.get(reverse(f"{URLS}:list"), {"area": area.pk}).content.decode()

    assert "b-1" in page
    assert "a-1 " not in page and ">a-1<" not in page


@pytest.mark.parametrize("name", ["edit", "history", "inspect", "copy", "usage"])
def test_the_pages_of_a_question_open(client, author, name):
    question = make_question("matching")

    response = client.get(reverse(f"{URLS}:{name}", args=[question.pk]))

    assert response.status_code == 200


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_a_question_is_previewed_as_learners_see_it(client, author, kind):
    question = make_question(kind)
    url = reverse(f"{URLS}:preview_on_edit", args=[question.pk])

    posted = client.post(url, edit_form(question, stem_fr="Vue avant ?"))
    page = client.get(url)

    assert posted.json()["is_valid"]
    assert "Vue avant ?" in page.content.decode()


def test_learners_do_not_enter_the_cms(client, framework):
    client.force_login(make_learner())

    response = client.get(reverse(f"{URLS}:list"))

    assert response.status_code == 403
