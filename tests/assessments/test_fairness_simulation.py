import numpy as np
import pytest

from assessments import fairness_simulation as simulation


def test_each_learner_answers_25_different_questions_and_those_asked_for():
    generator = np.random.default_rng(0)
    truth = simulation.draw_calibrated(generator)

    answers = simulation.sat(truth, np.zeros(30), generator, always=[3, 7])

    by_person = answers.item.reshape(30, 25)
    assert all(len(set(row)) == 25 and {3, 7} <= set(row) for row in by_person)


def test_only_the_studied_question_is_shifted():
    generator = np.random.default_rng(0)
    truth = simulation.draw_calibrated(generator)
    item = int(np.abs(truth.difficulty).argmin())

    answers = simulation.sat(truth, np.zeros(2000), generator, 2.0, [item])

    shares = [answers.score[answers.rows_of(n)].mean() for n in range(truth.bank.size)]
    logit = truth.slope * -truth.difficulty
    luck = truth.bank.guessing
    expected = luck + (1 - luck) / (1 + np.exp(-logit))
    others = np.arange(truth.bank.size) != item
    away = np.abs(np.array(shares) - expected)
    assert away[others].max() < 0.08
    assert away[item] > 0.15


def test_an_unshifted_question_and_clean_ones_are_seldom_flagged():
    found = simulation.differences(500, 0.0, 6, np.random.default_rng(1))

    assert found["clean_p"] <= 0.025
    assert found["clean_c"] <= 0.01
    assert found["shift"] == pytest.approx(0, abs=0.25)


def test_a_large_shift_is_found():
    found = simulation.differences(500, 1.5, 6, np.random.default_rng(1))

    assert found["found_p"] >= 0.8
    assert found["shift"] > 0.8


def test_a_question_that_became_easy_is_noticed():
    changed = simulation.drifted(200, -1.6, 8, np.random.default_rng(2))
    unchanged = simulation.drifted(200, 0.0, 8, np.random.default_rng(2))

    assert changed >= 0.75
    assert unchanged <= 0.1


@pytest.mark.parametrize("areas", [1, 6])
def test_adaptive_questions_suit_the_learner_and_are_asked_once(areas):
    generator = np.random.default_rng(3)
    truth, _ = simulation.draw_authored(180, generator, areas)
    learners = simulation.draw_learners(150, generator, areas=areas)

    answers = simulation.adaptive_answers(truth, learners, generator)

    items = answers.item.reshape(150, 30)
    assert all(len(set(row)) == 30 for row in items)
    assert (np.bincount(truth.bank.area[items[0]]) == 30 // areas).all()
    where = learners[answers.person, truth.bank.area[answers.item]]
    suited = np.corrcoef(where, truth.difficulty[answers.item])[0, 1]
    assert suited > 0.25


def test_calibration_takes_away_part_of_the_authors_error():
    found = simulation.difficulty_error(60, np.random.default_rng(4), 1, size=60)

    assert found["answers_per_question"] == 60
    assert found["published"] < 0.9 * found["authors"]
    assert found["full"] < 0.9 * found["authors"]


def test_the_same_seed_gives_the_same_figures():
    one, other = (
        simulation.differences(60, 1.0, 1, np.random.default_rng(5)) for _ in range(2)
    )

    assert one == other
