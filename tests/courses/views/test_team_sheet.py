"""The table of the team, as a file for a spreadsheet."""

import csv
from datetime import date

from django.urls import reverse

from courses.assignments import assign
from people.models import Membership
from tests.factories import make_learner, make_member, make_module


def rows_of(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=";"))


def test_the_sheet_says_what_the_screen_says_and_nothing_more(client, manager):
    module = make_module()
    learner = make_learner(name="=Fatou Diarra")
    make_member(learner)
    members = list(Membership.objects.filter(user=learner))
    assign(module.translation_key, members, manager, date(2030, 1, 31))
    client.force_login(manager)

    head, *rows = rows_of(client.get(reverse("courses:team_sheet")))

    assert len(head) == 6
    assert rows == [
        ["'=Fatou Diarra", module.title, "2030-01-31", rows[0][3], "", rows[0][5]]
    ]


def test_a_learner_gets_no_sheet(client, learner):
    client.force_login(learner)

    assert client.get(reverse("courses:team_sheet")).status_code == 403
