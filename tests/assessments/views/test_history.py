import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from assessments.models import Attempt, ParameterSet, Placement
from tests.assessments.sitting import address, main_of
from tests.factories import make_learner


@pytest.fixture
def make_result(db):
    """Return a function that stores an overall result of some days ago."""
    parameters = ParameterSet.objects.create(number=1, settings={}, checksum="1")

    def make_result(learner, days, low, high, **fields):
        now = timezone.now() - timedelta(days=days)
        attempt = Attempt.objects.create(
            learner=learner,
            purpose=Attempt.Purpose.PLACEMENT,
            parameter_set=parameters,
            language="en",
            seed=1,
            finished_at=now,
            **fields,
        )
        Attempt.objects.filter(pk=attempt.pk).update(started_at=now)
        attempt.refresh_from_db()
        Placement.objects.create(
            attempt=attempt,
            low=low,
            high=high,
            likeliest=low,
            probability=0.93,
            likeliest_probability=0.6,
            answer_count=24,
        )
        return attempt

    return make_result


def day_of(attempt):
    return date_format(timezone.localdate(attempt.finished_at))


def rows_of(page):
    """Return [address, date, range, likeliest, answers] of each row of the table."""
    body = re.search(r"<tbody>(.*?)</tbody>", page)[1]
    return [
        list(cells)
        for cells in re.findall(
            r'<tr>.*?href="(.*?)">(.*?)</a>.*?<td[^>]*>(.*?)</td>.*?<td[^>]*>(.*?)</td>'
            r".*?<td[^>]*>(.*?)</td></tr>",
            body,
        )
    ]


def test_results_are_drawn_and_listed_the_newest_first(client, learner, make_result):
    first = make_result(learner, 200, 2, 4)
    second = make_result(learner, 20, 5, 5)
    client.force_login(learner)

    response = client.get(address("history"))

    page = main_of(response)
    assert rows_of(page) == [
        [address("result", second.pk), day_of(second), "level 5", "level 5", "24"],
        [
            address("result", first.pk),
            day_of(first),
            "from level 2 to level 4",
            "level 2",
            "24",
        ],
    ]
    drawn = [(row["low"], row["high"]) for row in response.context["rows"]]
    assert drawn == [(5, 5), (2, 4)]
    assert page.count("scale__step--in") == 1 + 3
    assert f"{day_of(first)}: from level 2 to level 4." in page


def test_what_was_left_for_too_long_is_dated_from_its_beginning(
    client, learner, make_result
):
    left = make_result(learner, 0, 2, 4, end_reason="abandoned")
    begun = timezone.now() - timedelta(days=90)
    Attempt.objects.filter(pk=left.pk).update(started_at=begun)
    client.force_login(learner)

    [row] = client.get(address("history")).context["rows"]

    assert row["label"] == date_format(timezone.localdate(begun))


def test_what_a_clock_ahead_dated_comes_last(client, learner, make_result):
    ahead = make_result(learner, -40, 1, 2)
    newest = make_result(learner, 2, 3, 5)
    client.force_login(learner)

    response = client.get(address("history"))

    attempts = [row["attempt"] for row in response.context["rows"]]
    assert attempts == [newest, ahead]


def test_overlapping_bands_are_spoken_of_from_two_results_on(
    client, learner, make_result
):
    make_result(learner, 60, 2, 4)
    client.force_login(learner)
    alone = main_of(client.get(address("history")))
    make_result(learner, 20, 3, 5)

    both = main_of(client.get(address("history")))

    assert ["two bands overlap" in page for page in (alone, both)] == [False, True]


def test_without_any_result_one_is_led_to_the_placement(client, learner):
    client.force_login(learner)

    page = main_of(client.get(address("history")))

    assert "No result yet." in page
    assert f'href="{address("placement")}"' in page
    assert "<table" not in page


def test_nobody_elses_result_is_there(client, learner, make_result):
    make_result(make_learner(name="Marc Delmas"), 20, 2, 4)
    client.force_login(learner)

    assert client.get(address("history")).context["rows"] == []


def test_a_visitor_is_asked_to_sign_in(client, db):
    here = address("history")

    assert client.get(here)["Location"].endswith(f"/login/?next={here}")


def test_the_result_and_the_placement_page_lead_to_it(client, learner, finished):
    client.force_login(learner)
    pages = [address("result", finished.pk), address("placement")]

    assert [address("history") in main_of(client.get(page)) for page in pages] == [
        True,
        True,
    ]


@pytest.mark.parametrize("count", [1, 5])
def test_it_costs_three_queries(
    client, learner, make_result, count, django_assert_max_num_queries
):
    for number in range(count):
        make_result(learner, 20 * number, 2, 4)
    client.force_login(learner)
    client.get(address("placement"))

    with django_assert_max_num_queries(3):
        response = client.get(address("history"))

    assert len(response.context["rows"]) == count
