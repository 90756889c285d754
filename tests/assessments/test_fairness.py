import math

import numpy as np
import pytest

from assessments import fairness
from assessments.beliefs import Answers, positions
from assessments.fairness import Difference, compare
from assessments.placement import Bank


def spread_out(table):
    """Return score, group and position for (stratum, is_focal, right, wrong) rows."""
    score, focal, position = [], [], []
    for stratum, is_focal, right, wrong in table:
        score += [1.0] * right + [0.0] * wrong
        focal += [is_focal] * (right + wrong)
        position += [float(stratum)] * (right + wrong)
    return np.array(score), np.array(focal), np.array(position)


TABLE = [(0, False, 30, 20), (0, True, 20, 30), (1, False, 45, 5), (1, True, 40, 10)]


def test_two_strata_by_hand():
    """Odds ratio, chi-square and variance from the textbook formulas."""
    above, below = 30 * 30 / 100 + 45 * 10 / 100, 20 * 20 / 100 + 5 * 40 / 100
    expected = 50 * 50 / 100 + 50 * 85 / 100
    variance = sum(50 * 50 * m * (100 - m) / (100**2 * 99) for m in (50, 85))
    chi_square = (abs(75 - expected) - 0.5) ** 2 / variance

    found = compare(*spread_out(TABLE), strata=2)

    assert (found.reference_count, found.focal_count) == (100, 100)
    assert found.delta == pytest.approx(-2.35 * math.log(above / below))
    assert found.shift == pytest.approx(math.log(above / below))
    assert found.p_value == pytest.approx(math.erfc(math.sqrt(chi_square / 2)))


def test_one_stratum_has_the_doubt_of_one_table():
    """With one 2 × 2 table the variance is the sum of the four inverse counts."""
    found = compare(*spread_out([(0, False, 30, 20), (0, True, 18, 32)]), strata=1)

    expected = 2.35 * math.sqrt(1 / 30 + 1 / 20 + 1 / 18 + 1 / 32)
    assert found.delta_sd == pytest.approx(expected)


def test_groups_change_places():
    score, focal, position = spread_out(TABLE)

    one, other = compare(score, focal, position), compare(score, ~focal, position)

    assert other.delta == pytest.approx(-one.delta)
    assert (other.delta_sd, other.p_value) == pytest.approx((one.delta_sd, one.p_value))


def test_parts_of_an_answer_count_as_parts():
    """The same sums, half of the answers turned into halves: less spread, same odds."""
    score, focal, position = spread_out([(0, False, 40, 10), (0, True, 30, 20)])
    halves = np.where(focal, 0.6, 0.8)

    whole, parts = (
        compare(score, focal, position, 1),
        compare(halves, focal, position, 1),
    )

    assert parts.delta == pytest.approx(whole.delta)
    assert parts.p_value < whole.p_value


@pytest.mark.parametrize(
    "table",
    [
        [],
        [(0, False, 3, 2)],
        [(0, False, 3, 2), (1, True, 2, 3)],
        [(0, False, 5, 0), (0, True, 5, 0)],
        [(0, False, 5, 0), (0, True, 0, 5)],
    ],
)
def test_what_cannot_be_compared(table):
    assert compare(*spread_out(table), strata=2) is None


@pytest.mark.parametrize(
    ("delta", "sd", "p_value", "ets_class", "is_flagged"),
    [
        (0.9, 0.1, 1e-9, "A", False),
        (1.2, 0.1, 1e-9, "B", False),
        (-1.2, 0.1, 1e-9, "B", False),
        (3.0, 1.6, 0.06, "A", False),
        (1.6, 0.5, 1e-3, "B", False),  # not surely over 1
        (1.6, 0.3, 1e-6, "C", True),
        (-2.0, 0.5, 1e-4, "C", True),
        (3.0, 1.2, 0.02, "C", False),  # large, but chance may explain it
    ],
)
def test_classes_of_ets(delta, sd, p_value, ets_class, is_flagged):
    found = Difference(500, 500, delta, sd, p_value)

    assert (found.ets_class, found.is_flagged) == (ets_class, is_flagged)


# --- Pairs of groups ------------------------------------------------------------------


def two_questions(sizes, harder=()):
    """Return answers to two questions of groups of these sizes, all near the middle.

    Question 1 is three logits harder for the groups in `harder`.
    """
    generator = np.random.default_rng(2)
    group = np.repeat(np.arange(len(sizes)), sizes)
    position = generator.standard_normal(len(group))
    chance = 1 / (1 + np.exp(-position))
    lower = 1 / (1 + np.exp(3 - position))
    second = np.where(np.isin(group, harder), lower, chance)
    score = generator.random((len(group), 2)) < np.column_stack([chance, second])
    answers = Answers(
        np.repeat(np.arange(len(group)), 2),
        np.tile([0, 1], len(group)),
        score.ravel().astype(float),
        np.zeros(2 * len(group)),
    )
    return answers, np.repeat(group, 2)


BANK = Bank([0, 0], [0.0, 0.0], 0.1, 0.0, 0.1, 0.0)


def compared(answers, group):
    """Return [(question, reference, focal, Difference)] of both questions."""
    position = positions(BANK, answers)
    return [
        (item, *found)
        for item in (0, 1)
        for rows in [answers.rows_of(item)]
        for found in fairness.compare_groups(
            answers.score[rows], group[rows], position[rows]
        )
    ]


def test_each_pair_of_large_groups_is_compared():
    answers, group = two_questions([300, 250, 199])

    found = compared(answers, group)

    sizes = [(one.reference_count, one.focal_count) for *_pair, one in found]
    assert [pair for *pair, _one in found] == [[0, 0, 1], [1, 0, 1]]
    assert sizes == [(300, 250)] * 2
    assert not any(one.is_flagged for *_pair, one in found)


def test_a_question_harder_for_one_group_is_flagged():
    answers, group = two_questions([400, 400], harder=[1])

    first, second = (one for *_pair, one in compared(answers, group))

    assert (first.is_flagged, second.is_flagged) == (True, True)
    # Of two questions each accuses the other: the signs tell who lost.
    assert second.delta < 0 < first.delta


def test_answers_without_a_group_are_left_out():
    answers, group = two_questions([300, 300])
    group = np.where(group == 1, -1, group)

    assert compared(answers, group) == []


# --- Drift ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "sd", "z"),
    [
        ([1.0] * 50 + [0.0] * 50, 0.2, 0.0),
        ([1.0] * 100, 0.2, 50 / math.sqrt(25 + (0.16 * 0.2 * 100) ** 2)),
        ([0.0] * 100, 0.0, -10.0),
        ([1.0] * 100, 1.0, 50 / math.sqrt(25 + 16**2)),
    ],
)
def test_drift(score, sd, z):
    assert fairness.drift(score, np.full(100, 0.5), sd) == pytest.approx(z)


def test_no_drift_is_told_without_answers():
    assert fairness.drift([], [], 0.2) is None


@pytest.mark.parametrize(
    ("z", "drifted"),
    [(2.82, True), (-2.82, True), (2.8, False), (-2.8, False), (None, False)],
)
def test_who_has_drifted(z, drifted):
    assert fairness.has_drifted(z) is drifted
