"""Validity, reminders before the end, and renewal by passing the check again."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from certificates import looks, renewal
from certificates.deeds import time_of
from certificates.facts import check as check_facts
from certificates.issue import issue_certificate, months_later
from certificates.life import replace, revoke, undo_revocation
from certificates.models import Certificate, Event
from certificates.renewal import (
    CheckFirst,
    NotRenewable,
    holder_count,
    invitations,
    remind_holders,
    reminder_due,
    renew,
)
from courses.follow_up import Line, follow_up, own_lines
from courses.models import CheckPage, ModulePage, ModuleWork
from courses.renewal import change_in_substance
from people.models import User
from tests.certificates.renewing import hold, pass_check
from tests.certificates.test_looks import make_template
from tests.courses.addresses import address, page_address
from tests.courses.factories import check_of, make_assignment, make_attempt
from tests.courses.sitting import sit
from tests.factories import (
    make_learner,
    make_member,
    make_module,
    make_organisation,
)

TODAY = date(2027, 3, 10)


@pytest.fixture
def module(db):
    return make_module(code="M1", lessons=1, questions=1)


def change(module, trainer, text="<p>La loi a changé.</p>"):
    change_in_substance(module, {"fr": text}, trainer)
    module.refresh_from_db()


def reasons(user, language="fr"):
    return [each.reason for each in invitations(user, language)]


def modules_certificates(learner):
    return list(learner.certificates.order_by("issued_at"))


def kinds_of(certificate):
    return [event.kind for event in certificate.events.all()]


# --- validity -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 11, 22), 24, date(2028, 11, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day, months, end):
    assert months_later(day, months) == end


def test_the_end_is_set_at_issue_and_does_not_move(learner, module):
    module.validity_months = 24
    module.save()

    certificate = issue_certificate(learner, module)
    module.validity_months = 1
    module.save()
    again = issue_certificate(learner, module)

    end = months_later(timezone.localdate(), 24)
    assert again == certificate
    assert again.valid_until == end
    assert again.facts["valid_until"] == end.isoformat()


def test_without_months_there_is_no_end(learner, module):
    assert issue_certificate(learner, module).valid_until is None


# --- when one may renew ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "months", "expected"),
    [
        (None, None, []),
        (91, 24, []),
        (90, 24, ["ending"]),
        (0, 24, ["ending"]),
        (-1, 24, ["ended"]),
        (-4000, 24, ["ended"]),
        # Half of one month, of three: not on the day of issue.
        (28, 1, []),
        (15, 1, ["ending"]),
        (46, 3, []),
        (45, 3, ["ending"]),
    ],
)
def test_renewal_opens_90_days_before_the_end_and_stays_open(
    learner, module, days, months, expected
):
    hold(learner, module, days, months)

    assert reasons(learner) == expected


def test_a_change_in_substance_invites_whatever_the_end(learner, module, trainer):
    hold(learner, module)
    assert reasons(learner) == []

    change(module, trainer)

    assert reasons(learner) == ["changed"]
    assert reasons(learner, "en") == ["changed"]


def test_what_has_ended_is_said_before_what_changed(learner, module, trainer):
    hold(learner, module, days=-1)
    change(module, trainer)

    assert reasons(learner) == ["ended"]


def test_an_invitation_leads_to_the_refresher(learner, module):
    certificate = hold(learner, module, days=10)

    [found] = invitations(learner, "fr")

    assert found.url.endswith(f"/{module.translation_key}/renew/") or (
        str(module.translation_key) in found.url
    )
    assert (found.title, found.language, found.valid_until) == (
        module.title,
        "fr",
        certificate.valid_until,
    )


@pytest.mark.parametrize("end", ["revoked", "renewed", "unpublished", "not mine"])
def test_nobody_is_invited_to_renew_what_cannot_be(learner, module, trainer, end):
    certificate = hold(learner, module, days=10)
    assert reasons(learner) == ["ending"]

    if end == "revoked":
        revoke(certificate, trainer, Event.Reason.MISTAKE)
    elif end == "renewed":
        pass_check(learner, module)
    elif end == "unpublished":
        module.unpublish()
    who = make_learner(name="Marc Delmas") if end == "not mine" else learner

    assert reasons(who) == []


def test_what_replaced_an_attestation_is_renewed_in_its_place(learner, module, trainer):
    certificate = hold(learner, module, days=10)
    anew = replace(certificate, trainer, Event.Reason.NAME, name="Inès Moreau")

    pass_check(learner, module)

    made = Certificate.objects.get(renews__isnull=False)
    assert made.renews == anew
    assert reasons(learner) == []


def test_a_former_one_that_is_issued_anew_is_not_renewed_twice(
    learner, module, trainer
):
    certificate = hold(learner, module, days=10)
    pass_check(learner, module)
    replace(certificate, trainer, Event.Reason.CORRECTION)

    assert reasons(learner) == []


def test_a_renewal_withdrawn_by_mistake_and_given_back_can_be_renewed(
    learner, module, trainer
):
    hold(learner, module, days=10)
    pass_check(learner, module)
    made = Certificate.objects.get(renews__isnull=False)
    revoke(made, trainer, Event.Reason.MISTAKE)
    assert reasons(learner) == []
    undo_revocation(made, trainer)
    change(module, trainer)

    assert reasons(learner) == ["changed"]


@pytest.mark.parametrize("count", [1, 4])
def test_invitations_cost_two_queries(
    learner, count, django_assert_num_queries, trainer
):
    for number in range(count):
        hold(learner, make_module(code=f"M{number}", lessons=0, questions=0), days=10)

    with django_assert_num_queries(2):
        found = invitations(learner, "fr")

    assert len(found) == count


# --- how many are invited -------------------------------------------------------------


def test_only_holders_of_a_valid_one_of_the_former_content_are_counted(module, trainer):
    people = [make_learner() for _number in range(7)]
    valid, ending, over, withdrawn, closed, renewed, stranger = people
    hold(valid, module)
    hold(ending, module, days=10)
    hold(over, module, days=-1)
    revoke(hold(withdrawn, module), trainer, Event.Reason.MISTAKE)
    hold(closed, module)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    hold(renewed, module, days=10)
    pass_check(renewed, module)
    hold(stranger, make_module(code="M2", lessons=0, questions=0))

    assert holder_count(module.translation_key, 2) == 3  # valid, ending, renewed
    assert holder_count(module.translation_key, 1) == 0

    change(module, trainer)
    renew_by_check(valid, module)

    assert holder_count(module.translation_key, 2) == 2
    assert holder_count(module.translation_key, 3) == 3


def renew_by_check(learner, module):
    pass_check(learner, module)
    assert learner.certificates.filter(renews__isnull=False).exists()


# --- renewal --------------------------------------------------------------------------


def test_a_check_passed_again_renews_with_new_dates_and_result(learner, module):
    work = ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=timezone.now()
    )
    make_attempt(learner, check_of(module), 0.75)
    old = hold(learner, module, days=10)
    before = dict(old.facts)
    module.version = "2027-1"
    module.save()

    pass_check(learner, module, score=0.875)

    old.refresh_from_db()
    [made] = Certificate.objects.filter(renews=old)
    today = timezone.localdate()
    assert made.holder == learner
    assert made.valid_until == months_later(today, 24)
    assert made.facts == before | {
        "module_version": "2027-1",
        "score_percent": 88,
        "started_on": None,
        "finished_on": today.isoformat(),
        "valid_until": made.valid_until.isoformat(),
    }
    check_facts(made.facts)
    assert before["score_percent"] == 75
    # The old one stays as it was.
    assert (old.facts, old.state()) == (before, Certificate.State.VALID)
    assert kinds_of(old) == ["issued", "renewed"]
    assert kinds_of(made) == ["issued"]
    work.refresh_from_db()


def test_the_whole_way_through_the_pages(client, learner, module, trainer):
    old = hold(learner, module)
    change(module, trainer)
    client.force_login(learner)
    place = address("certificates:renew", module.translation_key)

    home = client.get(address("courses:dashboard")).content.decode()
    page = client.get(place).content.decode()
    attempt = sit(client, check_of(module))
    result = client.get(address("courses:check_result", attempt.pk))
    after = client.get(place)

    assert place in home
    assert "La loi a changé." in page
    begin = address("courses:begin_check", check_of(module).translation_key)
    assert f'action="{begin}"' in page
    [made] = Certificate.objects.filter(renews=old)
    assert made.achievement.substance == 2
    assert made.facts["score_percent"] == 100
    assert result.status_code == 200
    assert "La loi a changé." not in after.content.decode()
    assert place not in client.get(address("courses:dashboard")).content.decode()


def test_a_check_that_is_not_passed_renews_nothing(learner, module):
    hold(learner, module, days=10)

    pass_check(learner, module, score=0.5)

    assert len(modules_certificates(learner)) == 1
    with pytest.raises(CheckFirst):
        renew(learner, module)


def test_the_check_of_the_first_time_does_not_renew_at_once(client, learner):
    """A short validity: the attestation could be renewed the day it is issued."""
    module = make_module(code="M1", lessons=0, questions=1)
    module.validity_months = 1
    module.save()
    client.force_login(learner)

    sit(client, check_of(module))

    [certificate] = modules_certificates(learner)
    assert certificate.renews is None


def test_a_check_passed_before_renewal_opens_renews_nothing(learner, module):
    hold(learner, module, days=300)

    pass_check(learner, module)

    assert len(modules_certificates(learner)) == 1
    with pytest.raises(NotRenewable):
        renew(learner, module)


def test_a_check_begun_before_the_change_does_not_count(learner, module, trainer):
    hold(learner, module)
    begun = timezone.now()
    change(module, trainer)

    attempt = pass_check(learner, module, started_at=begun)

    assert len(modules_certificates(learner)) == 1
    with pytest.raises(CheckFirst):
        renew(learner, module, attempt)
    pass_check(learner, module)
    assert len(modules_certificates(learner)) == 2


def test_somebody_elses_check_renews_nothing(learner, other_learner, module):
    hold(learner, module, days=10)

    pass_check(other_learner, module)

    assert len(modules_certificates(learner)) == 1
    with pytest.raises(CheckFirst):
        renew(learner, module)


def test_renewed_once_whatever_is_sent_twice(client, learner, module):
    old = hold(learner, module, days=10)
    client.force_login(learner)
    place = address("certificates:renew", module.translation_key)

    pass_check(learner, module)
    pass_check(learner, module)
    responses = [client.post(place) for _time in range(2)]

    assert len(modules_certificates(learner)) == 2
    assert kinds_of(old).count("renewed") == 1
    assert [response.url for response in responses] == [place, place]


def test_one_that_never_had_a_successor_can_be_renewed_again_and_again(
    learner, module, trainer
):
    hold(learner, module)
    for _time in range(3):
        change(module, trainer)
        pass_check(learner, module)

    times = [time_of(certificate) for certificate in modules_certificates(learner)]
    assert sorted(times) == [1, 2, 3, 4]


def test_an_expired_one_is_renewed_from_today(learner, module):
    hold(learner, module, days=-400)

    pass_check(learner, module)

    made = Certificate.objects.get(renews__isnull=False)
    assert made.valid_until == months_later(timezone.localdate(), 24)
    assert made.renews.state() == Certificate.State.EXPIRED


def test_without_a_check_one_button_renews(client, learner, module, trainer):
    old = hold(learner, module)
    CheckPage.objects.get().unpublish()
    change(module, trainer)
    client.force_login(learner)
    place = address("certificates:renew", module.translation_key)
    page = client.get(place).content.decode()
    assert "La loi a changé." in page
    assert "begin_check" not in page

    client.post(place)

    [made] = Certificate.objects.filter(renews=old)
    assert made.facts["score_percent"] is None
    assert made.facts["finished_on"] == timezone.localdate().isoformat()


def test_the_button_does_not_replace_the_check(client, learner, module):
    hold(learner, module, days=10)
    client.force_login(learner)
    place = address("certificates:renew", module.translation_key)

    response = client.post(place)

    assert response.url == place
    assert len(modules_certificates(learner)) == 1


def test_a_name_that_cannot_be_printed_waits_for_another(client, learner, module):
    hold(learner, module, days=10)
    User.objects.filter(pk=learner.pk).update(name="王小明")
    learner.refresh_from_db()
    client.force_login(learner)
    place = address("certificates:renew", module.translation_key)
    pass_check(learner, module)
    assert len(modules_certificates(learner)) == 1

    refused = client.post(place, follow=True).content.decode()
    User.objects.filter(pk=learner.pk).update(name="Wang Xiaoming")
    client.post(place)

    assert "王" in refused
    made = Certificate.objects.get(renews__isnull=False)
    assert made.facts["name"] == "Wang Xiaoming"


def test_in_the_language_of_the_check(learner, module):
    hold(learner, module, days=10, months=12)
    english = make_module("en", code="M1", lessons=0, questions=1)

    pass_check(learner, english, language="en")

    made = Certificate.objects.get(renews__isnull=False)
    assert (made.language, made.facts["module_title"]) == ("en", english.title)
    assert made.valid_until == months_later(timezone.localdate(), 12)


def test_it_has_the_look_of_who_has_assigned_the_module_since(learner, module):
    former = hold(learner, module, days=10)
    organisation = make_organisation()
    versions = {
        owner: looks.freeze(make_template(owner), {}) for owner in (None, organisation)
    }
    make_member(learner, organisation)
    make_assignment(learner, module, organisation)

    pass_check(learner, module)

    assert former.template_version is None
    made = Certificate.objects.get(renews=former)
    assert made.template_version == versions[organisation]


def test_a_change_written_while_the_clock_was_ahead_keeps_nobody_out(
    learner, module, trainer, monkeypatch
):
    hold(learner, module)
    ahead = timezone.now() + timedelta(days=400)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: ahead)
        change(module, trainer)

    pass_check(learner, module)

    assert len(modules_certificates(learner)) == 2


# --- the refresher's page -------------------------------------------------------------


def test_the_page_says_when_there_is_nothing_to_renew(client, learner, module):
    client.force_login(learner)
    place = address("certificates:renew", module.translation_key)

    without = client.get(place)
    certificate = hold(learner, module, days=300)
    early = client.get(place)

    assert without.status_code == early.status_code == 200
    assert page_address(module) in without.content.decode()
    link = certificate.get_absolute_url().split("/", 2)[2]
    assert link.split("/", 1)[1] in early.content.decode()
    assert "<form" not in main_of(early)


def main_of(response):
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def test_the_page_is_for_somebody_signed_in(client, module):
    place = address("certificates:renew", module.translation_key)

    assert address("account_login") in client.get(place).url


def test_an_unpublished_module_has_no_refresher(client, learner, module):
    hold(learner, module, days=10)
    module.unpublish()
    client.force_login(learner)
    place = address("certificates:renew", module.translation_key)

    assert client.get(place).status_code == client.post(place).status_code == 404


# --- reminders ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_left", "months", "due"),
    [
        (91, 24, None),
        (90, 24, 90),
        (31, 24, 90),
        (30, 24, 30),
        (8, 24, 30),
        (7, 24, 7),
        (0, 24, 7),
        (-1, 24, None),
        # Short validities: none in the first half.
        (30, 1, None),
        (8, 1, None),
        (7, 1, 7),
        (61, 2, None),
        (30, 2, 30),
        (90, 5, None),
        (90, 6, 90),
    ],
)
def test_which_reminder_is_due(learner, module, days_left, months, due):
    certificate = hold(learner, module, days=200, months=months)
    end = certificate.valid_until

    assert reminder_due(certificate, end - timedelta(days=days_left)) == due


def notes(certificate):
    return [e.note for e in certificate.events.filter(kind=Event.Kind.REMINDED)]


def test_every_night_for_a_year_sends_three_mails(learner, module):
    certificate = hold(learner, module, days=300)
    day = timezone.localdate()

    sent = []
    for number in range(365):
        if remind_holders(day + timedelta(days=number))[0]:
            sent.append(300 - number)

    assert sent == [90, 30, 7]
    assert notes(certificate) == ["90", "30", "7"]
    assert len(mail.outbox) == 3


def test_run_twice_sends_once(learner, module):
    hold(learner, module, days=20)

    first, second = remind_holders(), remind_holders()

    assert (first, second) == ((1, []), (0, []))
    assert len(mail.outbox) == 1


def test_days_without_a_run_are_caught_up_by_one_mail(learner, module):
    certificate = hold(learner, module, days=5)

    remind_holders()

    assert notes(certificate) == ["7"]
    assert len(mail.outbox) == 1


def test_a_clock_set_back_repeats_nothing(learner, module):
    certificate = hold(learner, module, days=100)
    today = timezone.localdate()
    for passed in (10, 70, 93):
        remind_holders(today + timedelta(days=passed))
    assert notes(certificate) == ["90", "30", "7"]

    for passed in (0, 20, 80, 95):
        assert remind_holders(today + timedelta(days=passed)) == (0, [])


def test_a_clock_that_was_ahead_costs_one_reminder_at_most(learner, module):
    certificate = hold(learner, module, days=300)
    today = timezone.localdate()
    remind_holders(today + timedelta(days=297))

    for passed in (210, 270, 293):
        remind_holders(today + timedelta(days=passed))

    assert sorted(notes(certificate)) == ["30", "7", "90"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mail_is_in_the_holders_language_with_the_way_to_renew(
    learner, module, settings, language
):
    settings.SITE_URL = "https://repere.example"
    User.objects.filter(pk=learner.pk).update(language=language)
    certificate = hold(learner, module, days=20)

    remind_holders()

    [message] = mail.outbox
    way = address("certificates:renew", module.translation_key, language=language)
    assert message.to == [learner.email]
    assert f"https://repere.example{way}\n" in message.body
    assert module.title in message.subject
    assert "\n" not in message.subject
    assert str(certificate.valid_until.year) in message.subject
    assert certificate.code not in message.body
    assert re.search(r"\d+\s?%", message.body) is None


def test_a_module_that_is_no_longer_offered_is_said(learner, module, settings):
    hold(learner, module, days=20)
    module.unpublish()

    remind_holders()

    [message] = mail.outbox
    assert "/renew/" not in message.body
    assert str(module.translation_key) not in message.body
    assert address("certificates:mine") in message.body


@pytest.mark.parametrize("end", ["revoked", "replaced", "renewed", "closed", "left"])
def test_no_reminder_for_what_has_ended_another_way(learner, module, trainer, end):
    certificate = hold(learner, module, days=20)
    if end == "revoked":
        revoke(certificate, trainer, Event.Reason.MISTAKE)
    elif end == "replaced":
        remind_holders()
        replace(certificate, trainer, Event.Reason.NAME, name="Inès Moreau")
    elif end == "renewed":
        pass_check(learner, module)
    elif end == "closed":
        learner.delete()
    else:
        User.objects.filter(pk=learner.pk).update(is_active=False)
    mail.outbox.clear()

    assert remind_holders() == (0, [])
    assert mail.outbox == []


def test_a_replacement_is_reminded_of_when_the_first_one_was_not(
    learner, module, trainer
):
    certificate = hold(learner, module, days=20)
    anew = replace(certificate, trainer, Event.Reason.NAME, name="Inès Moreau")

    assert remind_holders() == (1, [])
    assert (notes(certificate), notes(anew)) == ([], ["30"])


def test_a_refused_mail_is_tried_again(learner, other_learner, module, monkeypatch):
    refused = hold(learner, module, days=20)
    hold(other_learner, module, days=25)
    message_of = renewal.reminder

    def reminder(certificate, connection):
        if certificate == refused:
            raise ConnectionRefusedError("refused")
        return message_of(certificate, connection)

    monkeypatch.setattr(renewal, "reminder", reminder)
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="Not sent: 1"):
        call_command("remind_holders", stdout=out, stderr=err)
    assert out.getvalue() == "1 reminder sent.\n"
    assert refused.code in err.getvalue()
    assert notes(refused) == []
    monkeypatch.undo()

    out = StringIO()
    call_command("remind_holders", stdout=out)

    assert out.getvalue() == "1 reminder sent.\n"
    assert notes(refused) == ["30"]


def test_the_command_counts(db):
    out = StringIO()
    call_command("remind_holders", stdout=out)
    assert out.getvalue() == "0 reminders sent.\n"


def test_the_database_refuses_the_same_reminder_twice(learner, module):
    certificate = hold(learner, module, days=20)
    remind_holders()

    with pytest.raises(Exception, match="one_reminder_of_each_kind|UNIQUE"):
        Event.objects.create(
            certificate=certificate, kind=Event.Kind.REMINDED, note="30"
        )


# --- what the employer sees -----------------------------------------------------------


def test_the_employer_sees_nothing_of_it(manager, learner, module, trainer):
    """The whole line, before and after everything that can happen to validity."""
    make_member(learner)
    done_at = timezone.now() - timedelta(days=2)
    ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=done_at
    )
    assignment = make_assignment(learner, module, due_on=date(2030, 1, 31))
    hold(learner, module, days=-3)
    line = Line(
        assignment=assignment.pk,
        person=learner.name,
        module=module.title,
        due_on=date(2030, 1, 31),
        state="done",
        done_on=timezone.localdate(done_at),
        has_attestation=True,
        is_late=False,
    )
    assert follow_up(manager, "fr") == [line]

    change(module, trainer)
    remind_holders()
    invited = follow_up(manager, "fr")
    pass_check(learner, module)

    assert invited == [line]
    assert follow_up(manager, "fr") == [line]
    assert own_lines(learner, "fr") == [line]
    assert len(modules_certificates(learner)) == 2


def test_a_manager_cannot_open_the_refresher_of_somebody(
    client, manager, learner, module
):
    hold(learner, module, days=10)
    client.force_login(manager)

    page = client.get(address("certificates:renew", module.translation_key))
    team = client.get(address("courses:team")).content.decode()

    assert "<form" not in main_of(page)
    assert "renew" not in main_of(client.get(address("courses:team")))
    assert str(module.translation_key) not in team


def test_modules_keep_the_substance_they_had(module, trainer):
    change(module, trainer)

    assert ModulePage.objects.get(pk=module.pk).substance == 2
