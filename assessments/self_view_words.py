"""What a self-view says: sentences and drawings, always a question, never a fault."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import SelfRating
from assessments.self_view import ABOVE, BELOW
from assessments.self_views import gap_between, placement_beside, view_beside

WIDEST = 5  # levels on each side of the drawing


def beside_result(attempt, learner):
    """Return what the component `self_view` needs under a placement with a result."""
    return put_together(view_beside(attempt, learner), attempt)


def beside_view(view, learner):
    """Return the same for what was said: `attempt` is None before a placement."""
    return put_together(view, placement_beside(view, learner))


def put_together(view, attempt):
    gap = gap_in_words(*gap_between(view, attempt)) if view and attempt else None
    return {"view": view, "attempt": attempt, "gap": gap}


def gap_in_words(overall, areas):
    """Return {lead, interval, groups, side, band}: what one can more comes first.

    `overall` is a Gap, `areas` a list of AreaGap; each group is {sentence, areas}.
    """
    return {
        "lead": lead_of(overall, areas),
        "interval": interval_in_words(overall),
        "groups": groups_of(areas),
        "side": overall.side,
        "band": band_of_gap(overall),
    }


def lead_of(overall, areas):
    if overall.side == BELOW:
        return _("You can do more than you think.")
    if overall.side == ABOVE:
        return _(
            "You see yourself higher than your answers show: what do you make of it?"
        )
    if areas:
        return _("Over the areas as a whole, nothing to tell apart.")
    return _("Nothing to tell apart: that is most frequent.")


def interval_in_words(overall):
    ends = {"low": end_in_words(overall.low), "high": end_in_words(overall.high)}
    return (
        _(
            "Compared with what your answers show, you see yourself between "
            "%(low)s and %(high)s, with 90 %% certainty."
        )
        % ends
    )


def end_in_words(levels):
    """Return one end of the interval, to the nearest half of a level."""
    halves = round(2 * abs(levels))
    whole, has_half = halves // 2, halves % 2
    count = {"count": whole}
    if levels < 0:
        if not halves:
            return _("a little lower")
        if not whole:
            return _("half a level lower")
        if has_half:
            return (
                ngettext(
                    "%(count)d and a half levels lower",
                    "%(count)d and a half levels lower",
                    whole,
                )
                % count
            )
        return ngettext("%(count)d level lower", "%(count)d levels lower", whole) % (
            count
        )
    if not halves:
        return _("a little higher")
    if not whole:
        return _("half a level higher")
    if has_half:
        return (
            ngettext(
                "%(count)d and a half levels higher",
                "%(count)d and a half levels higher",
                whole,
            )
            % count
        )
    return ngettext("%(count)d level higher", "%(count)d levels higher", whole) % count


def groups_of(areas):
    """Return the areas that differ for sure, by side, each side with its sentence."""
    below = [gap.area for gap in areas if gap.side == BELOW]
    above = [gap.area for gap in areas if gap.side == ABOVE]
    groups = [
        (_("You may be more able than you think in:"), below),
        (doubt_in_words(len(above)), above),
    ]
    return [{"sentence": text, "areas": found} for text, found in groups if found]


def doubt_in_words(count):
    return ngettext(
        "In this area your answers leave a doubt: would a closer look be useful?",
        "In these areas your answers leave a doubt: would a closer look be useful?",
        count,
    )


def band_of_gap(overall):
    """Return where the interval is drawn, in hundredths of the width from the left."""
    low, high = (
        round(50 + 50 * max(-WIDEST, min(WIDEST, end)) / WIDEST)
        for end in (overall.low, overall.high)
    )
    return {"left": low, "width": max(high - low, 1)}


def values_in_words(values):
    """Return how many statements have each value: “Alone: 3. With help: 2.”"""
    counts = [
        (SelfRating.Value.ALONE, _("Alone: %(count)d.")),
        (SelfRating.Value.WITH_HELP, _("With help: %(count)d.")),
        (SelfRating.Value.NOT_YET, _("Not yet: %(count)d.")),
        (None, _("No answer: %(count)d.")),
    ]
    return " ".join(
        text % {"count": values.count(value)}
        for value, text in counts
        if value in values
    )
