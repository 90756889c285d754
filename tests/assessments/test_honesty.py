import numpy as np
import pytest

from assessments import honesty
from assessments.beliefs import Answers
from assessments.placement import Bank

SIZE = 60
AREA = np.arange(SIZE) % 6
DIFFICULTY = np.linspace(-2.5, 2.5, SIZE)


def sat(persons=500, error=0.0, seed=4, per_person=36):
    """Return answers; the questions' difficulties are off by `error` (SD)."""
    generator = np.random.default_rng(seed)
    difficulty = DIFFICULTY + error * generator.standard_normal(SIZE)
    common, own = (generator.standard_normal((persons, n)) for n in (1, 6))
    position = 1.5 * (np.sqrt(0.5) * common + np.sqrt(0.5) * own)
    item = generator.random((persons, SIZE)).argsort(axis=1)[:, :per_person]
    logit = np.take_along_axis(position, AREA[item], axis=1) - difficulty[item]
    score = (generator.random(item.shape) < 1 / (1 + np.exp(-logit))).astype(float)
    person = np.repeat(np.arange(persons), per_person)
    return Answers(person, item.ravel(), score.ravel(), np.zeros(len(person)))


def bank(difficulty_sd=0.01):
    return Bank(AREA, DIFFICULTY, difficulty_sd, 0.0, 0.01, 0.0)


# --- Reliability ----------------------------------------------------------------------


def test_predictions_are_gathered_in_tenths():
    found = honesty.reliability([1, 0, 1, 1, 0.5], [0.05, 0.08, 0.95, 1.0, 0.5])

    assert found.count.tolist() == [2, 0, 0, 0, 0, 1, 0, 0, 0, 2]
    seen = [0, 5, 9]
    assert found.predicted[seen] == pytest.approx([0.065, 0.5, 0.975])
    assert found.happened[seen].tolist() == [0.5, 0.5, 1.0]
    assert np.isnan(found.predicted[1]) and np.isnan(found.happened[1])


@pytest.mark.parametrize(("count", "gap"), [(100, 0.25), (99, 0.0)])
def test_only_full_tenths_are_held_against_the_predictions(count, gap):
    found = honesty.reliability(np.ones(count), np.full(count, 0.75))

    assert found.largest_gap == gap


# --- Halves ---------------------------------------------------------------------------


def test_halves_of_attempts_differ_as_announced():
    found = honesty.split_half(bank(), sat(1500))

    assert found.count == 1500
    assert found.ratio == pytest.approx(1, abs=0.08)
    assert found.held == pytest.approx(0.9, abs=0.02)
    assert found.is_honest


def test_ranges_that_are_too_sure_are_found_out():
    """Each question is believed to be twice as sharp as it is."""
    answers = sat()
    too_sure = Bank(AREA, DIFFICULTY, 0.01, np.log(2.0), 0.01, 0.0)

    found = honesty.split_half(too_sure, answers)

    assert found.ratio > 1.1 and not found.is_honest
    assert found.held < 0.88


def test_short_attempts_are_left_out():
    eleven, twelve = sat(5, per_person=11), sat(5, per_person=12)

    assert honesty.split_half(bank(), eleven) is None
    assert honesty.split_half(bank(), twelve).count == 5
    assert honesty.split_half(bank(), Answers([], [], [], [])) is None


def test_halves_do_not_depend_on_the_order_of_answers():
    answers = sat(40)

    assert honesty.split_half(bank(), answers) == honesty.split_half(
        bank(), answers[::-1]
    )


@pytest.mark.parametrize(
    ("ratio", "is_honest"), [(0.89, False), (0.9, True), (1.1, True), (1.11, False)]
)
def test_bounds_of_honesty(ratio, is_honest):
    assert honesty.SplitHalf(100, ratio, 0.9).is_honest is is_honest


@pytest.mark.parametrize(
    ("count", "ratio", "is_off"),
    [
        (800, 1.11, True),
        (800, 0.89, True),
        (800, 1.09, False),
        (200, 1.19, False),  # twice the standard error is 0.2
        (200, 1.21, True),
    ],
)
def test_few_attempts_prove_little(count, ratio, is_off):
    assert honesty.SplitHalf(count, ratio, 0.9).is_surely_off is is_off


# --- How much more doubt --------------------------------------------------------------


def test_honest_doubt_is_kept():
    answers = sat(1500)

    assert honesty.doubt_factor(lambda factor: bank(0.01 * factor), answers) == 1.0


def test_too_little_doubt_is_multiplied_until_the_halves_agree():
    answers = sat(800, error=2.0, seed=6)

    def make_bank(factor):
        return bank(0.8 * factor)

    factor = honesty.doubt_factor(make_bank, answers)

    assert not honesty.split_half(make_bank(1.0), answers).is_honest
    assert 1.5 < factor < 4.0
    assert honesty.split_half(make_bank(factor), answers).ratio == pytest.approx(
        1, abs=0.02
    )


def test_too_much_doubt_is_lowered():
    answers = sat(800)

    factor = honesty.doubt_factor(lambda factor: bank(1.5 * factor), answers)

    assert factor < 0.9
