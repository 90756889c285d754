import pytest
from django.http import QueryDict

from assessments.forms import AnswerForm, focus_of, moved, shown_order
from assessments.models import Attempt, QuestionVersion, Response

KEY = [0, 1, 2, 3]


def make_form(kind="single", choices=4, seed=5, position=1, **data):
    """Return the form of one question; no row is needed to read an answer."""
    texts = [{"text": f"t{n}", "match": f"m{n}", "why": "w"} for n in range(choices)]
    version = QuestionVersion(
        pk=7, kind=kind, content={"fr": {"stem": "?", "choices": texts}, "key": [0]}
    )
    sent = None
    if data:
        sent = QueryDict(mutable=True)
        for name, value in ({"position": position, "version": 7} | data).items():
            values = value if isinstance(value, list) else [value]
            sent.setlist(name.replace("match_", "match-"), map(str, values))
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
    ("single", {"skip": 1}, None),
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
