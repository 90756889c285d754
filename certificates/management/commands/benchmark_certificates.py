import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.management.bar import Bar
from certificates.benchmark import measures
from certificates.benchmark.validity import CannotCheck

SHOWN = 20


class Command(BaseCommand):
    help = "Measure certificates against their bars; exit 1 when one is missed."

    def add_arguments(self, parser):
        for name, value, said in [
            ("rounds", 60, "of warm documents; 0 for none"),
            ("documents", 1000, "drawn by 2 processes; 0 for none"),
            ("issues", 1000, "issued on a temporary database; 0 for none"),
            ("names", 0, "looked at on paper; 5000 take five to ten minutes"),
        ]:
            parser.add_argument(f"--{name}", type=int, default=value, help=said)
        parser.add_argument("--no-pictures", action="store_true", help="of names")
        parser.add_argument("--credential", type=Path, help="a JSON file to attach")
        parser.add_argument(
            "--validity",
            action="store_true",
            help="check kinds × looks × hard names against PDF/A-3a and PDF/UA-1 only",
        )

    def handle(self, *args, **options):
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
        self.stdout.write(f"Load of the machine: {load:.1f}")
        found = self.validity() if options["validity"] else self.measures(options)
        missed = 0
        for measure in found:
            self.stdout.write(str(measure))
            missed += not measure.is_met
        self.stdout.write(f"Bars missed: {missed}")
        if missed:
            raise SystemExit(1)

    def measures(self, options):
        """Yield each measure as soon as it is taken."""
        path = options["credential"]
        if options["rounds"]:
            yield from measures.warm(options["rounds"], path and path.read_bytes())
            yield measures.first()
            yield measures.same_elsewhere()
        if options["documents"]:
            yield from measures.many(options["documents"])
        if options["issues"]:
            yield from measures.issued(options["issues"])
        if options["names"]:
            yield from self.names(options["names"], not options["no_pictures"])

    def names(self, count, with_pictures):
        bar = Bar(self.stderr, "Names", count)
        found, faults = measures.tried_names(count, with_pictures, bar)
        bar.clear()
        self.list(faults)
        return found

    def validity(self):
        try:
            measure, failures = measures.valid()
        except CannotCheck as error:
            raise CommandError(
                f"The standards could not be checked. {error}"
            ) from error
        self.list(failures)
        return [measure]

    def list(self, faults):
        for fault in faults[:SHOWN]:
            self.stdout.write(f"      {fault}")
