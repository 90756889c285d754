import json

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations

from assessments.models import Attempt, QuestionVersion
from assessments.placement import level_range
from assessments.replay import replay


class Command(BaseCommand):
    help = "Show a past placement step by step; fail when it differs from the stored."

    def add_arguments(self, parser):
        parser.add_argument("attempt", help="as in the address of its pages")
        parser.add_argument("--json", action="store_true")

    @no_translations
    def handle(self, *args, attempt, **options):
        found = find(attempt)
        try:
            again = replay(found)
        except ValueError as error:
            raise CommandError(error) from error
        names = names_of(again.versions)
        if options["json"]:
            self.stdout.write(json.dumps(as_values(found, again, names), indent=1))
        else:
            self.show(found, again, names)
        if again.differences:
            raise CommandError(
                "The replay differs from what was stored:\n"
                + "\n".join(again.differences)
            )

    def show(self, attempt, again, names):
        self.stdout.write(
            f"{attempt.get_purpose_display()} of {attempt.started_at:%Y-%m-%d %H:%M}, "
            f"parameters {attempt.parameter_set.number}, seed {attempt.seed}"
        )
        for step in again.steps:
            self.stdout.write("\n" + "\n".join(lines_of(step, again, names)))
        for result in again.results:
            where = result.area.code if result.area_id else "overall"
            self.stdout.write(
                f"Result, {where}: {result.low} to {result.high}, "
                f"{result.probability:.3f}, from {result.answer_count} answers"
            )
        if not again.differences:
            self.stdout.write(
                f"{len(again.steps)} questions replayed: the same as stored."
            )


def find(text):
    try:
        return Attempt.objects.get(pk=text)
    except (Attempt.DoesNotExist, ValidationError) as error:
        raise CommandError(
            f"There is no attempt {text}: copy it from the address of its pages."
        ) from error


def names_of(versions):
    """Return {question version: "A1-3-a v2"}."""
    found = QuestionVersion.objects.filter(pk__in=versions)
    return {version.pk: str(version) for version in found.select_related("question")}


def lines_of(step, again, names):
    """Return what the command says of one question."""
    response = step.response
    lines = [f"Question {response.position}: {names[response.question_version_id]}"]
    if step.choice:
        easy = "an easy start, " if step.choice.is_easy_start else ""
        drawn = ", ".join(
            f"{names[again.versions[row]]} {value:.4f}"
            for row, value in step.choice.shortlist
        )
        lines.append(f"  why: {easy}drawn among the most useful there: {drawn}")
    lines.append(f"  answer: {answer_in_words(step)}")
    lines.append(f"  before: {belief_in_words(step.before)}")
    lines.append(f"  after:  {belief_in_words(step.after)}")
    return lines


def answer_in_words(step):
    response = step.response
    if not response.is_answered:
        return "not yet"
    if step.is_void:
        return "not counted, the key was wrong"
    if response.is_skipped:
        return "I don't know"
    return f"{response.answer}, score {response.score:.2f}"


def belief_in_words(believed):
    found = level_range(believed.level_probabilities)
    return (
        f"level {found.likeliest} ({found.probability:.2f}), {found.low} to "
        f"{found.high}; position {believed.mean:+.3f}, SD {believed.sd:.3f}"
    )


def as_values(attempt, again, names):
    return {
        "attempt": str(attempt.pk),
        "parameters": attempt.parameter_set.number,
        "settings": attempt.parameter_set.settings,
        "steps": [
            {
                "position": step.response.position,
                "question": names[step.response.question_version_id],
                "shortlist": [
                    [names[again.versions[row]], value]
                    for row, value in (step.choice.shortlist if step.choice else ())
                ],
                "is_easy_start": bool(step.choice and step.choice.is_easy_start),
                "answer": step.response.answer,
                "score": step.response.score,
                "is_skipped": step.response.is_skipped,
                "is_void": step.is_void,
                "before": belief_values(step.before),
                "after": belief_values(step.after),
            }
            for step in again.steps
        ],
        "differences": again.differences,
    }


def belief_values(believed):
    return {
        "levels": believed.level_probabilities.tolist(),
        "area_levels": believed.area_level_probabilities.tolist(),
        "mean": believed.mean,
        "sd": believed.sd,
    }
