"""Days in full: the first of a month, which French writes with its ordinal."""

import re
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.template import engines
from django.utils.translation import override

from cms.dates import full_date

ROOMS = ["people", "cms", "assessments", "courses", "certificates"]
# The filter of Django with a format that writes the day and the month in full.
DJANGO_S = re.compile(r'\|date(?::"(?:j F Y|DATE_FORMAT)")?(?=[ }])')


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2027, 3, 1), "1er mars 2027", "1 March 2027"),
        (date(2027, 3, 2), "2 mars 2027", "2 March 2027"),
        (date(2027, 3, 11), "11 mars 2027", "11 March 2027"),
        (date(2027, 3, 21), "21 mars 2027", "21 March 2027"),
        (date(2027, 1, 10), "10 janvier 2027", "10 January 2027"),
        (datetime(2027, 1, 1, 8, 30), "1er janvier 2027", "1 January 2027"),
        # Past midnight here, where the site is; not yet in universal time.
        (
            datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
            "1er janvier 2027",
            "1 January 2027",
        ),
        (None, "", ""),
        ("", "", ""),
    ],
)
def test_a_day_is_written_in_full(settings, day, french, english):
    settings.TIME_ZONE = "Europe/Paris"
    with override("fr"):
        assert full_date(day) == french
    with override("en"):
        assert full_date(day) == english


def test_templates_know_it_without_loading_it():
    template = engines["django"].from_string(
        "{{ day|full_date }}, {{ none|full_date }}"
    )
    with override("fr"):
        assert template.render({"day": date(2027, 3, 1)}) == "1er mars 2027, "


def test_no_template_writes_days_another_way():
    others = [
        str(path.relative_to(settings.BASE_DIR))
        for room in ROOMS
        for kind in ("*.html", "*.txt")
        for path in (settings.BASE_DIR / room).rglob(kind)
        if DJANGO_S.search(path.read_text())
    ]

    assert others == []
    assert DJANGO_S.search("{{ day|date }}")
