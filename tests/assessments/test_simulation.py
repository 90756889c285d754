import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from django.core.management.base import CommandError

from assessments import placement
from assessments.management.commands import benchmark_placement, simulate_placement
from assessments.placement import LAUNCH, Bank
from assessments.simulation import (
    Result,
    Sitting,
    agreement,
    cohorts,
    draw_learners,
    draw_world,
    figures,
    finish,
    later,
    limit,
    parts,
    report,
    states,
    tables,
    take,
    work,
)
from assessments.simulation.report import CHECKS, FIGURES, Figure, Line, Report

SMALL = {
    "bank_size": 60,
    "learners": 12,
    "banks": 2,
    "compared": 4,
    "warm_up": 4,
}


def world(size=96, seed=0):
    return draw_world(size, np.random.default_rng(seed))


def untied(size=96, seed=0):
    """Return a world in which no two questions look alike to the engine."""
    drawn, generator = world(size, seed), np.random.default_rng(seed)
    difficulty = drawn.difficulty + 0.01 * generator.standard_normal(size)
    luck = drawn.bank.guessing
    return drawn.with_bank(Bank(drawn.bank.area, difficulty, 0.5, 0.0, 0.3, luck))


def generators(count, seed=0):
    return [np.random.default_rng([seed, number]) for number in range(count)]


def attempt(asked=(0, 1), position=0.0, estimate=0.0, sd=0.5, levels=None):
    """Return a finished attempt whose overall estimate is as given."""
    bank = world().bank
    found = placement.posterior(bank, [], [], [])
    found = replace(found, mean=estimate, sd=sd)
    if levels is not None:
        vars(found)["level_probabilities"] = np.array(levels)
    return Result(tuple(asked), "precise", np.full(6, position), found, None)


# --- World ----------------------------------------------------------------------------


def test_the_bank_spreads_over_areas_and_levels():
    drawn = world(192)

    cells = set(zip(drawn.bank.area.tolist(), drawn.level.tolist(), strict=True))
    assert np.bincount(drawn.bank.area).tolist() == [32] * 6
    assert len(cells) == 48
    assert (drawn.bank.guessing > 0).sum() == round(0.6 * 192)


@pytest.mark.parametrize("correlation", [0.5, 0.7, 0.85])
def test_learners_are_drawn_as_announced(correlation):
    positions = draw_learners(40000, np.random.default_rng(1), correlation)

    assert positions.std(axis=0) == pytest.approx(np.full(6, 1.25), abs=0.02)
    tied = np.corrcoef(positions.T)[np.triu_indices(6, 1)]
    assert tied == pytest.approx(np.full(15, correlation), abs=0.02)


def test_an_answer_follows_the_three_parameter_curve():
    drawn = world()
    question = int(drawn.bank.guessing.argmax())

    at_the_middle = drawn.success(question, drawn.difficulty[question])

    assert at_the_middle == pytest.approx(0.2 + 0.8 / 2)


# --- One by one and side by side ------------------------------------------------------


def test_a_cohort_asks_and_finds_exactly_what_the_engine_does():
    drawn, generator = untied(180), np.random.default_rng(4)
    learners = draw_learners(24, generator)
    exposure = generator.uniform(0.2, 1, 180)

    found = cohorts.replayed(drawn, learners, 7, exposure)

    assert (found.attempts, found.same_questions) == (24, 24)
    assert found.difference < 1e-9


def test_a_cohort_finds_what_the_engine_does_at_launch():
    # Equal questions make the order of the two differ; the same answers must not.
    drawn = world(180)
    cohort = cohorts.Cohort(drawn, draw_learners(6, np.random.default_rng(1)), [])
    cohort.generators, rows = generators(6), np.arange(6)
    scores = [[] for _ in rows]
    for turn in range(30):
        asked = np.array([(7 * turn + 31 * row) % 180 for row in rows])
        before = cohort.log_likelihood.copy()
        cohort.answer(rows, asked)
        for row, question in enumerate(asked):
            gained = (cohort.log_likelihood - before)[row, drawn.bank.area[question]]
            right = drawn.bank.log_right[question]
            scores[row].append(float(np.abs(gained - right).max() < 1e-9))
    beliefs = cohort.believed(rows)

    for row in rows:
        expected = placement.posterior(
            drawn.bank, cohort.asked[row], scores[row], [False] * 30
        )
        assert cohorts._difference(beliefs.of(row), expected) < 1e-9


def test_a_cohort_is_compared_question_by_question(monkeypatch):
    drawn, learners = untied(), draw_learners(3, np.random.default_rng(1))
    monkeypatch.setattr(cohorts, "_shifted_down", lambda believed, cells: believed)

    found = cohorts.replayed(drawn, learners, 7)

    assert found.same_questions < 3


def test_questions_withheld_return_when_an_area_has_no_other():
    drawn = untied(60)
    spared = np.ones((2, 60), dtype=bool)
    spared[1] = drawn.bank.area != 3
    people = np.zeros((2, 6))
    cohort = cohorts.Cohort(drawn, people, generators(2), spared)
    cohort.answer(np.arange(2), np.array([0, 1]))

    found = cohort.candidates(np.arange(2))

    for row in range(2):
        expected = placement.candidates(
            drawn.bank,
            cohort.asked[row],
            np.ones(60, dtype=bool),
            np.arange(60),
            spared[row],
        )
        assert found[row].tolist() == expected.tolist()


def test_an_attempt_ends_when_nothing_is_left_to_ask():
    drawn = untied(9)

    [found] = cohorts.take_together(
        cohorts.adaptive, drawn, np.zeros((1, 6)), generators(1)
    )
    alone = take(drawn, np.zeros(6), generators(1)[0])

    assert (found.reason, sorted(found.asked)) == ("no_question", list(range(9)))
    assert (alone.reason, alone.asked) == (found.reason, found.asked)


def test_the_fixed_form_is_the_same_for_everybody():
    drawn = world()
    learners = draw_learners(3, np.random.default_rng(0))

    results = cohorts.take_together(cohorts.fixed_form, drawn, learners, generators(3))

    longest = max(results, key=lambda result: len(result.asked)).asked
    assert [r.asked for r in results] == [longest[: len(r.asked)] for r in results]
    form = cohorts.form_of(drawn)
    assert len(set(form)) == 36
    assert np.bincount(drawn.bank.area[form]).tolist() == [6] * 6


@pytest.mark.parametrize("way", [cohorts.adaptive, cohorts.random_order])
def test_an_attempt_never_asks_twice_and_keeps_the_areas_even(way):
    drawn = world()

    results = cohorts.take_together(way, drawn, np.zeros((4, 6)), generators(4))

    for result in results:
        counts = np.bincount(drawn.bank.area[list(result.asked)], minlength=6)
        assert len(set(result.asked)) == len(result.asked)
        assert counts.max() - counts.min() <= 1
        assert 12 <= len(result.asked) <= 36


def test_busy_questions_are_spared_after_a_night():
    drawn = world(180)
    learners = draw_learners(200, np.random.default_rng(1))

    results = cohorts.simulate(
        cohorts.adaptive, drawn, learners, np.random.SeedSequence(1)
    )

    nights = [results[:100], results[100:]]
    busiest = [
        cohorts.met_share([r.asked for r in night], 180).max() for night in nights
    ]
    assert busiest[1] < busiest[0]


# --- States ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "sd", "longest", "answers"),
    [
        ("launch", 1.5, 36, 0),
        ("author", 1.25, 30, 0),
        ("calibrated-100", 1.25, 30, 100),
        ("calibrated-300", 1.25, 30, 300),
    ],
)
def test_each_state_has_its_settings(state, sd, longest, answers):
    settings = states.settings_of(state)

    assert (settings.prior_sd, settings.maximum_questions) == (sd, longest)
    assert states.answers_of(state) == answers


def test_an_unknown_state_is_named():
    with pytest.raises(ValueError, match="'later'.*launch"):
        states.settings_of("later")


def test_answers_are_dealt_evenly():
    answers = states.draw_answers(world(), 20, np.random.default_rng(1))

    assert np.bincount(answers.item).tolist() == [20] * 96
    pairs = set(zip(answers.person.tolist(), answers.item.tolist(), strict=True))
    assert len(pairs) == len(answers)
    assert np.bincount(answers.person).max() <= 30


def test_calibration_brings_the_bank_nearer_to_the_truth():
    drawn = draw_world(96, np.random.default_rng(2), states.LATER)

    found = states.come_to("calibrated-300", drawn, np.random.default_rng(3))

    assert states.come_to("author", drawn, None) is drawn
    assert mean_distance(found) < 0.6 * mean_distance(drawn)


def mean_distance(drawn):
    """Return how far the engine's curves are from the true ones, on average."""
    positions = np.linspace(-2, 2, 9)
    questions = np.arange(drawn.bank.size)[:, None]
    true = drawn.success(questions, positions[None, :])
    cells = np.searchsorted(LAUNCH.scale, positions)
    return np.abs(np.exp(drawn.bank.log_right[:, cells]) - true).mean()


# --- Figures --------------------------------------------------------------------------


def test_overall_figures_compare_with_the_truth():
    near = [0, 0, 0, 0.1, 0.8, 0.1, 0, 0]  # says level 5, that is 0 to 0.8
    results = [
        attempt(position=0.4, estimate=0.6, levels=near),
        attempt(position=1.0, estimate=0.6, levels=near),
        attempt(position=2.0, estimate=0.6, levels=near),
        attempt(position=-0.4, estimate=0.6, levels=near),
    ]

    found = figures.overall(figures.Attempts.of(results), LAUNCH)

    assert found == {
        "rmse": pytest.approx(np.sqrt((0.04 + 0.16 + 1.96 + 1) / 4)),
        "bias": pytest.approx((0.2 - 0.4 - 1.4 + 1.0) / 4),
        "covers": 0.5,
        "exact": 0.25,
        "within_one": 0.75,
        "levels_shown": 2,
        "range_holds": 0.5,
        "level_error": 0.0,
    }


def test_area_figures_count_every_area():
    drawn = attempt(position=0.4)
    truth = drawn.truth.copy()
    truth[0] = 9.0

    found = figures.by_area(figures.Attempts.of([replace(drawn, truth=truth)]), LAUNCH)

    mean = drawn.posterior.area_mean[0]
    squares = 5 * (0.4 - mean) ** 2 + (9 - mean) ** 2
    assert found["area_rmse"] == pytest.approx(np.sqrt(squares / 6))
    assert found["area_covers"] == pytest.approx(5 / 6)
    assert found["area_range_holds"] == pytest.approx(5 / 6)


def test_attempts_of_several_banks_are_joined():
    one = figures.Attempts.of([attempt(position=1.0), attempt(position=2.0)])
    other = figures.Attempts.of([attempt(asked=(0, 1, 2), position=3.0)])

    joined = figures.Attempts.together([one, other])

    assert joined.truth[:, 0].tolist() == [1, 2, 3]
    assert joined.count.tolist() == [2, 2, 3]


def test_stated_chances_are_compared_with_what_happened():
    stated = np.tile([0.75, 0.25, 0, 0, 0, 0, 0, 0], (400, 1))
    true_level = np.repeat([0, 1], [260, 140])

    found = figures.level_error(stated, true_level)

    assert found == pytest.approx(0.75 - 260 / 400)


def test_exposure_counts_what_learners_have_in_common():
    results = [attempt(asked=(0, 1)), attempt(asked=(0, 2, 3)), attempt(asked=(0, 1))]

    found = figures.exposure(figures.Attempts.of(results), 96)

    # Pairs share 1, 2 and 1 questions, of 7 / 3 on average.
    assert found == {"busiest": 1.0, "overlap": pytest.approx((4 / 3) / (7 / 3))}


def test_the_announcement_is_compared_with_what_followed():
    told = [
        replace(attempt(asked=range(20)), announced=10),
        replace(attempt(asked=range(30)), announced=14),
        attempt(asked=range(12)),
    ]

    assert figures.announced_error(figures.Attempts.of(told)) == (2 + 4) / 2
    assert figures.announced_error(figures.Attempts.of(told[2:])) == 0


# --- Limit and agreement --------------------------------------------------------------


def test_the_limit_without_questions_is_what_is_known_of_everybody():
    assert limit.limit(np.zeros((40, 100))) == pytest.approx(1.25)


def test_the_limit_takes_the_questions_that_tell_most():
    information = np.zeros((40, 100))
    information[:30] = 0.5
    information[30:] = 0.1

    assert limit.limit(information) == pytest.approx((15 + 1.25**-2) ** -0.5)


def test_information_is_that_of_the_true_curve():
    drawn, step = world(), 1e-4
    positions, questions = np.linspace(-2, 2, 5), np.arange(96)[:, None]
    above, below = (
        drawn.success(questions, positions[None, :] + side) for side in (step, -step)
    )
    success = drawn.success(questions, positions[None, :])
    expected = ((above - below) / (2 * step)) ** 2 / (success * (1 - success))

    assert limit.true_information(drawn, positions) == pytest.approx(expected, rel=1e-4)


def test_the_limit_is_lower_when_more_is_known():
    known, cold = limit.limits(draw_world(180, np.random.default_rng(1), areas=1))

    assert known < cold < 1.25


def test_a_share_of_the_limit_compares_deviations():
    by_bank = [{"error": 4.0, "limit": 1.0}, {"error": 4.0, "limit": 1.0}]

    assert report._share(by_bank, "limit") == (0.5, 0.0)


@pytest.mark.parametrize(("areas", "most"), [(1, 1e-3), (2, 2e-3)])
def test_the_engine_agrees_with_plain_integration(areas, most):
    assert 0 < agreement.largest_difference(areas, 1) < most


def test_the_comparison_sees_another_engine(monkeypatch):
    posterior = placement.posterior

    def wrong(bank, items, scores, skipped):
        return posterior(bank, items[1:], scores[1:], skipped[1:])

    monkeypatch.setattr(placement, "posterior", wrong)

    assert agreement.largest_difference(1, 1) > 0.01


# --- Later ----------------------------------------------------------------------------


def test_a_second_attempt_has_other_questions_and_the_gain():
    drawn, generator = world(180), np.random.default_rng(1)
    first = Sitting(drawn, np.zeros(6), generator)
    finish(first)
    asked = []
    answer = Sitting.answer

    def watched(sitting, question):
        asked.append((question, sitting.truth[0]))
        answer(sitting, question)

    Sitting.answer = watched
    try:
        found = later._second(first, 0.8, "widened", generator, np.ones(180))
    finally:
        Sitting.answer = answer

    assert len(asked) == found.questions <= 24
    assert not {question for question, _ in asked} & set(first.asked)
    assert {position for _, position in asked} == {0.8}


def test_retakes_are_told_by_gain_and_prior():
    def second(gain, prior, error, seen, said):
        return later.Second(gain, prior, 20, error, 0.5, seen, said)

    found = [
        second(gain, prior, 0.1, gain, False)
        for gain in later.GAINS
        for prior in later.PRIORS
    ]
    found += [second(0.8, "widened", -0.9, 0.0, True)]

    rows = later.retake_rows(found)

    assert [(row["gain"], row["prior"]) for row in rows] == [
        (gain, prior) for gain in (0.0, 0.4, 0.8) for prior in ("fresh", "widened")
    ]
    assert rows[-1] == {
        "gain": 0.8,
        "prior": "widened",
        "rmse": pytest.approx(np.sqrt((0.01 + 0.81) / 2)),
        "bias": pytest.approx(-0.4),
        "covers": 0.5,
        "questions": 20,
        "gain_seen": pytest.approx(0.4),
        "gain_rmse": pytest.approx(np.sqrt(0.64 / 2)),
        "says_progress": 0.5,
    }


def test_closer_looks_ask_in_one_area_only():
    drawn = world(180)
    sitting = Sitting(drawn, np.zeros(6), np.random.default_rng(1))
    finish(sitting)
    before = len(sitting.asked)

    looks = later._looks(sitting, 2)

    more = sitting.asked[before:]
    assert drawn.bank.area[more].tolist() == [2] * 15
    assert len(set(sitting.asked)) == len(sitting.asked)
    assert [look.more for look in looks] == [0, 8, 15]
    assert looks[0].sd > looks[1].sd > looks[2].sd


def test_a_closer_look_is_told_by_stop():
    looks = [
        later.Look(more, error, 0.5, is_precise, 3, is_precise)
        for more in later.CLOSER
        for error, is_precise in ((0.3, True), (-0.9, False))
    ]

    rows = later.closer_rows(looks)

    assert [row["more"] for row in rows] == [0, 8, 15]
    assert rows[1] == {
        "more": 8,
        "sd": 0.5,
        "precise": 0.5,
        "rmse": pytest.approx(np.sqrt((0.09 + 0.81) / 2)),
        "covers": 0.5,
        "levels_shown": 3,
        "holds": 0.5,
    }


# --- Report ---------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_report():
    assert report.run(**SMALL, seed=5) == report.run(**SMALL, seed=5)


def test_another_seed_gives_another_report():
    one, other = report.run(**SMALL, seed=5), report.run(**SMALL, seed=6)

    assert one.placement.figures != other.placement.figures


def test_the_real_engine_finds_learners_in_a_small_simulation():
    found = report.run(state="author", learners=120, banks=1, compared=30, warm_up=0)

    figures_found = found.placement.figures
    assert figures_found["rmse"] < 0.55
    assert 0.8 < figures_found["covers"] <= 1
    assert figures_found["questions"] < found.random["questions"]
    assert found.checks == {}


def test_more_answers_bring_difficulties_nearer():
    found = parts.difficulty(np.random.SeedSequence(2), size=96)

    assert found["all_300"] < found["all_100"] < 0.5**2
    assert found["rmse_300"] < found["rmse_100"]


def test_an_unfair_question_is_told_from_fair_ones(monkeypatch):
    monkeypatch.setattr(parts, "GROUP_ROUNDS", 4)

    found = parts.fairness(np.random.SeedSequence(1))

    assert found["dif_clean"] < 0.1 < 0.5 <= found["dif_found"]


def test_the_figures_do_not_depend_on_the_processes():
    asked = {**SMALL, "seed": 5}

    assert report.run(**asked, processes=2) == report.run(**asked, processes=1)


def test_jobs_give_the_same_in_other_processes():
    jobs = [work.Job("powers", str(n), pow, {"base": 2, "exp": n}) for n in range(3)]
    jobs += [work.Job("settings", "", states.settings_of, {"state": "author"})]
    told = []

    found = work.carry_out(jobs, 2, lambda *heard: told.append(heard))

    assert found == {"powers": [1, 2, 4], "settings": [states.LATER]}
    assert found == work.carry_out(jobs, 1, report.silent)
    assert told == [(1, 4, "0"), (2, 4, "1"), (3, 4, "2"), (4, 4, "")]


def test_every_check_is_in_a_whole_report(monkeypatch):
    monkeypatch.setattr(report, "speeds", lambda: dict.fromkeys(SPEEDS, 0.1))
    monkeypatch.setattr(report, "OTHER_LINES", ((60, "calibrated-100"),))
    monkeypatch.setattr(report, "DEFAULT", (60, "launch"))
    monkeypatch.setattr(parts, "replay", lambda seed: {**SAME})
    squares = {"rmse_100": 0.09, "rmse_300": 0.04, "all_100": 0.1, "all_300": 0.05}
    monkeypatch.setattr(parts, "difficulty", lambda seed: squares)
    monkeypatch.setattr(parts, "fairness", lambda seed: {**FAIR})

    found = report.run(**SMALL)

    assert set(found.checks) == {check.key for check in CHECKS}
    assert [(line.size, line.state) for line in found.lines] == [(60, "calibrated-100")]
    assert found.checks["rmse_100"] == (pytest.approx(0.3), 0.0)
    assert found.checks["dif_found"] == (0.9, 0.0)
    assert found.checks["replay_same"] == (1.0, None)


FAIR = {"dif_clean": 0.01, "dif_found": 0.9}
SAME = {"replay_same": 1.0, "replay_difference": 1e-14}
SPEEDS = ("request_ms", "request_ratio", "e_step_us", "m_step_ms")


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


@pytest.mark.parametrize(
    ("size", "state", "questions", "covers"),
    [
        (180, "launch", "at most 31", "0.9 to 0.935"),
        (180, "author", "", "0.885 to 0.935"),
        (180, "calibrated-300", "at most 23", "0.885 to 0.935"),
        (300, "calibrated-300", "at most 19.5", "0.885 to 0.935"),
        (300, "calibrated-100", "", "0.885 to 0.935"),
    ],
)
def test_targets_depend_on_the_bank_and_its_state(size, state, questions, covers):
    targets = {f.key: f.target for f in report.figures_of(size, state)}

    assert (targets["questions"], targets["covers"]) == (questions, covers)


# --- Commands -------------------------------------------------------------------------


def line(size=180, state="launch", **changes):
    good = {
        figure.key: figure.least if figure.least is not None else figure.most or 0.5
        for figure in report.figures_of(size, state)
    }
    return Line(size, state, good | changes, {})


def made(checks=None, **changes):
    """Return a report that meets every target but those changed."""
    placed = line(**changes)
    return Report(placed, line().figures, line().figures, [], checks or {})


@pytest.fixture
def simulate(monkeypatch):
    """Run the command on a report made beforehand; what it prints is in `printed`."""

    def run(found, printed, **options):
        monkeypatch.setattr(report, "run", lambda **asked: found)
        command = simulate_placement.Command(stdout=printed)
        parser = command.create_parser("manage.py", "simulate_placement")
        command.handle(**(vars(parser.parse_args([])) | options))

    return run


def verdicts(text, words, verdict):
    rows = [row.split("|") for row in text.splitlines() if "|" in row]
    return {row[words].strip(): row[verdict].strip() for row in rows[2:]}


def test_the_command_prints_a_verdict_beside_each_target(simulate):
    printed = StringIO()

    simulate(made(), printed)

    expected = {f.words: "meets" if f.target else "" for f in FIGURES}
    assert verdicts(printed.getvalue(), 1, 5) == expected


def test_the_command_names_the_targets_missed(simulate):
    printed = StringIO()
    found = made(rmse=0.5, overlap=0.4, checks={"limit_cold": (0.5, 0.1)})
    found = replace(found, lines=[line(300, "calibrated-300", questions=25.0)])

    missed = "rmse, overlap, 300 calibrated-300: questions, limit_cold"
    with pytest.raises(CommandError, match=missed):
        simulate(found, printed)

    assert printed.getvalue().count("misses") == 5


def test_the_command_prints_the_other_proofs(simulate):
    printed = StringIO()
    checks = {"limit_launch": (0.78, 0.01), "replay_difference": (4e-14, None)}

    simulate(made(checks=checks), printed)

    rows = printed.getvalue().splitlines()
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows[-2:]]
    assert cells == [
        ["share of the limit, launch", "0.780", "0.010", "at least 0.77", "meets"],
        ["replayed: largest difference", "4.0e-14", "", "at most 1e-09", "meets"],
    ]


def test_the_command_prints_json(simulate):
    printed = StringIO()

    simulate(made(checks={"limit_cold": (0.95, None)}), printed, json=True)

    found = json.loads(printed.getvalue())
    placed = found["placement"]
    assert (placed["bank"], placed["state"]) == (180, "launch")
    assert list(placed["figures"]) == [figure.key for figure in FIGURES]
    assert placed["figures"]["rmse"]["target"] == "at most 0.46"
    assert placed["figures"]["rmse"]["meets"] is True
    assert found["checks"]["limit_cold"]["meets"] is True
    assert found["missed"] == []


@pytest.mark.parametrize(
    ("option", "run", "columns"),
    [
        ("retake", "run_retakes", tables.RETAKE_COLUMNS),
        ("closer", "run_closer", tables.CLOSER_COLUMNS),
    ],
)
def test_the_command_prints_a_table_by_itself(
    monkeypatch, simulate, option, run, columns
):
    asked = {}

    def rows(**options):
        asked.update(options)
        return [dict.fromkeys(columns, 0.25)]

    monkeypatch.setattr(report, run, rows)
    printed, as_json = StringIO(), StringIO()

    simulate(None, printed, **{option: True})
    simulate(None, as_json, **{option: True, "json": True, "learners": 32})

    last = printed.getvalue().splitlines()[-1]
    assert last.count("0.250") == len(columns)
    assert json.loads(as_json.getvalue()) == [dict.fromkeys(columns, 0.25)]
    asked = {name: asked[name] for name in ("learners", "banks", "seed", "state")}
    assert asked == {"learners": 32, "banks": 16, "seed": 1, "state": "launch"}


@pytest.mark.parametrize("run", [report.run_retakes, report.run_closer])
def test_later_tables_share_learners_over_banks(monkeypatch, run):
    calls = []

    def found(seed, learners, size, state):
        calls.append((learners, size, state))
        return [
            later.Second(gain, prior, 20, 0.1, 0.5, gain, False)
            for gain in later.GAINS
            for prior in later.PRIORS
        ]

    def looks(seed, learners, size, state):
        calls.append((learners, size, state))
        return [later.Look(more, 0.1, 0.5, False, 3, True) for more in later.CLOSER]

    monkeypatch.setattr(parts, "retakes", found)
    monkeypatch.setattr(parts, "closer_looks", looks)

    rows = run(learners=40, seed=1, banks=4, state="author")

    assert calls == [(10, 180, "author")] * 4
    assert rows[0]["rmse"] == pytest.approx(0.1)


def test_progress_is_told_on_the_error_output():
    told = StringIO()
    command = simulate_placement.Command(stderr=told)
    command.began = 0

    for done in range(1, 41):
        command.tell(done, 40, "work")

    rows = told.getvalue().splitlines()
    assert len(rows) == 10
    assert rows[0].startswith("4 of 40, ") and rows[-1].startswith("40 of 40, ")


@pytest.mark.parametrize(("limit_ms", "stops"), [(1e9, False), (0.0, True)])
def test_the_benchmark_stops_above_its_limit(monkeypatch, limit_ms, stops):
    monkeypatch.setattr(benchmark_placement, "LIMIT_MS", limit_ms)
    printed = StringIO()
    command = benchmark_placement.Command(stdout=printed)
    options = {"bank": 60, "series": 2, "requests": 2}

    if stops:
        with pytest.raises(CommandError):
            command.handle(**options)
    else:
        command.handle(**options)

    assert "ratio" in printed.getvalue()
