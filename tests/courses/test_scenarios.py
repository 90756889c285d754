import pytest

from courses import scenarios
from courses.scenarios import BadEffects, parse_effects, play, problems_of, reachable


def choice(to, **effects):
    return {"say": f"vers {to}", "to": to, "effects": effects, "comment": "c"}


def node(*choices):
    return {"heard": "h", "screen": "s", "choices": list(choices)}


def graph(nodes=None, endings=("E1", "E2"), measures=None, start="A"):
    return {
        "start": start,
        "nodes": nodes
        or {
            "A": node(choice("B", trust=1), choice("A", trust=-2)),
            "B": node(choice("E1", trust=5), choice("E2", clarity=1)),
        },
        "endings": {name: {"title": name} for name in endings},
        "measures": measures
        or [
            {"key": "trust", "start": 1, "max": 3},
            {"key": "clarity", "start": 0, "max": 2},
        ],
    }


@pytest.mark.parametrize(
    ("path", "where", "measures"),
    [
        ([], "A", {"trust": 1, "clarity": 0}),
        ([0], "B", {"trust": 2, "clarity": 0}),
        ([1], "A", {"trust": 0, "clarity": 0}),
        ([1, 1, 0], "B", {"trust": 1, "clarity": 0}),
        ([0, 0], "E1", {"trust": 3, "clarity": 0}),
        ([0, 1], "E2", {"trust": 2, "clarity": 1}),
    ],
)
def test_a_path_leads_somewhere_with_measures_between_0_and_their_most(
    path, where, measures
):
    name, turns, reached = play(graph(), path)

    assert (name, reached, len(turns)) == (where, measures, len(path))


def test_a_turn_tells_what_was_heard_said_and_what_really_moved():
    its_graph = graph()
    _name, turns, _measures = play(its_graph, [0, 0])

    assert turns[1] == {
        "node": its_graph["nodes"]["B"],
        "choice": its_graph["nodes"]["B"]["choices"][0],
        "measures": {"trust": 3, "clarity": 0},
        "moved": {"trust": 1},
    }


@pytest.mark.parametrize("path", [[2], [-1], [0, 0, 0], [0, 2]])
def test_a_choice_that_does_not_exist_is_refused(path):
    with pytest.raises(ValueError, match="has no choice"):
        play(graph(), path)


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        ("", {}),
        (" , ", {}),
        ("trust +1", {"trust": 1}),
        ("trust -1, clarity 2", {"trust": -1, "clarity": 2}),
        ("trust+1,clarity - 2", {"trust": 1, "clarity": -2}),
    ],
)
def test_effects_are_read(text, effects):
    assert parse_effects(text) == effects


@pytest.mark.parametrize("text", ["trust", "+1", "trust one", "trust +1 clarity +1"])
def test_what_is_no_effect_is_refused(text):
    with pytest.raises(BadEffects):
        parse_effects(text)


def test_effects_are_written_as_they_are_read():
    effects = {"trust": 2, "clarity": -1}

    assert scenarios.write_effects(effects) == "trust +2, clarity -1"
    assert parse_effects(scenarios.write_effects(effects)) == effects


def test_a_whole_scenario_has_no_problem():
    assert problems_of(graph()) == []


LOOP = node(choice("C"), choice("C"))


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"start": "Z"}, ["Z"]),
        ({"endings": ()}, ["", "B", "B"]),
        ({"endings": ("E1", "E2", "E3")}, ["E3"]),
        ({"nodes": {"A": node(choice("E1"), choice("Z"))}}, ["A"]),
        ({"nodes": {"A": node(choice("E1"), choice("E2", luck=1))}}, ["A"]),
        (
            {
                "nodes": {
                    "A": node(choice("E1"), choice("E2")),
                    "B": node(choice("E1"), choice("E2")),
                }
            },
            ["B"],
        ),
        (
            {
                "nodes": {
                    "A": node(choice("E1"), choice("E2"), choice("C")),
                    "C": LOOP,
                }
            },
            ["C"],
        ),
        ({"nodes": {"A": node(choice("E1"), choice("E2")), "B": node()}}, ["B", "B"]),
    ],
    ids=[
        "start not found",
        "no ending",
        "ending never reached",
        "leads nowhere",
        "unknown measure",
        "moment never reached",
        "loop without a way out",
        "no choice at all",
    ],
)
def test_what_would_leave_a_learner_stuck_is_found(changed, names):
    assert [problem.name for problem in problems_of(graph(**changed))] == names


def test_everything_that_can_follow_is_reached_once_even_in_a_loop():
    assert reachable(graph(), "A") == {"A", "B", "E1", "E2"}
    assert reachable(graph(), "E1") == {"E1"}
