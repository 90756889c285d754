import re

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from assessments.attempts import stop_attempt
from assessments.corrections import correct_key, preview
from assessments.models import (
    Area,
    Attempt,
    KeyCorrection,
    Placement,
    Question,
    Response,
)
from assessments.replay import values_of
from assessments.results import (
    TO,
    bands_in_words,
    range_in_words,
    sentence_of,
    short_range,
)
from assessments.starting import start_closer_look, start_placement
from tests.assessments.sitting import (
    address,
    asked_questions,
    days_ago,
    finish,
    keep_many,
    main_of,
    rows_of,
    text_of,
)


def look_closer(placed, code, count=8):
    look = start_closer_look(placed, Area.objects.get(code=code), "en")
    return keep_many(look, count, "en")


def forms_of(page):
    """Return {address: [button, how much it asks]} of the forms that look closer."""
    found = re.findall(
        r'action="([^"]*look-closer[^"]*)".*?<button[^>]*>(.*?)</button>'
        r'\s*<span class="meta">(.*?)</span>',
        page,
    )
    return {url: [label, amount] for url, label, amount in found}


# --- where it led ---------------------------------------------------------------------


def test_the_table_of_a_result_is_what_is_stored(client, finished):
    page = client.get(address("result", finished.pk)).content.decode()

    with override("en"):
        stored = [
            [str(p.area), range_in_words(p), bands_in_words(p)]
            for p in finished.placements.exclude(area=None)
        ]
        sentence = sentence_of(finished.placements.get(area=None))
    assert len(stored) == 6
    assert rows_of(page) == stored
    assert sentence in page


def test_a_result_is_read_and_never_computed_again(client, finished):
    finished.placements.filter(area__code="C").update(low=7, high=8, likeliest=None)

    page = client.get(address("result", finished.pk)).content.decode()

    assert [row[1] for row in rows_of(page) if row[0].startswith("C.")] == [
        "from level 7 to level 8"
    ]


def test_an_area_without_question_is_said_and_not_drawn(client, learner, bank):
    Question.objects.filter(competence__area__code="C").update(live=False)
    client.force_login(learner)
    attempt = keep_many(start_placement(learner, "en"), 15, "en")
    stop_attempt(attempt)

    response = client.get(address("result", attempt.pk))

    assert [row["mark"] for row in response.context["rows"]] == list("ABDEF")
    said = "“short C”: no question could be asked there, so nothing is said."
    assert said in main_of(response)


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (0.9, "You have very probably progressed since {date}."),
        (0.89, "This result and the one of {date} cannot be told apart"),
        (0.5, "This result and the one of {date} cannot be told apart"),
        (0.05, "The questions were not those of {date}, and ranges move"),
    ],
)
def test_progress_is_said_from_nine_chances_in_ten_on(
    client, learner, finished, progress, sentence
):
    days_ago(finished, 20)
    again = stop_attempt(keep_many(start_placement(learner, "en"), 12, "en"))
    Attempt.objects.filter(pk=again.pk).update(progress=progress)

    page = main_of(client.get(address("result", again.pk)))

    day = date_format(timezone.localdate(finished.finished_at))
    assert sentence.format(date=day) in page
    assert ("progressed" in page) == (progress >= 0.9)


def test_a_first_result_says_nothing_of_progress(client, finished):
    response = client.get(address("result", finished.pk))

    assert response.context["progress"] == ""
    assert "told apart" not in main_of(response)


def test_an_older_result_leads_to_the_newer_and_is_not_looked_at_closer(
    client, learner, finished
):
    days_ago(finished, 20)
    newer = stop_attempt(keep_many(start_placement(learner, "en"), 12, "en"))

    page = main_of(client.get(address("result", finished.pk)))

    assert "You have a newer result." in page
    assert address("result", newer.pk) in page
    assert forms_of(page) == {}


# --- after a key was wrong ------------------------------------------------------------


def ends_of(attempt):
    """Return {area code, or "" for overall: "low–high"} of what is stored."""
    return {
        placement.area.code if placement.area else "": short_range(placement)
        for placement in attempt.placements.select_related("area")
    }


def test_a_corrected_result_says_what_it_said_before(client, placed):
    before = ends_of(placed)
    version = next(
        response.question_version
        for response in placed.responses.select_related("question_version")
        if preview(response.question_version).changed_count
    )
    correct_key(version, None, "two answers were right")
    after = ends_of(placed)

    response = client.get(address("result", placed.pk))

    moved = [code for code in before if before[code] != after[code]]
    expected = [
        f"“short {code}”: from {before[code]} to {after[code]}."
        if code
        else f"On the whole: from {before[code]} to {after[code]}."
        for code in sorted(moved)
    ]
    assert moved
    assert response.context["correction"].lines == expected
    assert "The mistake was ours" in main_of(response)
    assert all(f"<li>{line}</li>" in main_of(response) for line in expected)


def test_the_first_range_said_is_the_one_before(client, placed):
    overall = placed.placements.get(area=None)
    for low in (1, 2):
        made = KeyCorrection.objects.create(
            question_version=placed.responses.get(position=low).question_version
        )
        row = {"area": None, "low": low, "high": 8}
        placed.corrections.create(key_correction=made, before=[row])

    response = client.get(address("result", placed.pk))

    assert response.context["correction"].lines == [
        f"On the whole: from 1{TO}8 to {short_range(overall)}."
    ]


def test_a_correction_that_moves_no_range_is_not_spoken_of(client, placed):
    version = placed.responses.first().question_version
    made = KeyCorrection.objects.create(question_version=version)
    before = values_of(placed.placements.all())
    placed.corrections.create(key_correction=made, before=before)

    response = client.get(address("result", placed.pk))

    assert response.context["correction"] is None
    assert "mistake" not in main_of(response)


def test_a_result_taken_back_says_that_it_comes_from_us(client, finished):
    correct_key(finished.responses.first().question_version, None, "")

    page = main_of(client.get(address("result", finished.pk)))

    assert "Not enough answers yet" in page
    assert "The mistake was ours" in page
    assert "ended before its twelfth answer" not in page
    assert "Begin again" in page


def test_answers_say_which_question_does_not_count_any_more(client, finished):
    response = finished.responses.get(position=1)
    Response.objects.filter(pk=response.pk).update(is_sure=True)
    correct_key(response.question_version, None, "two answers were right")

    page = client.get(address("answers", finished.pk))

    reviews = [review for _response, review in page.context["reviews"]]
    assert [review["is_void"] for review in reviews] == [True] + [False] * 11
    assert reviews[0]["confidence"] == ""
    assert main_of(page).count("Not counted") == 1
    assert main_of(page).count("this question does not count any more") == 1


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(1, 1, "begins at level 1"), (8, 8, "ends at level 8"), (1, 2, ""), (4, 4, "")],
)
def test_the_ends_of_the_scale_are_said(client, finished, low, high, said):
    finished.placements.filter(area=None).update(low=low, high=high)

    response = client.get(address("result", finished.pk))

    assert bool(response.context["end_of_scale"]) == bool(said)
    assert said in main_of(response)


# --- not enough answers yet -----------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 5])
def test_under_six_answers_a_level_is_not_even_spoken_of(client, attempt, count):
    keep_many(attempt, count, "en")

    response = client.get(address("result", attempt.pk))

    page = main_of(response)
    assert response.status_code == 200
    assert "Your answers are kept" in page
    assert address("question", attempt.pk) in page
    assert re.findall("level|range|where you stand", page, re.I) == []


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (6, "6 more answers and there is a first range to show you."),
        (11, "1 more answer and there is a first range to show you."),
    ],
)
def test_from_six_answers_on_one_is_told_how_many_are_missing(
    client, attempt, count, sentence
):
    keep_many(attempt, count, "en")

    page = main_of(client.get(address("result", attempt.pk)))

    assert "Not enough answers yet" in page
    assert sentence in page
    assert address("question", attempt.pk) in page
    assert "<svg" not in page


def test_an_open_placement_of_twelve_answers_can_be_stopped_or_gone_on_with(
    client, attempt
):
    keep_many(attempt, 12, "en")

    page = main_of(client.get(address("result", attempt.pk)))

    assert "Enough answers for a first result" in page
    assert address("question", attempt.pk) in page
    assert address("stop", attempt.pk) in page
    assert Placement.objects.count() == 0


def test_after_thirty_days_the_result_address_offers_to_begin_again(client, attempt):
    keep_many(attempt, 8, "en")
    days_ago(attempt, 31)

    page = main_of(client.get(address("result", attempt.pk)))

    assert "Not enough answers yet" in page
    assert f'action="{address("start")}"' in page
    assert address("question", attempt.pk) not in page


def test_a_placement_that_ended_short_says_so_and_leads_on(client, learner, attempt):
    keep_many(attempt, 8, "en")
    days_ago(attempt, 31)
    start_placement(learner, "en")

    page = main_of(client.get(address("result", attempt.pk)))

    assert "This placement ended before its twelfth answer" in page
    assert address("placement") in page


def test_a_bank_that_ran_out_is_not_the_learners_doing(client, learner, bank):
    keep = Question.objects.filter(competence__code="A1").values("pk")
    Question.objects.exclude(pk__in=keep).update(live=False)
    client.force_login(learner)
    attempt = keep_many(start_placement(learner, "en"), 12, "en")

    page = main_of(client.get(address("result", attempt.pk)))

    assert attempt.end_reason == "no_question"
    assert "this comes from us, and not from your answers" in page


# --- looking closer -------------------------------------------------------------------


def test_each_area_of_a_result_can_be_looked_at_closer(client, placed):
    forms = forms_of(main_of(client.get(address("result", placed.pk))))

    assert forms == {
        address("look_closer", placed.pk, code): [
            f"Look closer: short {code}",
            "8 more questions, about 6 min",
        ]
        for code in "ABCDEF"
    }


def test_a_closer_look_shows_in_the_drawing_and_in_words(client, placed):
    own = placed.placements.get(area__code="C")
    look = look_closer(placed, "C")
    newest = look.placements.get()
    assert (own.low, own.high) != (newest.low, newest.high)

    response = client.get(address("result", placed.pk))

    page = main_of(response)
    now, before = short_range(newest), short_range(own)
    [row] = [row for row in rows_of(page) if row[0].startswith("C.")]
    assert row[1] == f"levels {now} (before: {before})"
    assert f"“short C”: from {before} to {now}." in page
    assert (
        f"levels {now} (before: {before})"
        in re.search("<title[^>]*>.*?</title>", page)[0]
    )
    outside = {*range(own.low, own.high + 1)} - {*range(newest.low, newest.high + 1)}
    assert page.count("scale__step--before") == len(outside) > 0


def test_the_sentence_and_the_other_areas_stay_those_of_the_placement(client, placed):
    before = client.get(address("result", placed.pk))
    look_closer(placed, "C")

    after = client.get(address("result", placed.pk))

    assert after.context["sentence"] == before.context["sentence"]
    first, second = [
        [row for row in rows_of(main_of(page)) if not row[0].startswith("C.")]
        for page in (before, after)
    ]
    assert first == second and len(first) == 5


def test_the_second_round_is_offered_then_said_to_be_as_close_as_can_be(client, placed):
    look_closer(placed, "C")
    url = address("look_closer", placed.pk, "C")
    between = forms_of(main_of(client.get(address("result", placed.pk))))
    second = look_closer(placed, "C")

    response = client.get(address("result", placed.pk))

    page = main_of(response)
    assert between[url] == ["Even closer: short C", "7 more questions, about 6 min"]
    assert url not in forms_of(page)
    assert len(forms_of(page)) == 5
    assert "“short C”: this is as close as questions can say." in page
    newest = second.placements.get()
    [row] = [
        row
        for row in client.get(address("result", placed.pk)).context["rows"]
        if row["mark"] == "C"
    ]
    assert (row["low"], row["high"]) == (newest.low, newest.high)


def test_an_area_whose_questions_are_used_up_says_so(client, placed):
    unmet = Question.objects.exclude(pk__in=asked_questions(placed))
    unmet.filter(competence__code="C1").update(live=False)

    page = main_of(client.get(address("result", placed.pk)))

    assert "“short C”: you have already met all the questions of this area." in page
    assert len(forms_of(page)) == 5


def test_few_questions_left_are_all_that_is_offered(client, placed):
    unmet = Question.objects.exclude(pk__in=asked_questions(placed))
    here = [question.pk for question in unmet.filter(competence__code="C1")]
    Question.objects.filter(pk__in=here[1:]).update(live=False)

    forms = forms_of(main_of(client.get(address("result", placed.pk))))

    amount = forms[address("look_closer", placed.pk, "C")][1]
    assert amount == "1 more question, about 1 min"


def test_an_open_closer_look_is_gone_on_with_before_another(client, placed):
    look = look_closer(placed, "C", count=3)

    page = main_of(client.get(address("result", placed.pk)))

    assert "Looking closer at “short C”" in page
    assert "5 questions to go." in page
    assert address("question", look.pk) in page
    assert forms_of(page) == {}


def test_the_answers_of_a_closer_look_are_read_again_at_its_end(client, placed):
    look = look_closer(placed, "C", count=3)
    early = client.get(address("answers", look.pk))
    stop_attempt(look)

    page = client.get(address("answers", look.pk))

    assert early["Location"] == address("question", look.pk)
    assert len(page.context["reviews"]) == 3
    result = client.get(address("result", placed.pk))
    assert address("answers", look.pk) in main_of(result)


# --- answers, read again --------------------------------------------------------------


def test_answers_are_read_again_only_at_the_end(client, attempt):
    early = client.get(address("answers", attempt.pk))
    finish(client, attempt, choice=1)

    page = client.get(address("answers", attempt.pk))

    assert early["Location"] == address("question", attempt.pk)
    assert len(page.context["reviews"]) == attempt.responses.count()
    assert "because 0" in text_of(page)


# --- how many queries -----------------------------------------------------------------


@pytest.mark.parametrize("count", [12, 30])
def test_a_result_costs_the_same_for_few_answers_and_for_many(
    client, long_attempt, count, django_assert_max_num_queries
):
    keep_many(long_attempt, count, "en")
    client.post(address("stop", long_attempt.pk))
    client.get(address("placement"))

    with django_assert_max_num_queries(14):
        page = client.get(address("result", long_attempt.pk))

    assert len(page.context["rows"]) == 6
    with django_assert_max_num_queries(8):
        page = client.get(address("answers", long_attempt.pk))
    assert len(page.context["reviews"]) == count


@pytest.mark.parametrize("codes", ["A", "ABCDEF"])
def test_a_result_costs_the_same_for_one_closer_look_and_for_many(
    client, placed, codes, django_assert_max_num_queries
):
    for code in codes:
        for _round in range(2):
            stop_attempt(look_closer(placed, code, count=1))
    client.get(address("placement"))

    with django_assert_max_num_queries(15):
        page = client.get(address("result", placed.pk))

    assert len(page.context["changes"]) == len(codes)
    assert len(page.context["looks"]) == 2 * len(codes)


def test_a_result_that_waits_costs_little(
    client, attempt, django_assert_max_num_queries
):
    client.get(address("placement"))

    with django_assert_max_num_queries(6):
        page = client.get(address("result", attempt.pk))

    assert page.context["waiting"].attempt == attempt
