import os
from pathlib import Path

from django.core.management.base import BaseCommand

from certificates.benchmark import measures

SHOWN = 20


class Command(BaseCommand):
    help = "Measure the documents against their bars; exit 1 when one is missed."

    def add_arguments(self, parser):
        parser.add_argument("--rounds", type=int, default=60, help="of warm documents")
        parser.add_argument(
            "--documents", type=int, default=1000, help="by 2 processes"
        )
        parser.add_argument("--names", type=int, default=0, help="5000 take an hour")
        parser.add_argument("--no-pictures", action="store_true", help="of names")
        parser.add_argument("--credential", type=Path, help="a JSON file to attach")

    def handle(self, *args, **options):
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
        self.stdout.write(f"Load of the machine: {load:.1f}\n")
        missed = 0
        for measure in self.measures(options):
            self.stdout.write(str(measure))
            missed += not measure.is_met
        self.stdout.write(f"Bars missed: {missed}\n")
        if missed:
            raise SystemExit(1)

    def measures(self, options):
        """Yield each measure as soon as it is taken."""
        path = options["credential"]
        yield from measures.warm(options["rounds"], path and path.read_bytes())
        yield measures.first()
        if options["documents"]:
            yield from measures.many(options["documents"])
        yield measures.same_elsewhere()
        if options["names"]:
            measure, faults = measures.name_faults(
                options["names"], not options["no_pictures"]
            )
            for script, name, fault in faults[:SHOWN]:
                self.stdout.write(f"      {script}: {ascii(name)}: {fault}")
            yield measure
