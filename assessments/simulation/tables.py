"""A report as Markdown tables, which also read well in a terminal, and as values."""

from __future__ import annotations

from .report import CHECKS, Figure, Line, Report

LINE_COLUMNS = {
    "questions": "questions",
    "precise": "precise",
    "rmse": "RMSE",
    "covers": "90 % covers",
    "exact": "exact",
    "within_one": "within one",
    "level_error": "chance error",
    "area_covers": "areas cover",
    "busiest": "busiest",
    "overlap": "in common",
}
RETAKE_COLUMNS = {
    "gain": "true gain",
    "prior": "starts from",
    "rmse": "RMSE",
    "bias": "bias",
    "covers": "90 % covers",
    "questions": "questions",
    "gain_seen": "gain seen",
    "gain_rmse": "RMSE of gain",
    "says_progress": "progress said",
}
CLOSER_COLUMNS = {
    "more": "more questions",
    "sd": "SD of the area",
    "precise": "SD 0.60 or less",
    "rmse": "RMSE",
    "covers": "90 % covers",
    "levels_shown": "levels shown",
    "holds": "hold the truth",
}
VERDICTS = {True: "meets", False: "misses", None: ""}


def placement_table(report: Report) -> str:
    """Return the figures beside their targets and beside two simpler ways."""
    line = report.placement
    head = ["figure", "placement", "±", "target", "verdict", "fixed form", "random"]
    return markdown([head, *(_placement_row(f, line, report) for f in line.targets)])


def _placement_row(figure: Figure, line: Line, report: Report) -> list[str]:
    value, noise = line.figures[figure.key], line.noise.get(figure.key)
    return [
        figure.words,
        show(value),
        show(noise),
        figure.target,
        VERDICTS[figure.meets(value)],
        show(report.fixed[figure.key]),
        show(report.random[figure.key]),
    ]


def lines_table(report: Report) -> str:
    """Return one line for each bank size and state."""
    rows = [["bank, state", *LINE_COLUMNS.values(), "questions, target", "verdict"]]
    for line in [report.placement, *report.lines]:
        [questions] = [f for f in line.targets if f.key == "questions"]
        figures = [show(line.figures[key]) for key in LINE_COLUMNS]
        verdict = f"misses {', '.join(line.missed)}" if line.missed else "meets all"
        rows.append([f"{line.size} {line.state}", *figures, questions.target, verdict])
    return markdown(rows)


def checks_table(report: Report) -> str:
    """Return the other proofs, one line each, beside their targets."""
    rows = [["proof", "found", "±", "target", "verdict"]]
    for check in CHECKS:
        if check.key in report.checks:
            value, noise = report.checks[check.key]
            verdict = VERDICTS[check.meets(value)]
            rows.append([check.words, show(value), show(noise), check.target, verdict])
    return markdown(rows)


def later_table(rows: list[dict], columns: dict[str, str]) -> str:
    """Return rows of `later` under the words of `columns`."""
    body = [[show(row[key]) for key in columns] for row in rows]
    return markdown([list(columns.values()), *body])


def show(value: float | str | None) -> str:
    """Return a figure with the digits that it deserves, and words as they are."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, int) or abs(value) >= 10:
        return f"{value:.1f}" if isinstance(value, float) else str(value)
    return f"{value:.1e}" if 0 < abs(value) < 1e-4 else f"{value:.3f}"


def markdown(rows: list[list[str]]) -> str:
    """Return rows of cells, the first of which is the head, as a Markdown table."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows = [rows[0], ["-" * width for width in widths], *rows[1:]]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(f"| {line} |" for line in lines)


def as_dict(report: Report) -> dict:
    """Return the report as plain values that JSON can hold."""
    return {
        "placement": _line_dict(report.placement),
        "fixed_form": report.fixed,
        "random_order": report.random,
        "lines": [_line_dict(line) for line in report.lines],
        "checks": {
            check.key: _value_dict(check, *report.checks[check.key])
            for check in CHECKS
            if check.key in report.checks
        },
        "missed": report.missed,
    }


def _line_dict(line: Line) -> dict:
    figures = {
        figure.key: _value_dict(
            figure, line.figures[figure.key], line.noise.get(figure.key)
        )
        for figure in line.targets
    }
    return {"bank": line.size, "state": line.state, "figures": figures}


def _value_dict(figure: Figure, value: float, noise: float | None) -> dict:
    return {
        "value": value,
        "standard_error": noise,
        "target": figure.target or None,
        "meets": figure.meets(value),
    }
