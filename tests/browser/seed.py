"""Puts people in every state that a page can be in, and prints where to find them.

Run in the server's folder, in a process of its own: python -m tests.browser.seed
"""

import json
import uuid

import django

django.setup()

from django.urls import reverse  # noqa: E402
from django.utils.translation import override  # noqa: E402

from assessments.attempts import (  # noqa: E402
    Answer,
    pending_response,
    save_answer,
    stop_attempt,
)
from assessments.models import Attempt, Question, QuestionVersion  # noqa: E402
from assessments.starting import (  # noqa: E402
    start_check,
    start_placement,
)
from cms.addresses import fixed_pages, page_url  # noqa: E402
from courses import scenarios  # noqa: E402
from courses.management.commands.make_demo import make_demo, make_person  # noqa: E402
from courses.models import (  # noqa: E402
    Assignment,
    CheckPage,
    JournalEntry,
    LessonPage,
    ModulePage,
    ScenarioPage,
)
from courses.progress import begin_module, mark_done, start_run  # noqa: E402
from people.models import User  # noqa: E402

PASSWORD = "sentier-des-cretes-27"
EMAILS = {
    "full": "apprenante@demo.repere",
    "trainer": "formatrice@demo.repere",
    "manager": "responsable@demo.repere",
    "administrator": "administration@demo.repere",
    "beginner": "collegue1@demo.repere",
    "placing": "collegue2@demo.repere",
    "unsure": "collegue3@demo.repere",
    # Each changes its account's state in a test of its own.
    "keyboard": "clavier@demo.repere",
    "reader": "lectrice@demo.repere",
    "safety": "reprise@demo.repere",
}
LANGUAGES = ["fr", "en"]
NAMES = {"keyboard": "Marc Delmas", "reader": "Fatou Diarra", "safety": "Tomás Silva"}


def people():
    make_demo()
    for key, name in NAMES.items():
        make_person(EMAILS[key], name, None)
    found = {}
    for key, email in EMAILS.items():
        found[key] = User.objects.get(email=email)
        found[key].set_password(PASSWORD)
        found[key].save(update_fields=["password"])
    return found


# --- what they have done --------------------------------------------------------------


def page_of(model, module, language="fr"):
    parent = ModulePage.objects.get(code=module, locale__language_code=language)
    return model.objects.child_of(parent).live().first()


def begin(learner, check):
    return start_check(
        learner,
        "fr",
        check.translation_key,
        [row.question_id for row in check.check_questions.all()],
        check.draw,
        check.pass_mark,
    )


def answer(attempt, choices, is_sure=None):
    response = pending_response(attempt)
    save_answer(
        attempt,
        Answer(response.position, response.question_version_id, choices, is_sure),
        "fr",
    )


def right(attempt):
    version = pending_response(attempt).question_version
    if version.kind == "short":
        return [version.content["fr"]["choices"][version.key[0]]["text"]]
    return list(version.key)


def wrong(attempt):
    version = pending_response(attempt).question_version
    if version.kind in ("ordering", "matching"):
        return list(reversed(version.key))
    if version.kind == "short":
        return ["autre chose"]
    if version.kind == "linked":
        part_of = version.content["part_of"]
        others = [n for n in range(len(part_of)) if n not in version.key]
        return [next(n for n in others if part_of[n] == part) for part in set(part_of)]
    others = set(range(len(version.content["fr"]["choices"]))) - set(version.key)
    return [min(others)]


def take_check(learner, module, choose):
    attempt = begin(learner, page_of(CheckPage, module))
    while pending_response(attempt):
        answer(attempt, choose(attempt))
    attempt.refresh_from_db()
    return attempt


def finish_module(learner, module):
    """Do every step of a module; returns the passed attempt and the played call."""
    parent = ModulePage.objects.get(code=module, locale__language_code="fr")
    begin_module(learner, parent)
    for lesson in LessonPage.objects.child_of(parent):
        mark_done(learner, lesson)
    run = start_run(learner, page_of(ScenarioPage, module))
    run.path = shortest_path(run.version.graph)
    run.finished_at = run.started_at
    run.save()
    mark_done(learner, page_of(ScenarioPage, module))
    return take_check(learner, module, right), run


def shortest_path(graph):
    waiting = [[]]
    while True:
        path = waiting.pop(0)
        name, _turns, _measures = scenarios.play(graph, path)
        if name in graph["endings"]:
            return path
        choices = graph["nodes"][name]["choices"]
        waiting += [[*path, number] for number in range(len(choices))]


def take_placement(learner, count):
    """Answer some questions of a placement: right, wrong, "I don't know" in turn."""
    attempt = start_placement(learner, "fr")
    for number in range(count):
        attempt.refresh_from_db()
        if attempt.is_finished:
            break
        answer(attempt, [right, wrong, lambda _attempt: None][number % 3](attempt))
    return attempt


def questions_of_each_kind(learner):
    """Return {kind: attempt}, each attempt waiting at a question of that kind."""
    attempts = {}
    for kind in Question.Kind.values:
        version = QuestionVersion.objects.filter(kind=kind).order_by("pk").first()
        attempts[kind] = own_check(learner, [version])
    with_document = QuestionVersion.objects.filter(content__fr__has_key="document")
    attempts["document"] = own_check(learner, [with_document.earliest("pk")])
    return attempts


def own_check(learner, versions):
    attempt = Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.CHECK,
        step_key=uuid.uuid4(),
        pass_mark=0.75,
        language="fr",
        seed=20_261,
        to_go=len(versions),
    )
    for position, version in enumerate(versions, start=1):
        attempt.responses.create(position=position, question_version=version)
    return attempt


def half_answered(learner):
    """An attempt answered right, not yet, then "I don't know"; one question is left."""
    kinds = ["single", "multiple", "ordering", "matching"]
    versions = [
        QuestionVersion.objects.filter(kind=kind).order_by("-pk").first()
        for kind in kinds
    ]
    attempt = own_check(learner, versions)
    for choose in (right, wrong, lambda _attempt: None):
        answer(attempt, choose(attempt))
    return attempt


def newer_kinds(learner, *more):
    """An attempt of a short answer, places on a picture and a short scenario."""
    kinds = ["short", "spots", "linked", *more]
    versions = [
        QuestionVersion.objects.filter(kind=kind).earliest("pk") for kind in kinds
    ]
    return own_check(learner, versions)


def newer_kinds_answered(learner):
    """The same, answered “not yet” and said to be sure; one question is left."""
    attempt = newer_kinds(learner, "single")
    for _kind in range(3):
        answer(attempt, wrong(attempt), is_sure=True)
    return attempt


# --- where that is --------------------------------------------------------------------


def same(name, *arguments, **keywords):
    """Return the address of a view in each language."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = reverse(name, args=arguments, kwargs=keywords)
    return found


def page(of):
    """Return the address of a page in each language that it exists in."""
    pages = type(of).objects.live().filter(translation_key=of.translation_key)
    return {
        language: page_url(url_path, language)
        for language, url_path in pages.values_list("locale__language_code", "url_path")
    }


def plus(addresses, ending):
    return {language: address + ending for language, address in addresses.items()}


def fixed(key):
    return {language: pages[key][0] for language, pages in fixed_pages().items()}


def telling_lessons():
    """Return few lessons that hold every kind of block that any lesson holds."""
    lessons = [
        (lesson, {block.block_type for block in lesson.body})
        for lesson in LessonPage.objects.live().filter(locale__language_code="fr")
    ]
    missing = set().union(*(kinds for _lesson, kinds in lessons))
    chosen = []
    while missing:
        best = max(lessons, key=lambda line: len(line[1] & missing))
        chosen.append(best[0])
        missing -= best[1]
    return chosen


def states(who):
    """Return {name: [who looks, {language: address}]} for every page and state."""
    full = who["full"]
    passed, played = finish_module(full, "M04")
    failed = take_check(full, "M03", wrong)
    under_way = start_run(full, page_of(ScenarioPage, "M04"))
    placed = take_placement(full, 36)
    stopped = stop_attempt(take_placement(who["unsure"], 3))
    placing = take_placement(who["placing"], 2)
    begin(who["placing"], page_of(CheckPage, "M04"))
    halfway = half_answered(full)
    newer = newer_kinds_answered(full)
    typed = newer_kinds(who["keyboard"], "single")
    certificate = full.certificates.get()
    module = ModulePage.objects.get(code="M04", locale__language_code="fr")
    call, check = page_of(ScenarioPage, "M04"), page_of(CheckPage, "M04")
    assignment = Assignment.objects.get(learner=who["beginner"])
    lessons = telling_lessons()
    noted = next(
        lesson
        for lesson in LessonPage.objects.live().filter(locale__language_code="fr")
        if any(block.block_type == "reflection" for block in lesson.body)
    )
    JournalEntry.objects.create(
        learner=full,
        step_key=noted.translation_key,
        prompt="Qu'allez-vous essayer ?",
        text="Faire décrire avant de dire quoi faire.",
    )
    untranslated = ModulePage.objects.get(code="M00", locale__language_code="en")
    untranslated.unpublish()
    dashboard, catalogue = same("courses:dashboard"), fixed("catalogue")
    found = {
        "home": ["visitor", {"fr": "/fr/", "en": "/en/"}],
        "catalogue": ["visitor", catalogue],
        "catalogue-found": ["visitor", plus(catalogue, "?area=F&level=3")],
        "catalogue-empty": ["visitor", plus(catalogue, "?q=zzzzzz")],
        "module-visitor": ["visitor", page(module)],
        "lesson-visitor": ["visitor", page(lessons[0])],
        "call-visitor": ["visitor", page(call)],
        "check-visitor": ["visitor", page(check)],
        "booklet": ["visitor", same("courses:booklet", module.translation_key)],
        "placement-visitor": ["visitor", same("assessments:placement")],
        "employer-visitor": ["visitor", same("courses:employer_view")],
        "reading": ["visitor", same("people:reading")],
        "sign-in": ["visitor", same("account_login")],
        "sign-up": ["visitor", same("account_signup")],
        "code-request": ["visitor", same("account_request_login_code")],
        "password-reset": ["visitor", same("account_reset_password")],
        "code-check": ["visitor", same("certificates:check")],
        "code-valid": ["visitor", same("certificates:check", code=certificate.code)],
        "code-unknown": ["visitor", same("certificates:check", code="ABCDEFGH")],
        "not-found": ["visitor", {"fr": "/fr/nulle-part/", "en": "/en/nowhere/"}],
        "untranslated": [
            "visitor",
            {"en": f"/en/page/{untranslated.translation_key}/"},
        ],
        "module": ["full", page(module)],
        "module-started": [
            "full",
            page(ModulePage.objects.get(code="M03", locale_id=module.locale_id)),
        ],
        "module-assigned": ["beginner", page(module)],
        "call-start": ["full", page(call)],
        "call-moment": ["full", same("courses:run", under_way.pk)],
        "debrief": ["full", same("courses:run", played.pk)],
        "check-start": ["full", page(check)],
        "check-open": ["placing", page(check)],
        "check-passed": ["full", same("courses:check_result", passed.pk)],
        "check-not-yet": ["full", same("courses:check_result", failed.pk)],
        "answers": ["full", same("assessments:answers", failed.pk)],
        "feedback-right": ["full", same("assessments:feedback", halfway.pk, 1)],
        "feedback-not-yet": ["full", same("assessments:feedback", halfway.pk, 2)],
        "feedback-skipped": ["full", same("assessments:feedback", halfway.pk, 3)],
        "feedback-short": ["full", same("assessments:feedback", newer.pk, 1)],
        "feedback-spots": ["full", same("assessments:feedback", newer.pk, 2)],
        "feedback-linked": ["full", same("assessments:feedback", newer.pk, 3)],
        "question-keyboard": ["keyboard", same("assessments:question", typed.pk)],
        "placement-again": ["full", same("assessments:placement")],
        "placement-open": ["placing", same("assessments:placement")],
        "placement-question": ["placing", same("assessments:question", placing.pk)],
        "stop": ["placing", same("assessments:stop", placing.pk)],
        "result": ["full", same("assessments:result", placed.pk)],
        "result-too-few": ["unsure", same("assessments:result", stopped.pk)],
        "dashboard": ["full", dashboard],
        "dashboard-placing": ["placing", dashboard],
        "dashboard-empty": ["trainer", dashboard],
        "employer": ["full", same("courses:employer_view")],
        "employer-none": ["administrator", same("courses:employer_view")],
        "journal": ["full", same("courses:journal")],
        "journal-empty": ["trainer", same("courses:journal")],
        "attestations": ["full", same("certificates:mine")],
        "attestations-empty": ["trainer", same("certificates:mine")],
        "attestation": ["full", same("certificates:detail", certificate.pk)],
        "account": ["full", same("people:account")],
        "email": ["full", same("account_email")],
        "password": ["full", same("account_change_password")],
        "sign-out": ["full", same("account_logout")],
        "delete": ["full", same("people:delete")],
        "team": ["manager", same("courses:team")],
        "assign": ["manager", same("courses:assign")],
        "withdraw": ["manager", same("courses:withdraw", assignment.pk)],
        "team-refused": ["full", same("courses:team")],
    }
    for key in ("help", "accessibility", "measure", "privacy", "legal"):
        found[key] = ["visitor", fixed(key)]
    for number, lesson in enumerate(lessons, start=1):
        found[f"lesson-{number}"] = ["full", page(lesson)]
    for kind, attempt in questions_of_each_kind(full).items():
        found[f"question-{kind}"] = ["full", same("assessments:question", attempt.pk)]
    return found | {"code": certificate.code}


def main():
    who = people()
    found = states(who)
    code = found.pop("code")
    print(
        json.dumps(
            {"states": found, "code": code, "password": PASSWORD, "emails": EMAILS}
        )
    )


if __name__ == "__main__":
    main()
