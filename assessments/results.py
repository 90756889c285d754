"""What a result says: sentences and drawings, from what was stored."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import CorrectedResult, LevelDescriptor, Placement
from assessments.models.framework import LEVELS, band_of
from cms.dates import full_date

# Rooms further down add here what they would learn next: each takes (areas, learner,
# language) and returns a list of {title, url, minutes, reason}.
advisers = []

SURE_OF_PROGRESS = 0.9
# Between two levels: a narrow screen must not put them on two lines.
TO = "–\N{WORD JOINER}"


def sentence_of(placement):
    """Return the overall result in plain words, with its certainty."""
    certainty = round(placement.likeliest_probability * 100)
    count = placement.answer_count
    values = {
        "likeliest": placement.likeliest,
        "certainty": certainty,
        "low": placement.low,
        "high": placement.high,
        "questions": ngettext(
            "from %(count)d question", "from %(count)d questions", count
        )
        % {"count": count},
    }
    if placement.low == placement.high:
        return (
            _(
                "Most likely level %(likeliest)d (%(certainty)d chances in 100), "
                "%(questions)s."
            )
            % values
        )
    return (
        _(
            "Most likely level %(likeliest)d (%(certainty)d chances in 100). "
            "Between level %(low)d and level %(high)d with 90 %% certainty, "
            "%(questions)s."
        )
        % values
    )


def end_of_scale_in_words(placement):
    """Return what questions cannot see past the first or last level; "" elsewhere."""
    if placement.high == LEVELS[0]:
        return _("Our scale begins at level 1: questions see nothing before it.")
    if placement.low == LEVELS[-1]:
        return _("Our scale ends at level 8: questions see nothing beyond it.")
    return ""


def range_in_words(placement):
    if placement.low == placement.high:
        return _("level %(level)d") % {"level": placement.low}
    return _("from level %(low)d to level %(high)d") % {
        "low": placement.low,
        "high": placement.high,
    }


def bands_in_words(placement):
    """Return the names of the bands that a range touches."""
    first, last = band_of(placement.low), band_of(placement.high)
    return str(first) if first == last else f"{first} – {last}"


def short_range(placement):
    """Return a range as it stands inside a sentence that compares two: “3–6”."""
    if placement.low == placement.high:
        return f"{placement.low}"
    return f"{placement.low}{TO}{placement.high}"


@dataclass(frozen=True)
class AreaResult:
    """Where a placement led in one area: its own range, then each closer look's."""

    ranges: list[Placement]  # oldest first

    @property
    def area(self):
        return self.newest.area

    @property
    def newest(self):
        return self.ranges[-1]

    @property
    def rounds(self):
        """How many closer looks are done."""
        return len(self.ranges) - 1

    @property
    def before(self):
        """The placement's own range, when looking closer gave another one."""
        first = self.ranges[0]
        return None if short_range(first) == short_range(self.newest) else first

    @property
    def text(self):
        """The range in at most 34 characters, for the drawing and its table."""
        if self.before is None:
            return range_in_words(self.newest)
        values = {"now": short_range(self.newest), "before": short_range(self.before)}
        if self.newest.low == self.newest.high:
            return _("level %(now)s (before: %(before)s)") % values
        return _("levels %(now)s (before: %(before)s)") % values

    @property
    def change(self):
        """What looking closer changed, in a sentence; empty before the first round."""
        if not self.rounds:
            return ""
        values = {
            "area": self.area.short,
            "now": short_range(self.newest),
            "before": short_range(self.ranges[0]),
        }
        if self.before is None:
            return _("“%(area)s”: the same range, %(now)s, now surer.") % values
        return _("“%(area)s”: from %(before)s to %(now)s.") % values


def reached(attempt):
    """Return (overall, areas): where a placement led, closer looks included.

    `overall` is a Placement, or None when it led nowhere; `areas` are AreaResult.
    """
    found = Placement.objects.filter(Q(attempt=attempt) | Q(attempt__continues=attempt))
    by_round = F("attempt__round").asc(nulls_first=True)
    overall, ranges = None, {}
    for placement in found.select_related("area").order_by("area__code", by_round):
        if placement.area_id is None:
            overall = placement
        else:
            ranges.setdefault(placement.area_id, []).append(placement)
    return overall, [AreaResult(found) for found in ranges.values()] if overall else []


def scale_rows(areas):
    """Return the rows of the scale's drawing, one an AreaResult."""
    return [
        {
            "label": result.area.short,
            "mark": result.area.code,
            "low": result.newest.low,
            "high": result.newest.high,
            "likeliest": result.newest.likeliest,
            "before": result.before,
            "text": result.text,
            "bands": bands_in_words(result.newest),
            "area": result.area,
            "placement": result.newest,
        }
        for result in areas
    ]


def history_rows(results):
    """Return the rows of the same drawing for overall placements, one a date."""
    return [
        {
            "label": full_date(date_of(placement.attempt)),
            "mark": "",
            "low": placement.low,
            "high": placement.high,
            "likeliest": placement.likeliest,
            "text": range_in_words(placement),
            "placement": placement,
            "attempt": placement.attempt,
        }
        for placement in results
    ]


def date_of(attempt):
    """Return the day that a finished placement tells about.

    One that was left for too long tells about when it was begun.
    """
    is_left = attempt.end_reason == "abandoned"
    return timezone.localdate(attempt.started_at if is_left else attempt.finished_at)


def progress_since(attempt, before):
    """Return what may be said when a placement is compared with the one before.

    Progress from 90 chances in 100 on, and never the contrary; PLACEMENT.md 7.7.
    Empty when there is nothing to compare.
    """
    if attempt.progress is None or before is None:
        return ""
    values = {"date": full_date(date_of(before))}
    if attempt.progress >= SURE_OF_PROGRESS:
        return _("You have very probably progressed since %(date)s.") % values
    if attempt.progress > 1 - SURE_OF_PROGRESS:
        return (
            _(
                "This result and the one of %(date)s cannot be told apart: that is "
                "frequent within a few months."
            )
            % values
        )
    return (
        _(
            "The questions were not those of %(date)s, and ranges move from one time "
            "to the next: the newest one counts."
        )
        % values
    )


@dataclass(frozen=True)
class Correction:
    """What taking out questions whose key was wrong changed in a result."""

    made_on: date  # the last time
    lines: list[str]  # one a range that moved; none when no result is left


def correction_of(attempt, overall, areas):
    """Return the Correction of a result; None when no range that it shows moved.

    `overall` and `areas` as `reached` gives them.
    """
    about = Q(attempt=attempt) | Q(attempt__continues=attempt)
    corrections = list(CorrectedResult.objects.filter(about).order_by("made_at"))
    if not corrections:
        return None
    said = {}
    for correction in corrections:
        for row in correction.before:
            said.setdefault((correction.attempt_id, row["area"]), row)
    shown = [overall, *(result.newest for result in areas)] if overall else []
    lines = [
        moved_in_words(said[place], placement)
        for placement in shown
        if (place := (placement.attempt_id, placement.area_id)) in said
        and has_moved(said[place], placement)
    ]
    if shown and not lines:
        return None
    return Correction(timezone.localdate(corrections[-1].made_at), lines)


def has_moved(row, placement):
    return (row["low"], row["high"]) != (placement.low, placement.high)


def moved_in_words(row, placement):
    """Return how a range differs from what had been said, a row of values."""
    before = Placement(low=row["low"], high=row["high"])
    values = {"before": short_range(before), "now": short_range(placement)}
    if placement.area is None:
        return _("On the whole: from %(before)s to %(now)s.") % values
    values["area"] = placement.area.short
    return _("“%(area)s”: from %(before)s to %(now)s.") % values


def descriptors_at(placements):
    """Return {area id: text} of what each area's range begins with."""
    wanted = {p.area_id: p.low for p in placements}
    found = LevelDescriptor.objects.filter(area__in=wanted)
    return {d.area_id: d.text for d in found if d.level_id == wanted[d.area_id]}


def advice(placements, learner, language):
    """Return two or three things to learn next, each with its reason."""
    found = []
    for adviser in advisers:
        found += adviser(placements, learner, language)
    return found[:3]
