import uuid

import pytest
from django.http import QueryDict

from assessments.forms import AnswerForm, focus_of, moved, shown_order
from assessments.models import Attempt, QuestionVersion, Response
from tests.assessments.sitting import address, facts, send
from tests.factories import make_framework, make_learner, make_question

KEY = [0, 1, 2, 3]


def make_content(choices=4):
    """Return the content of a question of any kind; a part has two choices."""
    texts = [{"text": f"t{n}", "match": f"m{n}", "why": "w"} for n in range(choices)]
    parts = [{"stem": "a ?"}, {"stem": "b ?"}]
    return {
        "fr": {"stem": "?", "choices": texts, "parts": parts},
        "part_of": [0, 0, 1, 1][:choices],
        "key": [0],
    }


def make_form(kind="single", choices=4, seed=5, position=1, **data):
    """Return the form of one question; no row is needed to read an answer."""
    version = QuestionVersion(pk=7, kind=kind, content=make_content(choices))
    sent = None
    if data:
        sent = QueryDict(mutable=True)
        for name, value in ({"position": position, "version": 7} | data).items():
            values = value if isinstance(value, list) else [value]
            sent.setlist(name.replace("_", "-"), map(str, values))
    attempt = Attempt(seed=seed)
    response = Response(attempt=attempt, position=position, question_version=version)
    return AnswerForm(attempt, response, "fr", sent)


READ = [
    ("single", {"choice": 2}, [2]),
    ("multiple", {"choice": [3, 1, 3]}, [1, 3]),
    ("ordering", {"order": [3, 1, 0, 2]}, [3, 1, 0, 2]),
    (
        "matching",
        {"match_0": 1, "match_1": 0, "match_2": 3, "match_3": 2},
        [1, 0, 3, 2],
    ),
    ("spots", {"choice": 3}, [3]),
    ("short", {"text": "  mot \t de passe\x00 "}, ["mot de passe"]),
    ("short", {"text": "é" * 100}, ["é" * 100]),
    ("linked", {"part_0": 1, "part_1": 2}, [1, 2]),
    ("single", {"skip": 1}, None),
    ("short", {"skip": 1, "text": "mot"}, None),
    ("linked", {"skip": 1, "part_0": 1}, None),
    ("ordering", {"order": KEY, "skip": 1}, None),
]


@pytest.mark.parametrize(("kind", "data", "choices"), READ)
def test_each_kind_of_answer_is_read(kind, data, choices):
    form = make_form(kind, **data)

    assert form.is_valid()
    assert form.answer().choices == choices
    assert (form.answer().position, form.answer().version) == (1, 7)


REFUSED = [
    ("single", {"send": 1}),
    ("single", {"choice": 4}),
    ("single", {"choice": -1}),
    ("single", {"choice": "²"}),
    ("single", {"choice": "1.0"}),
    ("single", {"choice": "9" * 5000}),
    ("single", {"choice": [0, 1]}),
    ("multiple", {"send": 1}),
    ("multiple", {"choice": [0, 9]}),
    ("ordering", {"send": 1}),
    ("ordering", {"order": [0, 1, 2]}),
    ("ordering", {"order": [0, 1, 2, 2]}),
    ("ordering", {"order": [0, 1, 2, "x"]}),
    ("matching", {"match_0": 1, "match_1": 0, "match_2": 3}),
    ("matching", {"match_0": 1, "match_1": 0, "match_2": 3, "match_3": 4}),
    ("matching", {"match_0": 1, "match_1": 0, "match_2": 3, "match_3": "²"}),
    ("spots", {"send": 1}),
    ("spots", {"choice": [0, 1]}),
    ("spots", {"choice": 4}),
    ("short", {"send": 1}),
    ("short", {"text": " \t\x00\u200b "}),
    ("short", {"text": "é" * 101}),
    ("linked", {"send": 1}),
    ("linked", {"part_0": 1}),
    ("linked", {"part_0": 1, "part_1": [2, 3]}),
    ("linked", {"part_0": 1, "part_1": 4}),
    ("linked", {"part_0": 2, "part_1": 1}),
]


@pytest.mark.parametrize(("kind", "data"), REFUSED)
def test_what_is_not_an_answer_gets_one_sentence(kind, data):
    form = make_form(kind, **data)

    assert not form.is_valid()
    assert list(form.errors) == ["__all__"]
    assert len(form.non_field_errors()) == 1


MOVES = [
    ([2, 0, 1], "up-0", [0, 2, 1]),
    ([2, 0, 1], "down-0", [2, 1, 0]),
    ([2, 0, 1], "up-2", [2, 0, 1]),
    ([2, 0, 1], "down-1", [2, 0, 1]),
    ([2, 0, 1], "up-7", [2, 0, 1]),
    ([2, 0, 1], "up-²", [2, 0, 1]),
    ([2, 0, 1], "left-0", [2, 0, 1]),
    ([2, 0, 1], "", [2, 0, 1]),
]


@pytest.mark.parametrize(("order", "command", "after"), MOVES)
def test_a_line_moves_by_one_place_or_stays(order, command, after):
    assert moved(order, command) == after


def test_a_button_moves_a_line_of_what_was_sent():
    form = make_form("ordering", order=[3, 1, 0, 2], move="down-1")

    lines = form.ordered_lines()

    assert [line["number"] for line in lines] == [3, 0, 1, 2]
    assert [line["place"] for line in lines] == [1, 2, 3, 4]
    assert [line["is_first"] for line in lines] == [True, False, False, False]
    assert [line["is_last"] for line in lines] == [False, False, False, True]


def test_an_unreadable_order_falls_back_to_the_one_displayed():
    form = make_form("ordering", order=[9, 9, 9, 9], move="up-1")

    assert sorted(line["number"] for line in form.ordered_lines()) == KEY


def displayed(seed, position=1, kind="single", choices=4, salt=0):
    version = QuestionVersion(kind=kind)
    response = Response(position=position, question_version=version)
    return shown_order(Attempt(seed=seed), response, choices, salt)


def test_the_display_is_shuffled_by_attempt_and_by_position():
    by_attempt = {tuple(displayed(seed)) for seed in range(200)}
    by_position = {tuple(displayed(5, position)) for position in range(1, 200)}

    assert len(by_attempt) == len(by_position) == 24  # all orders of four choices


def test_the_display_is_the_same_each_time():
    assert displayed(11) == displayed(11)


@pytest.mark.parametrize("choices", [2, 3, 4])
def test_the_right_order_is_never_the_one_displayed(choices):
    right = list(range(choices))

    shown = [displayed(seed, 1, "ordering", choices) for seed in range(300)]

    assert [displayed(seed, 1, "single", choices) for seed in range(300)].count(right)
    assert shown.count(right) == 0


def test_the_order_of_the_menus_says_nothing_about_the_pairs():
    places = set()
    for seed in range(200):
        form = make_form("matching", choices=3, seed=seed)
        lines = form.matching_lines()
        menu = [option["number"] for option in lines[0]["options"]]
        places.add(tuple(menu.index(line_number) for line_number in form.order))

    assert len(places) == 6  # the right option stands anywhere in the menu


def test_a_refused_answer_is_shown_again_as_it_was():
    single = make_form("single", choice=[1, 2])
    matching = make_form("matching", match_0=3, match_1=0)

    chosen = {line["number"] for line in single.shown_choices() if line["is_chosen"]}
    menus = {line["name"]: line["chosen"] for line in matching.matching_lines()}

    assert chosen == {1, 2}
    assert menus == {"match-0": "3", "match-1": "0", "match-2": "", "match-3": ""}


@pytest.mark.parametrize(
    "direction, place, focus",
    [("up", 2, "up"), ("up", 0, "down"), ("down", 1, "down"), ("down", 3, "up")],
)
def test_the_keyboard_goes_on_from_the_line_just_moved(direction, place, focus):
    assert focus_of(direction, place, count=4) == focus


# --- newer kinds ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"part_0": 1}, "Choose one answer to question 2, or"),
        ({"part_1": 2}, "Choose one answer to question 1, or"),
        ({"send": 1}, "Choose one answer to each of the questions 1, 2, or"),
    ],
)
def test_the_linked_question_without_an_answer_is_named(data, sentence, settings):
    settings.LANGUAGE_CODE = "en"

    form = make_form("linked", **data)

    assert form.non_field_errors()[0].startswith(sentence)


def test_the_linked_questions_answered_are_shown_again():
    parts = make_form("linked", part_0=1).linked_parts()

    assert [part["stem"] for part in parts] == ["a ?", "b ?"]
    assert [part["name"] for part in parts] == ["part-0", "part-1"]
    shown = [{c["number"]: c["is_chosen"] for c in part["choices"]} for part in parts]
    assert shown == [{0: False, 1: True}, {2: False, 3: False}]


def test_choices_of_a_linked_question_are_shuffled_within_it():
    orders = set()
    for seed in range(50):
        parts = make_form("linked", seed=seed).linked_parts()
        orders.add(tuple(choice["number"] for p in parts for choice in p["choices"]))

    assert orders == {(0, 1, 2, 3), (0, 1, 3, 2), (1, 0, 2, 3), (1, 0, 3, 2)}


@pytest.mark.parametrize(
    ("accepted", "mode"), [(["114"], "numeric"), (["114", "https"], "text")]
)
def test_a_phone_offers_the_keyboard_of_the_answer(accepted, mode):
    form = make_form("short")
    form.choices = [{"text": text} for text in accepted]
    form.version.content["key"] = list(range(len(accepted)))

    assert form.input_mode == mode


def test_marks_of_a_picture_have_the_numbers_of_the_list():
    form = make_form("spots")
    form.version.content |= {
        "picture": {"name": "questions/a.svg", "width": 800, "height": 500},
        "spots": [[0, 50], [25, 50], [50, 50], [75, 50]],
    }

    places = {mark["number"]: mark["place"][0] for mark in form.picture["marks"]}

    assert places == {
        line: 100 * choice["number"]
        for line, choice in enumerate(form.shown_choices(), start=1)
    }


# --- sure or not ----------------------------------------------------------------------

SURE = [
    ({"sure": "yes"}, True),
    ({"sure": "no"}, False),
    ({"sure": "maybe"}, None),
    ({}, None),
    ({"sure": "yes", "skip": 1}, None),
]


@pytest.mark.parametrize(("data", "is_sure"), SURE)
def test_what_the_learner_says_of_an_answer_is_kept(data, is_sure):
    form = make_form("single", choice=1, **data)

    assert form.is_valid()
    assert form.answer().is_sure is is_sure


# --- through the page, without JavaScript ---------------------------------------------


def begin_check(client, *questions):
    learner = make_learner()
    client.force_login(learner)
    attempt = Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.CHECK,
        step_key=uuid.uuid4(),
        pass_mark=0.75,
        language="en",
        seed=3,
        to_go=len(questions),
    )
    for position, question in enumerate(questions, start=1):
        version = question.versions.get()
        attempt.responses.create(position=position, question_version=version)
    return attempt


def page_of(client, attempt):
    return client.get(address("question", attempt.pk)).content.decode()


PLAYED = [
    ("single", {"choice": 0}, {"choice": 1}, [0], 0.0),
    ("multiple", {"choice": [0, 1]}, {"choice": [0]}, [0, 1], 0.75),
    ("ordering", {"order": KEY}, {"order": [1, 0, 2, 3]}, KEY, 1 / 3),
    (
        "matching",
        {f"match-{n}": n for n in KEY},
        {f"match-{n}": 0 for n in KEY},
        KEY,
        0.25,
    ),
    ("short", {"text": "Reponse 0"}, {"text": "answer 1"}, ["Reponse 0"], 0.0),
    ("spots", {"choice": 0}, {"choice": 3}, [0], 0.0),
    ("linked", {"part-0": 0, "part-1": 2}, {"part-0": 0, "part-1": 3}, [0, 2], 0.5),
]


@pytest.mark.parametrize(("kind", "right", "other", "answer", "share"), PLAYED)
def test_each_kind_is_answered_through_its_form(
    client, db, kind, right, other, answer, share
):
    make_framework()
    attempt = begin_check(client, make_question(kind), make_question(kind))
    names = [f'name="{name}"' for name in right]
    first, second = attempt.responses.all()

    page = page_of(client, attempt)
    after = send(client, first, sure="yes", **right)
    send(client, second, sure="no", **other)

    first.refresh_from_db(), second.refresh_from_db()
    assert all(name in page for name in names)
    assert after["Location"] == address("feedback", attempt.pk, 1)
    assert (first.answer, first.score, first.is_sure) == (answer, 1.0, True)
    assert (second.score, second.is_sure) == (pytest.approx(share), False)
    assert client.get(after["Location"]).status_code == 200
    assert client.get(address("answers", attempt.pk)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "count"), [("single", 1), ("spots", 1), ("linked", 2), ("multiple", 0)]
)
def test_a_stem_without_a_hint_keeps_its_distance_from_the_choices(
    client, db, kind, count
):
    """A hint has a margin of its own; without one, the fieldset spaces its parts."""
    make_framework()
    attempt = begin_check(client, make_question(kind))

    page = page_of(client, attempt)

    assert page.count('<fieldset class="fieldset stack"') == count
    assert page.count('class="question__hint"') == (kind in ("multiple", "linked"))


@pytest.mark.parametrize("kind", [case[0] for case in PLAYED])
def test_each_kind_can_be_left_unknown(client, db, kind):
    make_framework()
    attempt = begin_check(client, make_question(kind))
    response = attempt.responses.get()

    send(client, response, skip=1, sure="yes")

    response.refresh_from_db()
    assert response.is_skipped
    assert (response.answer, response.score, response.is_sure) == (None, 0.0, None)


@pytest.mark.parametrize(("kind", "right", "other", "answer", "share"), PLAYED)
def test_an_answer_sent_twice_is_one_and_the_first_stays(
    client, db, kind, right, other, answer, share
):
    make_framework()
    attempt = begin_check(client, make_question(kind))
    response = attempt.responses.get()
    send(client, response, **right)

    again = send(client, response, **right)
    late = send(client, response, **other)

    response.refresh_from_db()
    assert again["Location"] == address("feedback", attempt.pk, 1)
    assert late.status_code == 302
    assert (response.answer, response.score) == (answer, 1.0)


LONGEST = [*PLAYED, ("short", {"text": "😀" * 100}, {}, ["😀" * 100], 0.0)]


@pytest.mark.parametrize(("kind", "right", "other", "answer", "share"), LONGEST)
def test_an_answer_sent_after_the_session_ended_is_kept(
    client, db, kind, right, other, answer, share
):
    make_framework()
    attempt = begin_check(client, make_question(kind))
    response = attempt.responses.get()
    token = {"csrfmiddlewaretoken": "t" * 64}
    client.logout()

    send(client, response, sure="no", **token, **right)
    client.force_login(attempt.learner)
    client.get(address("kept_answer"))

    response.refresh_from_db()
    assert (response.answer, response.is_sure) == (answer, False)


MISSING = {
    "single": {"send": 1},
    "ordering": {"order": KEY, "move": "up-3"},
    "short": {"text": "é" * 101},
    "linked": {"part-1": 3},
}


@pytest.mark.parametrize("kind", MISSING)
def test_what_was_said_stays_when_the_form_is_shown_again(client, db, kind):
    make_framework()
    attempt = begin_check(client, make_question(kind))
    response = attempt.responses.get()

    page = client.post(
        address("question", attempt.pk),
        facts(response, **MISSING[kind], sure="no"),
    ).content.decode()

    assert '<input type="radio" name="sure" value="no" checked>' in page
    assert '<input type="radio" name="sure" value="yes">' in page
    if kind == "short":
        assert f'value="{"é" * 101}"' in page
    if kind == "linked":
        assert '<input type="radio" name="part-1" value="3" checked>' in page


def test_the_enter_key_sends_an_order_rather_than_move_a_line(client, db):
    make_framework()
    attempt = begin_check(client, make_question("ordering"))

    page = page_of(client, attempt)

    form = page[page.index("data-keep-answer") :]
    assert form.index('name="send"') < form.index('name="move"')


def test_a_short_answer_is_typed_in_a_field_named_by_the_question(client, db):
    make_framework()
    question = make_question("short", stem_en="Which word?")

    page = page_of(client, begin_check(client, question))

    assert '<label for="text">Which word?</label>' in page
    field = page[page.index('<input type="text"') :].split(">")[0]
    assert 'id="text"' in field
    assert 'autocomplete="off"' in field
    assert 'spellcheck="false"' in field


def test_a_document_is_read_above_the_question(client, db):
    make_framework()
    question = make_question(
        stem_en="Which place?",
        document_fr="De : nous\n\nBonjour [1]",
        document_en="From: us <us@team.example>\n\nHello [1]",
    )
    attempt = begin_check(client, question)

    page = page_of(client, attempt)
    send(client, attempt.responses.get())
    after = client.get(address("feedback", attempt.pk, 1)).content.decode()

    for shown in (page, after):
        assert "<dt>From:</dt> <dd>us &lt;us@team.example&gt;</dd>" in shown
        assert '<span class="visually-hidden">place 1</span>' in shown
        assert shown.index("Hello") < shown.index("Which place?")


def test_a_picture_is_said_in_words_and_holds_no_inline_style(client, db):
    make_framework()

    page = page_of(client, begin_check(client, make_question("spots")))

    picture = page[page.index("<figure>") : page.index("</figure>")]
    assert 'role="img" aria-label="A drawing"' in picture
    assert picture.count("<text ") == 4
    assert "style=" not in picture
    labels = page[page.index('<div class="choices">') :]
    for number in range(1, 5):
        assert f"<b>{number}.</b>" in labels


@pytest.mark.parametrize("kind", ["short", "spots", "linked"])
def test_a_new_kind_asks_the_database_no_more(
    client, db, kind, django_assert_max_num_queries
):
    make_framework()
    attempt = begin_check(client, make_question(kind))
    page_of(client, attempt)

    with django_assert_max_num_queries(5):  # session, learner, attempt, pending, menu
        page_of(client, attempt)
