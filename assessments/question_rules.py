"""What keeps a question from being asked: the same rules for the CMS and the files."""

from itertools import combinations

from django.utils.translation import gettext_lazy as _

from assessments.documents import marks_in
from assessments.scoring import forgiven, forms_of

LONGEST_TYPED = 100
# Two marks of a picture closer than this, in per cent of its sides, hide each other.
NEAR = (7, 10)
FEWEST_PARTS, MOST_PARTS = 2, 3


def problems_of(content, kind):
    """Return what is missing or does not fit, as sentences; empty when ready.

    `content` is what `content_of` returns. Each sentence names the answer, numbered
    from 1 as written, and says what to do.
    """
    french = content["fr"]
    problems = [] if french["stem"] else [_("Write the question in French.")]
    if len(french["choices"]) < 2 and kind != "short":
        problems.append(_("Give at least two answers."))
    for number, choice in enumerate(french["choices"], start=1):
        problems += problems_of_answer(choice, number, kind)
    return [
        *problems,
        *problems_of_key(content, kind),
        *problems_of_document(french),
        *problems_of_picture(content, kind),
    ]


def problems_of_answer(choice, number, kind):
    if not choice["text"]:
        yield _("Answer %d: write its text in French.") % number
    if not choice["why"]:
        yield _("Answer %d: explain it in French.") % number
    if kind == "matching" and not choice["match"]:
        yield _("Answer %d: say what it goes with.") % number
    if kind == "short" and len(choice["text"]) > LONGEST_TYPED:
        yield _("Answer %(number)d: keep it under %(longest)d characters.") % {
            "number": number,
            "longest": LONGEST_TYPED,
        }


def problems_of_key(content, kind):
    """Return what is wrong with the answers marked as right, by kind."""
    key, count = content["key"], len(content["fr"]["choices"])
    if kind in ("single", "spots") and len(key) != 1:
        return [_("Mark exactly one answer as right.")]
    if kind == "multiple" and not 0 < len(key) < count:
        return [_("Mark at least one answer as right, and not all of them.")]
    if kind == "short":
        return problems_of_forms(content)
    return problems_of_parts(content) if kind == "linked" else []


def problems_of_forms(content):
    """Return what is wrong with the accepted forms of a short answer."""
    problems = []
    if not content["key"]:
        problems.append(_("Mark as right each form of the answer that is accepted."))
    for first, second in combinations(range(len(content["fr"]["choices"])), 2):
        if are_one_form(content, first, second):
            problems.append(
                _(
                    "Answers %(first)d and %(second)d are one once capitals, accents "
                    "and punctuation are forgiven: remove one of them."
                )
                % {"first": first + 1, "second": second + 1}
            )
    return problems


def are_one_form(content, first, second):
    """Return whether two forms cannot be told apart where it matters.

    Two accepted forms may meet across languages: “Cci” and “Bcc” name one thing.
    """
    texts = [forgiven(content["fr"]["choices"][n]["text"]) for n in (first, second)]
    if texts[0] and texts[0] == texts[1]:
        return True
    contradict = (first in content["key"]) != (second in content["key"])
    shared = forms_of(content, first) & forms_of(content, second) - {""}
    return contradict and bool(shared)


def problems_of_parts(content):
    """Return what is wrong with the linked questions of a short scenario."""
    parts, part_of = content["fr"].get("parts", []), content["part_of"]
    count = len(parts)
    if not FEWEST_PARTS <= count <= MOST_PARTS:
        return [_("Write two or three linked questions.")]
    problems = [
        _(
            "Answer %(number)d: say to which linked question it belongs, from 1 to "
            "%(count)d."
        )
        % {"number": number, "count": count}
        for number, part in enumerate(part_of, start=1)
        if part is None
    ]
    for number, part in enumerate(parts):
        problems += problems_of_part(part, number, content)
    return problems


def problems_of_part(part, number, content):
    """Return what is wrong with one linked question, numbered from 0."""
    name = {"number": number + 1}
    if not part["stem"]:
        yield _("Linked question %(number)d: write it in French.") % name
    if content["part_of"].count(number) < 2:
        yield _("Linked question %(number)d: give it at least two answers.") % name
    right = [n for n in content["key"] if content["part_of"][n] == number]
    if len(right) != 1:
        yield _("Linked question %(number)d: mark exactly one answer as right.") % name


def problems_of_document(french):
    """Answers may name places of the document, [1], [2]…: each must be there."""
    if "document" not in french:
        return
    there = marks_in(french["document"])
    for number, choice in enumerate(french["choices"], start=1):
        for place in sorted(marks_in(choice["text"]) - there):
            yield _(
                "Answer %(number)d names the place [%(place)d]: mark it in the French "
                "document too."
            ) % {"number": number, "place": place}


def problems_of_picture(content, kind):
    if "picture" not in content:
        return [_("Choose the picture.")] if kind == "spots" else []
    problems = []
    if not content["fr"]["picture_alt"]:
        problems.append(_("Say in French what the picture shows."))
    return problems + problems_of_spots(content["spots"] if kind == "spots" else [])


def problems_of_spots(spots):
    """Return which answers have no place of their own on the picture."""
    placed = {n: spot for n, spot in enumerate(spots, start=1) if None not in spot}
    problems = [
        _("Answer %d: give its place on the picture, from the left and from the top.")
        % number
        for number in range(1, len(spots) + 1)
        if number not in placed
    ]
    for first, second in combinations(placed, 2):
        sides = zip(placed[first], placed[second], NEAR, strict=True)
        if all(abs(one - other) < near for one, other, near in sides):
            problems.append(
                _(
                    "Answers %(first)d and %(second)d stand at nearly the same place: "
                    "move one of them."
                )
                % {"first": first, "second": second}
            )
    return problems
