"""Simulated learners who take the placement, to see what its results are worth.

The learners and the questions are drawn from the "standard generator": three-parameter
logistic answers, authors whose levels are off by half a logit, slopes that vary, six
areas that go together. The engine is not told any of it: it sees the authors' levels
and the answers, and runs the very functions that serve real learners.

Positions are in logits. A "bank" below is one draw of questions; figures average over
several, because one bank can be lucky.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from . import placement
from .placement import LAUNCH, Bank, Posterior, Settings

AREA_COUNT = 6
LEARNER_SD = 1.25
AREA_CORRELATION = 0.7
AUTHOR_SD = 0.5
LOG_SLOPE_SD = 0.3
CHOICE_SHARE = 0.6
CHOICE_LUCK = 0.2
NIGHT = 100  # attempts between two nightly updates of the exposure
NORMAL_90 = 1.6448536269514722
WARM_UP = 300  # attempts per bank, not counted: they only settle the exposure
FORM_LENGTH = 36
ANNOUNCED_AFTER = 12


@dataclass(frozen=True)
class World:
    """A bank as the engine sees it, and the truth that it does not see."""

    bank: Bank
    difficulty: np.ndarray  # (n,)
    slope: np.ndarray  # (n,)

    def success(self, question: int, position: float) -> float:
        """Return the true probability of a right answer."""
        luck = self.bank.guessing[question]
        logit = self.slope[question] * (position - self.difficulty[question])
        return luck + (1 - luck) / (1 + np.exp(-logit))


def draw_world(size: int, generator, settings: Settings = LAUNCH) -> World:
    """Return a bank of `size` questions spread over six areas and eight levels."""
    numbers = np.arange(size)
    area = numbers % AREA_COUNT
    level = (numbers // AREA_COUNT + 3 * area) % placement.LEVEL_COUNT + 1
    is_choice = generator.permutation(size) < round(CHOICE_SHARE * size)
    luck = np.where(is_choice, CHOICE_LUCK, 0.0)
    seeds = np.array([placement.author_difficulty(n, settings) for n in level])
    return World(
        bank=Bank.from_levels(area, level, luck, settings),
        difficulty=seeds + AUTHOR_SD * generator.standard_normal(size),
        slope=np.exp(LOG_SLOPE_SD * generator.standard_normal(size)),
    )


def draw_learners(count: int, generator) -> np.ndarray:
    """Return true positions (learners, areas); the overall one is their mean."""
    common = generator.standard_normal((count, 1))
    own = generator.standard_normal((count, AREA_COUNT))
    tied = AREA_CORRELATION
    return LEARNER_SD * (np.sqrt(tied) * common + np.sqrt(1 - tied) * own)


@dataclass
class Sitting:
    """One attempt under way: what a way of choosing questions may look at."""

    world: World
    generator: np.random.Generator
    withheld: np.ndarray | None = None
    asked: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def posterior(self) -> Posterior:
        skipped = [False] * len(self.asked)
        return placement.posterior(self.world.bank, self.asked, self.scores, skipped)

    def mask(self) -> np.ndarray:
        """Return the questions that may be asked; each has its own topic here."""
        bank = self.world.bank
        everything, topics = np.ones(bank.size, dtype=bool), np.arange(bank.size)
        return placement.candidates(bank, self.asked, everything, topics, self.withheld)


def adaptive(sitting: Sitting, posterior: Posterior) -> int | None:
    """Choose as the platform does."""
    bank = sitting.world.bank
    choice = placement.choose(
        bank,
        posterior,
        sitting.asked,
        np.ones(bank.size, dtype=bool),
        np.arange(bank.size),
        sitting.generator,
        sitting.withheld,
    )
    return choice and choice.index


def random_order(sitting: Sitting, posterior: Posterior) -> int | None:
    """Choose any question of the areas asked least."""
    bank = sitting.world.bank
    free = np.flatnonzero(sitting.mask())
    counts = np.bincount(bank.area[sitting.asked], minlength=bank.area_count)
    here = counts[bank.area[free]]
    return (
        int(sitting.generator.choice(free[here == here.min()])) if free.size else None
    )


def fixed_form(sitting: Sitting, posterior: Posterior) -> int | None:
    """Give everybody the same 36 questions in the same order, levels spread."""
    form = _form(sitting.world)
    return form[len(sitting.asked)] if len(sitting.asked) < len(form) else None


def _form(world: World) -> list[int]:
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


Way = Callable[[Sitting, Posterior], "int | None"]


@dataclass(frozen=True)
class Result:
    """A finished attempt, beside the truth."""

    asked: tuple[int, ...]
    reason: str
    truth: np.ndarray  # (areas,)
    posterior: Posterior
    announced: int | None  # questions to go, as announced after 12 answers


def take(way: Way, world: World, truth, generator, exposure=None) -> Result:
    """Return the attempt of one learner whose true positions are `truth` (areas,)."""
    spared = None if exposure is None else placement.withheld(exposure, generator)
    sitting = Sitting(world, generator, spared)
    settings, announced = world.bank.settings, None
    while True:
        posterior = sitting.posterior()
        question = way(sitting, posterior)
        left = question is not None
        count = len(sitting.asked)
        reason = placement.stop_reason(posterior, count, left, settings)
        if reason:
            return Result(tuple(sitting.asked), reason, truth, posterior, announced)
        if count == ANNOUNCED_AFTER:
            announced = placement.questions_to_go(posterior, count, settings)
        chance = world.success(question, truth[world.bank.area[question]])
        sitting.asked.append(question)
        sitting.scores.append(float(generator.random() < chance))


def simulate(way: Way, world: World, learners, generator) -> list[Result]:
    """Return one Result per learner; exposure is revised every hundred attempts."""
    exposure = np.ones(world.bank.size) if way is adaptive else None
    results, offered = [], []
    for number, truth in enumerate(learners):
        if exposure is not None:
            if number and number % NIGHT == 0:
                exposure = _revised(exposure, results, offered, world.bank)
            offered.append(exposure)
        results.append(take(way, world, truth, generator, exposure))
    return results


def _revised(exposure, results, offered, bank) -> np.ndarray:
    """Return the eligibility of each question after a night (n,)."""
    window = bank.settings.exposure_window
    return placement.next_exposure(
        exposure,
        met_share(results[-window:], bank.size),
        np.mean(offered[-window:], axis=0),
        bank.settings,
    )


def met_share(results: list[Result], size: int) -> np.ndarray:
    """Return the share of these attempts that met each question (n,)."""
    counts = Counter(question for result in results for question in result.asked)
    return np.array([counts[question] for question in range(size)]) / len(results)


# --- What the attempts are worth --------------------------------------------------


def summarise(results: list[Result], size: int) -> dict[str, float]:
    """Return the figures of one bank's attempts; shares are from 0 to 1."""
    counts = np.array([len(result.asked) for result in results])
    reasons = Counter(result.reason for result in results)
    return {
        "questions": counts.mean(),
        "precise": reasons["precise"] / len(results),
        "end_of_scale": reasons["end_of_scale"] / len(results),
        **_overall(results),
        **_areas(results),
        **_exposure(results, size),
        "announced": _announced_error(results),
    }


def _overall(results) -> dict[str, float]:
    truth = np.array([result.truth.mean() for result in results])
    mean = np.array([result.posterior.mean for result in results])
    sd = np.array([result.posterior.sd for result in results])
    levels = np.array([result.posterior.level_probabilities for result in results])
    gap = mean - truth
    settings = results[0].posterior.settings
    return {
        "rmse": np.sqrt((gap**2).mean()),
        "bias": gap.mean(),
        "covers": (np.abs(gap) <= NORMAL_90 * sd).mean(),
        **_levels(levels, _true_level(truth, settings), settings.certainty),
    }


def _areas(results) -> dict[str, float]:
    truth = np.array([result.truth for result in results])
    mean = np.array([result.posterior.area_mean for result in results])
    sd = np.array([result.posterior.area_sd for result in results])
    levels = [result.posterior.area_level_probabilities for result in results]
    gap = mean - truth
    settings = results[0].posterior.settings
    figures = _levels(
        np.concatenate(levels),
        _true_level(truth.ravel(), settings),
        settings.certainty,
    )
    return {
        "area_rmse": np.sqrt((gap**2).mean()),
        "area_covers": (np.abs(gap) <= NORMAL_90 * sd).mean(),
        **{f"area_{name}": value for name, value in figures.items()},
    }


def _true_level(truth: np.ndarray, settings: Settings) -> np.ndarray:
    """Return the level of each position, counted from 0."""
    return np.searchsorted(settings.cut_points, truth, side="right")


def _levels(probabilities, true_level, certainty) -> dict[str, float]:
    """Compare what is said of levels (people, 8) with the truth (people,)."""
    ranges = [placement.level_range(row, certainty) for row in probabilities]
    low = np.array([found.low for found in ranges]) - 1
    high = np.array([found.high for found in ranges]) - 1
    distance = np.abs(probabilities.argmax(axis=1) - true_level)
    return {
        "exact": (distance == 0).mean(),
        "within_one": (distance <= 1).mean(),
        "levels_shown": (high - low + 1).mean(),
        "range_holds": ((low <= true_level) & (true_level <= high)).mean(),
        "level_error": _level_error(probabilities, true_level),
    }


def _level_error(probabilities, true_level, fewest: int = 200) -> float:
    """Return the largest gap between a stated chance of a level and what happened.

    Stated chances are pooled in tenths; tenths with fewer than `fewest` are left out.
    """
    happened = true_level[:, None] == np.arange(probabilities.shape[1])
    tenth = np.minimum((probabilities * 10).astype(int), 9)
    gaps = [0.0]
    for number in range(10):
        inside = tenth == number
        if inside.sum() >= fewest:
            gaps.append(abs(probabilities[inside].mean() - happened[inside].mean()))
    return max(gaps)


def _exposure(results, size) -> dict[str, float]:
    """Busiest question, and the share of questions that two learners have in common."""
    met = met_share(results, size)
    people = len(results)
    pairs = (met * people * (met * people - 1)).sum() / max(people * (people - 1), 1)
    return {"busiest": met.max(), "overlap": pairs / met.sum()}


def _announced_error(results) -> float:
    """Return the mean distance between "about N to go" and what really followed."""
    gaps = [
        abs(len(result.asked) - ANNOUNCED_AFTER - result.announced)
        for result in results
        if result.announced is not None
    ]
    return float(np.mean(gaps)) if gaps else 0.0


# --- The report -------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """One line of the report: key, words, bounds to reach (none: for information)."""

    key: str
    words: str
    least: float | None = None
    most: float | None = None

    def meets(self, value: float) -> bool | None:
        if self.least is None and self.most is None:
            return None
        above = self.least is None or value >= self.least
        return bool(above and (self.most is None or value <= self.most))

    @property
    def target(self) -> str:
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g}"
        if self.least is not None:
            return f"at least {self.least:g}"
        return "" if self.most is None else f"at most {self.most:g}"


FIGURES = (
    Figure("questions", "questions asked, mean", most=31),
    Figure("precise", "attempts stopped because precise enough, share"),
    Figure("end_of_scale", "attempts stopped at an end of the scale, share"),
    Figure("rmse", "overall position, RMSE (logits)", most=0.46),
    Figure("bias", "overall position, bias (logits)"),
    Figure("covers", "overall position, 90 % interval covers", 0.90, 0.935),
    Figure("exact", "overall level exact", least=0.56),
    Figure("within_one", "overall level within one", least=0.978),
    Figure("levels_shown", "levels shown, mean"),
    Figure("range_holds", "levels shown hold the truth"),
    Figure("level_error", "stated chance of a level, largest error", most=0.05),
    Figure("area_rmse", "areas, RMSE (logits)"),
    Figure("area_covers", "areas, 90 % interval covers", least=0.90),
    Figure("area_exact", "areas, level exact"),
    Figure("area_within_one", "areas, level within one"),
    Figure("area_levels_shown", "areas, levels shown, mean"),
    Figure("area_range_holds", "areas, levels shown hold the truth"),
    Figure("busiest", "busiest question, share of attempts", most=0.45),
    Figure("overlap", "questions two learners have in common, share", most=0.29),
    Figure("announced", '"about N to go" after 12 answers, mean distance'),
)


@dataclass(frozen=True)
class Report:
    """Figures averaged over banks; `noise` is the standard error seen between banks."""

    figures: dict[str, float]
    noise: dict[str, float]
    fixed: dict[str, float]
    random: dict[str, float]

    @property
    def missed(self) -> list[str]:
        return [f.key for f in FIGURES if f.meets(self.figures[f.key]) is False]


def run(
    bank_size: int = 180,
    learners: int = 4000,
    seed: int = 1,
    banks: int = 8,
    compared: int = 400,
    warm_up: int = WARM_UP,
    settings: Settings = LAUNCH,
) -> Report:
    """Simulate `learners` shared out over `banks`; `compared` more for each other way.

    The same arguments give the same figures.
    """
    ways = {adaptive: learners, fixed_form: compared, random_order: compared}
    found = {way: [] for way in ways}
    for world_seed in np.random.SeedSequence(seed).spawn(banks):
        generator = np.random.default_rng(world_seed)
        world = draw_world(bank_size, generator, settings)
        for way, count in ways.items():
            first = warm_up if way is adaptive else 0
            people = draw_learners(first + max(count // banks, 1), generator)
            results = simulate(way, world, people, generator)
            found[way].append(results[first:])
    return Report(
        figures=_average(found[adaptive], bank_size),
        noise=_noise(found[adaptive], bank_size),
        fixed=_average(found[fixed_form], bank_size),
        random=_average(found[random_order], bank_size),
    )


def _average(by_bank: list[list[Result]], size: int) -> dict[str, float]:
    """Return the figures of all attempts; what belongs to one bank is averaged."""
    together = summarise([result for results in by_bank for result in results], size)
    exposures = [_exposure(results, size) for results in by_bank]
    for key in ("busiest", "overlap"):
        together[key] = np.mean([figures[key] for figures in exposures])
    return {key: float(value) for key, value in together.items()}


def _noise(by_bank: list[list[Result]], size: int) -> dict[str, float]:
    """Return the standard error of each figure, from how much the banks differ."""
    figures = [summarise(results, size) for results in by_bank]
    if len(figures) < 2:
        return {}
    return {
        key: float(np.std([f[key] for f in figures], ddof=1) / np.sqrt(len(figures)))
        for key in figures[0]
    }
