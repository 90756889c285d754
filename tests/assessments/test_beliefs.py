import numpy as np
import pytest

from assessments import beliefs, placement
from assessments.beliefs import Answers
from assessments.placement import Bank, Prior

SIZE, PERSONS = 48, 130
AREA = np.arange(SIZE) % 6
BANK = Bank.from_levels(
    AREA, np.arange(SIZE) // 6 % 8 + 1, np.where(np.arange(SIZE) % 5 < 3, 0.25, 0.0)
)


def draw(seed=0, persons=PERSONS, skips=0.1):
    """Return shuffled answers, parts of answers and "I don't know" among them."""
    generator = np.random.default_rng(seed)
    counts = generator.integers(1, 20, persons)
    person = np.repeat(np.arange(persons), counts)
    item = [generator.choice(SIZE, count, replace=False) for count in counts]
    score = generator.choice([0, 1, 1, 0.5, 0.25], len(person))
    skipped = generator.random(len(person)) < skips
    order = generator.permutation(len(person))
    columns = (person, np.concatenate(item), score, skipped)
    return Answers(*(column[order] for column in columns))


def alone(answers, person, prior=None):
    """Return what the engine itself believes of one learner."""
    rows = answers.person == person
    columns = answers.item[rows], answers.score[rows], answers.skipped[rows]
    return placement.posterior(BANK, *columns, prior)


# --- Answers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([0, 1], [0], [1.0], [False]), "one length"),
        (([0], [0], [1.5], [False]), "between 0 and 1"),
        (([0], [0], [-0.1], [False]), "between 0 and 1"),
        (([0], [0], [np.nan], [False]), "between 0 and 1"),
        (([-1], [0], [1.0], [False]), "`person`"),
        (([0], [-3], [1.0], [False]), "`item`"),
        (([0], [0.5], [1.0], [False]), "`item`"),
        (([[0]], [[0]], [[1.0]], [[False]]), "one length"),
    ],
)
def test_answers_that_cannot_be_are_refused(columns, words):
    with pytest.raises(ValueError, match=words):
        Answers(*columns)


def test_what_was_skipped_scores_nothing():
    answers = Answers([0, 0], [1, 2], [1.0, 1.0], [True, False])

    assert answers.score.tolist() == [0.0, 1.0]


def test_a_question_outside_the_bank_is_named():
    with pytest.raises(ValueError, match="Question 48"):
        beliefs.positions(BANK, Answers([0], [48], [1.0], [False]))


def test_rows_of_one_question():
    answers = Answers([0, 1, 2, 0], [7, 5, 7, 9], [1.0] * 4, [False] * 4)

    found = [answers.rows_of(item).tolist() for item in (5, 6, 7, 9)]

    assert found == [[1], [], [0, 2], [3]]


def test_no_answers_give_no_rows():
    nothing = Answers([], [], [], [])

    assert len(beliefs.positions(BANK, nothing)) == 0
    assert len(beliefs.standing(BANK, nothing).mean) == 0
    assert len(beliefs.without_each(BANK, nothing).success) == 0


# --- Many learners as one -------------------------------------------------------------


@pytest.mark.parametrize("prior", [None, Prior([0.5, 0, 0, -1, 0, 1], 1.2, 0.6)])
def test_many_learners_are_believed_as_each_alone(prior):
    answers = draw()

    standing = beliefs.standing(BANK, answers, prior)
    where = beliefs.positions(BANK, answers, prior)

    each = [alone(answers, person, prior) for person in range(PERSONS)]
    assert standing.person.tolist() == list(range(PERSONS))
    assert standing.mean == pytest.approx([one.mean for one in each], abs=1e-9)
    assert standing.sd == pytest.approx([one.sd for one in each], abs=1e-9)
    covariances = np.array([one.covariance for one in each])
    assert standing.covariance == pytest.approx(covariances, abs=1e-9)
    area = AREA[answers.item]
    means = [each[p].area_mean[k] for p, k in zip(answers.person, area, strict=True)]
    assert where == pytest.approx(means, abs=1e-9)


def test_learners_may_be_numbered_with_gaps():
    answers = Answers([7, 3, 7], [0, 1, 2], [1.0, 0.0, 1.0], [False] * 3)

    found = beliefs.standing(BANK, answers)

    assert found.person.tolist() == [3, 7]
    assert found.mean[1] == pytest.approx(alone(answers, 7).mean, abs=1e-9)


def test_an_answer_is_left_out_as_if_it_had_not_been_given():
    answers = draw(skips=0)

    found = beliefs.without_each(BANK, answers)

    for row in range(0, len(answers), 7):
        others = np.arange(len(answers)) != row
        rest = alone(answers[others], answers.person[row])
        item, area = answers.item[row], AREA[answers.item[row]]
        success = rest.area_probabilities[area] @ np.exp(BANK.log_right[item])
        expected = [success, rest.area_mean[area], rest.area_sd[area]]
        columns = found.success, found.position, found.position_sd
        assert [column[row] for column in columns] == pytest.approx(expected, abs=1e-9)


def test_less_luck_is_expected_of_those_who_skip():
    """Two learners, same right answers; one of them says "I don't know" elsewhere."""
    answers = Answers(
        [0] * 4 + [1] * 4,
        [0, 6, 12, 18] * 2,
        [1.0, 1.0, 1.0, 0.0] * 2,
        [False] * 7 + [True],
    )

    found = beliefs.without_each(BANK, answers)

    assert BANK.guessing[0] == 0.25
    assert found.success[4] < found.success[0]


def test_single_precision_gives_four_digits():
    answers = draw()

    exact, short = (
        [block.area_probabilities for block in blocks]
        for blocks in (
            beliefs.in_blocks(BANK, answers),
            beliefs.in_blocks(BANK, answers, precision=np.float32),
        )
    )

    assert len(exact) == len(short) > 1
    for one, other in zip(exact, short, strict=True):
        assert other.dtype == np.float32
        assert np.abs(one - other).max() < 1e-5


def test_an_answer_against_all_expectation_stays_finite():
    bank = Bank([0, 0, 1], [-60, 60, 0], 0.01, [2.0, 2.0, 0.0], 0.01, 0.0)
    answers = Answers([0, 0, 0], [0, 1, 2], [0.0, 1.0, 1.0], [False] * 3)

    found = beliefs.without_each(bank, answers)

    assert np.isfinite(list(vars(found).values())).all()
