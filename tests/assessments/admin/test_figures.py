import pytest

from assessments.admin.figures import figures_of
from tests.assessments.admin.making import VALUES
from tests.factories import make_question


@pytest.fixture
def version(framework):
    return make_question(level=3).versions.get()


def test_every_figure_is_said_with_a_line_that_explains_it(version):
    groups = [{"by": "language", "between": ["fr", "en"], "class": "B"}]
    found = figures_of(version, VALUES | {"drift": -0.44, "groups": groups})

    assert {figure.name: figure.value for figure in found} == {
        "Right answers": "55%, 58% expected",
        "Level, as answers show it": "4.2, between 3.7 and 4.8",
        "Sharpness": "1.12",
        "Link with the rest": "0.29, 0.33 expected",
        "Surprises near its level": "1.04",
        "Surprises far from its level": "1.31",
        "“I don't know”": "8%",
        "Time to answer": "42 seconds",
        "Change lately": "-0.4",
        "French and English": "a difference to watch",
    }
    assert all(figure.help.endswith(".") for figure in found)


@pytest.mark.parametrize("drift", [-0.04, 0.04, -0.0])
def test_a_value_near_zero_has_no_sign(version, drift):
    found = {f.name: f.value for f in figures_of(version, {"drift": drift})}

    assert found == {"Change lately": "0.0"}


def test_the_level_is_said_beside_the_author_s(version):
    found = {figure.name: figure.help for figure in figures_of(version, VALUES)}

    assert found["Level, as answers show it"].endswith("wrote it for level 3.")


@pytest.mark.parametrize("name", [name for name in VALUES if name != "curves"])
def test_a_figure_that_is_not_known_breaks_nothing(version, name):
    absent = {key: value for key, value in VALUES.items() if key != name}

    without = figures_of(version, absent)
    with_null = figures_of(version, VALUES | {name: None})

    assert without == with_null
    assert len(without) in (7, 8)


def test_nothing_known_says_nothing(version):
    assert figures_of(version, {}) == []
    broken = {"groups": [{"between": ["fr"]}, {}, {"between": ["a", "b"]}]}
    assert [figure.value for figure in figures_of(version, broken)] == [""]


def test_no_word_of_the_trade_is_used(version):
    words = " ".join(
        f"{figure.name} {figure.value} {figure.help}".lower()
        for figure in figures_of(version, VALUES)
    )

    assert [
        word for word in ("theta", "logit", "infit", "standard dev") if word in words
    ] == []
