"""What answers have said so far: of each question, and of learners as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assessments import placement
from assessments.beliefs import Answers, Beliefs, in_blocks
from assessments.placement import LAUNCH, Bank, Posterior, Prior, Settings


@dataclass(frozen=True, eq=False)
class Sums:
    """What answers have said so far of n questions. Sections 6.2 and 7.8."""

    count: np.ndarray  # (n,) answers
    luck: np.ndarray  # (n,) sum of the learners' own shares of guessing
    expected: np.ndarray  # (n, cells) learners expected in each cell
    right: np.ndarray  # (n, cells) the same, each times the score

    def __len__(self) -> int:
        return len(self.count)

    def __add__(self, other: Sums) -> Sums:
        """Return the sums of both; they must be of the same questions."""
        if len(self) != len(other):
            raise ValueError(f"{len(self)} questions cannot be added to {len(other)}.")
        return Sums(*(mine + vars(other)[name] for name, mine in vars(self).items()))

    def __getitem__(self, items) -> Sums:
        """Return the sums of some questions."""
        return Sums(*(table[items] for table in vars(self).values()))

    @classmethod
    def zero(cls, size: int, settings: Settings = LAUNCH) -> Sums:
        tables = np.zeros((2, size, settings.scale_cells))
        return cls(np.zeros(size), np.zeros(size), *tables)

    def added(self, items, part: Sums) -> Sums:
        """Return these sums with `part`, whose rows belong to the questions `items`."""
        result = [table.copy() for table in vars(self).values()]
        for table, rows in zip(result, vars(part).values(), strict=True):
            np.add.at(table, np.asarray(items, dtype=int), rows)
        return Sums(*result)


def sums_of_attempt(
    bank: Bank, items, scores, skipped, believed: Posterior | None = None
) -> Sums:
    """Return what one finished attempt adds to each of its questions, in their order.

    Arguments as in `placement.posterior`; `believed` is its result where known.
    """
    items = np.asarray(items, dtype=int)
    skipped = np.asarray(skipped, dtype=bool)
    scores = np.where(skipped, 0.0, np.asarray(scores, dtype=float))
    if believed is None:
        believed = placement.posterior(bank, items, scores, skipped)
    share = placement.guessing_share(bank.guessing[items], scores, skipped)
    rows = believed.area_probabilities[bank.area[items]]
    whole = np.ones(len(items))
    return Sums(whole, share * whole, rows, scores[:, None] * rows)


@dataclass(frozen=True, eq=False)
class Population:
    """What the answers say of learners as a whole; `+` joins two groups of learners.

    `products` (6, 6) sums, over learners, the products of: 1, the position summed
    over areas, its square likewise, its product with the shared factor likewise, the
    factor, the factor's square; all as expected after the answers.
    """

    products: np.ndarray
    log_likelihood: float

    def __add__(self, other: Population) -> Population:
        return Population(
            self.products + other.products, self.log_likelihood + other.log_likelihood
        )

    @property
    def count(self) -> int:
        return int(self.products[0, 0])


def expect(
    bank: Bank, answers: Answers, prior: Prior | None = None, precision=np.float64
) -> tuple[Sums, Population]:
    """Return the sums of all questions and of all learners (the E step).

    `prior` replaces the bank's own. `precision` np.float32 takes half the time and
    gives four digits or more: for millions of answers.
    """
    count, luck = np.zeros((2, bank.size))
    sorted_by_area = np.zeros((2, bank.size, bank.settings.scale_cells))
    population = Population(np.zeros((6, 6)), 0.0)
    for block in in_blocks(bank, answers, prior, precision):
        item, share = block.answers.item, block.share[block.row]
        count += np.bincount(item, minlength=bank.size)
        luck += np.bincount(item, weights=share, minlength=bank.size)
        _add_block(*sorted_by_area, block)
        population += _population_of(bank.settings, block)
    tables = np.zeros_like(sorted_by_area)
    tables[:, np.argsort(bank.area, kind="stable")] = sorted_by_area
    return Sums(count, luck, *tables), population


def _add_block(expected, right, block: Beliefs):
    """Add what a block says to tables whose questions are sorted by area, in place."""
    for area, inside in enumerate(block.slices):
        believed = block.area_probabilities[area]
        expected[inside] += block.tried[area].T @ believed
        right[inside] += block.scored[area].T @ believed


def _population_of(settings: Settings, block: Beliefs) -> Population:
    scale, factor, weight = settings.scale, settings.factor, block.weight
    positions = block.area_probabilities.sum(axis=0)
    with_factor = (block.first / block.mass).sum(axis=0)
    moments = np.column_stack(
        [
            np.ones(len(weight)),
            positions @ scale,
            positions @ scale**2,
            (with_factor * weight) @ factor,
            weight @ factor,
            weight @ factor**2,
        ]
    )
    return Population(moments.T @ moments, float(block.log_evidence.sum()))
