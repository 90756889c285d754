"""Placement: responses in, a range of levels and the next question out.

Pure functions over arrays: no database, no clock, no request. The same arrays and
the same random generator always give the same result, so an attempt replays exactly.

The model (docs/placement.md): each area of the framework has its own position on one
scale of eight levels; the areas share a common factor. A question is a row of five
numbers (difficulty and its uncertainty, log slope and its uncertainty, share of lucky
guesses); both uncertainties are integrated out of the answer probability. Positions
are in logits inside this module and never leave it: people are shown levels.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from functools import cached_property

import numpy as np

TINY = 1e-300  # keeps a product that underflowed from becoming 0/0
LEVEL_COUNT = 8


@dataclass(frozen=True)
class Settings:
    """Every constant of the engine, versioned and stored with each attempt."""

    version: int = 2  # from 2 on, `choose` does not see the last digits
    # The scale: midpoints of cells, in logits. Cut points must fall on cell edges.
    scale_low: float = -8.0
    scale_step: float = 0.16
    scale_cells: int = 100
    cut_points: tuple[float, ...] = (-2.4, -1.6, -0.8, 0.0, 0.8, 1.6, 2.4)
    # The factor that the areas share, in its own standard deviations.
    factor_low: float = -5.0
    factor_step: float = 0.25
    factor_cells: int = 41
    # What is believed of a learner before the first answer.
    prior_mean: float = 0.0
    prior_sd: float = 1.5
    prior_correlation: float = 0.5
    # What an author's level is worth before a question has been calibrated.
    level_one_middle: float = -2.8
    level_width: float = 0.8
    middle_success: float = 0.62
    author_difficulty_sd: float = 0.5
    author_log_slope_sd: float = 0.3
    slope_nodes: int = 5
    difficulty_nodes: int = 9
    # When to stop, in questions and in logits of the overall position.
    resume_under: int = 6
    minimum_questions: int = 12
    minimum_per_area: int = 2
    maximum_questions: int = 36
    precise_sd: float = 0.45
    area_precise_sd: float = 0.60
    end_of_scale: float = 0.95
    questions_per_precision: float = 7.0
    # How to choose the next question.
    shortlist_size: int = 5
    easy_start_questions: int = 3
    easy_start_success: float = 0.60
    easy_start_cells: int = 10
    # How often one question may be seen.
    exposure_target: float = 0.35
    exposure_growth: float = 1.25
    exposure_floor: float = 0.02
    exposure_window: int = 1000
    # What is said to the learner.
    certainty: float = 0.90
    # What a second attempt starts from.
    retake_drift_sd: float = 0.8
    retake_days: int = 365  # an older result says nothing of today
    # A closer look at one area: questions of its first and of its second round.
    closer_first: int = 8
    closer_second: int = 7
    # A question of which only the wording changed.
    wording_difficulty_sd: float = 0.3

    def to_dict(self) -> dict:
        """Return plain values that JSON can hold; `from_dict` reads them back."""
        return asdict(self) | {"cut_points": list(self.cut_points)}

    @classmethod
    def from_dict(cls, values: dict) -> Settings:
        """Rebuild settings; a name this version does not know is an error."""
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"Unknown placement settings: {sorted(unknown)}.")
        cut_points = values.get("cut_points", cls.cut_points)
        return cls(**values | {"cut_points": tuple(cut_points)})

    @cached_property
    def scale(self) -> np.ndarray:
        """Midpoints of the cells of the scale, in logits (cells,)."""
        return self.scale_low + self.scale_step * (np.arange(self.scale_cells) + 0.5)

    @cached_property
    def level_starts(self) -> np.ndarray:
        """First cell of each level (8,)."""
        edges = (np.array(self.cut_points) - self.scale_low) / self.scale_step
        cells = np.rint(edges)
        if np.abs(edges - cells).max() > 1e-6 or len(cells) != LEVEL_COUNT - 1:
            raise ValueError("Seven cut points are needed, each on the edge of a cell.")
        return np.concatenate([[0], cells.astype(int)])

    @cached_property
    def factor(self) -> np.ndarray:
        """Values of the shared factor (factor cells,)."""
        return self.factor_low + self.factor_step * np.arange(self.factor_cells)

    @cached_property
    def factor_weights(self) -> np.ndarray:
        """Prior weight of each value of the shared factor, sum 1 (factor cells,)."""
        weights = np.exp(-0.5 * self.factor**2)
        return weights / weights.sum()


LAUNCH = Settings()


def author_difficulty(level: int, settings: Settings = LAUNCH) -> float:
    """Return the difficulty, in logits, of a question its author calls `level` (1-8).

    A learner in the middle of that level answers it correctly 62 times in 100.
    """
    if not 1 <= level <= LEVEL_COUNT:
        raise ValueError(f"Level {level} is not between 1 and {LEVEL_COUNT}.")
    middle = settings.level_one_middle + settings.level_width * (level - 1)
    odds = settings.middle_success / (1 - settings.middle_success)
    return middle - math.log(odds)


def guessing(kind: str, choices: float) -> float:
    """Return the share of lucky guesses of a kind of question, 0 to 1.

    One right answer among `choices`: 1/choices ("single", "spots"; "linked", whose
    `choices` is the mean number of choices of its parts). 0 for the other kinds.
    """
    return 1.0 / choices if kind in ("single", "spots", "linked") and choices else 0.0


def _odds_split(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return 1 / (1 + exp(-logits)) and its complement, without loss at the ends."""
    small = np.exp(-np.abs(logits))
    larger = 1.0 / (1.0 + small)
    smaller = small * larger
    upper = logits >= 0
    return np.where(upper, larger, smaller), np.where(upper, smaller, larger)


def _normal_nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights that average over a standard normal (count,) each."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


class Prior:
    """What is believed before the answers: areas tied by one shared factor.

    `mean` and `sd` are numbers, or one value per area. `kernel` (areas or 1,
    3 × factor cells, cells) holds the position given the factor: its probabilities,
    then the same times the position and times its square.
    """

    def __init__(self, mean, sd, correlation: float, settings: Settings = LAUNCH):
        mean, sd = np.broadcast_arrays(np.atleast_1d(mean), np.atleast_1d(sd))
        mean, sd = mean[:, None, None], sd[:, None, None]
        centre = mean + math.sqrt(correlation) * sd * settings.factor[:, None]
        spread = sd * math.sqrt(max(1 - correlation, 1e-4))
        density = np.exp(-0.5 * ((settings.scale - centre) / spread) ** 2)
        density /= np.maximum(density.sum(axis=2, keepdims=True), TINY)
        self.density = density
        self.kernel = np.concatenate(
            [density, density * settings.scale, density * settings.scale**2], axis=1
        )
        for table in (self.density, self.kernel):
            table.flags.writeable = False


class Bank:
    """The questions as tables, built once per version of the parameters.

    Arguments are arrays of n questions; `area` counts from 0. All tables are read
    only, so that one bank can serve every request of a process.
    """

    def __init__(
        self,
        area,
        difficulty,
        difficulty_sd,
        log_slope,
        log_slope_sd,
        guessing,
        settings: Settings = LAUNCH,
    ):
        self.settings = settings
        self.area = np.array(area, dtype=int)
        self.size = len(self.area)
        self.area_count = int(self.area.max()) + 1
        self.guessing = np.broadcast_to(np.asarray(guessing, float), self.size).copy()
        self.prior = Prior(
            settings.prior_mean,
            settings.prior_sd,
            settings.prior_correlation,
            settings,
        )
        self._build(
            *(
                np.broadcast_to(np.asarray(values, float), self.size)
                for values in (difficulty, difficulty_sd, log_slope, log_slope_sd)
            )
        )
        for table in vars(self).values():
            if isinstance(table, np.ndarray):
                table.flags.writeable = False

    def _build(self, difficulty, difficulty_sd, log_slope, log_slope_sd):
        """Fill the tables (n, cells): knows, information, logarithms of an answer."""
        knows = np.zeros((self.size, self.settings.scale_cells))
        lacks, steepness = np.zeros_like(knows), np.zeros_like(knows)
        slope_nodes, slope_weights = _normal_nodes(self.settings.slope_nodes)
        shift_nodes, shift_weights = _normal_nodes(self.settings.difficulty_nodes)
        for slope_node, slope_weight in zip(slope_nodes, slope_weights, strict=True):
            slope = np.exp(log_slope + log_slope_sd * slope_node)[:, None]
            for node, node_weight in zip(shift_nodes, shift_weights, strict=True):
                place = (difficulty + difficulty_sd * node)[:, None]
                right, wrong = _odds_split(slope * (self.settings.scale - place))
                weight = slope_weight * node_weight
                knows += weight * right
                lacks += weight * wrong
                steepness += weight * slope * right * wrong
        self.knows, self.lacks = knows, np.maximum(lacks, TINY)
        luck = self.guessing[:, None]
        success = np.maximum(luck + (1 - luck) * knows, TINY)
        variance = np.maximum(success * (1 - luck) * lacks, TINY)
        self.information = ((1 - luck) * steepness) ** 2 / variance
        self.log_right, self.log_wrong = np.log(success), np.log(self.lacks)

    @classmethod
    def from_levels(cls, area, level, guessing, settings: Settings = LAUNCH) -> Bank:
        """Return a bank that knows only the level given by each question's author."""
        seeds = np.array([author_difficulty(n, settings) for n in range(1, 9)])
        return cls(
            area,
            seeds[np.asarray(level, int) - 1],
            settings.author_difficulty_sd,
            0.0,
            settings.author_log_slope_sd,
            guessing,
            settings,
        )


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the answers say. Positions are in logits, levels count from index 0."""

    settings: Settings
    answered_per_area: np.ndarray  # (areas,)
    area_probabilities: np.ndarray  # (areas, cells)
    area_mean: np.ndarray  # (areas,)
    covariance: np.ndarray  # (areas, areas)
    mean: float  # of the overall position: the mean of the areas
    sd: float
    prior_sd: float  # of the overall position before any answer
    factor_probabilities: np.ndarray  # (factor cells,)
    factor_mean: np.ndarray  # (factor cells, areas): area given the factor
    factor_variance: np.ndarray  # (factor cells, areas)

    @property
    def answer_count(self) -> int:
        return int(self.answered_per_area.sum())

    @cached_property
    def area_sd(self) -> np.ndarray:
        return np.sqrt(np.diagonal(self.covariance))

    @cached_property
    def area_is_precise(self) -> np.ndarray:
        """Areas (bool) of which one likeliest level may be named, not only a range."""
        return self.area_sd <= self.settings.area_precise_sd

    @cached_property
    def area_level_probabilities(self) -> np.ndarray:
        """(areas, 8)"""
        starts = self.settings.level_starts
        return np.add.reduceat(self.area_probabilities, starts, axis=1)

    @cached_property
    def level_probabilities(self) -> np.ndarray:
        """(8,): a mixture of normals over the values of the factor (section 7.4, 5)."""
        likely = self.factor_probabilities > 1e-8  # the rest cannot be seen
        weight = self.factor_probabilities[likely]
        mean = self.factor_mean[likely].mean(axis=1)
        areas = len(self.area_mean)
        spread = np.sqrt(self.factor_variance[likely].sum(axis=1)) / areas
        cuts = np.array(self.settings.cut_points)[:, None]
        below = np.empty(LEVEL_COUNT + 1)
        below[0], below[-1] = 0.0, 1.0
        below[1:-1] = _normal_below((cuts - mean) / spread) @ (weight / weight.sum())
        return below[1:] - below[:-1]


def _normal_below(values: np.ndarray) -> np.ndarray:
    """Return the share of a standard normal below each value, any shape."""
    halves = [math.erf(value) for value in (values * math.sqrt(0.5)).ravel().tolist()]
    return 0.5 + 0.5 * np.array(halves).reshape(values.shape)


def posterior(bank: Bank, items, scores, skipped, prior: Prior | None = None):
    """Return the Posterior after some answers, in whatever order they came.

    `items` are indexes into the bank, `scores` go from 0 to 1 (parts of an answer
    count), `skipped` marks "I don't know", whose score is taken as 0. `prior`
    replaces the bank's own, for a second attempt. Section 7.4.
    """
    items = np.asarray(items, dtype=int)
    skipped = np.asarray(skipped, dtype=bool)
    scores = np.where(skipped, 0.0, np.asarray(scores, dtype=float))
    areas = bank.area[items]
    log_likelihood = _log_likelihood(bank, items, areas, scores, skipped)
    counts = np.bincount(areas, minlength=bank.area_count)
    return _combine(bank, log_likelihood, counts, prior or bank.prior)


def _log_likelihood(bank, items, areas, scores, skipped) -> np.ndarray:
    """Return the log likelihood of each area's answers, up to a constant (areas, c)."""
    log_right = bank.log_right[items]
    share = _guessing_share(bank.guessing[items], scores, skipped)
    if share < 1.0:
        luck = share * bank.guessing[items][:, None]
        knows, lacks = bank.knows[items], bank.lacks[items]
        log_right = np.log(np.maximum(knows + luck * lacks, TINY))
    belongs = areas == np.arange(bank.area_count)[:, None]
    log_wrong = bank.log_wrong[items]
    return (belongs * scores) @ log_right + (belongs * (1 - scores)) @ log_wrong


def _guessing_share(luck, scores, skipped) -> float:
    """Return how often this learner guesses when they do not know, from 0 to 1.

    Someone who never says "I don't know" is taken to guess always. Section 7.4, 1.
    """
    skip_count = int(skipped.sum())
    if not skip_count:
        return 1.0
    tried = float((~skipped * (1 - scores) / (1 - luck)).sum())
    return tried / (tried + skip_count)


def _combine(bank, log_likelihood, counts, prior) -> Posterior:
    """Join the areas through the factor they share. Section 7.4, 3 to 5."""
    settings = bank.settings
    likelihood = log_likelihood - log_likelihood.max(axis=1, keepdims=True)
    np.exp(likelihood, out=likelihood)  # (areas, cells)
    if len(prior.kernel) == 1:
        moments = likelihood @ prior.kernel[0].T
    else:
        moments = np.matmul(prior.kernel, likelihood[:, :, None])[:, :, 0]
    mass, first, second = moments.reshape(len(likelihood), 3, -1).transpose(1, 2, 0)
    mass = np.maximum(mass, TINY)
    mean = first / mass
    variance = np.maximum(second / mass - mean**2, 0.0)
    log_weight = np.log(mass).sum(axis=1)
    weight = settings.factor_weights * np.exp(log_weight - log_weight.max())
    weight /= weight.sum()

    area_mean = weight @ mean
    away = mean - area_mean
    covariance = (away * weight[:, None]).T @ away
    np.fill_diagonal(covariance, covariance.diagonal() + weight @ variance)
    return Posterior(
        settings=settings,
        answered_per_area=counts,
        area_probabilities=_area_probabilities(likelihood, prior, weight, mass),
        area_mean=area_mean,
        covariance=covariance,
        mean=float(area_mean.mean()),
        sd=math.sqrt(covariance.sum()) / len(area_mean),
        prior_sd=_overall_prior_sd(settings, len(area_mean)),
        factor_probabilities=weight,
        factor_mean=mean,
        factor_variance=variance,
    )


def _area_probabilities(likelihood, prior, weight, mass) -> np.ndarray:
    """Return the probability of each cell of each area (areas, cells)."""
    shares = (weight[:, None] / mass).T  # (areas, factor cells)
    if len(prior.density) == 1:
        result = likelihood * (shares @ prior.density[0])
    else:
        result = likelihood * np.matmul(shares[:, None, :], prior.density)[:, 0]
    return result / result.sum(axis=1, keepdims=True)


def _overall_prior_sd(settings: Settings, areas: int) -> float:
    """Return the standard deviation of the overall position before any answer."""
    tied = settings.prior_correlation
    return settings.prior_sd * math.sqrt((1 + (areas - 1) * tied) / areas)


@dataclass(frozen=True)
class Choice:
    """The next question and why: enough to show a trainer, enough to replay."""

    index: int
    area: int
    shortlist: tuple[tuple[int, float], ...]  # (question, value), best first
    is_easy_start: bool


def candidates(bank, asked, allowed, topics, withheld=None) -> np.ndarray:
    """Return which questions may still be asked in this attempt, bool (n,).

    `asked` are indexes already shown; `allowed` says language, not retired, not seen
    lately; `topics` are numbers, a negative one meaning "no topic", and no topic is
    asked twice. Questions `withheld` to spare them return in an area that has no
    other left. Section 7.5.
    """
    asked = np.asarray(asked, dtype=int)
    topics = np.asarray(topics)
    free = np.array(allowed, dtype=bool)
    free[asked] = False
    used = topics[asked]
    free &= ~(topics[:, None] == used[used >= 0]).any(axis=1)
    if withheld is None:
        return free
    eligible = free & ~np.asarray(withheld, dtype=bool)
    return eligible | (free & ~open_areas(bank, eligible)[bank.area])


def open_areas(bank: Bank, mask: np.ndarray) -> np.ndarray:
    """Return which areas have at least one question in `mask`, bool (areas,)."""
    return np.bincount(bank.area[mask], minlength=bank.area_count) > 0


def choose(
    bank: Bank,
    posterior: Posterior,
    asked,
    allowed,
    topics,
    generator: np.random.Generator,
    withheld=None,
) -> Choice | None:
    """Return the next question, or None when there is none left. Section 7.5.

    Arguments as in `candidates`. Among the areas asked least so far, the area of the
    most useful question is taken, then one of its five most useful at random. The
    first three questions aim lower, so that almost nobody starts with three misses.
    To look closer at one area, allow only its questions.
    """
    asked = np.asarray(asked, dtype=int)
    free = np.flatnonzero(candidates(bank, asked, allowed, topics, withheld))
    if not free.size:
        return None
    asked_per_area = np.bincount(bank.area[asked], minlength=bank.area_count)
    asked_here = asked_per_area[bank.area[free]]
    free = free[asked_here == asked_here.min()]
    is_easy_start = len(asked) < bank.settings.easy_start_questions
    if is_easy_start:
        free = _easy_ones(bank, posterior, free)
    values = _usefulness(bank, posterior, free, is_easy_start)
    if bank.settings.version >= 2:
        # Many questions are as useful as each other: rounding must not decide.
        values = values.astype(np.float32)
    area = bank.area[free[values.argmax()]]
    inside = bank.area[free] == area
    free, values = free[inside], values[inside]
    best = np.argsort(-values, kind="stable")[: bank.settings.shortlist_size]
    shortlist = tuple(zip(free[best].tolist(), values[best].tolist(), strict=True))
    index = shortlist[int(generator.integers(len(shortlist)))][0]
    return Choice(index, int(area), shortlist, is_easy_start)


def _easy_ones(bank, posterior, items) -> np.ndarray:
    """Return the items that this learner most likely succeeds at, or all if none.

    Aiming lower is not enough: a question without lucky guesses tells so much that a
    hard one would still be chosen.
    """
    believed = posterior.area_probabilities[bank.area[items]]
    success = (np.exp(bank.log_right[items]) * believed).sum(axis=1)
    easy = items[success >= bank.settings.easy_start_success]
    return easy if easy.size else items


def _usefulness(bank, posterior, items, is_easy_start) -> np.ndarray:
    """Return the expected fall of the total variance of the areas (items,)."""
    believed = posterior.area_probabilities
    if is_easy_start:
        believed = _shifted_down(believed, bank.settings.easy_start_cells)
    area = bank.area[items]
    information = np.einsum("ic,ic->i", bank.information[items], believed[area])
    gain = (posterior.covariance**2).sum(axis=0)[area]
    own_variance = posterior.covariance.diagonal()[area]
    return gain * information / (1 + information * own_variance)


def _shifted_down(probabilities: np.ndarray, cells: int) -> np.ndarray:
    """Return the same distributions moved `cells` cells towards the easy end."""
    moved = np.zeros_like(probabilities)
    moved[:, : probabilities.shape[1] - cells] = probabilities[:, cells:]
    moved[:, 0] += probabilities[:, :cells].sum(axis=1)
    return moved


def withheld(exposure, generator: np.random.Generator) -> np.ndarray:
    """Return which questions are spared in one attempt, bool (n,).

    Draw it once, at the start, from the attempt's own seed; `exposure` (n,) is the
    eligibility kept by `next_exposure`.
    """
    exposure = np.asarray(exposure, dtype=float)
    return generator.random(len(exposure)) >= exposure


def next_exposure(
    exposure, met_share, offered_share=None, settings: Settings = LAUNCH
) -> np.ndarray:
    """Return tomorrow's eligibility of each question, from 0.02 to 1 (n,).

    `met_share` is the share of the last 1 000 attempts that met the question, and
    `offered_share` its mean eligibility when those attempts started (default: that of
    today, right only if it did not change meanwhile). Their quotient is how often the
    question is met when it may be; without it, one busy week would be punished again
    every night until the week leaves the window. Section 7.5.
    """
    now = np.asarray(exposure, dtype=float)
    offered = now if offered_share is None else np.asarray(offered_share, dtype=float)
    met = np.maximum(np.asarray(met_share, dtype=float), TINY)
    wanted = offered * settings.exposure_target / met
    raised = np.minimum(wanted, now * settings.exposure_growth)
    return np.clip(raised, settings.exposure_floor, 1.0)


def stop_reason(
    posterior: Posterior, answered_count: int, has_candidates, settings=LAUNCH
) -> str | None:
    """Return why to stop, or None to go on. Section 7.6.

    "precise", "end_of_scale" (surely level 1 or surely level 8), "longest" or
    "no_question". `has_candidates` is one bool, or one per area (`open_areas`): an
    area that has run out is not waited for.
    """
    if answered_count >= settings.minimum_questions:
        too_few = posterior.answered_per_area < settings.minimum_per_area
        waits = bool(np.any(too_few & np.asarray(has_candidates, dtype=bool)))
        if posterior.sd <= settings.precise_sd and not waits:
            return "precise"
        if _is_at_an_end(posterior, settings):
            return "end_of_scale"
    if answered_count >= settings.maximum_questions:
        return "longest"
    return None if np.any(has_candidates) else "no_question"


def _is_at_an_end(posterior: Posterior, settings: Settings) -> bool:
    """Return whether the overall level is surely the first or surely the last.

    Cantelli's inequality spares the sum over levels when the mean is too far inside
    for either end to hold that much.
    """
    sure = settings.end_of_scale
    reach = posterior.sd * math.sqrt((1 - sure) / sure) + settings.scale_step
    lowest, highest = settings.cut_points[0], settings.cut_points[-1]
    if lowest + reach < posterior.mean < highest - reach:
        return False
    levels = posterior.level_probabilities
    return bool(max(levels[0], levels[-1]) >= sure)


def questions_to_go(
    posterior: Posterior, answered_count: int, settings: Settings = LAUNCH
) -> int:
    """Return about how many questions remain; 0 only when the stop rule holds.

    Precision (1 / variance) grows by about the same amount with each answer: the
    learner's own pace so far, steadied by the usual pace, is prolonged.
    """
    if stop_reason(posterior, answered_count, True, settings):
        return 0
    start, reached = posterior.prior_sd**-2, posterior.sd**-2
    target = settings.precise_sd**-2
    usual = settings.questions_per_precision
    steadying = settings.minimum_questions
    pace = (reached - start + steadying / usual) / (answered_count + steadying)
    estimate = math.ceil((target - reached) / max(pace, TINY) - 1e-9)
    fewest = max(1, settings.minimum_questions - answered_count)
    return min(max(estimate, fewest), settings.maximum_questions - answered_count)


@dataclass(frozen=True)
class LevelRange:
    """Levels from 1 to 8: "between `low` and `high`, most likely `likeliest`"."""

    low: int
    high: int
    likeliest: int
    probability: float  # of the likeliest level
    held: float  # by the whole range: at least the certainty asked for


def level_range(probabilities, certainty: float = 0.90, fewest: int = 1) -> LevelRange:
    """Return the smallest run of neighbouring levels that holds the certainty.

    Of several such runs, the one that holds most; never fewer than `fewest` levels:
    an area that is not known well enough shows two. Section 7.6.
    """
    probabilities = np.asarray(probabilities, dtype=float)
    below = np.concatenate([[0.0], np.cumsum(probabilities)])
    likeliest = int(probabilities.argmax())
    for length in range(fewest, len(probabilities) + 1):
        runs = below[length:] - below[:-length]
        low = int(runs.argmax())
        if runs[low] >= certainty - 1e-9 or length == len(probabilities):
            break
    return LevelRange(
        low=low + 1,
        high=low + length,
        likeliest=likeliest + 1,
        probability=float(probabilities[likeliest]),
        held=float(runs[low]),
    )


def prior_after(last: Posterior, settings: Settings = LAUNCH) -> Prior:
    """Return what a second attempt starts from: the last result, widened.

    Area by area; the learner may have moved by about one level. Section 7.7.
    """
    sd = widened(last.area_sd, settings)
    return Prior(last.area_mean, sd, settings.prior_correlation, settings)


def widened(sd, settings: Settings = LAUNCH) -> np.ndarray:
    """Return standard deviations to which the drift between attempts is added."""
    return np.sqrt(np.asarray(sd) ** 2 + settings.retake_drift_sd**2)


def probability_of_progress(first: Posterior, second: Posterior) -> float:
    """Return how likely the second overall position is above the first, 0 to 1.

    Both must come from the bank's own prior, else the first would count twice. Say
    "progress" from 0.9 on. Section 7.7.
    """
    spread = math.hypot(first.sd, second.sd)
    return float(_normal_below(np.array((second.mean - first.mean) / spread)))
