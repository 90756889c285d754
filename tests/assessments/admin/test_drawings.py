import pytest

from assessments.admin.drawings import (
    HEIGHT,
    LETTER_GAP,
    WIDTH,
    bars_of,
    choice_lines,
    curves_of,
    right_line,
    told,
)
from tests.assessments.admin.making import VALUES
from tests.factories import make_question

KNOWN = [None, None, 0.4, 0.5, 0.6, 0.7, None, None]


@pytest.fixture
def version(framework):
    return make_question().versions.get()


def test_a_share_of_few_people_is_not_told():
    shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]

    assert told(shares, [0, 4, 5, 9, 9, 9, 4, 1]) == [
        *(None, None, 0.3, 0.4, 0.5, 0.6, None, None)
    ]
    assert told(shares, None) == [None] * 8
    assert told(None, [9] * 8) == [None] * 8


def test_choices_are_told_with_their_letter_and_text(version):
    right, other = choice_lines(version, VALUES)

    assert (right.letter, right.text, right.is_key) == ("A", "answer 0", True)
    assert (other.letter, other.text, other.is_key) == ("B", "answer 1", False)
    assert right.by_level == KNOWN
    assert (right.share_said, right.level_said) == ("55%", "4.8")
    assert right.by_level_said == ["–", "–", "40%", "50%", "60%", "70%", "–", "–"]


def test_pairs_are_told_with_what_they_go_with_and_have_no_right_choice(framework):
    version = make_question("matching").versions.get()

    first = choice_lines(version, VALUES)[0]

    assert (first.text, first.is_key) == ("answer 0 → pair 0", False)


def test_what_is_not_known_is_left_out(version):
    lines = choice_lines(version, {"choices": [{"number": 9}]})

    assert [(line.text, line.count, line.by_level) for line in lines] == [
        ("", 0, [None] * 8)
    ]
    assert choice_lines(version, {}) == []
    assert curves_of(lines) is None
    assert bars_of([]) is None


def test_curves_stay_in_the_picture_and_rise_with_the_share(version):
    drawing = curves_of(choice_lines(version, VALUES))

    right, other = drawing.curves
    assert [len(curve.dots) for curve in drawing.curves] == [4, 4]
    heights = [y for _x, y in right.dots]
    assert heights == sorted(heights, reverse=True)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in right.dots + other.dots)
    assert len(right.strokes) == 1


def test_a_level_without_answers_breaks_the_line(version):
    values = VALUES | {
        "curves": {
            "counts": [9, 9, 0, 9, 9, 9, 9, 9],
            "choices": [[0.1] * 8, [0.9] * 8],
        }
    }

    drawing = curves_of(choice_lines(version, values))

    assert [len(curve.strokes) for curve in drawing.curves] == [2, 2]
    assert [len(curve.dots) for curve in drawing.curves] == [7, 7]


def test_letters_of_lines_that_end_together_stay_apart_and_inside(version):
    count = 6
    values = {
        "choices": [{"number": n, "share": 0.1} for n in range(count)],
        "curves": {"counts": [9] * 8, "choices": [[0.0] * 8] * count},
    }

    drawing = curves_of(choice_lines(version, values))

    heights = sorted(curve.letter_y for curve in drawing.curves)
    gaps = [low - high for high, low in zip(heights, heights[1:], strict=False)]
    assert gaps == [LETTER_GAP] * (count - 1)
    assert heights[-1] <= drawing.bottom


def test_bars_are_as_long_as_their_shares(version):
    drawing = bars_of(choice_lines(version, VALUES))

    right, other = drawing.bars
    assert right.width / other.width == pytest.approx(0.55 / 0.37, rel=0.01)
    assert (right.words, other.words) == ("55% ✓", "37%")
    assert right.words_x < WIDTH
    assert right.y + 24 < other.y


def test_without_choices_the_picture_is_of_right_answers():
    drawing = curves_of([right_line({"curves": VALUES["curves"]})])

    assert [len(curve.dots) for curve in drawing.curves] == [4]
    assert curves_of([right_line({})]) is None
