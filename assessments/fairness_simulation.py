"""Simulated answers to see what calibration and the checks of fairness are worth.

The world is that of `simulation`: three-parameter logistic answers, slopes that vary,
authors whose levels are off. The same generator gives the same figures. Section 6.3
and the last lines of section 9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import calibration, fairness
from .beliefs import Answers, Tables, positions, without_each
from .calibration import Estimates
from .placement import LAUNCH, Bank, Settings
from .simulation.world import (
    AUTHOR_SD,
    CHOICE_LUCK,
    CHOICE_SHARE,
    LEARNER_SD,
    LOG_SLOPE_SD,
    draw_learners,
    spread,
    success,
)

# One question in the matching pool of each learner, as in a placement of one area.
POOL, ASKED = 60, 25
GROUP_GAP = 0.5  # between the means of two groups that are compared
NEAR_SD = 0.6  # of the learners who meet a question, around it
PER_ATTEMPT = 30
WITHHELD = 0.5  # of the questions, to spare them
KNOWN_SD, KNOWN_LOG_SLOPE_SD = 0.2, 0.15  # doubt about a calibrated question


@dataclass(frozen=True)
class Truth:
    """Questions as they are, and as they are believed to be."""

    difficulty: np.ndarray  # (n,)
    slope: np.ndarray  # (n,)
    bank: Bank

    def answers(self, item, position, generator) -> np.ndarray:
        """Return scores, 0 or 1, of learners who stand at `position` (m,)."""
        chances = success(
            self.bank.guessing[item], self.slope[item], self.difficulty[item], position
        )
        return (generator.random(chances.shape) < chances).astype(float)


ONE_AREA = replace(LAUNCH, prior_sd=LEARNER_SD, prior_correlation=0.0)


def draw_calibrated(generator, settings: Settings = ONE_AREA) -> Truth:
    """Return 60 calibrated questions of one area, spread over the learners."""
    difficulty = generator.permutation(np.linspace(-2.2, 2.2, POOL))
    log_slope = LOG_SLOPE_SD * generator.standard_normal(POOL)
    luck = np.where(generator.random(POOL) < CHOICE_SHARE, CHOICE_LUCK, 0.0)
    bank = Bank(
        np.zeros(POOL, dtype=int),
        difficulty + KNOWN_SD * generator.standard_normal(POOL),
        KNOWN_SD,
        log_slope + KNOWN_LOG_SLOPE_SD * generator.standard_normal(POOL),
        KNOWN_LOG_SLOPE_SD,
        luck,
        settings,
    )
    return Truth(difficulty, np.exp(log_slope), bank)


def sat(truth: Truth, position, generator, shift=0.0, always=()) -> Answers:
    """Return 25 answers of each learner (P,), to the questions `always` for sure.

    `shift` (P,), or one number, makes those questions harder.
    """
    persons, size = len(position), truth.bank.size
    order = generator.random((persons, size))
    order[:, list(always)] = -1
    item = np.argsort(order, axis=1)[:, :ASKED]
    moved = np.isin(item, always) * np.reshape(shift, (-1, 1))
    score = truth.answers(item, position[:, None] - moved, generator)
    return Answers(
        np.repeat(np.arange(persons), ASKED),
        item.ravel(),
        score.ravel(),
        np.zeros(persons * ASKED, dtype=bool),
    )


# --- Two groups ---------------------------------------------------------------------


def differences(per_group: int, shift: float, rounds: int, generator) -> dict:
    """Return how often a shifted question and the clean ones are flagged.

    Two groups of `per_group` learners each, whose means are half a logit apart; one
    question is `shift` harder for the second group. "p" is p < 0.01, "c" the rule in
    use: class C as well.
    """
    studied, clean = [], []
    for _ in range(rounds):
        truth = draw_calibrated(generator)
        item = int(np.abs(truth.difficulty).argmin())
        is_focal = np.repeat([False, True], per_group)
        position = LEARNER_SD * generator.standard_normal(2 * per_group)
        position -= GROUP_GAP * is_focal
        answers = sat(truth, position, generator, shift * is_focal, [item])
        where = positions(truth.bank, answers)
        focal = is_focal[answers.person]
        for number in range(truth.bank.size):
            rows = answers.rows_of(number)
            found = fairness.compare(answers.score[rows], focal[rows], where[rows])
            if found:
                (studied if number == item else clean).append(found)
    return {
        "found_p": _share(d.p_value < fairness.FLAGGED_UNDER for d in studied),
        "found_c": _share(d.is_flagged for d in studied),
        "clean_p": _share(d.p_value < fairness.FLAGGED_UNDER for d in clean),
        "clean_c": _share(d.is_flagged for d in clean),
        "shift": float(np.mean([d.shift for d in studied])),
    }


def _share(truths) -> float:
    return float(np.mean(list(truths)))


# --- A question that changes --------------------------------------------------------


def drifted(last: int, shift: float, rounds: int, generator) -> float:
    """Return how often a question is flagged after `last` answers at a new difficulty.

    The question is `shift` harder than when it was calibrated. As in an adaptive
    attempt, the learners who meet it stand near it.
    """
    flagged = []
    for _ in range(rounds):
        truth = draw_calibrated(generator)
        item = int(generator.choice(np.flatnonzero(np.abs(truth.difficulty) < 1.5)))
        position = truth.difficulty[item] + NEAR_SD * generator.standard_normal(last)
        answers = sat(truth, position, generator, shift, [item])
        success = without_each(truth.bank, answers).success
        rows = answers.rows_of(item)
        z = fairness.drift(answers.score[rows], success[rows], KNOWN_SD)
        flagged.append(fairness.has_drifted(z))
    return _share(flagged)


# --- Calibration --------------------------------------------------------------------


def difficulty_error(per_question: int, generator, areas: int = 1, size=120) -> dict:
    """Return how far difficulties are from the truth before and after calibration.

    Root mean squares, in logits, after about `per_question` answers to each question
    of a bank that knew only its authors' levels. "published" comes from the running
    sums, "full" from a full estimation on the raw answers. With one area learners are
    known better than with six, and so are the questions.
    """
    truth, prior = draw_authored(size, generator, areas)
    learners = draw_learners(per_question * size // PER_ATTEMPT, generator, areas=areas)
    answers = adaptive_answers(truth, learners, generator)
    bank, guessing = truth.bank, truth.bank.guessing
    sums, _ = calibration.expect(bank, answers)
    seen = calibration.estimate_population(bank, answers) if areas > 1 else None
    settings = seen.settings(bank.settings) if seen else bank.settings
    full = calibration.fit(bank.area, guessing, answers, prior, settings).estimates

    def error(found):
        linked = calibration.link(prior, found, sums.count, is_first=True)
        return float(np.sqrt(((linked.difficulty - truth.difficulty) ** 2).mean()))

    return {
        "answers_per_question": float(sums.count.mean()),
        "authors": error(prior),
        "published": error(calibration.maximise(sums, prior, guessing)),
        "full": error(full),
    }


def draw_authored(size: int, generator, areas: int = 6) -> tuple[Truth, Estimates]:
    """Return questions of all areas and levels, and what their authors say of them."""
    area, level = spread(size, areas)
    luck = np.where(generator.random(size) < CHOICE_SHARE, CHOICE_LUCK, 0.0)
    prior = Estimates.from_levels(level)
    difficulty = prior.difficulty + AUTHOR_SD * generator.standard_normal(size)
    slope = np.exp(LOG_SLOPE_SD * generator.standard_normal(size))
    settings = LAUNCH if areas > 1 else ONE_AREA
    return Truth(difficulty, slope, prior.bank(area, luck, settings)), prior


def adaptive_answers(truth: Truth, learners, generator) -> Answers:
    """Return 30 answers of each learner (people, areas), questions chosen to suit.

    Areas in turn; one of the five most informative questions among those that are not
    withheld from the learner, as in a placement (section 7.5), but for many learners
    at once, one question after the other.
    """
    tables = Tables(truth.bank, truth.bank.prior)
    starts = range(0, len(learners), tables.persons_at_once)
    parts = [
        _sitting(
            tables, truth, learners[start : start + tables.persons_at_once], generator
        )
        for start in starts
    ]
    item, score = (np.concatenate(part).ravel() for part in zip(*parts, strict=True))
    person = np.repeat(np.arange(len(learners)), PER_ATTEMPT)
    return Answers(person, item, score, np.zeros(len(item), dtype=bool))


def _sitting(tables: Tables, truth: Truth, learners, generator):
    """Return questions and scores of some learners (P, 30)."""
    bank, people = truth.bank, np.arange(len(learners))
    free = generator.random((len(learners), bank.size)) >= WITHHELD
    shape = (bank.area_count, len(learners), bank.settings.scale_cells)
    likelihood = np.ones(shape)
    asked, scores = [], []
    for turn in range(PER_ATTEMPT):
        area = turn % bank.area_count
        inside = np.flatnonzero(bank.area == area)
        value = tables.believed(likelihood)[area] @ bank.information[inside].T
        value[~free[:, inside]] = -1
        best = np.argsort(-value, axis=1)[:, : bank.settings.shortlist_size]
        item = inside[best[people, generator.integers(best.shape[1], size=len(people))]]
        score = truth.answers(item, learners[:, area], generator)
        told = np.where(score[:, None], bank.log_right[item], bank.log_wrong[item])
        likelihood[area] *= np.exp(told)
        free[people, item] = False
        asked.append(item)
        scores.append(score)
    return np.array(asked).T, np.array(scores).T
