from dataclasses import replace
from math import exp
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessments import placement, self_view_simulation
from assessments.placement import LAUNCH, Bank
from assessments.self_view import (
    ABOVE,
    ALONE,
    BELOW,
    NOT_YET,
    SELF_VIEW,
    WITH_HELP,
    Gap,
    Statements,
    answer_chances,
    compare,
)
from assessments.self_view_simulation import (
    NONE,
    ONE_OVER,
    PRIOR,
    STATEMENT_LEVELS,
    TARGETS,
    TWO_OVER,
    TWO_UNDER,
    Heard,
    simulate_gap,
    summarise,
)

FILE = Path(__file__).parents[2] / "content" / "framework" / "statements.yaml"
SIZE = 96
AREA = np.arange(SIZE) % 6
LEVEL = (np.arange(SIZE) // 6 + 3 * AREA) % 8 + 1
BANK = Bank.from_levels(AREA, LEVEL, np.where(np.arange(SIZE) % 5 < 3, 0.25, 0.0))
STATEMENTS = Statements(np.repeat(np.arange(6), 6), np.ravel(STATEMENT_LEVELS))
# 36 answers, six in each area, of a learner who knows the lower levels.
ITEMS = list(range(36))
SCORES = [float(level <= 4) for level in LEVEL[:36]]
unhurried = hypothesis_settings(deadline=None, max_examples=60)
some_answers = st.dictionaries(st.integers(0, 35), st.integers(0, 2))
all_answers = st.lists(st.integers(0, 2), min_size=36, max_size=36)


def heard(answers, items=ITEMS, scores=SCORES, **changes):
    skipped = [False] * len(items)
    statements = changes.pop("statements", STATEMENTS)
    bank = changes.pop("bank", BANK)
    return compare(bank, items, scores, skipped, statements, answers, **changes)


def everywhere(answer):
    return dict.fromkeys(range(36), answer)


def figures(found):
    """Return the numbers of a self-view as one row."""
    gaps = [found.overall, *found.areas]
    return np.array(
        [[g.mean, g.sd, g.low, g.high, g.above, g.below] for g in gaps]
    ).ravel()


# --- Statements -----------------------------------------------------------------------


def test_a_statement_stands_in_the_middle_of_its_level():
    places = placement.level_middle([1, 2, 4, 8])

    assert places == pytest.approx([-2.8, -2.0, -0.4, 2.8])


@pytest.mark.parametrize("level", [0, 9])
def test_a_level_off_the_scale_is_refused(level):
    with pytest.raises(ValueError, match=str(level)):
        placement.level_middle([3, level])


@pytest.mark.parametrize(
    ("distance", "chances"),
    [
        (0.0, [1, exp(0.6), 1]),
        (-0.6, [1, 1, exp(-1.2)]),  # on the lower step: the first two are as likely
        (0.6, [1, exp(1.2), exp(1.2)]),  # on the upper step: the last two are
        (800.0, [0, 0, 1]),
        (-800.0, [1, 0, 0]),
    ],
)
def test_chances_of_each_answer(distance, chances):
    found = answer_chances(distance, 0.6)

    assert found == pytest.approx(np.array(chances) / sum(chances))


def test_the_doubt_about_a_statement_is_integrated_out():
    statements = Statements([0], [5])
    doubts = np.linspace(-4, 4, 4001)
    weights = np.exp(-0.5 * doubts**2)
    at = 30  # a cell like any other
    distance = statements.self_scale[at] - (0.4 + 0.5 * doubts)

    expected = answer_chances(distance, 0.6) @ weights / weights.sum()

    assert np.exp(statements.log_answers[0, :, at]) == pytest.approx(expected, abs=1e-5)


def test_the_tables_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        STATEMENTS.log_answers[0, 0, 0] = 0


# --- Exactness ------------------------------------------------------------------------


def normal_density(axes, sd, correlation):
    """Return a normal density with equal correlations on a product of axes."""
    count = len(axes)
    covariance = sd**2 * (
        correlation * np.ones((count, count)) + (1 - correlation) * np.eye(count)
    )
    points = np.stack(np.meshgrid(*axes, indexing="ij"))
    inverse = np.linalg.inv(covariance)
    density = np.exp(-0.5 * np.einsum("i...,ij,j...->...", points, inverse, points))
    return density / density.sum()


def answer_by_hand(answer, view, place):
    """Return the chance of an answer: the two steps one by one, doubt added up."""
    total = weights = 0.0
    for doubt in np.linspace(-2.5, 2.5, 101):
        weight = exp(-0.5 * (doubt / 0.5) ** 2)
        first = np.exp(view - (place + doubt - 0.6))
        second = np.exp(view - (place + doubt + 0.6))
        ways = [1.0, first, first * second]
        total = total + weight * ways[answer] / sum(ways)
        weights += weight
    return total / weights


def brute_force(difficulties, scores, levels, answers):
    """Return the joint probabilities of the gaps of all areas, and the gaps.

    Each argument has one list per area. No factor: the densities of all positions and
    of all gaps are written out, and every combination is added up.
    """
    position, gap = np.arange(-7, 7.01, 0.2), np.arange(-4, 4.01, 0.1)
    count = len(difficulties)
    view = position[:, None] + gap
    terms, letters, gaps = [], "abc"[:count], "xyz"[:count]
    for area in range(count):
        both = np.ones_like(view)
        for difficulty, score in zip(difficulties[area], scores[area], strict=True):
            knows = 1 / (1 + np.exp(difficulty - position))
            both *= (knows if score else 1 - knows)[:, None]
        for level, answer in zip(levels[area], answers[area], strict=True):
            both *= answer_by_hand(answer, view, -3.6 + 0.8 * level)
        terms.append(both)
    recipe = ",".join([letters, *map("".join, zip(letters, gaps, strict=True))])
    joint = np.einsum(
        f"{recipe}->{gaps}",
        normal_density([position] * count, 1.5, 0.5),
        *terms,
        optimize=True,
    )
    joint *= normal_density([gap] * count, 0.8, 0.6)
    return joint / joint.sum(), gap


CASES = [
    # one area: difficulties, scores, levels of statements, answers
    ([[-1.0, 0.0, 1.0]], [[1, 1, 0]], [[2, 4, 6]], [[2, 2, 1]]),
    ([[-1.0, 0.0, 1.0]], [[0, 0, 0]], [[1, 3, 5]], [[2, 2, 2]]),
    # two areas, one of them without a statement
    ([[-1.0, 0.5], [0.0, 1.0]], [[1, 0], [0, 1]], [[2, 4], [3, 7]], [[0, 0], [1, 0]]),
    ([[-1.0, 0.5], [0.0, 1.0]], [[1, 1], [0, 0]], [[1, 4], []], [[2, 1], []]),
    # three areas
    (
        [[-1.0, 1.0], [0.0], [2.0, -2.0]],
        [[1, 0], [1], [0, 0]],
        [[1, 3], [5], [2, 7]],
        [[2, 2], [1], [2, 0]],
    ),
]


def by_engine(difficulties, scores, levels, answers):
    counts = [len(row) for row in difficulties]
    bank = Bank(
        np.repeat(np.arange(len(counts)), counts),
        *(np.concatenate(difficulties), 0.0, 0.0, 0.0, 0.0),
    )
    area = np.repeat(np.arange(len(levels)), [len(row) for row in levels])
    statements = Statements(area, np.concatenate(levels).astype(int))
    said = dict(enumerate(np.concatenate(answers).astype(int).tolist()))
    return compare(
        bank,
        np.arange(bank.size),
        np.concatenate(scores),
        np.zeros(bank.size, bool),
        statements,
        said,
    )


@pytest.mark.parametrize("case", CASES)
def test_each_area_agrees_with_a_sum_over_every_combination(case):
    joint, gap = brute_force(*case)

    found = by_engine(*case)

    for area, one in enumerate(found.areas):
        others = tuple(axis for axis in range(joint.ndim) if axis != area)
        alone = joint.sum(axis=others)
        mean = alone @ gap
        sd = np.sqrt(alone @ (gap - mean) ** 2)
        under = alone[gap < -1e-9].sum() + alone[np.abs(gap) < 1e-9].sum() / 2
        logits = one.in_logits
        assert (logits.mean, logits.sd) == pytest.approx((mean, sd), abs=5e-4)
        assert (one.below, one.above) == pytest.approx((under, 1 - under), abs=2e-3)
        edges, below = gap + 0.05, np.cumsum(alone)
        ends = np.interp([logits.low, logits.high], edges, below)
        assert ends == pytest.approx([0.05, 0.95], abs=3e-3)


@pytest.mark.parametrize("case", CASES)
def test_the_overall_gap_agrees_with_a_sum_over_every_combination(case):
    joint, gap = brute_force(*case)
    axes = np.meshgrid(*[gap] * joint.ndim, indexing="ij")
    mean_gap = np.round(sum(axes) / joint.ndim, 6)
    values, places = np.unique(mean_gap, return_inverse=True)
    chances = np.bincount(places.ravel(), weights=joint.ravel())
    mean = chances @ values
    sd = np.sqrt(chances @ (values - mean) ** 2)
    under = chances[values < -1e-9].sum() + chances[np.abs(values) < 1e-9].sum() / 2

    overall = by_engine(*case).overall

    logits = overall.in_logits
    assert (logits.mean, logits.sd) == pytest.approx((mean, sd), abs=1e-3)
    assert (overall.below, overall.above) == pytest.approx((under, 1 - under), abs=5e-3)
    edges = values + (values[1] - values[0]) / 2
    ends = np.interp([logits.low, logits.high], edges, np.cumsum(chances))
    assert ends == pytest.approx([0.05, 0.95], abs=5e-3)


def test_a_mirrored_learner_has_the_mirrored_gap():
    difficulties = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]
    bank = Bank([0, 1, 0, 0, 1, 0], difficulties, 0.5, 0.0, 0.3, 0.0)
    statements = Statements([0, 0, 1, 1], [2, 7, 3, 6])
    scores = np.array([1, 1, 1, 0, 1, 0])
    never = [False] * 6

    one = compare(bank, range(6), scores, never, statements, {0: 2, 1: 1, 2: 2, 3: 2})
    other = compare(
        bank,
        range(6)[::-1],
        1 - scores,
        never,
        statements,
        {1: 0, 0: 1, 3: 0, 2: 0},
    )

    for gap, mirrored in zip(
        [one.overall, *one.areas], [other.overall, *other.areas], strict=True
    ):
        expected = (-mirrored.mean, mirrored.sd, -mirrored.high, mirrored.below)
        assert (gap.mean, gap.sd, gap.low, gap.above) == pytest.approx(expected)


# --- What is said ---------------------------------------------------------------------


def test_without_a_statement_nothing_is_said():
    found = heard({})

    # What was believed beforehand: 0.8 logit is one level, and six areas that share
    # 0.6 of their variance have a mean whose variance is (1 + 5 × 0.6) / 6 of theirs.
    assert found.overall.mean == pytest.approx(0, abs=1e-9)
    assert found.overall.sd == pytest.approx(np.sqrt(4 / 6), abs=1e-3)
    assert [gap.mean for gap in found.areas] == pytest.approx([0] * 6, abs=1e-9)
    assert [gap.sd for gap in found.areas] == pytest.approx([1] * 6, abs=1e-3)
    assert found.overall.above == pytest.approx(0.5)
    assert found.overall.side is None
    assert found.arrows == (None,) * 6
    assert found.statements_per_area.tolist() == [0] * 6


def test_without_an_attempt_the_self_view_has_no_arrow():
    found = heard(everywhere(ALONE), items=[], scores=[])

    assert found.areas[0].above > 0.8
    assert found.arrows == (None,) * 6
    assert found.statements_per_area.tolist() == [6] * 6


def test_those_who_doubt_themselves_are_seen_below():
    found = heard(everywhere(NOT_YET), scores=[1.0] * 36)

    assert found.overall.side == BELOW
    assert found.overall.high < 0
    assert found.overall.below > 0.95
    assert found.arrows == (BELOW,) * 6


def test_those_who_claim_more_are_seen_above():
    found = heard(everywhere(ALONE), scores=[0.0] * 36)

    assert found.overall.side == ABOVE
    assert found.overall.low > 0
    assert found.arrows == (ABOVE,) * 6


def test_a_view_that_fits_has_no_side():
    found = heard({n: 2 if n % 6 < 3 else 1 if n % 6 == 3 else 0 for n in range(36)})

    assert abs(found.overall.mean) < 0.5
    assert found.overall.side is None


def test_an_area_without_a_statement_leans_on_the_others_but_has_no_arrow():
    answers = {n: NOT_YET for n in range(30)}

    found = heard(answers, scores=[1.0] * 36)

    assert found.statements_per_area.tolist() == [6, 6, 6, 6, 6, 0]
    assert found.areas[5].below > 0.8
    assert found.arrows == (BELOW,) * 5 + (None,)
    assert found.areas[5].sd > found.areas[4].sd


def test_an_arrow_needs_the_certainty_asked_for():
    found = heard(everywhere(NOT_YET), scores=[1.0] * 36)
    surest = max(gap.below for gap in found.areas)
    strict = replace(SELF_VIEW, arrow_certainty=(surest + 1) / 2)
    statements = Statements(STATEMENTS.area, np.ravel(STATEMENT_LEVELS), LAUNCH, strict)

    again = heard(everywhere(NOT_YET), scores=[1.0] * 36, statements=statements)

    assert again.arrows == (None,) * 6
    assert figures(again).tolist() == figures(found).tolist()


def test_levels_and_logits_tell_the_same():
    gap = Gap(mean=1.0, sd=0.5, low=-0.25, high=2.0, above=0.9, below=0.1, unit=0.8)

    assert gap.in_logits == Gap(0.8, 0.4, -0.2, 1.6, 0.9, 0.1, unit=1.0)
    assert gap.in_logits.in_logits == gap.in_logits


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [(0.1, 2.0, ABOVE), (-2.0, -0.1, BELOW), (-0.1, 2.0, None), (0.0, 2.0, None)],
)
def test_a_side_needs_the_whole_interval(low, high, side):
    assert Gap(0.0, 1.0, low, high, 0.5, 0.5, 0.8).side == side


def test_a_second_attempt_brings_its_own_prior():
    last = placement.posterior(BANK, ITEMS, [1.0] * 36, [False] * 36)
    answers = everywhere(WITH_HELP)

    fresh = heard(answers, items=[0, 1], scores=[1.0, 1.0])
    after = heard(
        answers, items=[0, 1], scores=[1.0, 1.0], prior=placement.prior_after(last)
    )

    # Known to stand high, the learner who says "with help" sees themselves lower.
    assert after.overall.mean < fresh.overall.mean


def test_a_skipped_question_counts_as_in_the_placement():
    answers = everywhere(WITH_HELP)
    shown = [1.0] * 30 + [0.0] * 6
    skipped = [False] * 30 + [True] * 6

    found = compare(BANK, ITEMS, shown, skipped, STATEMENTS, answers)

    # Whoever says "I don't know" is believed to guess less: they have shown more.
    assert found.overall.mean < heard(answers, scores=shown).overall.mean


# --- Bad input ------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [{36: 1}, {-1: 1}, {0: 3}, {0: -1}])
def test_an_answer_that_does_not_exist_is_refused(answers):
    with pytest.raises(ValueError, match="cannot have the answer"):
        heard(answers)


def test_statements_of_another_scale_are_refused():
    other = replace(LAUNCH, version=2, prior_sd=1.25)
    statements = Statements([0], [4], other)

    with pytest.raises(ValueError, match="other settings"):
        heard({0: 1}, statements=statements)


def test_a_statement_outside_the_banks_areas_is_refused_once_answered():
    bank = Bank.from_levels([0, 1], [3, 4], 0.0)

    assert heard({0: 1}, items=[0], scores=[1.0], bank=bank).arrows[1] is None
    with pytest.raises(ValueError, match="area 2"):
        heard({12: 1}, items=[0], scores=[1.0], bank=bank)


# --- Properties -----------------------------------------------------------------------


@unhurried
@given(answers=some_answers, right=st.integers(0, 36))
def test_no_answers_crash_or_leave_the_scale(answers, right):
    found = heard(answers, scores=[1.0] * right + [0.0] * (36 - right))

    gaps = [found.overall, *found.areas]
    assert np.isfinite(figures(found)).all()
    assert all(gap.low < gap.high and gap.sd > 0 for gap in gaps)
    assert [gap.above + gap.below for gap in gaps] == pytest.approx([1] * 7)
    assert all(abs(gap.in_logits.mean) <= STATEMENTS.gaps[-1] for gap in gaps)
    assert found.overall.mean == pytest.approx(
        np.mean([gap.mean for gap in found.areas]), abs=2e-3
    )


@unhurried
@given(answers=some_answers, order=st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_no_digit(answers, order):
    shuffled = list(answers.items())
    order.shuffle(shuffled)

    again = heard(dict(shuffled))

    assert figures(again).tolist() == figures(heard(answers)).tolist()


@unhurried
@given(answers=all_answers, index=st.integers(0, 35))
def test_a_higher_answer_raises_the_self_view(answers, index):
    lower = dict(enumerate(answers)) | {index: NOT_YET}
    found = [heard(lower | {index: answer}) for answer in (0, 1, 2)]

    area = index // 6
    overall = [one.overall.mean for one in found]
    own = [one.areas[area].mean for one in found]
    above = [one.areas[area].above for one in found]
    assert own == sorted(own)
    assert own[0] < own[2]
    assert above == sorted(above)
    assert overall == sorted(overall)


@unhurried
@given(answers=all_answers)
def test_saying_alone_everywhere_is_the_highest_self_view(answers):
    highest = heard(everywhere(ALONE))
    found = heard(dict(enumerate(answers)))

    assert found.overall.mean <= highest.overall.mean + 1e-9
    assert found.overall.above <= highest.overall.above + 1e-9


@unhurried
@given(index=st.integers(0, 35))
def test_a_better_result_lowers_the_gap(index):
    answers = everywhere(WITH_HELP)
    scores = [0.0] * 36
    worse = heard(answers, scores=scores)
    scores[index] = 1.0

    better = heard(answers, scores=scores)

    assert better.overall.mean < worse.overall.mean


def test_more_statements_narrow_the_gap():
    by_count = [
        heard({n: WITH_HELP for n in range(36) if n % 6 < count}) for count in range(7)
    ]

    overall = np.array([found.overall.sd for found in by_count])
    areas = np.array([[gap.sd for gap in found.areas] for found in by_count])
    assert (np.diff(overall) < 0).all()
    assert (np.diff(areas, axis=0) < 0).all()


# --- The file of the statements -------------------------------------------------------


def test_each_area_has_six_statements_over_the_scale_in_both_languages():
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    areas = sorted({row["area"] for row in rows})
    levels = [tuple(r["level"] for r in rows if r["area"] == area) for area in areas]
    assert areas == list("ABCDEF")
    assert tuple(levels) == STATEMENT_LEVELS
    assert all(row[0] == 1 and row[-1] == 7 for row in levels)
    assert [row["id"] for row in rows] == [
        f"{area}-s{number}" for area in areas for number in range(1, 7)
    ]
    assert {tuple(row["text"]) for row in rows} == {("fr", "en")}
    assert len({row["text"]["fr"] for row in rows}) == 36


def test_each_statement_says_i_can_and_leaves_help_to_the_answer():
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    for row in rows:
        french, english = row["text"]["fr"], row["text"]["en"]
        assert french.startswith(("Je sais ", "Je peux ")), row["id"]
        assert english.startswith("I can "), row["id"]
        assert french.endswith(".") and english.endswith("."), row["id"]
        for word in ("seul", "sans aide", "avec l’aide", "'", "·", "bien "):
            assert word not in french, row["id"]
        for word in ("alone", "with help", "on my own", "easily", "'"):
            assert word not in english, row["id"]


# --- Simulation -----------------------------------------------------------------------


def case(kind, truth, low, high, arrows=(None, None)):
    """Return one simulated learner with two areas whose gaps are `truth`."""
    overall = Gap((low + high) / 2, 0.5, low, high, 0.5, 0.5, 0.8)
    gaps = tuple(Gap(0.0, 0.75, -1.0, 1.0, 0.5, 0.5, 0.8) for _ in truth)
    found = heard({})
    found = replace(found, overall=overall, areas=gaps, arrows=arrows)
    return Heard(kind, np.array(truth), found)


def test_the_figures_compare_what_is_said_with_the_truth():
    cases = [
        case(PRIOR, [0.5, 1.5], 0.2, 2.0, (ABOVE, None)),  # holds 1.0, rightly over
        case(PRIOR, [-0.5, -0.1], 0.1, 1.0, (ABOVE, BELOW)),  # wrongly over
        case(PRIOR, [0.5, 0.7], -2.0, -0.1, (BELOW, None)),  # wrongly under
        case(PRIOR, [0.0, 0.2], -1.0, 1.0),  # holds 0.1
        case(NONE, [0.0, 0.0], 0.1, 1.0),
        case(NONE, [0.0, 0.0], -0.1, 1.0),
        case(ONE_OVER, [1.0, 1.0], -0.5, 2.0),
        case(TWO_OVER, [2.0, 2.0], 0.5, 2.0),
        case(TWO_UNDER, [-2.0, -2.0], -2.0, -0.5),
        case(TWO_UNDER, [-2.0, -2.0], 0.5, 2.0),
    ]

    found = summarise(cases)

    assert found == pytest.approx(
        {
            "covers": 2 / 4,
            "false_over": 1 / 4,
            "false_under": 1 / 4,
            "sd_logits": 0.4,
            "sd_levels": 0.5,
            "area_covers": 7 / 8,
            "area_sd_logits": 0.6,
            "area_sd_levels": 0.75,
            "arrows_shown": 4 / 8,
            "arrows_wrong": 2 / 4,
            "over_without_gap": 1 / 2,
            "one_level_found": 0.0,
            "two_levels_found": 1.0,
            "two_levels_under_found": 1 / 2,
        }
    )


def test_gaps_are_drawn_as_the_engine_believes_them():
    generator = np.random.default_rng(1)
    rows = [self_view_simulation._drawn_gaps(SELF_VIEW, generator) for _ in range(9000)]
    gaps = np.array(rows)

    assert gaps.std(axis=0) == pytest.approx([0.8] * 6, abs=0.02)
    tied = np.corrcoef(gaps.T)[np.triu_indices(6, 1)]
    assert tied == pytest.approx([0.6] * 15, abs=0.03)


def test_simulated_learners_answer_by_the_chances_of_the_statements():
    generator, place = np.random.default_rng(2), STATEMENTS.place
    views = np.full(6, 0.5)
    said = [
        self_view_simulation._say(STATEMENTS, place, views, generator)
        for _ in range(3000)
    ]
    answers = np.array([list(row.values()) for row in said])

    shares = np.array([(answers == answer).mean(axis=0) for answer in range(3)])

    assert shares == pytest.approx(answer_chances(0.5 - place), abs=0.04)


def test_the_same_seed_gives_the_same_figures():
    small = {"learners": 4, "banks": 2, "bank_size": 48}

    assert simulate_gap(**small, seed=5) == simulate_gap(**small, seed=5)
    assert simulate_gap(**small, seed=5) != simulate_gap(**small, seed=6)


def test_a_small_simulation_finds_the_gaps():
    found = simulate_gap(learners=40, banks=4, seed=1)

    assert found["covers"] >= 0.8
    assert found["false_over"] <= 0.05
    assert found["sd_logits"] < 0.47
    assert found["one_level_found"] < found["two_levels_found"]
    assert found["two_levels_found"] > 0.6
    assert set(TARGETS) <= set(found)
