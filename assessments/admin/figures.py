"""The figures of a question version as sentences, each with a line that explains it."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.models import Organisation

# Classes of differences between groups, as the field names them.
CLASSES = {
    "A": gettext_lazy("no difference that matters"),
    "B": gettext_lazy("a difference to watch"),
    "C": gettext_lazy("a large difference"),
}

LANGUAGES = {"fr": gettext_lazy("French"), "en": gettext_lazy("English")}


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    help: str


def percent(share):
    """Return a share from 0 to 1 as a whole percentage."""
    return _("%(number)d%%") % {"number": round(100 * share)}


def decimal(value, places=1):
    # The sum turns a negative zero, which a small value rounds to, into zero.
    return number_format(round(value, places) + 0.0, places)


def figures_of(version, values) -> list[Figure]:
    """Return what is known of a version; what is not known is left out.

    `values` as `QuestionFigures` documents them.
    """
    makers = [right, difficulty, sharpness, link, near, far, skipped, time, drift]
    found = [make(version, values) for make in makers]
    return [figure for figure in found if figure] + groups(values)


def known(values, *names):
    """Return the values of some names, or None when one of them is unknown."""
    found = [values.get(name) for name in names]
    return None if None in found else found


def right(_version, values):
    if not (found := known(values, "share_right")):
        return None
    value = percent(found[0])
    if expected := known(values, "expected_share"):
        value = _("%(seen)s, %(expected)s expected") % {
            "seen": value,
            "expected": percent(expected[0]),
        }
    help_text = _(
        "Of those who answered, how many got it right; and how many should have, given "
        "their other answers."
    )
    return Figure(_("Right answers"), value, help_text)


def difficulty(version, values):
    if not (found := known(values, "level", "level_low", "level_high")):
        return None
    value = _("%(level)s, between %(low)s and %(high)s") % {
        name: decimal(number)
        for name, number in zip(("level", "low", "high"), found, strict=True)
    }
    help_text = _(
        "Of those in the middle of this level, six in ten get it right. Its author "
        "wrote it for level %(level)d."
    ) % {"level": version.level}
    return Figure(_("Level, as answers show it"), value, help_text)


def sharpness(_version, values):
    if not (found := known(values, "slope")):
        return None
    help_text = _(
        "How well it separates those under its level from those over it. 1 is usual; "
        "under 0.6 it hardly separates them."
    )
    return Figure(_("Sharpness"), decimal(found[0], 2), help_text)


def link(_version, values):
    if not (found := known(values, "link")):
        return None
    value = decimal(found[0], 2)
    if expected := known(values, "expected_link"):
        value = _("%(seen)s, %(expected)s expected") % {
            "seen": value,
            "expected": decimal(expected[0], 2),
        }
    help_text = _(
        "Whether those who do well in the other questions get this one right more "
        "often: 0 not at all, 1 always. Compare it with what was expected."
    )
    return Figure(_("Link with the rest"), value, help_text)


def near(_version, values):
    if not (found := known(values, "infit")):
        return None
    help_text = _(
        "How much the answers of learners near its level surprise. 1 is as expected; "
        "look at the question outside 0.8 to 1.25."
    )
    return Figure(_("Surprises near its level"), decimal(found[0], 2), help_text)


def far(_version, values):
    if not (found := known(values, "outfit")):
        return None
    help_text = _(
        "The same for learners far from its level: careless answers above, lucky "
        "guesses below."
    )
    return Figure(_("Surprises far from its level"), decimal(found[0], 2), help_text)


def skipped(_version, values):
    if not (found := known(values, "skip_share")):
        return None
    help_text = _("Of those who were asked, how many said that they did not know.")
    return Figure(_("“I don't know”"), percent(found[0]), help_text)


def time(_version, values):
    if not (found := known(values, "median_seconds")):
        return None
    seconds = round(found[0])
    value = ngettext("%(count)d second", "%(count)d seconds", seconds)
    help_text = _("Half of those who answered took less time, half took more.")
    return Figure(_("Time to answer"), value % {"count": seconds}, help_text)


def drift(_version, values):
    if not (found := known(values, "drift")):
        return None
    help_text = _(
        "How far the last answers are from what was expected: above 2.8 it has become "
        "easier, under -2.8 harder."
    )
    return Figure(_("Change lately"), decimal(found[0]), help_text)


def groups(values):
    """Return one figure a pair of groups that was compared."""
    help_text = _(
        "Of learners at the same level in two groups, whether as many get it right."
    )
    return [
        Figure(pair, class_in_words(row), help_text)
        for row in values.get("groups") or []
        if (pair := pair_in_words(row))
    ]


def pair_in_words(row):
    """Return the two groups of a comparison, as `QuestionFigures` documents it."""
    names = [group_name(row.get("by"), code) for code in row.get("between") or []]
    if len(names) != 2:
        return ""
    return _("%(one)s and %(other)s") % {"one": names[0], "other": names[1]}


def group_name(by, code):
    known_names = {
        "language": LANGUAGES,
        "organisation": dict(Organisation.Kind.choices),
    }
    return str(known_names.get(by, {}).get(code, code))


def class_in_words(row):
    return str(CLASSES.get(row.get("class"), ""))
