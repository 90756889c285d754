"""Links that show attestations to somebody for a while."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates import life, sharing
from certificates.documents import document_of
from certificates.models import Event, ShareLink
from tests.certificates.factories import (
    FACTS_OF,
    UserFactory,
    make_certificate,
    make_of_kind,
)

pytestmark = pytest.mark.django_db


def address(name, *args, language="en"):
    with override(language):
        return reverse(f"certificates:{name}", args=args)


@pytest.fixture
def certificate():
    return make_certificate(UserFactory(name="Awa Ndiaye"))


@pytest.fixture
def other(certificate):
    return make_of_kind("attendance", certificate.holder)


@pytest.fixture
def signed_in(client, certificate):
    client.force_login(certificate.holder)
    return client


@pytest.fixture
def link(certificate):
    return sharing.share(certificate.holder, [certificate], 30, "Recruteuse du CCAS")


def choices(*certificates, days=30, **more):
    return {
        "certificates": [certificate.pk for certificate in certificates],
        "days": days,
        "label": "Recruteuse du CCAS",
    } | more


def opened(client, link):
    client.logout()
    return client.get(address("shared", link.token))


# --- making one -----------------------------------------------------------------------


def test_nothing_is_shared_before_one_has_seen_what(signed_in, certificate, other):
    response = signed_in.post(address("share_new"), choices(certificate))
    assert response.status_code == 200
    assert "What will be shown" in response.text
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("kind", FACTS_OF)
def test_one_sees_exactly_what_the_other_person_will(signed_in, certificate, kind):
    mine = make_of_kind(kind, certificate.holder)
    preview = signed_in.post(address("share_new"), choices(mine)).context["lines"]
    signed_in.post(address("share_new"), choices(mine, make="1"))
    link = ShareLink.objects.get()
    shown = opened(signed_in, link)
    assert shown.context["lines"] == preview
    assert shown.text.count(mine.spaced_code) == 1
    assert "Recruteuse du CCAS" not in shown.text


def test_a_link_shows_what_was_chosen_until_the_day_chosen(
    signed_in, certificate, other
):
    now = timezone.now()
    response = signed_in.post(
        address("share_new"), choices(certificate, days=7, make="1"), follow=True
    )
    link = ShareLink.objects.get()
    assert link.holder == certificate.holder
    assert list(link.certificates.all()) == [certificate]
    assert timedelta(0) <= link.ends_at - now - timedelta(days=7) < timedelta(hours=1)
    assert link.label == "Recruteuse du CCAS"
    assert address("shared", link.token) in response.text


def test_what_has_ended_is_told_apart_in_the_choice(signed_in, certificate):
    life.revoke(certificate, None, Event.Reason.MISTAKE)
    choices = signed_in.get(address("share_new")).context["form"]["certificates"]
    [choice] = choices.field.choices
    assert choice[1].endswith("): Withdrawn")


def test_changing_ones_mind_leads_back_to_the_choice(signed_in, certificate):
    response = signed_in.post(address("share_new"), choices(certificate, change="1"))
    assert "See what will be shown" in response.text
    assert f'value="{certificate.pk}"' in response.text
    assert not ShareLink.objects.exists()


def test_one_shares_only_ones_own(signed_in, certificate):
    theirs = make_of_kind("module")
    response = signed_in.post(address("share_new"), choices(theirs, make="1"))
    assert "not one of the available choices" in response.text
    assert not ShareLink.objects.exists()
    with pytest.raises(ValueError, match="Only the holder"):
        sharing.share(certificate.holder, [theirs], 7)


@pytest.mark.parametrize(
    "data, sentence",
    [
        ({"days": "30"}, "Choose at least one attestation."),
        ({"days": "9999"}, "not one of the available choices"),
    ],
)
def test_an_incomplete_choice_is_helped(signed_in, data, sentence):
    response = signed_in.post(address("share_new"), data)
    assert sentence in response.text
    assert not ShareLink.objects.exists()


def test_visitors_make_no_link(client):
    for name in ["shares", "share_new"]:
        assert client.get(address(name)).status_code == 302


# --- the holder's list ----------------------------------------------------------------


def test_the_list_says_which_are_open(signed_in, certificate, link):
    old = sharing.share(certificate.holder, [certificate], 7)
    sharing.end(old)
    theirs = make_of_kind("module")
    sharing.share(theirs.holder, [theirs], 7)
    rows = signed_in.get(address("shares")).context["rows"]
    assert {(row["link"], row["is_open"]) for row in rows} == {
        (link, True),
        (old, False),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_has_the_same_queries_for_one_and_three(
    signed_in, certificate, django_assert_num_queries, count
):
    for _ in range(count):
        sharing.share(certificate.holder, [certificate], 7)
    signed_in.get(address("shares"))
    with django_assert_num_queries(4):
        signed_in.get(address("shares"))


def test_a_link_is_ended_at_any_time(signed_in, link):
    response = signed_in.post(address("share_end", link.pk), follow=True)
    assert "it no longer shows anything" in response.text
    link.refresh_from_db()
    assert link.ends_at <= timezone.now()
    assert opened(signed_in, link).status_code == 410


def test_nobody_ends_the_link_of_somebody_else(client, link):
    client.force_login(UserFactory())
    assert client.post(address("share_end", link.pk)).status_code == 404
    assert opened(client, link).status_code == 200


def test_ending_twice_keeps_the_first_moment(link):
    sharing.end(link)
    first = link.ends_at
    sharing.end(link)
    assert link.ends_at == first


# --- who opens one --------------------------------------------------------------------


def test_it_opens_without_an_account_and_is_not_to_be_indexed(client, link):
    response = opened(client, link)
    assert response.status_code == 200
    assert "Awa Ndiaye" in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert "no-store" in response["Cache-Control"]


def test_it_tells_nothing_else_of_the_holder(client, link, other):
    text = opened(client, link).text
    for hidden in [link.holder.email, str(other.pk), other.facts["session_title"]]:
        assert hidden not in text


def test_the_document_comes_with_it_and_no_other(client, link, certificate, other):
    pdf = address("shared_pdf", link.token, certificate.pk)
    assert pdf in opened(client, link).text
    assert client.get(pdf).content == document_of(certificate)
    assert client.get(address("shared_pdf", link.token, other.pk)).status_code == 404


def test_once_ended_it_says_so_and_gives_nothing(client, link, certificate):
    ShareLink.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    response = opened(client, link)
    assert response.status_code == 410
    assert "This link has ended" in response.text
    assert "Awa Ndiaye" not in response.text
    pdf = address("shared_pdf", link.token, certificate.pk)
    assert client.get(pdf).status_code == 404


def test_an_address_that_never_was_is_not_found(client, link):
    assert client.get(address("shared", link.token[:-1])).status_code == 404


def test_states_are_those_of_the_moment(client, link, certificate):
    made = life.replace(certificate, None, Event.Reason.NAME, name="Awa Diop")
    text = opened(client, link).text
    assert "Replaced by another one" in text
    assert made.code not in text
    assert "Awa Diop" not in text


def test_an_erased_one_disappears(client, link, certificate):
    life.erase(certificate)
    response = opened(client, link)
    assert response.status_code == 200
    assert "Nothing is shown here any more." in response.text
    assert certificate.spaced_code not in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_it_has_the_same_queries_for_one_and_three(
    client, certificate, django_assert_num_queries, count
):
    shown = [certificate]
    shown += [make_of_kind("path", certificate.holder) for _ in range(count - 1)]
    link = sharing.share(certificate.holder, shown, 7)
    opened(client, link)
    with django_assert_num_queries(3):
        client.get(address("shared", link.token))
