"""Beliefs: what the answers of many learners say about where each of them stands.

The arithmetic of `placement.posterior` for thousands of attempts at once: pure
functions over arrays, worked through in blocks so that millions of answers need
little memory. Positions are in logits. Sections are those of docs/placement.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from .placement import TINY, Bank, Prior

# A larger matrix product wakes the other threads of the library below NumPy: on a busy
# machine they wait for each other, and ten times the processor time is spent.
LARGEST_PRODUCT = 262_144
WITHOUT_AT_ONCE = 60


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of many attempts, one row each (m,).

    `person` numbers the attempts from 0, `item` is a row of the bank, `score` goes
    from 0 to 1, `skipped` marks "I don't know", whose score is taken as 0. Any order.
    """

    person: np.ndarray
    item: np.ndarray
    score: np.ndarray
    skipped: np.ndarray

    def __post_init__(self):
        columns = {
            "person": _whole_numbers("person", self.person),
            "item": _whole_numbers("item", self.item),
            "score": _shares(self.score),
            "skipped": np.asarray(self.skipped, dtype=bool),
        }
        sizes = {name: column.shape for name, column in columns.items()}
        if len(set(sizes.values())) != 1 or columns["item"].ndim != 1:
            raise ValueError(f"Four columns of one length are needed, not {sizes}.")
        if columns["skipped"].any():
            columns["score"] = np.where(columns["skipped"], 0, columns["score"])
        for name, column in columns.items():
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.item)

    def __getitem__(self, rows) -> Answers:
        """Return some of the answers: a slice, a mask or positions."""
        return Answers(
            self.person[rows], self.item[rows], self.score[rows], self.skipped[rows]
        )

    @cached_property
    def order(self) -> np.ndarray | None:
        """Positions that put the answers person by person; None when they are."""
        if not len(self) or (self.person[1:] >= self.person[:-1]).all():
            return None
        return np.argsort(self.person, kind="stable")

    def rows_of(self, item: int) -> np.ndarray:
        """Return the positions of the answers to one question, in order."""
        order, numbers = self._by_item
        return order[slice(*np.searchsorted(numbers, [item, item + 1]))]

    @cached_property
    def _by_item(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.item, kind="stable")
        return order, self.item[order]


def _whole_numbers(name: str, values) -> np.ndarray:
    values = np.asarray(values)
    if not values.size:
        return values.astype(np.int32)
    if values.dtype.kind not in "iu" or values.min() < 0:
        raise ValueError(f"`{name}` must hold whole numbers from 0.")
    return values


def _shares(values) -> np.ndarray:
    values = np.asarray(values)
    values = values if values.dtype.kind == "f" else values.astype(float)
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        raise ValueError("A score lies between 0 and 1.")
    return values


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What one block of answers says about its P learners."""

    answers: Answers  # sorted by person
    where: np.ndarray | slice  # positions of these answers in the whole table
    row: np.ndarray  # (m,) learner of each answer, from 0 to P - 1
    share: np.ndarray  # (P,) how often each guesses when they do not know
    slices: list[slice]  # of each area, among the questions sorted by area
    tried: list[np.ndarray]  # (P, questions of the area) how often answered
    scored: list[np.ndarray]  # (P, questions of the area) sum of the scores
    likelihood: np.ndarray  # (areas, P, cells), up to a factor
    mass: np.ndarray  # (areas, P, factor cells): likelihood given the factor
    first: np.ndarray  # (areas, P, factor cells): the same times the position
    log_weight: np.ndarray  # (P, factor cells), not normalised
    weight: np.ndarray  # (P, factor cells), sum 1
    area_probabilities: np.ndarray  # (areas, P, cells), sum 1
    log_evidence: np.ndarray  # (P,) logarithm of the chance of these answers

    @property
    def person(self) -> np.ndarray:
        """The learners' own numbers (P,)."""
        return self.answers.person[_starts(self.answers.person)]


def in_blocks(
    bank: Bank, answers: Answers, prior: Prior | None = None, precision=np.float64
) -> Iterator[Beliefs]:
    """Yield the beliefs about some learners at a time, all learners once.

    `prior` replaces the bank's own. `precision` np.float32 takes half the time and
    gives four digits or more. Raises ValueError for a question that the bank
    does not have.
    """
    if len(answers) and int(answers.item.max()) >= bank.size:
        raise ValueError(
            f"Question {answers.item.max()} is not in a bank of {bank.size}."
        )
    tables = Tables(bank, prior or bank.prior, precision)
    order = answers.order
    number = answers.person if order is None else answers.person[order]
    edges = np.flatnonzero(_starts(number))[:: tables.persons_at_once].tolist()
    for start, end in pairwise([*edges, len(number)]):
        where = slice(start, end) if order is None else order[start:end]
        yield tables.believe(answers[where], where)


def _starts(number: np.ndarray) -> np.ndarray:
    """Return where a run of equal numbers begins, bool (m,)."""
    starts = np.ones(len(number), dtype=bool)
    starts[1:] = number[1:] != number[:-1]
    return starts


class Tables:
    """The bank with its questions sorted by area, so that each area is one slice."""

    def __init__(self, bank: Bank, prior: Prior, precision=np.float64):
        self.bank, self.precision = bank, precision
        self.tiny = max(TINY, float(np.finfo(precision).tiny))
        self.log_prior = np.log(bank.settings.factor_weights)
        order = np.argsort(bank.area, kind="stable")
        self.column = np.argsort(order)  # of each question
        edges = np.searchsorted(bank.area[order], np.arange(bank.area_count + 1))
        self.slices = [slice(*pair) for pair in pairwise(edges)]
        self.questions = [order[inside] for inside in self.slices]
        self.log_wrong = self._by_area(bank.log_wrong)
        self.log_odds = self._by_area(bank.log_right - bank.log_wrong)
        # Of a right answer, the share that is luck when its learner always guesses.
        luck = bank.guessing[:, None] * bank.lacks
        self.by_luck = (luck / np.exp(bank.log_right)).astype(precision)
        cells = bank.settings.factor_cells
        kernels = np.broadcast_to(
            prior.kernel.astype(precision), (bank.area_count, *prior.kernel.shape[1:])
        )
        self.density = kernels[:, :cells]
        self.to_factor = kernels[:, :cells].transpose(0, 2, 1)
        self.to_first = kernels[:, cells : 2 * cells].transpose(0, 2, 1)

    def _by_area(self, table) -> list[np.ndarray]:
        return [table[items].astype(self.precision) for items in self.questions]

    @property
    def persons_at_once(self) -> int:
        settings = self.bank.settings
        widest = max(settings.factor_cells, *map(len, self.questions))
        return max(LARGEST_PRODUCT // (settings.scale_cells * widest), 16)

    def believe(self, answers: Answers, where) -> Beliefs:
        row = np.cumsum(_starts(answers.person)) - 1
        persons = int(row[-1]) + 1
        share = guessing_shares(self.bank.guessing, answers, row, persons)
        tried, scored = self._crossed(answers, row, persons)
        likelihood, log_scale = self._likelihood(tried, scored)
        self._take_luck_back(likelihood, answers, row, share)
        mass, log_weight = self.given_factor(likelihood)
        weight, log_total = _normalised(log_weight)
        return Beliefs(
            answers=answers,
            where=where,
            row=row,
            share=share,
            slices=self.slices,
            tried=tried,
            scored=scored,
            likelihood=likelihood,
            mass=mass,
            first=_times(likelihood, self.to_first),
            log_weight=log_weight,
            weight=weight,
            area_probabilities=self.joined(likelihood, mass, weight),
            log_evidence=log_total + log_scale,
        )

    def given_factor(self, likelihood) -> tuple[np.ndarray, np.ndarray]:
        """Return `Beliefs.mass` and `Beliefs.log_weight`. Section 7.4, 3 and 4."""
        mass = np.maximum(_times(likelihood, self.to_factor), self.tiny)
        return mass, np.log(mass).sum(axis=0, dtype=float) + self.log_prior

    def joined(self, likelihood, mass, weight) -> np.ndarray:
        """Return the probabilities of each area, joined by the factor they share."""
        believed = _times((weight / mass).astype(self.precision), self.density)
        believed *= likelihood
        believed /= believed.sum(axis=2, keepdims=True)
        return believed

    def believed(self, likelihood) -> np.ndarray:
        """Return the probabilities of each area (areas, P, cells) from a likelihood."""
        mass, log_weight = self.given_factor(likelihood)
        return self.joined(likelihood, mass, _normalised(log_weight)[0])

    def _crossed(self, answers, row, persons) -> tuple[list, list]:
        """Return learners × questions by area: how often answered, and the scores."""
        spot = row * self.bank.size + self.column[answers.item]
        size, shape = persons * self.bank.size, (persons, self.bank.size)
        tried = np.bincount(spot, minlength=size)
        scored = np.bincount(spot, answers.score, minlength=size)
        tried, scored = (
            table.astype(self.precision).reshape(shape) for table in (tried, scored)
        )
        return (
            [tried[:, inside] for inside in self.slices],
            [scored[:, inside] for inside in self.slices],
        )

    def _likelihood(self, tried, scored) -> tuple[np.ndarray, np.ndarray]:
        """Return each area's likelihood (areas, P, cells), and the log taken out (P,).

        As if all always guessed when they do not know.
        """
        result, log_scale = _times(scored, self.log_odds), 0.0
        for area, table in enumerate(result):
            table += tried[area] @ self.log_wrong[area]
            peak = table.max(axis=1, keepdims=True)
            table -= peak
            log_scale = log_scale + peak[:, 0]
            np.exp(table, out=table)
        return result, log_scale

    def _take_luck_back(self, likelihood, answers, row, share):
        """Count a right answer for more when its learner guesses less than always."""
        by_luck = (share[row] < 1) & (self.bank.guessing[answers.item] > 0)
        chosen = np.flatnonzero(by_luck & (answers.score > 0))
        item, person, score = answers.item[chosen], row[chosen], answers.score[chosen]
        others = (1 - share[person]).astype(self.precision)
        factors = 1 - others[:, None] * self.by_luck[item]
        parts = np.flatnonzero(score < 1)
        factors[parts] **= score[parts, None]
        _multiply_rows(likelihood, self.bank.area[item], person, factors)

    def without(self, block: Beliefs) -> np.ndarray:
        """Return what is believed of each answer's learner without that answer.

        Three rows (3, m): chance of a right answer, mean and SD of the position.
        """
        result = np.empty((3, len(block.answers)))
        area = self.bank.area[block.answers.item]
        for number in range(self.bank.area_count):
            chosen = np.flatnonzero(area == number)
            for some in np.array_split(chosen, len(chosen) // WITHOUT_AT_ONCE + 1):
                result[:, some] = self._without(block, number, some)
        return result

    def _without(self, block: Beliefs, area: int, chosen) -> np.ndarray:
        answers, person = block.answers, block.row[chosen]
        item, score = answers.item[chosen], answers.score[chosen][:, None]
        luck = (self.bank.guessing[item] * block.share[person])[:, None]
        right = self.bank.knows[item] + luck * self.bank.lacks[item]
        own = right**score * self.bank.lacks[item] ** (1 - score)
        rest = block.likelihood[area, person] / np.maximum(own, TINY)
        rest /= rest.max(axis=1, keepdims=True)
        mass = np.maximum(rest @ self.to_factor[area], TINY)
        log_weight = block.log_weight[person] - np.log(block.mass[area, person])
        weight, _ = _normalised(log_weight + np.log(mass))
        believed = rest * ((weight / mass) @ self.density[area])
        believed /= believed.sum(axis=1, keepdims=True)
        scale = self.bank.settings.scale
        mean, square = believed @ scale, believed @ scale**2
        sd = np.sqrt(np.maximum(square - mean**2, 0))
        return np.array([(believed * right).sum(axis=1), mean, sd])


@dataclass(frozen=True, eq=False)
class Without:
    """What is believed of each answer's learner without that answer (m,) each."""

    success: np.ndarray  # chance of a right answer
    position: np.ndarray  # in the area of the question, mean
    position_sd: np.ndarray


def without_each(bank: Bank, answers: Answers, prior: Prior | None = None) -> Without:
    """Leave each answer out in turn; rows are those of `answers`."""
    tables, result = Tables(bank, prior or bank.prior), np.empty((3, len(answers)))
    for block in in_blocks(bank, answers, prior):
        result[:, block.where] = tables.without(block)
    return Without(*result)


def positions(bank: Bank, answers: Answers, prior: Prior | None = None) -> np.ndarray:
    """Return the mean position of each answer's learner in its area (m,)."""
    result = np.empty(len(answers))
    for block in in_blocks(bank, answers, prior):
        means = block.area_probabilities @ bank.settings.scale
        result[block.where] = means[bank.area[block.answers.item], block.row]
    return result


@dataclass(frozen=True, eq=False)
class Standing:
    """Where each learner stands, by increasing number of the learner."""

    person: np.ndarray  # (P,)
    area_mean: np.ndarray  # (P, areas)
    covariance: np.ndarray  # (P, areas, areas)

    @property
    def mean(self) -> np.ndarray:
        """The overall position, the mean of the areas (P,). Section 7.4, 5."""
        return self.area_mean.mean(axis=1)

    @property
    def sd(self) -> np.ndarray:
        return np.sqrt(self.covariance.sum(axis=(1, 2))) / self.area_mean.shape[1]


def standing(bank: Bank, answers: Answers, prior: Prior | None = None) -> Standing:
    """Return where each learner who has answers stands."""
    areas = bank.area_count
    parts = [(np.empty(0, int), np.empty((0, areas)), np.empty((0, areas, areas)))]
    for block in in_blocks(bank, answers, prior):
        parts.append((block.person, *_moments(bank, block)))
    return Standing(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _moments(bank: Bank, block: Beliefs) -> tuple[np.ndarray, np.ndarray]:
    """Return means (P, areas) and covariances (P, areas, areas). Section 7.4, 4."""
    scale, weight = bank.settings.scale, block.weight[:, None]
    given_factor = (block.first / block.mass).transpose(1, 0, 2)  # (P, areas, factor)
    mean = (weight * given_factor).sum(axis=2)
    away = given_factor - mean[:, :, None]
    covariance = np.matmul(weight * away, away.transpose(0, 2, 1))
    square = (block.area_probabilities @ scale**2).T
    own = square - (weight * given_factor**2).sum(axis=2)
    areas = np.arange(bank.area_count)
    covariance[:, areas, areas] += np.maximum(own, 0)
    return mean, covariance


def _times(table, kernels) -> np.ndarray:
    """Return the products of each area's table (P, a) and kernel (a, b)."""
    shape = (len(table), len(table[0]), kernels[0].shape[1])
    result = np.empty(shape, dtype=table[0].dtype)
    for rows, kernel, out in zip(table, kernels, result, strict=True):
        np.matmul(rows, kernel, out=out)
    return result


def guessing_shares(guessing, answers: Answers, row, persons: int) -> np.ndarray:
    """Return how often each learner guesses when they do not know, 0 to 1 (P,).

    Someone who never says "I don't know" is taken to guess always. Section 7.4, 1.
    """
    lost = ~answers.skipped * (1 - answers.score) / (1 - guessing[answers.item])
    tried = np.bincount(row, weights=lost, minlength=persons)
    skips = np.bincount(row, weights=answers.skipped, minlength=persons)
    return np.where(skips > 0, tried / np.maximum(tried + skips, TINY), 1.0)


def _multiply_rows(table, area, person, factors):
    """Multiply rows of `table` (areas, P, cells) by `factors` (m, cells), in place.

    One row may be multiplied several times: each time in its turn.
    """
    spot = area * table.shape[1] + person
    order = np.argsort(spot, kind="stable")
    spot = spot[order]
    turn = np.arange(len(spot)) - np.searchsorted(spot, spot)
    flat = table.reshape(-1, table.shape[2])
    for number in range(int(turn.max(initial=-1)) + 1):
        now = turn == number
        flat[spot[now]] *= factors[order[now]]


def _normalised(log_weight) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights with sum 1 along the last axis, and the log of their sum."""
    peak = log_weight.max(axis=-1, keepdims=True)
    weight = np.exp(log_weight - peak)
    total = weight.sum(axis=-1, keepdims=True)
    return weight / total, (np.log(total) + peak)[..., 0]
