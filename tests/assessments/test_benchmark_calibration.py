import numpy as np

from assessments.management.commands.benchmark_calibration import make_answers


def test_the_answers_measured_look_like_real_ones():
    answers = make_answers(30_000)

    items = answers.item.reshape(1000, 30)
    assert answers.person.tolist() == np.repeat(np.arange(1000), 30).tolist()
    assert all(len(set(row)) == 30 for row in items.tolist())
    assert all((np.bincount(row % 6) == 5).all() for row in items)
    assert 0.02 < answers.skipped.mean() < 0.06
    assert 0.4 < answers.score.mean() < 0.6
