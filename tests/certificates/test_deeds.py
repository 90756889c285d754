"""The keys of deeds: the same for the same deed, and of nobody without her salt."""

import re
import uuid

import pytest

from certificates.deeds import Deed, key_of, time_of
from certificates.issue import issue
from certificates.models import Certificate, HolderSalt
from people.export import everything_about
from tests.certificates.factories import FACTS, UserFactory, make_of_kind

pytestmark = pytest.mark.django_db
ABOUT = uuid.uuid5(uuid.NAMESPACE_URL, "a module")


def deed(holder, **values):
    return Deed(
        **{"kind": "module", "holder": holder, "about": ABOUT, "facts": FACTS} | values
    )


def test_each_part_of_a_deed_changes_its_key():
    holder, former = UserFactory(), make_of_kind("module")
    deeds = [
        deed(holder),
        deed(holder, kind="path"),
        deed(holder, about=uuid.uuid4()),
        deed(holder, time=2),
        deed(holder, replaces=former),
    ]
    keys = {key_of(one, "a salt") for one in deeds}
    keys.add(key_of(deed(holder), "another salt"))
    assert len(keys) == 6
    assert all(re.fullmatch(r"[0-9a-f]{64}:[12]", key) for key in keys)


def test_the_key_of_a_deed_is_for_ever():
    """Another formula would issue again what was issued: keys in databases stay."""
    assert key_of(deed(UserFactory()), "salt") == (
        "9f2b9171f2df412b89431f1047d5a5402851df1e93626d5c4aa34d62139f5a3f:1"
    )


def test_which_time_it_is_can_be_read():
    holder = UserFactory()
    assert time_of(issue(deed(holder))) == 1
    assert time_of(issue(deed(holder, time=3))) == 3


def test_a_holder_has_one_salt_which_nobody_guesses():
    holder, other = UserFactory(), UserFactory()
    first = HolderSalt.objects.ensure(holder)
    assert HolderSalt.objects.ensure(holder) == first
    assert HolderSalt.objects.ensure(other) != first
    assert len(bytes.fromhex(first)) == 32


def test_the_salt_goes_with_the_account_and_the_certificate_stays():
    certificate = make_of_kind("module")
    holder = certificate.holder
    assert HolderSalt.objects.filter(holder=holder).exists()
    holder.delete()
    assert not HolderSalt.objects.exists()
    assert Certificate.objects.get().facts["name"] == FACTS["name"]


def test_the_salt_is_in_no_export():
    holder = make_of_kind("module").holder
    assert HolderSalt.objects.get(holder=holder).salt not in str(
        everything_about(holder)
    )


def test_of_two_that_draw_a_salt_at_once_both_get_the_same():
    holder = UserFactory()
    HolderSalt.objects.create(holder=holder, salt="drawn by the other")
    assert HolderSalt.objects.ensure(holder) == "drawn by the other"
