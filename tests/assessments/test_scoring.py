import pytest

from assessments.models import QuestionVersion
from assessments.scoring import score

CASES = [
    # kind, key, answer, number of choices, share
    ("single", [2], [2], 4, 1.0),
    ("single", [2], [1], 4, 0.0),
    ("multiple", [0, 2], [0, 2], 4, 1.0),
    ("multiple", [0, 2], [0], 4, 0.75),
    ("multiple", [0, 2], [1, 3], 4, 0.0),
    ("multiple", [0, 2], [0, 1, 2, 3], 4, 0.5),
    ("ordering", [0, 1, 2, 3], [0, 1, 2, 3], 4, 1.0),
    ("ordering", [0, 1, 2, 3], [3, 0, 1, 2], 4, 2 / 3),
    ("ordering", [0, 1, 2, 3], [3, 2, 1, 0], 4, 0.0),
    ("ordering", [0, 1], [1, 0], 2, 0.0),
    ("matching", [0, 1, 2], [0, 1, 2], 3, 1.0),
    ("matching", [0, 1, 2], [0, 2, 1], 3, 1 / 3),
    ("matching", [0, 1, 2], [1, 1, 1], 3, 1 / 3),
]


def version_of(kind, key, count):
    content = {"fr": {"choices": [{}] * count}, "key": key}
    return QuestionVersion(kind=kind, content=content)


@pytest.mark.parametrize(("kind", "key", "answer", "count", "share"), CASES)
def test_score_is_the_share_of_right_decisions(kind, key, answer, count, share):
    assert score(version_of(kind, key, count), answer) == pytest.approx(share)


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="'essay'"):
        score(version_of("essay", [0], 1), [0])
