"""Beliefs: what the answers of many learners say about where each of them stands.

The arithmetic of `placement.posterior` for thousands of attempts at once: pure
functions over arrays, worked through in blocks so that millions of answers need
little memory. Positions are in logits. Sections are those of docs/placement.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .placement import TINY, Bank, Prior

BLOCK_PERSONS = 800  # about 30 MB of tables with 300 questions
BLOCK_ANSWERS = 4000  # of which each one is left out in turn: 3 MB a table


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
    def person_count(self) -> int:
        return int(self.person.max()) + 1 if len(self) else 0

    @cached_property
    def order(self) -> np.ndarray | None:
        """Positions that put the answers person by person; None when they are."""
        if not len(self) or (self.person[1:] >= self.person[:-1]).all():
            return None
        return np.argsort(self.person, kind="stable")


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
    where: np.ndarray  # (m,) position of each answer in the whole table
    row: np.ndarray  # (m,) learner of each answer, from 0 to P - 1
    number: np.ndarray  # (P,) the learners' own numbers
    share: np.ndarray  # (P,) how often each guesses when they do not know
    questions: list[np.ndarray]  # rows of the bank, area by area
    tried: list[np.ndarray]  # (P, questions of the area) how often answered
    scored: list[np.ndarray]  # (P, questions of the area) sum of the scores
    log_likelihood: np.ndarray  # (areas, P, cells), largest 0
    mass: np.ndarray  # (areas, P, factor cells): likelihood given the factor
    first: np.ndarray  # (areas, P, factor cells): the same times the position
    log_weight: np.ndarray  # (P, factor cells), not normalised
    weight: np.ndarray  # (P, factor cells), sum 1
    area_probabilities: np.ndarray  # (areas, P, cells), sum 1
    log_evidence: np.ndarray  # (P,) logarithm of the chance of these answers


def in_blocks(
    bank: Bank, answers: Answers, prior: Prior | None = None, persons=BLOCK_PERSONS
) -> Iterator[Beliefs]:
    """Yield the beliefs about `persons` learners at a time, all learners once.

    `prior` replaces the bank's own. Raises ValueError for a question that the bank
    does not have.
    """
    if len(answers) and int(answers.item.max()) >= bank.size:
        raise ValueError(f"The bank has {bank.size} questions: {answers.item.max()}?")
    order = answers.order
    number = answers.person if order is None else answers.person[order]
    edges = [*np.flatnonzero(_starts(number))[::persons].tolist(), len(number)]
    tables = _Tables(bank, prior or bank.prior)
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        where = np.arange(start, end) if order is None else order[start:end]
        yield tables.believe(answers[where], where)


def _starts(number: np.ndarray) -> np.ndarray:
    """Return where a run of equal numbers begins, bool (m,)."""
    starts = np.ones(len(number), dtype=bool)
    starts[1:] = number[1:] != number[:-1]
    return starts


class _Tables:
    """The bank with its questions sorted by area, so that each area is one slice."""

    def __init__(self, bank: Bank, prior: Prior):
        self.bank, self.prior = bank, prior
        self.log_prior = np.log(bank.settings.factor_weights)
        self.order = np.argsort(bank.area, kind="stable")
        self.column = np.argsort(self.order)  # of each question
        edges = np.searchsorted(bank.area[self.order], np.arange(bank.area_count + 1))
        self.slices = [slice(*pair) for pair in zip(edges[:-1], edges[1:], strict=True)]
        self.questions = [self.order[inside] for inside in self.slices]
        self.log_wrong = bank.log_wrong[self.order]
        self.log_odds = bank.log_right[self.order] - self.log_wrong

    def believe(self, answers: Answers, where: np.ndarray) -> Beliefs:
        starts = _starts(answers.person)
        number, row = answers.person[starts], np.cumsum(starts) - 1
        share = guessing_shares(self.bank.guessing, answers, row, len(number))
        tried, scored = self._crossed(answers, row, len(number))
        log_likelihood = self._log_likelihood(tried, scored)
        self._take_luck_back(log_likelihood, answers, row, share)
        peak = log_likelihood.max(axis=2, keepdims=True)
        log_likelihood -= peak
        likelihood = np.exp(log_likelihood)
        mass, first = self._given_factor(likelihood)
        log_weight = np.log(mass).sum(axis=0) + self.log_prior
        weight, log_total = _normalised(log_weight)
        believed = likelihood
        believed *= np.matmul(weight / mass, self.prior.density)
        believed /= believed.sum(axis=2, keepdims=True)
        return Beliefs(
            answers=answers,
            where=where,
            row=row,
            number=number,
            share=share,
            questions=self.questions,
            tried=tried,
            scored=scored,
            log_likelihood=log_likelihood,
            mass=mass,
            first=first,
            log_weight=log_weight,
            weight=weight,
            area_probabilities=believed,
            log_evidence=log_total + peak.sum(axis=(0, 2)),
        )

    def _given_factor(self, likelihood) -> tuple[np.ndarray, np.ndarray]:
        """Return the likelihood given the factor, and the same times the position."""
        cells = self.prior.density.shape[1]
        kernel = self.prior.kernel[:, : 2 * cells].transpose(0, 2, 1)
        moments = np.matmul(likelihood, kernel)
        return np.maximum(moments[:, :, :cells], TINY), moments[:, :, cells:]

    def _crossed(self, answers, row, persons) -> tuple[list, list]:
        """Return learners × questions by area: how often answered, and the scores."""
        spot = row * self.bank.size + self.column[answers.item]
        size, shape = persons * self.bank.size, (persons, self.bank.size)
        tried = np.bincount(spot, minlength=size).astype(float).reshape(shape)
        scored = np.bincount(spot, answers.score, minlength=size).reshape(shape)
        return (
            [tried[:, inside] for inside in self.slices],
            [scored[:, inside] for inside in self.slices],
        )

    def _log_likelihood(self, tried, scored) -> np.ndarray:
        """Return the log likelihood of each area's answers (areas, P, cells)."""
        cells = self.bank.settings.scale_cells
        result = np.empty((self.bank.area_count, len(tried[0]), cells))
        for area, inside in enumerate(self.slices):
            np.matmul(scored[area], self.log_odds[inside], out=result[area])
            result[area] += tried[area] @ self.log_wrong[inside]
        return result

    def _take_luck_back(self, log_likelihood, answers, row, share):
        """Count a right answer for more when its learner guesses less than always."""
        luck = self.bank.guessing[answers.item]
        chosen = np.flatnonzero((share[row] < 1) & (luck > 0) & (answers.score > 0))
        item, person = answers.item[chosen], row[chosen]
        own = (luck[chosen] * share[person])[:, None]
        rows = log_right_with(self.bank, item, own) - self.bank.log_right[item]
        rows *= answers.score[chosen][:, None]
        add_rows(log_likelihood, self.bank.area[item], person, rows)


def log_right_with(bank: Bank, item, luck) -> np.ndarray:
    """Return the log chance of a right answer when guessing helps by `luck` (m, c)."""
    return np.log(np.maximum(bank.knows[item] + luck * bank.lacks[item], TINY))


def guessing_shares(guessing, answers: Answers, row, persons: int) -> np.ndarray:
    """Return how often each learner guesses when they do not know, 0 to 1 (P,).

    Someone who never says "I don't know" is taken to guess always. Section 7.4, 1.
    """
    lost = ~answers.skipped * (1 - answers.score) / (1 - guessing[answers.item])
    tried = np.bincount(row, weights=lost, minlength=persons)
    skips = np.bincount(row, weights=answers.skipped, minlength=persons)
    return np.where(skips > 0, tried / np.maximum(tried + skips, TINY), 1.0)


def add_rows(table, area, person, rows):
    """Add `rows` (m, cells) to `table` (areas, P, cells), even twice in one place."""
    spot = area * table.shape[1] + person
    order = np.argsort(spot, kind="stable")
    spot = spot[order]
    first = np.searchsorted(spot, spot, side="left")
    turn = np.arange(len(spot)) - first
    flat = table.reshape(-1, table.shape[2])
    for number in range(int(turn.max()) + 1 if len(turn) else 0):
        now = turn == number  # each place at most once
        flat[spot[now]] += rows[order[now]]


def _normalised(log_weight) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights with sum 1 along the last axis, and the log of their sum."""
    peak = log_weight.max(axis=-1, keepdims=True)
    weight = np.exp(log_weight - peak)
    total = weight.sum(axis=-1, keepdims=True)
    return weight / total, (np.log(total) + peak)[..., 0]
