import json

from django.core.management.base import BaseCommand, CommandError

from assessments import simulation
from assessments.simulation import FIGURES


class Command(BaseCommand):
    help = "Simulate learners who take the placement and compare with the targets."

    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--bank", type=int, default=180, help="questions")
        parser.add_argument("--learners", type=int, default=4000)
        parser.add_argument("--banks", type=int, default=8, help="draws of the bank")
        parser.add_argument(
            "--compared",
            type=int,
            default=400,
            help="learners for the fixed form, and as many for the random order",
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args, **options):
        asked = {key: options[key] for key in ("learners", "banks", "compared", "seed")}
        report = simulation.run(bank_size=options["bank"], **asked)
        if options["json"]:
            self.stdout.write(json.dumps(as_dict(report), indent=2))
        else:
            self.stdout.write(
                "{learners} learners over {banks} banks of {bank} questions, "
                "seed {seed}; {compared} for each comparison.".format(**options)
            )
            self.stdout.write(
                f"Not counted: the first {simulation.WARM_UP} learners of each bank, "
                "who settle the exposure.\n\n"
            )
            self.stdout.write(as_table(report))
        if report.missed:
            raise CommandError(f"Targets missed: {', '.join(report.missed)}.")


def as_dict(report) -> dict:
    """Return the report as plain values, one entry per figure."""
    return {
        figure.key: {
            "value": report.figures[figure.key],
            "standard_error": report.noise.get(figure.key),
            "target": figure.target or None,
            "meets": figure.meets(report.figures[figure.key]),
            "fixed_form": report.fixed[figure.key],
            "random_order": report.random[figure.key],
        }
        for figure in FIGURES
    }


def as_table(report) -> str:
    """Return the report as a Markdown table that also reads well in a terminal."""
    head = ["figure", "placement", "±", "target", "verdict", "fixed form", "random"]
    rows = [head, *(_row(figure, report) for figure in FIGURES)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    rows.insert(1, ["-" * width for width in widths])
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(f"| {line} |" for line in lines)


def _row(figure, report) -> list[str]:
    value = report.figures[figure.key]
    digits = 1 if abs(value) >= 10 else 3
    noise = report.noise.get(figure.key)
    verdict = {True: "meets", False: "misses", None: ""}[figure.meets(value)]
    return [
        figure.words,
        f"{value:.{digits}f}",
        "" if noise is None else f"{noise:.3f}",
        figure.target,
        verdict,
        f"{report.fixed[figure.key]:.{digits}f}",
        f"{report.random[figure.key]:.{digits}f}",
    ]
