"""The call, played through its pages."""

import copy
import uuid

import pytest

from courses.models import ScenarioRun, ScenarioVersion, StepDone
from tests.courses.addresses import address, page_address
from tests.courses.factories import NODES, add_scenario
from tests.factories import make_module

TO_THE_END = [0, 0]


@pytest.fixture
def module(db):
    return make_module(lessons=0, questions=0)


@pytest.fixture
def scenario(module):
    return add_scenario(module)


@pytest.fixture
def run(client, learner, scenario):
    return start(client, learner, scenario)


def start(client, learner, scenario):
    client.force_login(learner)
    language = scenario.locale.language_code
    client.post(
        address("courses:start_call", scenario.translation_key, language=language)
    )
    return ScenarioRun.objects.filter(learner=learner).latest("started_at")


def say(client, run, choice, turn=None):
    run.refresh_from_db()
    return client.post(
        address("courses:run", run.pk),
        {"turn": len(run.path) if turn is None else turn, "choice": choice},
        follow=True,
    )


def path_of(run):
    run.refresh_from_db()
    return run.path


def test_the_call_begins_with_what_is_heard_and_hides_the_screen(client, run):
    page = client.get(address("courses:run", run.pk)).content.decode()

    assert "« Allô ? »" in page
    assert "Bonjour." in page
    assert "L&#x27;écran d&#x27;accueil." not in page
    assert "Commentaire." not in page


def test_each_choice_is_kept(client, run):
    say(client, run, 1)
    assert path_of(run) == [1]

    page = say(client, run, 0).content.decode()

    assert path_of(run) == [1, 0]
    assert "« Je vois un cadenas. »" in page
    assert run.finished_at is None


def test_the_call_is_found_again_on_another_device(client, learner, run, scenario):
    say(client, run, 0)
    client.logout()
    client.force_login(learner)

    page = client.get(page_address(scenario)).content.decode()

    assert address("courses:run", run.pk) in page
    assert "cadenas" in client.get(address("courses:run", run.pk)).content.decode()


def test_the_same_turn_sent_twice_is_one(client, run):
    say(client, run, 0, turn=0)
    again = say(client, run, 1, turn=0)

    assert path_of(run) == [0]
    assert "« Je vois un cadenas. »" in again.content.decode()


@pytest.mark.parametrize("choice", ["2", "-1", "²", "", "x", "99999999999999999999"])
def test_what_is_no_choice_is_said_and_not_kept(client, run, choice):
    response = say(client, run, choice)

    assert response.status_code == 200
    assert path_of(run) == []
    assert len(response.context["messages"]) == 1


@pytest.mark.parametrize("turn", ["1", "-1", "x", ""])
def test_a_turn_that_is_not_now_changes_nothing(client, run, turn):
    assert say(client, run, 0, turn=turn).status_code == 200
    assert path_of(run) == []


def test_the_end_marks_the_step_done_and_shows_the_screens(client, learner, run):
    for choice in TO_THE_END:
        response = say(client, run, choice)

    page = response.content.decode()
    assert "C&#x27;est envoyé" in page
    for screen in ["L&#x27;écran d&#x27;accueil.", "La page de connexion."]:
        assert screen in page
    assert page.count("Commentaire.") == 2
    assert "Grande confiance." in page
    assert [m["end"] for m in response.context["measures"]] == [3]
    assert run.finished_at is None  # as it was read before the end
    run.refresh_from_db()
    assert run.finished_at is not None
    step = StepDone.objects.get()
    assert (step.learner, step.step_key) == (learner, run.version.step_key)


def test_a_finished_call_takes_no_more_turns(client, run):
    for choice in TO_THE_END:
        say(client, run, choice)
    run.refresh_from_db()
    ended_at = run.finished_at

    response = say(client, run, 0)

    assert "C&#x27;est envoyé" in response.content.decode()
    assert path_of(run) == TO_THE_END
    assert run.finished_at == ended_at


def test_another_ending_is_done_too(client, run):
    say(client, run, 0)
    response = say(client, run, 1)

    assert "Une autre fois" in response.content.decode()
    assert StepDone.objects.count() == 1


def test_playing_again_keeps_the_first_playing(client, learner, run, scenario):
    for choice in TO_THE_END:
        say(client, run, choice)

    second = start(client, learner, scenario)

    assert second.pk != run.pk
    assert second.path == []
    assert path_of(run) == TO_THE_END


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_call_of_another_learner_is_not_there(client, other_learner, run, method):
    client.force_login(other_learner)
    send = getattr(client, method)

    response = send(address("courses:run", run.pk), {"turn": 0, "choice": 0})

    assert response.status_code == 404
    assert send(address("courses:run", uuid.uuid4())).status_code == 404
    assert path_of(run) == []


def test_a_visitor_is_asked_to_sign_in(client, run):
    client.logout()

    response = client.get(address("courses:run", run.pk))

    assert response.url.startswith(address("account_login"))


def test_the_version_is_kept_when_a_trainer_publishes_another(
    client, learner, run, scenario
):
    say(client, run, 0)
    nodes = copy.deepcopy(NODES)
    nodes[1]["heard"] = "« Je ne vois plus rien. »"
    scenario.nodes = [("moment", node) for node in nodes]
    scenario.save_revision().publish()

    page = client.get(address("courses:run", run.pk)).content.decode()

    assert "« Je vois un cadenas. »" in page
    newer = start(client, learner, scenario)
    assert "« Je ne vois plus rien. »" in say(client, newer, 0).content.decode()
    assert ScenarioVersion.objects.count() == 2


def test_a_call_unpublished_meanwhile_is_played_to_its_end(client, run, scenario):
    say(client, run, 0)
    scenario.unpublish()

    response = say(client, run, 0)

    assert "C&#x27;est envoyé" in response.content.decode()
    assert path_of(run) == TO_THE_END
    assert not StepDone.objects.exists()


def test_a_french_call_is_not_shown_on_an_english_page(client, run):
    response = client.get(address("courses:run", run.pk, language="en"), follow=True)

    page = response.content.decode()
    assert "« Allô ? »" not in page
    assert '<html lang="en">' in page
    assert "not translated yet" in page


def test_a_call_of_the_other_language_is_not_offered(client, learner, run, module):
    english = add_scenario(
        make_module("en", lessons=0, questions=0), title="The call", slug="call"
    )

    page = client.get(page_address(english)).content.decode()

    assert str(run.pk) not in page
    assert "The call" in page
