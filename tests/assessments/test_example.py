import numpy as np
import pytest

from assessments.example import LEVEL, SHOWN_AFTER, example, success_at, twenty
from assessments.placement import LAUNCH


def width(reached):
    return reached.high - reached.low


def test_the_example_ends_as_a_placement_does():
    counts = [count for count, _reached in example().overall]

    assert counts[:-1] == list(SHOWN_AFTER)
    assert SHOWN_AFTER[-1] < counts[-1] <= LAUNCH.maximum_questions


def test_the_ranges_of_the_example_hold_the_truth_and_become_narrower():
    for steps in (example().overall, example().area):
        ranges = [reached for _count, reached in steps]
        assert all(reached.low <= LEVEL <= reached.high for reached in ranges)
        assert width(ranges[-1]) < width(ranges[0])


def test_looking_closer_asks_eight_then_seven_questions():
    first, second, third = [count for count, _reached in example().area]

    assert (second - first, third - second) == (8, 7)


def test_an_area_names_no_level_before_it_is_known_well_enough():
    first = example().area[0][1]

    assert first.likeliest is None
    assert width(first) >= 1


@pytest.mark.parametrize("level", range(1, 9))
def test_the_middle_of_a_level_gets_62_in_100_of_its_questions(level):
    shares = success_at(level)

    assert np.isclose(shares[level - 1], 0.62)
    assert (np.diff(shares) > 0).all()


def test_twenty_learners_stand_by_rising_level_and_most_ranges_are_right():
    found = twenty(count=12, seed=3)

    levels = [level for level, _reached in found]
    assert levels == sorted(levels)
    assert sum(reached.low <= level <= reached.high for level, reached in found) >= 9
