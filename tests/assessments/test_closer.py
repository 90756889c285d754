import pytest

from assessments.closer import Offer


@pytest.mark.parametrize(
    ("count", "minutes"), [(8, 6), (7, 6), (4, 3), (3, 3), (1, 1), (0, 0)]
)
def test_minutes_go_with_the_number_of_questions(count, minutes):
    assert Offer(area=None, round=1, question_count=count).minutes == minutes


@pytest.mark.parametrize(("number", "is_done"), [(1, False), (2, False), (3, True)])
def test_two_rounds_are_all(number, is_done):
    assert Offer(area=None, round=number, question_count=0).is_done == is_done
