"""Many learners side by side: the same attempts as `sittings`, ten times faster.

A simulation of thousands of learners one by one spends its time on the overhead of
small arrays. Here a cohort answers in step, and one array operation serves all. Only
the posterior and the choice are written again; when to stop, what to announce and
what to say come from `placement`. Each learner draws from a generator of their own, in
the same order as in `sittings.take`, so both must ask the same questions: `replayed`
compares them, a test and every report do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assessments import placement
from assessments.placement import TINY, Bank, Posterior

from . import sittings
from .sittings import ANNOUNCED_AFTER, Result
from .world import World, draw_learners

FORM_LENGTH = 36
WARM_UP = 300  # attempts per bank, not counted: they only settle the exposure
COHORT = 100  # learners side by side; also the attempts between two nights


@dataclass(frozen=True, eq=False)
class Beliefs:
    """The fields of `placement.Posterior`, with one row per learner."""

    bank: Bank
    counts: np.ndarray  # (people, areas)
    area_probabilities: np.ndarray  # (people, areas, cells)
    area_mean: np.ndarray  # (people, areas)
    covariance: np.ndarray  # (people, areas, areas)
    factor_probabilities: np.ndarray  # (people, factor cells)
    factor_mean: np.ndarray  # (people, areas, factor cells)
    factor_variance: np.ndarray  # (people, areas, factor cells)

    @property
    def overall(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and SD of the overall position (people,) each."""
        sd = np.sqrt(self.covariance.sum(axis=(1, 2))) / self.bank.area_count
        return self.area_mean.mean(axis=1), sd

    def of(self, row: int) -> Posterior:
        """Return what is believed of one learner, as the engine would."""
        settings, areas = self.bank.settings, self.bank.area_count
        return Posterior(
            settings=settings,
            answered_per_area=self.counts[row].copy(),
            area_probabilities=self.area_probabilities[row].copy(),
            area_mean=self.area_mean[row].copy(),
            covariance=self.covariance[row].copy(),
            mean=float(self.area_mean[row].mean()),
            sd=float(np.sqrt(self.covariance[row].sum()) / areas),
            prior_sd=placement.overall_prior_sd(settings, areas),
            factor_probabilities=self.factor_probabilities[row].copy(),
            factor_mean=self.factor_mean[row].T.copy(),
            factor_variance=self.factor_variance[row].T.copy(),
        )


class Cohort:
    """Attempts under way, one row per learner; all have answered equally often."""

    def __init__(self, world: World, truth, generators, spared=None):
        bank = world.bank
        people, areas = len(truth), bank.area_count
        cells = bank.settings.scale_cells
        self.world, self.bank = world, bank
        self.truth, self.generators = np.asarray(truth), generators
        self.spared = spared  # (people, n), or None
        self.free = np.ones((people, bank.size), dtype=bool)
        self.counts = np.zeros((people, areas), dtype=int)
        self.asked: list[list[int]] = [[] for _ in range(people)]
        self.announced: list[int | None] = [None] * people
        self.log_likelihood = np.zeros((people, areas, cells))
        self.likelihood = np.ones((people, areas, cells))
        self.mass, self.mean, self.variance = (
            np.tile(table, (people, areas, 1))
            for table in _given_the_factor(bank, np.ones((1, cells)))
        )
        self.log_mass = np.log(self.mass)
        self.tables = _tables(bank)

    def answer(self, rows, questions) -> None:
        """Let the learners `rows` answer one question each."""
        bank, areas = self.bank, self.bank.area[questions]
        chances = self.world.success(questions, self.truth[rows, areas])
        drawn = np.array([self.generators[row].random() for row in rows])
        right = (drawn < chances)[:, None]
        added = np.where(right, bank.log_right[questions], bank.log_wrong[questions])
        summed = self.log_likelihood[rows, areas] + added
        self.log_likelihood[rows, areas] = summed
        likelihood = np.exp(summed - summed.max(axis=1, keepdims=True))
        # Only the area that was asked changes.
        mass, mean, variance = _given_the_factor(bank, likelihood)
        self.likelihood[rows, areas] = likelihood
        self.mass[rows, areas], self.log_mass[rows, areas] = mass, np.log(mass)
        self.mean[rows, areas], self.variance[rows, areas] = mean, variance
        self.counts[rows, areas] += 1
        self.free[rows, questions] = False
        for row, question in zip(rows.tolist(), questions.tolist(), strict=True):
            self.asked[row].append(question)

    def believed(self, rows) -> Beliefs:
        """Return the posteriors of the learners `rows`. Section 7.4, 3 to 5."""
        bank, settings = self.bank, self.bank.settings
        people, areas = len(rows), bank.area_count
        mean, variance = self.mean[rows], self.variance[rows]
        log_weight = self.log_mass[rows].sum(axis=1)
        log_weight -= log_weight.max(axis=1, keepdims=True)
        weight = settings.factor_weights * np.exp(log_weight)
        weight /= weight.sum(axis=1, keepdims=True)
        area_mean = np.matmul(mean, weight[:, :, None])[:, :, 0]
        away = mean - area_mean[:, :, None]
        covariance = np.matmul(away * weight[:, None, :], away.swapaxes(1, 2))
        own = np.matmul(variance, weight[:, :, None])[:, :, 0]
        covariance[:, np.arange(areas), np.arange(areas)] += own
        shares = (weight[:, None, :] / self.mass[rows]).reshape(people * areas, -1)
        probabilities = (shares @ bank.prior.density[0]).reshape(people, areas, -1)
        probabilities *= self.likelihood[rows]
        probabilities /= probabilities.sum(axis=2, keepdims=True)
        return Beliefs(
            bank=bank,
            counts=self.counts[rows],
            area_probabilities=probabilities,
            area_mean=area_mean,
            covariance=covariance,
            factor_probabilities=weight,
            factor_mean=mean,
            factor_variance=variance,
        )

    def candidates(self, rows) -> np.ndarray:
        """Return which questions may be asked, bool (rows, n). Section 7.5."""
        free = self.free[rows]
        if self.spared is None:
            return free
        eligible = free & ~self.spared[rows]
        inside = self.bank.area[:, None] == np.arange(self.bank.area_count)
        is_open = (eligible.astype(float) @ inside.astype(float)) > 0
        return eligible | (free & ~is_open[:, self.bank.area])

    def asked_least(self, rows) -> np.ndarray:
        """Return the candidates in the areas asked least, bool (rows, n)."""
        candidates = self.candidates(rows)
        asked_here = self.counts[rows][:, self.bank.area]
        most = asked_here.max() + 1
        fewest = np.where(candidates, asked_here, most).min(axis=1, keepdims=True)
        return candidates & (asked_here == fewest)


def _given_the_factor(bank: Bank, likelihood) -> tuple[np.ndarray, ...]:
    """Return mass, mean and variance of an area (people, factor cells) each.

    Given each value of the factor, from the likelihood of its answers (people, cells).
    """
    moments = likelihood @ bank.prior.kernel[0].T
    mass, first, second = np.split(moments, 3, axis=1)
    mass = np.maximum(mass, TINY)
    mean = first / mass
    return mass, mean, np.maximum(second / mass - mean**2, 0.0)


@dataclass(frozen=True, eq=False)
class Tables:
    """Distinct rows of the bank: questions of one author's level are computed once."""

    kind: np.ndarray  # (n,): which distinct row each question is
    inside: list[np.ndarray]  # per area: its distinct rows
    success: list[np.ndarray]  # per area (its rows, cells)
    information: list[np.ndarray]  # per area (its rows, cells)

    def expected(self, tables, probabilities) -> np.ndarray:
        """Return the mean of each question's row under each learner (people, n)."""
        values = np.empty((len(probabilities), sum(map(len, self.inside))))
        for area, kinds in enumerate(self.inside):
            values[:, kinds] = probabilities[:, area] @ tables[area].T
        return values[:, self.kind]


def _tables(bank: Bank) -> Tables:
    rows = np.column_stack([bank.area, bank.log_right, bank.information])
    _, first, kind = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    inside = [np.flatnonzero(bank.area[first] == a) for a in range(bank.area_count)]
    return Tables(
        kind=kind.ravel(),
        inside=inside,
        success=[np.exp(bank.log_right[first[kinds]]) for kinds in inside],
        information=[bank.information[first[kinds]] for kinds in inside],
    )


# --- Ways of choosing -----------------------------------------------------------------
# Each takes the cohort, the learners still sitting and what is believed of them, and
# returns one question per learner, -1 when none is left.


def adaptive(cohort: Cohort, rows, beliefs: Beliefs) -> np.ndarray:
    """Choose as `placement.choose`. Section 7.5."""
    bank, settings = cohort.bank, cohort.bank.settings
    free = cohort.asked_least(rows)
    believed = beliefs.area_probabilities
    if len(cohort.asked[rows[0]]) < settings.easy_start_questions:
        success = cohort.tables.expected(cohort.tables.success, believed)
        easy = free & (success >= settings.easy_start_success)
        free = np.where(easy.any(axis=1, keepdims=True), easy, free)
        believed = _shifted_down(believed, settings.easy_start_cells)
    information = cohort.tables.expected(cohort.tables.information, believed)
    gain = (beliefs.covariance**2).sum(axis=1)[:, bank.area]
    own = np.diagonal(beliefs.covariance, axis1=1, axis2=2)[:, bank.area]
    values = gain * information / (1 + information * own)
    # At launch many questions are equally useful: which comes first must not depend on
    # the last digits, or the same seed would give other figures on another processor.
    values = np.where(free, values.astype(np.float32), -np.inf)
    return _one_of_the_best(cohort, rows, values)


def _one_of_the_best(cohort, rows, values) -> np.ndarray:
    """Return one of the five best in the area of the best, by each own generator."""
    area = cohort.bank.area
    best = values.argmax(axis=1)
    values = np.where(area == area[best][:, None], values, -np.inf)
    people, shortlist = np.arange(len(rows)), []
    sizes = np.isfinite(values).sum(axis=1)
    for _ in range(cohort.bank.settings.shortlist_size):
        best = values.argmax(axis=1)
        shortlist.append(best)
        values[people, best] = -np.inf
    lengths = np.minimum(sizes, len(shortlist))
    return np.array(
        [
            shortlist[int(cohort.generators[row].integers(length))][place]
            if length
            else -1
            for place, (row, length) in enumerate(zip(rows, lengths, strict=True))
        ]
    )


def _shifted_down(probabilities, cells) -> np.ndarray:
    moved = np.zeros_like(probabilities)
    moved[..., : probabilities.shape[-1] - cells] = probabilities[..., cells:]
    moved[..., 0] += probabilities[..., :cells].sum(axis=-1)
    return moved


def random_order(cohort: Cohort, rows, beliefs: Beliefs) -> np.ndarray:
    """Choose any question of the areas asked least."""
    free = cohort.asked_least(rows)
    return np.array(
        [
            cohort.generators[row].choice(np.flatnonzero(mask)) if mask.any() else -1
            for row, mask in zip(rows, free, strict=True)
        ]
    )


def fixed_form(cohort: Cohort, rows, beliefs: Beliefs) -> np.ndarray:
    """Give everybody the same 36 questions in the same order, levels spread."""
    form = form_of(cohort.world)
    count = len(cohort.asked[rows[0]])
    return np.full(len(rows), form[count] if count < len(form) else -1)


def form_of(world: World) -> list[int]:
    """Return six questions of each area, areas in turn, easy to hard and back."""
    bank = world.bank
    hardness = bank.knows.sum(axis=1)  # a harder question is known by fewer
    columns = []
    for area in range(bank.area_count):
        inside = np.flatnonzero(bank.area == area)
        inside = inside[np.argsort(-hardness[inside], kind="stable")]
        rows = FORM_LENGTH // bank.area_count
        spots = ((np.arange(rows) + 0.5) / rows * len(inside)).astype(int)
        columns.append(np.roll(inside[spots], -area))
    return [int(question) for row in zip(*columns, strict=True) for question in row]


Way = Callable[[Cohort, np.ndarray, Beliefs], np.ndarray]


# --- Attempts -------------------------------------------------------------------------


def take_together(
    way: Way, world: World, learners, generators, exposure=None
) -> list[Result]:
    """Return the attempts of `learners` (people, areas), in their order."""
    spared = None
    if exposure is not None:
        spared = np.array([placement.withheld(exposure, g) for g in generators])
    cohort = Cohort(world, learners, generators, spared)
    results: list[Result | None] = [None] * len(learners)
    rows, count = np.arange(len(learners)), 0
    while rows.size:
        beliefs = cohort.believed(rows)
        questions = way(cohort, rows, beliefs)
        for place in _may_stop(beliefs, questions, count):
            has_more = bool(questions[place] >= 0)
            row = int(rows[place])
            results[row] = _looked_at(cohort, row, beliefs.of(place), has_more)
        stays = np.array([results[row] is None for row in rows])
        rows, count = rows[stays], count + 1
        if rows.size:
            cohort.answer(rows, questions[stays])
    return results


def _looked_at(cohort: Cohort, row: int, believed, has_more) -> Result | None:
    """Return the result of one who stops; announce to others what remains."""
    settings, count = cohort.bank.settings, len(cohort.asked[row])
    reason = placement.stop_reason(believed, count, has_more, settings)
    if reason:
        asked = tuple(cohort.asked[row])
        truth, announced = cohort.truth[row], cohort.announced[row]
        return Result(asked, reason, truth, believed, announced)
    if count == ANNOUNCED_AFTER:
        cohort.announced[row] = placement.questions_to_go(believed, count, settings)
    return None


def _may_stop(beliefs: Beliefs, questions, count: int) -> np.ndarray:
    """Return the places of those who may stop or hear an announcement now.

    It only spares the others a look: `placement` decides. A mean one logit inside the
    scale leaves no 95 % beyond its ends (Cantelli), unless the SD were above 4.
    """
    settings = beliefs.bank.settings
    if count in (ANNOUNCED_AFTER, settings.maximum_questions):
        return np.arange(len(questions))
    looks = questions < 0
    if count >= settings.minimum_questions:
        mean, sd = beliefs.overall
        inside = settings.cut_points[0] + 1, settings.cut_points[-1] - 1
        looks = looks | (sd <= settings.precise_sd + 1e-6)
        looks |= (mean < inside[0]) | (mean > inside[1])
    return np.flatnonzero(looks)


def simulate(
    way: Way, world: World, learners, seed: np.random.SeedSequence
) -> list[Result]:
    """Return one Result per learner; exposure is revised every hundred attempts.

    Only the platform's way spares questions.
    """
    return _night_by_night(way, world, learners, seed)[0]


def settled(way: Way, world: World, seed: np.random.SeedSequence) -> np.ndarray:
    """Return the eligibility of each question once it has settled (n,)."""
    [seed] = seed.spawn(1)
    learners = draw_learners(WARM_UP, np.random.default_rng(seed))
    return _night_by_night(way, world, learners, seed)[1]


def _night_by_night(way, world, learners, seed) -> tuple[list[Result], np.ndarray]:
    """Return the results, and the eligibility after the last night (n,)."""
    exposure = np.ones(world.bank.size)
    results, offered = [], []
    generators = [np.random.default_rng(child) for child in seed.spawn(len(learners))]
    for first in range(0, len(learners), COHORT):
        group = slice(first, first + COHORT)
        spares = exposure if way is adaptive else None
        results += take_together(way, world, learners[group], generators[group], spares)
        offered += [exposure] * (len(results) - len(offered))
        if way is adaptive:
            exposure = _revised(exposure, results, offered, world.bank)
    return results, exposure


def _revised(exposure, results, offered, bank) -> np.ndarray:
    """Return the eligibility of each question after a night (n,)."""
    window = bank.settings.exposure_window
    return placement.next_exposure(
        exposure,
        met_share([result.asked for result in results[-window:]], bank.size),
        np.mean(offered[-window:], axis=0),
        bank.settings,
    )


def met_share(asked, size: int) -> np.ndarray:
    """Return the share of attempts, given as lists, that met each question (n,)."""
    met = np.concatenate([np.asarray(questions, dtype=int) for questions in asked])
    return np.bincount(met, minlength=size) / len(asked)


@dataclass(frozen=True)
class Replay:
    """A cohort beside the same attempts taken one by one."""

    attempts: int
    same_questions: int
    difference: float  # largest, over every number of the posteriors


def replayed(world: World, learners, seed: int, exposure=None) -> Replay:
    """Take the same attempts in a cohort and one by one with the engine's functions."""

    def generators():
        return [np.random.default_rng([seed, n]) for n in range(len(learners))]

    together = take_together(adaptive, world, learners, generators(), exposure)
    alone = [
        sittings.take(world, truth, generator, exposure)
        for truth, generator in zip(learners, generators(), strict=True)
    ]
    pairs = list(zip(together, alone, strict=True))
    return Replay(
        attempts=len(pairs),
        same_questions=sum(
            (one.asked, one.reason, one.announced)
            == (other.asked, other.reason, other.announced)
            for one, other in pairs
        ),
        difference=max(_difference(a.posterior, b.posterior) for a, b in pairs),
    )


def _difference(one: Posterior, other: Posterior) -> float:
    """Return the largest difference between the numbers of two posteriors."""
    names = [name for name in vars(one) if name != "settings"]
    names += ["level_probabilities", "area_level_probabilities"]
    return max(
        float(np.abs(np.subtract(getattr(one, name), getattr(other, name))).max())
        for name in names
    )
