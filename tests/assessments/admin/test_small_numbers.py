import pytest

from assessments.admin.small_numbers import hidden, said, said_parts


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (1, "fewer than 8"), (7, "fewer than 8"), (8, "8"), (120, "120")],
)
def test_a_small_number_of_people_is_not_said(number, words):
    assert said(number) == words


@pytest.mark.parametrize(
    ("parts", "hides"),
    [
        ([], []),
        ([0, 50], [False, False]),
        ([8, 50], [False, False]),
        ([3, 50, 60], [True, True, False]),  # 50 too: 3 is what is left of the total
        ([3, 50], [True, True]),
        ([3, 7, 50], [True, True, False]),  # one cannot tell 3 from 7
        ([1, 1, 50, 60], [True, True, True, False]),  # two that make 2 are known
        ([3], [True]),
        ([5, 0], [True, True]),
    ],
)
def test_a_hidden_number_is_not_found_by_taking_the_others_away(parts, hides):
    assert hidden(parts) == hides


def test_what_hides_another_number_is_not_called_small():
    assert said_parts([3, 50, 60]) == ["fewer than 8", "not said", "60"]
