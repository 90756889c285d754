"""Days written in full, as each language writes them."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language


def full_date(day):
    """Write a date, or the day of a moment here: 1er mars 2027, 1 March 2027.

    Formats of Django know ordinal numbers in English only. Empty for None.
    """
    if not day:
        return ""
    if isinstance(day, datetime) and is_aware(day):
        day = localtime(day)
    written = date_format(day)
    if day.day == 1 and get_language() == "fr":
        return f"1er{written.removeprefix('1')}"
    return written
