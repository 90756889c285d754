import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from django.core.management.base import CommandError

from assessments import placement, simulation
from assessments.management.commands import benchmark_placement, simulate_placement
from assessments.simulation import FIGURES, Figure, Result

SMALL = {"bank_size": 60, "learners": 12, "banks": 2, "compared": 4, "warm_up": 4}


def world(size=96, seed=0):
    return simulation.draw_world(size, np.random.default_rng(seed))


def attempt(asked=(0, 1), position=0.0, estimate=0.0, sd=0.5, levels=None):
    """Return a finished attempt whose overall estimate is as given."""
    bank = world().bank
    found = placement.posterior(bank, [], [], [])
    found = replace(found, mean=estimate, sd=sd)
    if levels is not None:
        vars(found)["level_probabilities"] = np.array(levels)
    return Result(tuple(asked), "precise", np.full(6, position), found, None)


def test_the_bank_spreads_over_areas_and_levels():
    drawn = world(192)

    levels = np.round((drawn.bank.knows.sum(axis=1)), 1)
    cells = set(zip(drawn.bank.area.tolist(), levels.tolist(), strict=True))
    assert np.bincount(drawn.bank.area).tolist() == [32] * 6
    assert len(cells) == 48
    assert (drawn.bank.guessing > 0).sum() == round(0.6 * 192)


def test_learners_are_drawn_as_announced():
    positions = simulation.draw_learners(40000, np.random.default_rng(1))

    assert positions.std(axis=0) == pytest.approx(np.full(6, 1.25), abs=0.02)
    tied = np.corrcoef(positions.T)[np.triu_indices(6, 1)]
    assert tied == pytest.approx(np.full(15, 0.7), abs=0.02)


def test_an_answer_follows_the_three_parameter_curve():
    drawn = world()
    question = int(drawn.bank.guessing.argmax())

    at_the_middle = drawn.success(question, drawn.difficulty[question])

    assert at_the_middle == pytest.approx(0.2 + 0.8 / 2)


def test_the_fixed_form_is_the_same_for_everybody():
    drawn, generator = world(), np.random.default_rng(0)
    learners = simulation.draw_learners(3, generator)

    results = simulation.simulate(simulation.fixed_form, drawn, learners, generator)

    lengths = [len(result.asked) for result in results]
    longest = max(results, key=lambda result: len(result.asked)).asked
    assert [result.asked for result in results] == [longest[:n] for n in lengths]
    assert len(set(longest)) == len(longest)
    form = simulation._form(drawn)
    assert np.bincount(drawn.bank.area[form]).tolist() == [6] * 6


@pytest.mark.parametrize("way", [simulation.adaptive, simulation.random_order])
def test_a_sitting_never_asks_twice_and_keeps_the_areas_even(way):
    drawn = world()

    result = simulation.take(way, drawn, np.zeros(6), np.random.default_rng(2))

    counts = np.bincount(drawn.bank.area[list(result.asked)], minlength=6)
    assert len(set(result.asked)) == len(result.asked)
    assert counts.max() - counts.min() <= 1
    assert 12 <= len(result.asked) <= 36


def test_the_same_seed_gives_the_same_report():
    assert simulation.run(**SMALL, seed=5) == simulation.run(**SMALL, seed=5)


def test_another_seed_gives_another_report():
    one, other = simulation.run(**SMALL, seed=5), simulation.run(**SMALL, seed=6)

    assert one.figures != other.figures


def test_the_real_engine_finds_learners_in_a_small_simulation():
    report = simulation.run(learners=120, banks=1, compared=30, warm_up=0)

    assert report.figures["rmse"] < 0.55
    assert 0.8 < report.figures["covers"] <= 1
    assert report.figures["questions"] < report.random["questions"]


# --- Figures --------------------------------------------------------------------------


def test_overall_figures_compare_with_the_truth():
    near = [0, 0, 0, 0.1, 0.8, 0.1, 0, 0]  # says level 5, that is 0 to 0.8
    results = [
        attempt(position=0.4, estimate=0.6, levels=near),
        attempt(position=1.0, estimate=0.6, levels=near),
        attempt(position=2.0, estimate=0.6, levels=near),
        attempt(position=-0.4, estimate=0.6, levels=near),
    ]

    figures = simulation._overall(results)

    assert figures["rmse"] == pytest.approx(np.sqrt((0.04 + 0.16 + 1.96 + 1) / 4))
    assert figures["bias"] == pytest.approx((0.2 - 0.4 - 1.4 + 1.0) / 4)
    assert figures["covers"] == 0.5
    assert figures["exact"] == 0.25
    assert figures["within_one"] == 0.75
    assert figures["levels_shown"] == 2
    assert figures["range_holds"] == 0.5


def test_stated_chances_are_compared_with_what_happened():
    stated = np.tile([0.75, 0.25, 0, 0, 0, 0, 0, 0], (400, 1))
    true_level = np.repeat([0, 1], [260, 140])

    found = simulation._level_error(stated, true_level)

    assert found == pytest.approx(0.75 - 260 / 400)


def test_exposure_counts_what_learners_have_in_common():
    results = [attempt(asked=(0, 1)), attempt(asked=(0, 2)), attempt(asked=(0, 1))]

    figures = simulation._exposure(results, 96)

    # Of the three pairs, one shares both questions and two share one of two.
    assert figures == {"busiest": 1.0, "overlap": pytest.approx((1 + 0.5 + 0.5) / 3)}


@pytest.mark.parametrize(
    ("least", "most", "value", "verdict", "target"),
    [
        (None, 31, 31.0, True, "at most 31"),
        (None, 31, 31.1, False, "at most 31"),
        (0.9, 0.935, 0.91, True, "0.9 to 0.935"),
        (0.9, 0.935, 0.94, False, "0.9 to 0.935"),
        (0.56, None, 0.5, False, "at least 0.56"),
        (None, None, 0.5, None, ""),
    ],
)
def test_a_target_is_met_or_missed(least, most, value, verdict, target):
    figure = Figure("key", "words", least, most)

    assert (figure.meets(value), figure.target) == (verdict, target)


# --- Commands -------------------------------------------------------------------------


def report(**changes):
    good = {
        figure.key: figure.least if figure.least is not None else figure.most or 0.5
        for figure in FIGURES
    }
    return simulation.Report(good | changes, {}, good, good)


@pytest.fixture
def simulate(monkeypatch):
    """Run the command on a report made beforehand; what it prints is in `printed`."""

    def run(found, printed, as_json=False):
        monkeypatch.setattr(simulation, "run", lambda **asked: found)
        options = {"bank": 180, "learners": 8, "banks": 2, "compared": 4, "seed": 1}
        simulate_placement.Command(stdout=printed).handle(**options, json=as_json)

    return run


def test_the_command_prints_a_verdict_beside_each_target(simulate):
    printed = StringIO()

    simulate(report(), printed)

    rows = [line.split("|") for line in printed.getvalue().splitlines() if "|" in line]
    verdicts = {row[1].strip(): row[5].strip() for row in rows[2:]}
    assert verdicts == {f.words: "meets" if f.target else "" for f in FIGURES}


def test_the_command_names_the_targets_missed(simulate):
    printed = StringIO()

    with pytest.raises(CommandError, match="rmse, overlap"):
        simulate(report(rmse=0.5, overlap=0.4), printed)

    assert printed.getvalue().count("misses") == 2


def test_the_command_prints_json(simulate):
    printed = StringIO()

    simulate(report(), printed, as_json=True)

    figures = json.loads(printed.getvalue())
    assert list(figures) == [figure.key for figure in FIGURES]
    assert figures["rmse"]["target"] == "at most 0.46"
    assert figures["rmse"]["meets"] is True


@pytest.mark.parametrize(("limit", "stops"), [(1e9, False), (0.0, True)])
def test_the_benchmark_stops_above_its_limit(monkeypatch, limit, stops):
    monkeypatch.setattr(benchmark_placement, "LIMIT_MS", limit)
    printed = StringIO()
    command = benchmark_placement.Command(stdout=printed)
    options = {"bank": 60, "series": 2, "requests": 2}

    if stops:
        with pytest.raises(CommandError):
            command.handle(**options)
    else:
        command.handle(**options)

    assert "ratio" in printed.getvalue()
