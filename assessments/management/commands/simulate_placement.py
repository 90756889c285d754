import json
import os
import time

from django.core.management.base import BaseCommand, CommandError

from assessments.simulation import report, tables
from assessments.simulation.cohorts import WARM_UP
from assessments.simulation.states import STATES

DEFAULT_LEARNERS = {None: 6400, "retake": 480, "closer": 800}
SETTING = (
    "{learners} learners over {banks} banks of {bank} questions, {state}, seed {seed}"
)


class Command(BaseCommand):
    help = "Simulate learners who take the placement and compare with the targets."

    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--bank", type=int, default=180, help="120, 180 or 300")
        parser.add_argument("--state", choices=STATES, default="launch")
        parser.add_argument(
            "--learners",
            type=int,
            help="by default 6400, --retake 480, --closer 800",
        )
        parser.add_argument("--banks", type=int, default=16, help="draws of the bank")
        parser.add_argument(
            "--compared",
            type=int,
            default=800,
            help="learners for the fixed form, and as many for the random order",
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--processes",
            type=int,
            default=min(2, os.cpu_count() or 1),
            help="working side by side; the figures do not depend on it",
        )
        alone = parser.add_mutually_exclusive_group()
        alone.add_argument(
            "--retake", action="store_true", help="only the table of second attempts"
        )
        alone.add_argument(
            "--closer", action="store_true", help="only the table of closer looks"
        )

    def handle(self, *args, **options):
        self.began = time.monotonic()
        alone = {"retake": tables.RETAKE_COLUMNS, "closer": tables.CLOSER_COLUMNS}
        [only] = [name for name in alone if options[name]] or [None]
        options["learners"] = options["learners"] or DEFAULT_LEARNERS[only]
        names = ("learners", "banks", "state", "seed", "processes")
        asked = {name: options[name] for name in names}
        asked |= {"bank_size": options["bank"], "tell": self.tell}
        if only == "retake":
            self.show_rows(report.run_retakes(**asked), alone[only], options)
        elif only == "closer":
            self.show_rows(report.run_closer(**asked), alone[only], options)
        else:
            self.show_report(report.run(**asked, compared=options["compared"]), options)

    def tell(self, done, total, words):
        """Show on the error output how far the work is."""
        line = f"{done} of {total}, {time.monotonic() - self.began:.0f} s: {words}"
        if self.stderr.isatty():
            ending = "\n" if done == total else ""
            self.stderr.write(f"\r{line:<70}", str, ending=ending)
        elif done == total or done * 10 // total > (done - 1) * 10 // total:
            self.stderr.write(line, str)

    def show_rows(self, rows, columns, options):
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        self.stdout.write(SETTING.format(**options) + ".\n\n")
        self.stdout.write(tables.later_table(rows, columns))

    def show_report(self, found, options):
        if options["json"]:
            self.stdout.write(json.dumps(tables.as_dict(found), indent=2))
        else:
            self.show_tables(found, options)
        if found.missed:
            raise CommandError(f"Targets missed: {', '.join(found.missed)}.")

    def show_tables(self, found, options):
        compared = f"; {options['compared']} for each comparison."
        self.stdout.write(SETTING.format(**options) + compared)
        self.stdout.write(
            f"Not counted: the first {WARM_UP} learners of each bank, "
            "who settle the exposure.\n\n"
        )
        self.stdout.write(tables.placement_table(found))
        if found.lines:
            self.stdout.write("\n" + tables.lines_table(found))
        if found.checks:
            self.stdout.write("\n" + tables.checks_table(found))
