"""Numbers of people that are said without pointing at anybody.

A small number is not said; nor is one that would give a small one away by difference.
"""

from django.utils.translation import gettext as _

FEWEST = 8


def is_small(number):
    return 0 < number < FEWEST


def hidden(numbers) -> list[bool]:
    """Return which parts of a known total must not be said.

    Small ones; then the smallest of the others until what is hidden is at least two
    parts that make 8 together, so that taking the rest from the total finds nothing.
    """
    found = [is_small(number) for number in numbers]
    while any(found) and not all(found):
        kept = [n for n, is_hidden in zip(numbers, found, strict=True) if is_hidden]
        if len(kept) > 1 and sum(kept) >= FEWEST:
            break
        said = [place for place, is_hidden in enumerate(found) if not is_hidden]
        found[min(said, key=lambda place: numbers[place])] = True
    return found


def said(number) -> str:
    """Return one number of people in words."""
    return _("fewer than 8") if is_small(number) else str(number)


def said_parts(numbers) -> list[str]:
    """Return the parts of a known total in words."""
    return [
        (said(number) if is_small(number) else _("not said"))
        if is_hidden
        else str(number)
        for number, is_hidden in zip(numbers, hidden(numbers), strict=True)
    ]
