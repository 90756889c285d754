from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from assessments import calibration, placement
from assessments.calibration import (
    Answers,
    Estimates,
    Sums,
    estimate_population,
    expect,
    fit,
    link,
    maximise,
    moved,
    sums_of_attempt,
)
from assessments.placement import LAUNCH, Bank

SIZE = 48
AREA = np.arange(SIZE) % 6
LEVEL = np.arange(SIZE) // 6 % 8 + 1
LUCK = np.where(np.arange(SIZE) % 5 < 3, 0.25, 0.0)
PRIOR = Estimates.from_levels(LEVEL)
BANK = PRIOR.bank(AREA, LUCK)
unhurried = hypothesis_settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)


def draw(seed=0, persons=90):
    """Return shuffled answers, parts of answers and "I don't know" among them."""
    generator = np.random.default_rng(seed)
    counts = generator.integers(1, 20, persons)
    person = np.repeat(np.arange(persons), counts)
    item = [generator.choice(SIZE, count, replace=False) for count in counts]
    score = generator.choice([0, 1, 1, 0.5, 0.25], len(person))
    skipped = generator.random(len(person)) < 0.1
    order = generator.permutation(len(person))
    columns = (person, np.concatenate(item), score, skipped)
    return Answers(*(column[order] for column in columns))


def same(one, other, **tolerance):
    """Compare two dataclasses of arrays."""
    others = vars(other).values()
    for mine, theirs in zip(vars(one).values(), others, strict=True):
        assert mine == pytest.approx(theirs, **tolerance)
    return True


def estimates(difficulty, sd=0.5, log_slope=0.0, log_slope_sd=0.3):
    difficulty = np.atleast_1d(np.asarray(difficulty, dtype=float))
    whole = np.ones(len(difficulty))
    return Estimates(difficulty, sd * whole, log_slope * whole, log_slope_sd * whole)


def unknown(size):
    """Return a prior that says nothing."""
    return estimates(np.zeros(size), np.inf, 0, np.inf)


# --- Estimates and sums ---------------------------------------------------------------


def test_what_authors_levels_are_worth():
    found = Estimates.from_levels([1, 4, 8])

    expected = [placement.author_difficulty(level) for level in (1, 4, 8)]
    assert found.difficulty.tolist() == expected
    assert found.difficulty_sd.tolist() == [0.5] * 3
    assert found.log_slope.tolist() == [0.0] * 3
    assert found.log_slope_sd.tolist() == [0.3] * 3


def test_a_bank_of_estimates_is_that_of_the_levels():
    assert (BANK.knows == Bank.from_levels(AREA, LEVEL, LUCK).knows).all()


@pytest.mark.parametrize("sd", [0.0, -1.0, np.nan])
def test_a_doubt_that_is_none_is_refused(sd):
    with pytest.raises(ValueError, match="above 0"):
        estimates([0.0], sd)


def test_the_sums_of_all_are_those_of_each_attempt_added():
    answers = draw()
    total = Sums.zero(SIZE)
    for person in range(90):
        rows = answers.person == person
        columns = answers.item[rows], answers.score[rows], answers.skipped[rows]
        part = sums_of_attempt(BANK, *columns)
        total = total.added(answers.item[rows], part)

    found, population = expect(BANK, answers)

    assert same(found, total, abs=1e-9)
    assert found.count.sum() == len(answers)
    assert 0 < found.luck.sum() < len(answers)
    assert population.count == 90


def test_an_attempt_can_be_added_from_what_is_already_believed():
    items, scores, skipped = [3, 11, 20], [1.0, 0.5, 1.0], [False, False, True]
    believed = placement.posterior(BANK, items, scores, skipped)

    found = sums_of_attempt(BANK, items, scores, skipped, believed)

    assert same(found, sums_of_attempt(BANK, items, scores, skipped), abs=0)
    assert found.right.sum(axis=1) == pytest.approx([1.0, 0.5, 0.0])
    assert found.expected.sum(axis=1) == pytest.approx([1.0, 1.0, 1.0])
    # One "I don't know" against half an answer lost where a quarter is luck.
    assert found.luck == pytest.approx([(2 / 3) / (2 / 3 + 1)] * 3)


def test_the_order_of_answers_does_not_matter():
    answers = draw()
    backwards = answers[::-1]

    sums, population = expect(BANK, answers)

    assert same(expect(BANK, backwards)[0], sums, abs=1e-9)
    assert expect(BANK, backwards)[1].products == pytest.approx(population.products)


def test_two_halves_of_the_learners_make_the_whole():
    answers = draw()
    first = answers.person < 40
    parts = [expect(BANK, answers[rows]) for rows in (first, ~first)]

    sums, population = expect(BANK, answers)

    assert same(parts[0][0] + parts[1][0], sums, abs=1e-9)
    together = parts[0][1] + parts[1][1]
    assert together.products == pytest.approx(population.products)
    assert together.log_likelihood == pytest.approx(population.log_likelihood)


def test_single_precision_gives_four_digits():
    answers = draw()

    exact, short = (
        expect(BANK, answers, precision=kind)[0] for kind in (np.float64, np.float32)
    )

    assert not (exact.expected == short.expected).all()
    assert same(short, exact, rel=1e-4, abs=1e-6)


def test_sums_of_other_questions_are_not_added():
    with pytest.raises(ValueError, match="3 questions cannot be added to 4"):
        Sums.zero(3) + Sums.zero(4)


def test_the_log_likelihood_is_that_of_a_sum_over_the_line():
    """One area, three answers, against a sum written another way."""
    settings = replace(LAUNCH, prior_sd=1.25, prior_correlation=0.0)
    bank = Bank([0, 0, 0], [-1.0, 0.0, 1.0], 0.01, 0.0, 0.01, [0.0, 0.2, 0.2], settings)
    answers = Answers([0, 0, 0], [0, 1, 2], [1.0, 1.0, 0.0], [False] * 3)
    line = np.linspace(-9, 9, 4001)
    weight = np.exp(-(line**2) / (2 * 1.25**2))
    knows = [1 / (1 + np.exp(place - line)) for place in (-1.0, 0.0, 1.0)]
    chance = knows[0] * (0.2 + 0.8 * knows[1]) * (1 - knows[2])
    expected = np.log((weight * chance).sum() / weight.sum())

    _, population = expect(bank, answers)

    # The engine leaves out the constant factor 1 - c of a wrong answer.
    assert population.log_likelihood == pytest.approx(expected, abs=1e-3)


# --- One step -------------------------------------------------------------------------


def exact_sums(difficulty, log_slope, luck, share=1.0, settings=LAUNCH):
    """Return the sums of many learners who answer exactly as the model says."""
    n = np.exp(-(settings.scale**2) / 4) * 1000
    expected = np.tile(n, (len(difficulty), 1))
    logit = np.exp(log_slope)[:, None] * (settings.scale - difficulty[:, None])
    chance = (luck * share)[:, None]
    right = expected * (chance + (1 - chance) / (1 + np.exp(-logit)))
    count = expected.sum(axis=1)
    return Sums(count, share * count, expected, right)


@pytest.mark.parametrize("share", [1.0, 0.4])
def test_what_the_model_says_is_found_again(share):
    grid = np.meshgrid([-3.0, 0.0, 2.5], [-0.6, 0.0, 0.7], [0.0, 0.25])
    difficulty, log_slope, luck = (axis.ravel() for axis in grid)
    sums = exact_sums(difficulty, log_slope, luck, share)

    found = maximise(sums, unknown(len(difficulty)), luck)

    assert found.difficulty == pytest.approx(difficulty, abs=1e-4)
    assert found.log_slope == pytest.approx(log_slope, abs=1e-4)


def objective(sums, prior, luck, difficulty, log_slope):
    """Return what `maximise` makes as large as it can, for one question."""
    logit = np.exp(log_slope) * (LAUNCH.scale - difficulty)
    success = luck + (1 - luck) / (1 + np.exp(-logit))
    wrong = sums.expected[0] - sums.right[0]
    told = (sums.right[0] * np.log(success) + wrong * np.log(1 - success)).sum()
    place = (difficulty - prior.difficulty[0]) / prior.difficulty_sd[0]
    steep = (log_slope - prior.log_slope[0]) / prior.log_slope_sd[0]
    return told - place**2 / 2 - steep**2 / 2


@pytest.mark.parametrize(
    ("answers", "luck", "author"),
    [(5, 0.0, 0.0), (30, 0.25, -1.0), (200, 0.25, 2.0), (2000, 0.0, -2.0)],
)
def test_nothing_near_is_more_likely(answers, luck, author):
    generator = np.random.default_rng(answers)
    cells = np.clip(generator.normal(50, 7, answers).astype(int), 0, 99)
    sums = Sums.zero(1)
    np.add.at(sums.expected[0], cells, 1)
    right = generator.random(answers) < 0.6
    np.add.at(sums.right[0], cells[right], 1)
    sums = replace(sums, count=np.array([answers]), luck=np.array([answers]))
    prior = estimates([author])

    found = maximise(sums, prior, [luck])

    place, steep = found.difficulty[0], found.log_slope[0]
    best = objective(sums, prior, luck, place, steep)
    for move in (0.01, -0.01):
        assert objective(sums, prior, luck, place + move, steep) < best
        assert objective(sums, prior, luck, place, steep + move) < best


@pytest.mark.parametrize("luck", [0.0, 0.25])
def test_the_doubt_is_that_of_the_curve_times_a_fifth_more(luck):
    """Where answers are just as the model says, seen is expected information."""
    difficulty, log_slope = np.array([0.3]), np.array([0.1])
    sums = exact_sums(difficulty, log_slope, np.array([luck]))
    prior = estimates([0.3], log_slope=0.1)
    step = 1e-3

    def curve(i, j):
        """Return minus the second derivative in directions i and j."""
        moves = [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]
        total = 0.0
        for one, other, sign in moves:
            move = one * step * np.eye(2)[i] + other * step * np.eye(2)[j]
            total += sign * objective(sums, prior, luck, 0.3 + move[0], 0.1 + move[1])
        return -total / (4 * step**2)

    curvature = np.array([[curve(0, 0), curve(0, 1)], [curve(1, 0), curve(1, 1)]])
    expected = 1.2 * np.sqrt(np.linalg.inv(curvature).diagonal())

    found = maximise(sums, prior, [luck])

    assert [found.difficulty_sd[0], found.log_slope_sd[0]] == pytest.approx(
        expected, rel=1e-3
    )


def test_without_answers_the_author_is_believed_as_before():
    found = maximise(Sums.zero(SIZE), PRIOR, LUCK)

    assert same(found, PRIOR, abs=1e-9)


def test_more_answers_move_a_question_further_and_leave_less_doubt():
    true = np.array([1.5])
    whole = exact_sums(true, np.zeros(1), np.zeros(1))
    shares = [0.0, 0.002, 0.02, 0.2, 1.0]
    found = [
        maximise(
            Sums(*(share * table for table in vars(whole).values())),
            estimates([0.0]),
            [0.0],
        )
        for share in shares
    ]

    places = [one.difficulty[0] for one in found]
    doubts = [one.difficulty_sd[0] for one in found]
    assert places == sorted(places)
    assert doubts == sorted(doubts, reverse=True)
    assert places[0] == 0.0 and places[-1] == pytest.approx(1.5, abs=0.05)


def test_a_held_slope_does_not_move():
    sums = exact_sums(np.array([0.5]), np.array([0.6]), np.zeros(1))
    prior = estimates([0.0], np.inf, 0.2)

    found = maximise(sums, prior, [0.0], slope="held")

    assert found.log_slope.tolist() == [0.2]
    assert found.log_slope_sd.tolist() == [0.3]
    assert found.difficulty[0] == pytest.approx(0.5, abs=0.1)


def test_a_shared_slope_is_one_for_all():
    sums = exact_sums(np.array([-1.0, 1.0]), np.array([0.4, 0.4]), np.zeros(2))

    found = maximise(sums, unknown(2), [0.0, 0.0], slope="shared")

    assert found.log_slope == pytest.approx([0.4, 0.4], abs=1e-4)
    assert found.difficulty == pytest.approx([-1.0, 1.0], abs=1e-4)


def test_an_unknown_way_of_slopes_is_named():
    with pytest.raises(ValueError, match="steep"):
        maximise(Sums.zero(1), estimates([0.0]), [0.0], slope="steep")


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_all_alike_without_prior_stays_on_the_scale(score):
    sums = exact_sums(np.array([0.0]), np.zeros(1), np.zeros(1))
    sums = replace(sums, right=score * sums.expected)

    found = maximise(sums, unknown(1), [0.0], slope="held")

    assert found.difficulty[0] == pytest.approx(8.0 - 16.0 * score, abs=0.01)


@unhurried
@given(
    arrays.arrays(float, (3, 100), elements=st.floats(0, 50)),
    arrays.arrays(float, (3, 100), elements=st.floats(0, 1)),
    arrays.arrays(float, 3, elements=st.floats(0, 0.5)),
    st.sampled_from(["own", "shared", "held"]),
)
def test_no_sums_crash_or_leave_the_scale(expected, shares, luck, slope):
    count = expected.sum(axis=1)
    sums = Sums(count, count, expected, expected * shares)

    found = maximise(sums, estimates([-2.0, 0.0, 2.0]), luck, slope=slope)

    assert (np.abs(found.difficulty) <= 8).all()
    assert (np.abs(found.log_slope) <= 2.5).all()
    assert (found.difficulty_sd <= 0.5).all() and (found.difficulty_sd > 0).all()
    assert (found.log_slope_sd <= 0.3).all() and (found.log_slope_sd > 0).all()


# --- Linking and publishing -----------------------------------------------------------


def test_at_first_the_scale_stays_where_authors_put_it():
    before = estimates([-1.0, 0.0, 1.0])
    after = estimates([-0.5, 0.7, 3.0], 0.2)

    found = link(before, after, [100, 500, 99], is_first=True)

    assert found.difficulty == pytest.approx([-1.1, 0.1, 2.4])
    assert found.difficulty_sd == pytest.approx([0.2] * 3)


def test_later_the_scale_stays_where_unchanged_questions_are():
    before = estimates([-1.0, 0.0, 1.0])
    after = estimates([-0.5, 0.7, 3.0])

    found = link(before, after, [500] * 3, False, unchanged=[True, False, False])

    assert found.difficulty == pytest.approx([-1.0, 0.2, 2.5])


@pytest.mark.parametrize(
    ("counts", "unchanged"), [([99, 99], None), ([500, 500], [False, False])]
)
def test_with_nothing_to_link_by_nothing_is_shifted(counts, unchanged):
    after = estimates([1.0, 2.0])

    found = link(estimates([0.0, 0.0]), after, counts, False, unchanged)

    assert found.difficulty.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("move", "count", "moves"),
    [(0.11, 30, True), (-0.11, 30, True), (0.11, 29, False), (0.09, 5000, False)],
)
def test_what_is_worth_a_new_version(move, count, moves):
    before, after = estimates([0.0, 1.0]), estimates([move, 1.0])

    assert moved(before, after, [count, 1000]).any() == moves


# --- Published results ----------------------------------------------------------------

# Section 6 of the Law School Admission Test, 1000 persons, 5 questions: how many gave
# each pattern of answers (Bock and Lieberman 1970, Psychometrika 35).
LSAT = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1,
    "00110": 3, "00111": 4, "01000": 1, "01001": 8, "01010": 0, "01011": 16,
    "01100": 0, "01101": 3, "01110": 2, "01111": 15, "10000": 10, "10001": 29,
    "10010": 14, "10011": 81, "10100": 3, "10101": 28, "10110": 15, "10111": 80,
    "11000": 16, "11001": 56, "11010": 21, "11011": 173, "11100": 11, "11101": 61,
    "11110": 28, "11111": 298,
}  # fmt: skip
ONE = replace(LAUNCH, prior_sd=1.0, prior_correlation=0.0)


def lsat() -> np.ndarray:
    """Return the scores (1000, 5)."""
    rows = np.array([[int(score) for score in pattern] for pattern in LSAT])
    return np.repeat(rows, list(LSAT.values()), axis=0)


def table(scores):
    """Return the answers of a full table, learners × questions."""
    persons, size = scores.shape
    person = np.repeat(np.arange(persons), size)
    item = np.tile(np.arange(size), persons)
    return Answers(person, item, scores.ravel().astype(float), np.zeros(len(item)))


def plain_fit(scores, slope, luck=0.0):
    """Return marginal maximum likelihood, learners N(0, 1), nothing known before."""
    size = scores.shape[1]
    return fit(
        np.zeros(size, dtype=int),
        np.full(size, luck),
        table(scores),
        unknown(size),
        ONE,
        slope,
        is_certain=True,
        inflate=1.0,
        tolerance=1e-6,
        rounds=200,
    )


def test_the_frequencies_are_those_of_the_paper():
    scores = lsat()

    assert scores.shape == (1000, 5)
    assert scores.sum(axis=0).tolist() == [924, 709, 553, 763, 870]


@pytest.mark.parametrize(
    ("slope", "difficulty", "common_slope", "log_likelihood"),
    [
        # Rizopoulos 2006, Journal of Statistical Software 17(5), function `rasch`.
        ("shared", [-3.6153, -1.3224, -0.3176, -1.7301, -2.7802], 0.7551, -2466.938),
        ("held", [-2.8720, -1.0630, -0.2576, -1.3881, -2.2188], 1.0, -2473.054),
    ],
)
def test_lsat_one_slope(slope, difficulty, common_slope, log_likelihood):
    found = plain_fit(lsat(), slope)

    assert found.is_settled
    assert found.estimates.difficulty == pytest.approx(difficulty, abs=1e-3)
    assert np.exp(found.estimates.log_slope) == pytest.approx(common_slope, abs=1e-3)
    assert found.population.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)


def test_lsat_a_slope_for_each_question():
    """The likelihood is flat: ltm stopped its search at a gradient of 0.024.

    What the answers do settle, slopes and intercepts (slope × minus difficulty), agrees
    to 1e-3 with both ltm and R's mirt; difficulties to a thousandth of their size.
    """
    found = plain_fit(lsat(), "own")

    slope = np.exp(found.estimates.log_slope)
    difficulty = found.estimates.difficulty
    published = [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236]
    intercepts = [2.773, 0.990, 0.249, 1.285, 2.053]
    assert found.is_settled
    assert slope == pytest.approx([0.8254, 0.7229, 0.8905, 0.6886, 0.6575], abs=1e-3)
    assert -slope * difficulty == pytest.approx(intercepts, abs=1e-3)
    assert difficulty == pytest.approx(published, rel=1e-3)
    assert found.population.log_likelihood == pytest.approx(-2466.653, abs=1e-3)


def test_slopes_and_difficulties_agree_with_the_mirt_library():
    mirt = pytest.importorskip("mirt")
    generator = np.random.default_rng(5)
    difficulty, slope = np.linspace(-1.5, 1.5, 8), np.exp(generator.normal(0, 0.3, 8))
    position = generator.standard_normal((600, 1))
    chance = 1 / (1 + np.exp(-slope * (position - difficulty)))
    scores = (generator.random((600, 8)) < chance).astype(int)
    oracle = mirt.fit_mirt(
        scores, "2PL", n_quadpts=41, tol=1e-7, compute_standard_errors=False
    )

    found = plain_fit(scores, "own")

    parameters = oracle.model.parameters
    steep = np.exp(found.estimates.log_slope)
    assert steep == pytest.approx(np.ravel(parameters["discrimination"]), abs=1e-3)
    assert found.estimates.difficulty == pytest.approx(
        np.ravel(parameters["difficulty"]), abs=1e-3
    )


# --- The whole ------------------------------------------------------------------------


def simulated(persons, per_area=5, seed=0, sd=1.25, tied=0.7):
    """Return a true difficulty for each question of BANK, and answers."""
    generator = np.random.default_rng(seed)
    difficulty = PRIOR.difficulty + 0.5 * generator.standard_normal(SIZE)
    common = generator.standard_normal((persons, 1))
    own = generator.standard_normal((persons, 6))
    position = sd * (np.sqrt(tied) * common + np.sqrt(1 - tied) * own)
    order = generator.random((persons, 6, SIZE // 6)).argsort(axis=2)[:, :, :per_area]
    item = (6 * order + np.arange(6)[:, None]).reshape(persons, -1)
    logit = np.take_along_axis(position, AREA[item], axis=1) - difficulty[item]
    chance = LUCK[item] + (1 - LUCK[item]) / (1 + np.exp(-logit))
    score = (generator.random(item.shape) < chance).astype(float).ravel()
    person = np.repeat(np.arange(persons), item.shape[1])
    return difficulty, Answers(person, item.ravel(), score, np.zeros(len(person)))


def test_calibration_brings_difficulties_nearer_to_the_truth():
    true, answers = simulated(500)

    found = fit(AREA, LUCK, answers, PRIOR)

    def error(estimate):
        linked = link(PRIOR, estimate, found.sums.count, is_first=True)
        return np.sqrt(((linked.difficulty - true) ** 2).mean())

    away = np.abs(found.estimates.difficulty - true)
    held = (away <= 1.645 * found.estimates.difficulty_sd).mean()
    assert found.is_settled
    assert error(found.estimates) < 0.6 * error(PRIOR)
    assert held >= 0.8


def test_a_fit_tells_how_far_it_is():
    _, answers = simulated(60)
    heard = []

    found = fit(
        AREA, LUCK, answers, PRIOR, progress=lambda *told: heard.append(told), rounds=3
    )

    assert [number for number, _ in heard] == list(range(1, found.rounds + 1))
    assert all(move > 0 for _, move in heard)


def test_a_fit_that_is_cut_short_says_so():
    _, answers = simulated(60)

    found = fit(AREA, LUCK, answers, PRIOR, rounds=1, tolerance=1e-12)

    assert (found.rounds, found.is_settled) == (1, False)


def test_learners_as_a_whole_are_found_again():
    true, answers = simulated(1500, sd=1.4, tied=0.6)
    bank = estimates(true, 0.01, 0.0, 0.01).bank(AREA, LUCK)

    found = estimate_population(bank, answers)

    assert found.count == 1500
    assert found.mean == pytest.approx(0, abs=0.1)
    assert found.sd == pytest.approx(1.4, abs=0.1)
    assert found.correlation == pytest.approx(0.6, abs=0.06)
    assert found.correlation - 0.1 < found.correlation_low < found.correlation


def test_learners_as_a_whole_are_the_same_wherever_the_search_begins():
    _, answers = simulated(400)
    starts = [(1.5, 0.5), (0.8, 0.1), (2.5, 0.9)]
    found = []
    for sd, tied in starts:
        settings = replace(LAUNCH, prior_sd=sd, prior_correlation=tied)
        bank = PRIOR.bank(AREA, LUCK, settings)
        found.append(estimate_population(bank, answers))

    for one in found[1:]:
        assert one.sd == pytest.approx(found[0].sd, abs=0.01)
        assert one.correlation == pytest.approx(found[0].correlation, abs=0.01)


def test_learners_as_a_whole_are_not_guessed_from_few():
    _, answers = simulated(299)

    assert estimate_population(BANK, answers) is None


def test_the_tie_between_areas_needs_two_areas():
    bank = Bank([0, 0], [0.0, 1.0], 0.5, 0.0, 0.3, 0.0)

    with pytest.raises(ValueError, match="one area"):
        estimate_population(bank, Answers([0], [1], [1.0], [False]))


@pytest.mark.parametrize(("sd", "used"), [(0.9, 1.25), (1.25, 1.25), (1.6, 1.6)])
def test_learners_are_believed_with_care(sd, used):
    seen = calibration.PopulationEstimate(400, 0.1, sd, 0.7, 0.62)

    found = seen.settings()

    assert (found.prior_mean, found.prior_sd) == (0.1, used)
    assert found.prior_correlation == 0.62
