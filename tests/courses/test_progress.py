import uuid

import pytest
from django.db import IntegrityError, transaction

from certificates.models import Certificate
from courses.models import ModuleWork, StepDone
from courses.progress import mark_done, marked_steps, start_run
from courses.signals import module_completed
from tests.courses.addresses import address, page_address
from tests.courses.factories import add_scenario, check_of, steps_of
from tests.courses.sitting import read, sit
from tests.factories import make_module


@pytest.fixture
def heard():
    """The modules that were said to be complete, as (learner, module key) pairs."""
    found = []

    def listen(learner, module, **kwargs):
        found.append((learner, module.translation_key))

    module_completed.connect(listen)
    yield found
    module_completed.disconnect(listen)


def done(learner):
    return set(StepDone.objects.filter(learner=learner).values_list("step_key"))


def keys(*pages):
    return {(page.translation_key,) for page in pages}


def work_of(learner, module):
    return ModuleWork.objects.get(learner=learner, module_key=module.translation_key)


# --- a step ---------------------------------------------------------------------------


def test_a_step_is_done_once(client, learner, module):
    client.force_login(learner)
    lesson = steps_of(module)[0]

    for _time in range(2):
        read(client, lesson)

    step = StepDone.objects.get()
    assert (step.learner, step.step_key, step.module_key, step.revision) == (
        learner,
        lesson.translation_key,
        module.translation_key,
        lesson.live_revision_id,
    )


def test_the_database_refuses_a_step_done_twice(learner):
    row = {"learner": learner, "step_key": uuid.uuid4(), "module_key": uuid.uuid4()}
    StepDone.objects.create(**row)

    with pytest.raises(IntegrityError), transaction.atomic():
        StepDone.objects.create(**row)


def test_a_step_of_one_learner_is_not_done_for_another(
    client, learner, other_learner, module
):
    client.force_login(learner)
    read(client, steps_of(module)[0])

    assert [s.is_done for s in marked_steps(learner, module)] == [True, False, False]
    assert not any(s.is_done for s in marked_steps(other_learner, module))


def test_a_step_done_in_french_is_done_in_english(client, learner, module):
    english = make_module("en")
    client.force_login(learner)

    read(client, steps_of(module)[0])

    assert [step.is_done for step in marked_steps(learner, english)] == [
        True,
        False,
        False,
    ]
    assert read(client, steps_of(english)[0]).status_code == 302
    assert StepDone.objects.count() == 1


def test_a_visitor_is_asked_to_sign_in(client, module):
    response = read(client, steps_of(module)[0])

    assert response.url.startswith(address("account_login"))
    assert not StepDone.objects.exists()


def test_reading_a_page_marks_nothing(client, learner, module):
    client.force_login(learner)
    lesson = steps_of(module)[0]

    client.get(page_address(lesson))
    response = client.get(address("courses:step_done", lesson.translation_key))

    assert response.status_code == 405
    assert not StepDone.objects.exists()


@pytest.mark.parametrize("name", ["step_done", "save_note", "start_call", "begin"])
def test_a_step_that_does_not_exist_is_a_404(client, learner, name):
    client.force_login(learner)

    assert client.post(address(f"courses:{name}", uuid.uuid4())).status_code == 404


def test_a_draft_cannot_be_marked_done(client, learner, module):
    client.force_login(learner)
    lesson = steps_of(module)[0]
    lesson.unpublish()

    assert read(client, lesson).status_code == 404
    assert not StepDone.objects.exists()


# --- the way on -----------------------------------------------------------------------


def test_a_lesson_leads_to_the_next_step(client, learner, module):
    client.force_login(learner)
    first, second = steps_of(module)

    assert read(client, first).url == page_address(second)
    assert read(client, second).url == page_address(check_of(module))


def test_the_last_lesson_leads_back_to_what_is_not_done(client, learner):
    module = make_module(questions=0)
    client.force_login(learner)
    first, second = steps_of(module)

    assert read(client, second).url == page_address(first)
    assert read(client, first).url == page_address(module)


def test_beginning_leads_to_the_first_step_that_is_not_done(client, learner, module):
    client.force_login(learner)
    first, second = steps_of(module)
    begin = address("courses:begin", module.translation_key)

    assert client.post(begin).url == page_address(first)
    assert work_of(learner, module).done_at is None
    read(client, first)
    assert client.post(begin).url == page_address(second)
    assert ModuleWork.objects.count() == 1


def test_a_finished_module_begins_again_at_its_first_step(client, learner):
    module = make_module(questions=0)
    client.force_login(learner)
    for lesson in steps_of(module):
        read(client, lesson)

    response = client.post(address("courses:begin", module.translation_key))

    assert response.url == page_address(steps_of(module)[0])


def test_a_module_without_steps_leads_to_its_own_page(client, learner):
    module = make_module(lessons=0, questions=0)
    client.force_login(learner)

    response = client.post(address("courses:begin", module.translation_key))

    assert response.url == page_address(module)


# --- the end of a module --------------------------------------------------------------


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_the_last_step_in_any_order_ends_the_module(
    client, learner, module, heard, order
):
    client.force_login(learner)
    steps = [*steps_of(module), check_of(module)]
    for number in order[:-1]:
        do(client, steps[number])
    assert heard == []
    assert work_of(learner, module).done_at is None

    do(client, steps[order[-1]])

    assert heard == [(learner, module.translation_key)]
    assert work_of(learner, module).done_at is not None
    assert done(learner) == keys(*steps)


def do(client, step):
    return sit(client, step) if step.title == "Bilan" else read(client, step)


def test_the_end_is_said_once(client, learner, heard):
    module = make_module(questions=0)
    client.force_login(learner)

    for lesson in steps_of(module) * 2:
        read(client, lesson)

    assert heard == [(learner, module.translation_key)]


def test_the_end_in_two_languages_is_said_once(client, learner, heard):
    modules = [make_module("fr", questions=0), make_module("en", questions=0)]
    client.force_login(learner)

    for module in modules:
        for lesson in steps_of(module):
            read(client, lesson)

    assert heard == [(learner, modules[0].translation_key)]


def test_what_fails_at_the_end_takes_the_last_step_back(learner):
    module = make_module(lessons=1, questions=0)

    def fail(**kwargs):
        raise RuntimeError("no attestation today")

    module_completed.connect(fail)
    try:
        with pytest.raises(RuntimeError, match="no attestation today"):
            mark_done(learner, steps_of(module)[0])
    finally:
        module_completed.disconnect(fail)

    assert not StepDone.objects.exists()
    assert not ModuleWork.objects.exists()


def test_a_step_added_later_does_not_end_the_module_twice(client, learner, heard):
    module = make_module(questions=0)
    client.force_login(learner)
    for lesson in steps_of(module):
        read(client, lesson)
    ended_at = work_of(learner, module).done_at
    add_scenario(module)

    read(client, steps_of(module)[0])

    assert len(heard) == 1
    assert work_of(learner, module).done_at == ended_at


# --- the attestation ------------------------------------------------------------------


@pytest.mark.parametrize("check_first", [True, False])
def test_one_attestation_whichever_comes_last(client, learner, module, check_first):
    client.force_login(learner)
    check, lessons = check_of(module), steps_of(module)
    if check_first:
        sit(client, check)
        assert not Certificate.objects.exists()
    for lesson in lessons:
        read(client, lesson)
    if not check_first:
        assert not Certificate.objects.exists()
        sit(client, check, wrong=1)
    for lesson in lessons:
        read(client, lesson)
    sit(client, check)

    certificate = Certificate.objects.get()
    assert (certificate.holder, certificate.module_key) == (
        learner,
        module.translation_key,
    )
    assert certificate.facts["score_percent"] == (100 if check_first else 75)


def test_no_attestation_from_a_check_that_is_not_passed(client, learner, module):
    client.force_login(learner)
    for lesson in steps_of(module):
        read(client, lesson)

    sit(client, check_of(module), wrong=2)

    assert not Certificate.objects.exists()
    assert work_of(learner, module).done_at is None


# --- a run ----------------------------------------------------------------------------


def test_the_same_call_makes_one_version(learner, other_learner, module):
    scenario = add_scenario(module)

    runs = [start_run(person, scenario) for person in (learner, other_learner)]

    assert runs[0].version == runs[1].version
    assert runs[0].pk != runs[1].pk
