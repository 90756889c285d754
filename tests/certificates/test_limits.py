from types import SimpleNamespace

import pytest
from django.core.cache import cache

from certificates import limits

MORNING = 1_800_000_000


@pytest.fixture
def clock(monkeypatch):
    found = SimpleNamespace(now=MORNING)
    monkeypatch.setattr(limits.time, "time", lambda: found.now)
    return found


def asked(rf, address="192.0.2.7", times=1, action="check"):
    request = rf.get("/", REMOTE_ADDR=address)
    return [limits.is_over(request, action) for _ in range(times)]


def test_ten_a_minute_and_no_more(rf, clock):
    assert asked(rf, times=12) == [False] * 10 + [True] * 2


def test_the_next_minute_begins_anew(rf, clock):
    asked(rf, times=12)
    clock.now += limits.SECONDS
    assert asked(rf) == [False]


def test_addresses_and_actions_are_counted_apart(rf, clock):
    asked(rf, times=12)
    assert asked(rf, "192.0.2.8") == [False]
    assert asked(rf, action="other") == [False]


def test_a_home_with_many_addresses_counts_as_one(rf, clock):
    asked(rf, "2001:db8:0:1::1", times=10)
    assert asked(rf, "2001:db8:0:1:ffff::2") == [True]
    assert asked(rf, "2001:db8:0:2::1") == [False]


def test_an_ipv4_address_written_as_ipv6_is_that_address(rf, clock):
    asked(rf, "::ffff:192.0.2.7", times=10)
    assert asked(rf, "::ffff:192.0.2.8") == [False]
    assert asked(rf) == [True]


def test_threads_count_one_at_a_time(rf, clock, monkeypatch):
    were_locked = []

    def count(*args, **how):
        were_locked.append(limits.one_at_a_time.locked())
        return 0

    monkeypatch.setattr(cache, "get", count)
    monkeypatch.setattr(cache, "set", count)
    asked(rf)
    assert were_locked == [True, True]


def test_no_address_is_kept_and_the_count_goes_after_a_minute(
    rf, clock, monkeypatch, settings
):
    kept = []
    monkeypatch.setattr(cache, "set", lambda *args, **how: kept.append((args, how)))
    asked(rf)
    settings.SECRET_KEY = "another installation"
    asked(rf)
    [(first, how), (second, _how)] = kept
    assert how == {"timeout": 60}
    assert first[1] == 1
    assert "192.0.2.7" not in str(kept)
    # The hash is salted with the secret: nobody else can try all addresses.
    assert first[0] != second[0]


def test_a_person_is_counted_by_the_day(clock):
    user = SimpleNamespace(pk=7)
    found = [limits.is_over_for(user, "problem", 2) for _ in range(3)]
    assert found == [False, False, True]
    clock.now += limits.DAY
    assert not limits.is_over_for(user, "problem", 2)
