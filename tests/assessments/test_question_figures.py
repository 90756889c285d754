import numpy as np
import pytest

from assessments import placement, question_figures
from assessments.beliefs import Answers, Without, without_each
from assessments.placement import Bank
from assessments.question_figures import Flag
from assessments.question_figures import question_figures as figures_of

RIGHT, WRONG, ODD = "right", "wrong", "odd"
CHOICES, KEY = (RIGHT, WRONG, ODD), frozenset([RIGHT])


def figures(position, success=None, score=None, **changes):
    """Return the figures of question 0; each row of `changes` as the function takes."""
    position = np.asarray(position, dtype=float)
    size = len(position)
    score = np.ones(size) if score is None else np.asarray(score, dtype=float)
    success = np.full(size, 0.5) if success is None else np.asarray(success)
    skipped = changes.pop("skipped", np.zeros(size, dtype=bool))
    answers = Answers(np.arange(size), np.zeros(size, dtype=int), score, skipped)
    without = Without(success, position, np.full(size, 0.5))
    numbers = {"difficulty": 0.0, "difficulty_sd": 0.2, "log_slope": 0.0} | changes
    return figures_of(answers, without, 0, **numbers)


def made(*choices):
    """Return one set of choices per name; None is "I don't know"."""
    return [frozenset([choice] if choice else []) for choice in choices]


# --- Levels ---------------------------------------------------------------------------


@pytest.mark.parametrize("level", [1, 4, 8])
def test_an_authors_level_is_found_again(level):
    difficulty = placement.author_difficulty(level)

    assert question_figures.level_of_difficulty(difficulty) == pytest.approx(level)


@pytest.mark.parametrize(
    ("position", "level"), [(-2.8, 1), (0.4, 5), (2.8, 8), (-9, 1), (9, 8), (0.0, 4.5)]
)
def test_a_position_as_a_level(position, level):
    assert question_figures.level_of_position(position) == pytest.approx(level)


def test_difficulty_is_told_as_a_level_with_its_range():
    difficulty = placement.author_difficulty(4)

    found = figures([0.0], difficulty=difficulty, difficulty_sd=0.5, log_slope=0.0)

    half = 1.645 * 0.5 / 0.8
    told = [found.level_low, found.level, found.level_high]
    assert told == pytest.approx([4 - half, 4, 4 + half], abs=1e-3)
    assert found.slope == 1.0


# --- Shares, fit, link ----------------------------------------------------------------


def test_a_question_without_answers_has_no_figures():
    answers = Answers([0], [3], [1.0], [False])
    without = Without(*np.zeros((3, 1)))

    assert figures_of(answers, without, 2, 0.0, 0.5, 0.0) is None


def test_only_the_answers_to_the_question_count():
    answers = Answers([0, 0, 1, 1], [0, 1, 0, 1], [1.0, 0.0, 0.0, 1.0], [False] * 4)
    without = Without(np.array([0.8, 0.1, 0.4, 0.1]), np.zeros(4), np.ones(4))

    found = figures_of(answers, without, 0, 0.0, 0.5, 0.0)

    assert (found.count, found.right_share) == (2, 0.5)
    assert found.expected_share == pytest.approx(0.6)


def test_shares_and_time():
    found = figures(
        [0, 0, 0, 0],
        score=[1, 0.5, 0, 1],
        skipped=[False, False, False, True],
        seconds=np.array([10.0, np.nan, 30.0, 50.0]),
    )

    assert found.right_share == pytest.approx(1.5 / 4)
    assert found.skip_share == 0.25
    assert found.median_seconds == 30.0


def test_an_unknown_time_is_not_told():
    assert figures([0.0]).median_seconds is None
    assert figures([0.0], seconds=np.array([np.nan])).median_seconds is None


@pytest.mark.parametrize(
    ("score", "success", "infit", "outfit"),
    [
        ([1, 0], [0.5, 0.5], 1.0, 1.0),
        ([0, 0], [0.5, 0.9], (0.25 + 0.81) / (0.25 + 0.09), (1 + 9) / 2),
        ([1, 1], [1.0, 1.0], None, None),
        ([0.5, 0.5], [0.5, 0.5], 0.0, 0.0),
    ],
)
def test_fit_to_the_model(score, success, infit, outfit):
    found = question_figures.fit_to_model(np.array(score), np.array(success))

    assert found == (
        pytest.approx(infit) if infit is not None else None,
        pytest.approx(outfit) if outfit is not None else None,
    )


def test_link_with_the_rest_is_a_plain_correlation():
    generator = np.random.default_rng(0)
    position = generator.normal(size=50)
    score = (generator.random(50) < 0.5).astype(float)

    link, expected = question_figures.rest_correlations(score, score, position)

    assert link == expected == pytest.approx(np.corrcoef(score, position)[0, 1])


def test_no_link_where_all_are_alike():
    assert question_figures.rest_correlations([1, 1], [1, 1], [0, 1]) == (None, None)
    assert question_figures.rest_correlations([0, 1], [0, 1], [2, 2]) == (None, None)


def simulated(persons=800, items=20, seed=3, odd=None):
    """Return answers to 20 questions of one area; `odd` is answered at random."""
    generator = np.random.default_rng(seed)
    difficulty = np.linspace(-2, 2, items)
    bank = Bank(np.zeros(items, dtype=int), difficulty, 0.1, 0.0, 0.1, 0.0)
    position = 1.5 * generator.standard_normal((persons, 1))
    chance = 1 / (1 + np.exp(difficulty - position))
    if odd is not None:
        chance[:, odd] = 0.5
    score = (generator.random(chance.shape) < chance).astype(float)
    person = np.repeat(np.arange(persons), items)
    item = np.tile(np.arange(items), persons)
    answers = Answers(person, item, score.ravel(), np.zeros(len(item)))
    return answers, without_each(bank, answers), difficulty


def test_questions_that_follow_the_model_are_not_flagged():
    answers, without, difficulty = simulated()

    found = [figures_of(answers, without, n, difficulty[n], 0.1, 0) for n in range(20)]

    infits = [one.infit for one in found]
    links = [one.rest_correlation - one.expected_rest_correlation for one in found]
    assert np.mean(infits) == pytest.approx(1, abs=0.02)
    assert np.mean(links) == pytest.approx(0, abs=0.02)
    assert sum(bool(one.flags) for one in found) <= 1  # outfit of the easiest can leap


def test_a_question_answered_at_random_is_flagged():
    answers, without, difficulty = simulated(odd=10)

    found = figures_of(answers, without, 10, difficulty[10], 0.1, 0)

    assert found.expected_rest_correlation > 0.3
    assert abs(found.rest_correlation) < 0.1
    assert found.flags == (Flag.MISFIT, Flag.WEAK_LINK)


@pytest.mark.parametrize(
    ("success", "score", "count", "flagged"),
    [
        (0.5, [1, 0], 100, False),
        (0.9, [1, 0], 100, True),  # more surprise than chance explains
        (0.9, [1, 0], 98, False),  # too few to judge
        (0.5, [0.5, 0.5], 100, False),  # parts vary less, and it is no fault
    ],
)
def test_misfit(success, score, count, flagged):
    found = figures(
        np.zeros(count), np.full(count, success), np.tile(score, count // 2)
    )

    assert (Flag.MISFIT in found.flags) is flagged


def test_answers_too_regular_are_misfit():
    success = np.tile([0.9, 0.1], 60)

    found = figures(np.zeros(120), success, np.round(success))

    assert found.infit == pytest.approx(1 / 9)
    assert found.flags == (Flag.MISFIT,)


def test_a_link_as_weak_as_expected_is_not_flagged():
    """Questions chosen to suit the learner: the model expects next to no link."""
    position = np.tile([-0.1, 0.1], 200)
    score = np.tile([1.0, 0.0, 0.0, 1.0], 100)

    suited = figures(position, np.full(400, 0.5), score)
    telling = figures(position, np.tile([0.3, 0.7], 200), score)

    assert suited.rest_correlation == telling.rest_correlation == pytest.approx(0)
    assert Flag.WEAK_LINK not in suited.flags
    assert Flag.WEAK_LINK in telling.flags


# --- Choices --------------------------------------------------------------------------


def test_figures_of_each_choice():
    found = figures(
        [1.2, 0.4, -0.4, -1.2],
        chosen=made(RIGHT, RIGHT, WRONG, None),
        choices=CHOICES,
        key=KEY,
    ).choices

    assert [(one.choice, one.is_key, one.count, one.share) for one in found] == [
        (RIGHT, True, 2, 0.5),
        (WRONG, False, 1, 0.25),
        (ODD, False, 0, 0.0),
    ]
    assert [one.level for one in found] == [pytest.approx(5.5), pytest.approx(4), None]
    assert found[0].correlation == pytest.approx(
        np.corrcoef([1, 1, 0, 0], [1.2, 0.4, -0.4, -1.2])[0, 1]
    )
    assert found[2].correlation is None


def choice_flags(position, chosen, key=KEY):
    found = figures(position, chosen=chosen, choices=CHOICES, key=key)
    return {one.choice: one.flags for one in found.choices}, found.flags


def test_a_choice_that_nobody_takes_is_dead():
    few = choice_flags(np.zeros(99), made(*[RIGHT] * 50, *[WRONG] * 49))
    many = choice_flags(np.zeros(100), made(*[RIGHT] * 50, *[WRONG] * 46, *[ODD] * 4))
    enough = choice_flags(np.zeros(100), made(*[RIGHT] * 50, *[WRONG] * 45, *[ODD] * 5))

    assert few[0][ODD] == ()
    assert many[0][ODD] == (Flag.DEAD_CHOICE,)
    assert Flag.DEAD_CHOICE in many[1]
    assert enough[0][ODD] == ()


@pytest.mark.parametrize(
    ("choosers", "above", "flagged"),
    [(20, 0.5, True), (19, 0.5, False), (20, 0, False)],
)
def test_a_choice_taken_by_those_who_stand_higher_tempts(choosers, above, flagged):
    position = np.concatenate([np.zeros(60), np.full(choosers, above)])
    chosen = made(*[RIGHT] * 60, *[WRONG] * choosers)

    by_choice, _ = choice_flags(position, chosen)

    assert (Flag.TEMPTING_CHOICE in by_choice[WRONG]) is flagged
    assert Flag.TEMPTING_CHOICE not in by_choice[RIGHT]


def test_a_key_is_beaten_when_the_upper_third_prefers_another():
    position = np.arange(90.0)
    upper = made(*[RIGHT] * 10, *[WRONG] * 20)

    beaten, flags = choice_flags(position, made(*[RIGHT] * 60) + upper)
    sound, _ = choice_flags(position, upper + made(*[RIGHT] * 60))

    assert Flag.KEY_BEATEN in beaten[WRONG] and Flag.KEY_BEATEN in flags
    assert Flag.KEY_BEATEN not in sound[WRONG]


def test_with_several_right_choices_the_least_taken_one_is_compared():
    chosen = [frozenset([RIGHT, ODD])] * 10 + [frozenset([RIGHT, WRONG])] * 20
    chosen = [frozenset([RIGHT, ODD])] * 60 + chosen

    by_choice, _ = choice_flags(np.arange(90.0), chosen, frozenset([RIGHT, ODD]))

    assert Flag.KEY_BEATEN in by_choice[WRONG]
    assert by_choice[RIGHT] == by_choice[ODD] == ()


def test_a_question_without_choices_has_no_figures_of_choices():
    found = figures([0.0, 1.0])

    assert found.choices == ()
    assert found.curves.chosen.shape == (0, 8)


# --- Curves ---------------------------------------------------------------------------


def test_curves_say_who_chose_what_by_level():
    curves = figures(
        [-3.0, -3.0, 0.1, 3.0],
        success=[0.2, 0.4, 0.5, 0.9],
        score=[0, 1, 1, 1],
        skipped=[True, False, False, False],
        chosen=made(None, RIGHT, WRONG, RIGHT),
        choices=CHOICES,
        key=KEY,
    ).curves

    nothing = np.nan
    assert curves.count.tolist() == [2, 0, 0, 0, 1, 0, 0, 1]
    seen = [0, 4, 7]
    assert curves.right[seen].tolist() == [0.5, 1.0, 1.0]
    assert curves.expected[seen] == pytest.approx([0.3, 0.5, 0.9])
    assert curves.skipped[seen].tolist() == [0.5, 0.0, 0.0]
    assert curves.chosen[:, seen].tolist() == [[0.5, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert curves.right[1] == pytest.approx(nothing, nan_ok=True)
