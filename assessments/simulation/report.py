"""The figures beside their targets. Targets are those of section 9 of the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from . import later, parts
from .cohorts import WARM_UP
from .figures import Attempts, by_area, exposure, summarise
from .speed import speeds
from .states import settings_of
from .work import Job, carry_out

DEFAULT = (180, "launch")
OTHER_LINES = ((180, "calibrated-300"), (300, "calibrated-300"))
LIMIT_STATES = ("launch", "calibrated-300")
CORRELATIONS = (0.5, 0.85)  # beside that of the assumed world, which has its own table
QUESTIONS_AT_MOST = {(180, "calibrated-300"): 23, (300, "calibrated-300"): 19.5}
PARTS = (
    "table",
    "lines",
    "limit",
    "areas",
    "fairness",
    "difficulty",
    "gap",
    "replay",
    "agreement",
    "later",
)


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
    Figure("area_level_error", "areas, stated chance of a level, largest error"),
    Figure("busiest", "busiest question, share of attempts", most=0.45),
    Figure("overlap", "questions two learners have in common, share", most=0.29),
    Figure("announced", '"about N to go" after 12 answers, mean distance'),
)

CHECKS = (
    Figure("limit_launch", "share of the limit, launch", least=0.77),
    Figure("limit_cold", "share of the cold limit, launch", least=0.93),
    Figure("limit_calibrated", "share of the limit, calibrated on 300", least=0.86),
    Figure("areas_0.5", "areas that correlate at 0.5, 90 % covers", least=0.90),
    Figure("areas_0.7", "areas that correlate at 0.7, 90 % covers", least=0.90),
    Figure("areas_0.85", "areas that correlate at 0.85, 90 % covers", least=0.90),
    Figure("dif_clean", "fair questions flagged as unfair, share", most=0.025),
    Figure("dif_found", "unfair by 1 logit, 500 a group: found", least=0.80),
    Figure("rmse_100", "difficulty after about 100 answers, RMSE (logits)", most=0.33),
    Figure("rmse_300", "difficulty after 300 to 500, RMSE (logits)", most=0.24),
    Figure("all_100", "all difficulties, 100 answers on average, RMSE"),
    Figure("all_300", "all difficulties, 300 answers on average, RMSE"),
    Figure("gap_covers", "gap with self-view, 90 % interval covers", 0.88, 0.92),
    Figure("gap_false_over", '"over" said of a gap that is not', most=0.01),
    Figure("agreement_one", "beside plain integration, one area", most=1e-3),
    Figure("agreement_two", "beside plain integration, two areas", most=2e-3),
    Figure("replay_same", "replayed one by one: same questions, share", least=1),
    Figure("replay_difference", "replayed: largest difference", most=1e-9),
    Figure("request_ms", "one request after 36 answers, ms of processor", most=0.5),
    Figure("request_ratio", "the same, in plain one-dimensional steps", most=15),
    Figure("e_step_us", "calibration, µs of processor an answer", most=1),
    Figure("m_step_ms", "calibration of 300 questions, ms of processor", most=10),
)


def figures_of(size: int, state: str) -> tuple[Figure, ...]:
    """Return FIGURES with the targets of a bank size and a state."""
    most = 31 if state == "launch" else QUESTIONS_AT_MOST.get((size, state))
    least = 0.90 if state == "launch" else 0.885
    changed = {"questions": {"most": most}, "covers": {"least": least}}
    return tuple(replace(figure, **changed.get(figure.key, {})) for figure in FIGURES)


@dataclass(frozen=True)
class Line:
    """A bank size and a state; `noise` is the standard error seen between banks."""

    size: int
    state: str
    figures: dict[str, float]
    noise: dict[str, float]

    @property
    def targets(self) -> tuple[Figure, ...]:
        return figures_of(self.size, self.state)

    @property
    def missed(self) -> list[str]:
        return [f.key for f in self.targets if f.meets(self.figures[f.key]) is False]


@dataclass(frozen=True)
class Report:
    """What was found; `checks` map the key of a check to its value and its noise."""

    placement: Line
    fixed: dict[str, float]
    random: dict[str, float]
    lines: list[Line] = field(default_factory=list)
    checks: dict[str, tuple[float, float | None]] = field(default_factory=dict)

    @property
    def missed(self) -> list[str]:
        found = list(self.placement.missed)
        for line in self.lines:
            found += [f"{line.size} {line.state}: {key}" for key in line.missed]
        checks = [check for check in CHECKS if check.key in self.checks]
        return found + [
            check.key
            for check in checks
            if check.meets(self.checks[check.key][0]) is False
        ]


def silent(done: int, total: int, words: str) -> None:
    """Tell nothing of the progress."""


Tell = Callable[[int, int, str], None]


def run(
    bank_size: int = DEFAULT[0],
    state: str = DEFAULT[1],
    learners: int = 6400,
    seed: int = 1,
    banks: int = 16,
    compared: int = 800,
    processes: int = 1,
    warm_up: int = WARM_UP,
    tell: Tell = silent,
) -> Report:
    """Simulate `learners` shared out over `banks`; `compared` more for each other way.

    With the default bank and state, the other proofs come too, with fewer learners.
    The same arguments give the same figures, whatever the number of processes; only
    processor times differ.
    """
    seeds = _Seeds(seed, banks)
    each = max(learners // banks, 1)
    ways = {"fixed": max(compared // banks, 1), "random": max(compared // banks, 1)}
    is_whole = (bank_size, state) == DEFAULT
    jobs = _attempts_jobs(
        "table",
        seeds.of("table"),
        bank_size,
        state,
        {"adaptive": each, **ways},
        warm_up,
    )
    if is_whole:
        jobs = _other_jobs(seeds, each, warm_up) + jobs
    at_first = _speeds(processes) if is_whole else {}
    found = carry_out(jobs, processes, tell)
    table = found["table"]
    return Report(
        placement=_line(bank_size, state, [way["adaptive"] for way in table]),
        fixed=_line(bank_size, state, [way["fixed"] for way in table]).figures,
        random=_line(bank_size, state, [way["random"] for way in table]).figures,
        lines=[
            _line(*where, [way["adaptive"] for way in found[_name(*where)]])
            for where in OTHER_LINES
            if is_whole
        ],
        checks=_checks(found) | _least(at_first, _speeds(processes))
        if is_whole
        else {},
    )


class _Seeds:
    """Seeds that do not depend on which other parts are asked for."""

    def __init__(self, seed: int, banks: int):
        children = np.random.SeedSequence(seed).spawn(len(PARTS))
        self._by_part = dict(zip(PARTS, children, strict=True))
        self.banks = banks

    def of(self, part: str, count: int | None = None) -> list[np.random.SeedSequence]:
        return self._by_part[part].spawn(self.banks if count is None else count)


def _name(size: int, state: str) -> str:
    return f"{size} {state}"


def _attempts_jobs(part, seeds, size, state, learners, warm_up, **more) -> list[Job]:
    shared = {"size": size, "state": state, "learners": learners, "warm_up": warm_up}
    words = f"{size} questions, {state}"
    return [
        Job(part, words, parts.attempts, {"seed": seed, **shared, **more})
        for seed in seeds
    ]


def _other_jobs(seeds: _Seeds, each: int, warm_up: int) -> list[Job]:
    """Return the jobs of the proofs beside the table, with fewer learners a bank."""
    jobs = []
    for size, state in OTHER_LINES:
        own = seeds.of("lines")
        jobs += _attempts_jobs(
            _name(size, state), own, size, state, {"adaptive": each}, warm_up
        )
    for state in LIMIT_STATES:
        for seed in seeds.of("limit"):
            asked = {"seed": seed, "state": state, "learners": max(each // 3, 1)}
            words = f"share of the limit, {state}"
            jobs.append(Job(f"limit {state}", words, parts.share_of_limit, asked))
    for correlation in CORRELATIONS:
        jobs += _attempts_jobs(
            f"areas_{correlation:g}",
            seeds.of("areas"),
            *DEFAULT,
            {"adaptive": max(each // 8, 1)},
            0,
            correlation=correlation,
        )
    some = max(seeds.banks // 4, 1)  # each of these estimates whole banks
    for seed in seeds.of("difficulty", some):
        words = "difficulty after calibration"
        jobs.append(Job("difficulty", words, parts.difficulty, {"seed": seed}))
    for seed in seeds.of("fairness"):
        jobs.append(Job("fairness", "fairness", parts.fairness, {"seed": seed}))
    for seed in seeds.of("gap"):
        asked = {"seed": seed, "learners": max(each // 8, 1)}
        jobs.append(Job("gap", "gap with self-view", parts.gap, asked))
    for name, function in (("replay", parts.replay), ("agreement", parts.agree)):
        [seed] = seeds.of(name, 1)
        jobs.append(Job(name, name, function, {"seed": seed}))
    return jobs


def _line(size: int, state: str, by_bank: list[Attempts]) -> Line:
    """Return the figures of all attempts; what belongs to one bank is averaged."""
    settings = settings_of(state)
    alone = [summarise(one, settings) | exposure(one, size) for one in by_bank]
    means = {key: float(np.mean([one[key] for one in alone])) for key in alone[0]}
    together = summarise(Attempts.together(by_bank), settings)
    noise = {key: _standard_error([one[key] for one in alone]) for key in alone[0]}
    return Line(size, state, means | together, noise if len(alone) > 1 else {})


def _standard_error(values) -> float:
    return (
        float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    )


def _checks(found: dict[str, list]) -> dict[str, tuple[float, float | None]]:
    checks = {
        "limit_launch": _share(found["limit launch"], "limit"),
        "limit_cold": _share(found["limit launch"], "cold"),
        "limit_calibrated": _share(found["limit calibrated-300"], "limit"),
    }
    settings = settings_of("launch")
    for key, by_bank in [
        *[(f"areas_{c:g}", found[f"areas_{c:g}"]) for c in CORRELATIONS],
        ("areas_0.7", found["table"]),
    ]:
        alone = [by_area(b["adaptive"], settings)["area_covers"] for b in by_bank]
        checks[key] = float(np.mean(alone)), _standard_error(alone)
    for name in ("fairness", "gap"):
        for key in found[name][0]:
            values = [one[key] for one in found[name]]
            checks[key] = float(np.mean(values)), _standard_error(values)
    for key in found["difficulty"][0]:
        squares = [one[key] for one in found["difficulty"]]
        checks[key] = (
            float(np.sqrt(np.mean(squares))),
            _standard_error(np.sqrt(squares)),
        )
    for name in ("replay", "agreement"):
        checks |= {key: (value, None) for key, value in found[name][0].items()}
    return checks


def _speeds(processes: int) -> dict[str, float]:
    """Measure processor time while nothing else of this report is computed."""
    job = Job("speed", "processor time", speeds, {})
    [found] = carry_out([job], min(processes, 2), silent)["speed"]
    return found


def _least(*measures: dict[str, float]) -> dict[str, tuple[float, None]]:
    """Return the least of several measures: other work on the machine only adds."""
    return {key: (min(one[key] for one in measures), None) for key in measures[0]}


def _share(by_bank: list[dict], name: str) -> tuple[float, float]:
    """Return the least RMSE possible over that of the placement, and its noise."""
    total = {key: np.mean([one[key] for one in by_bank]) for key in by_bank[0]}
    alone = [np.sqrt(one[name] / one["error"]) for one in by_bank]
    return float(np.sqrt(total[name] / total["error"])), _standard_error(alone)


def run_retakes(**asked) -> list[dict]:
    """Return the rows of `later.retake_rows`; arguments as in `run`."""
    return later.retake_rows(_later(parts.retakes, "second attempts", **asked))


def run_closer(**asked) -> list[dict]:
    """Return the rows of `later.closer_rows`; arguments as in `run`."""
    return later.closer_rows(_later(parts.closer_looks, "closer looks", **asked))


def _later(
    function,
    words: str,
    learners: int,
    seed: int,
    banks: int,
    bank_size: int = DEFAULT[0],
    state: str = DEFAULT[1],
    processes: int = 1,
    tell: Tell = silent,
) -> list:
    shared = {
        "learners": max(learners // banks, 1),
        "size": bank_size,
        "state": state,
    }
    jobs = [
        Job("later", words, function, {"seed": own, **shared})
        for own in _Seeds(seed, banks).of("later")
    ]
    found = carry_out(jobs, processes, tell)["later"]
    return [one for part in found for one in part]
