import secrets
import sqlite3
from contextlib import closing
from random import Random

import pytest
from django.db import connection

from assessments import bank


@pytest.fixture(autouse=True)
def known_seeds(monkeypatch):
    """Attempts draw the same questions in every run: no test rests on luck."""
    monkeypatch.setattr(secrets, "randbits", Random(1).getrandbits)


@pytest.fixture
def one_seed(monkeypatch):
    """All attempts draw alike: the same answers meet the same questions."""
    monkeypatch.setattr(secrets, "randbits", lambda bits: 1)


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, tmp_path):
    """A copy of the empty test database, for threads that really commit."""
    if connection.vendor != "sqlite":
        pytest.skip("made by copying a file")
    settings = connection.settings_dict
    shared = settings["NAME"]
    own = tmp_path / "own.sqlite3"
    with (
        closing(sqlite3.connect(shared)) as source,
        closing(sqlite3.connect(own)) as to,
    ):
        source.backup(to)
    with django_db_blocker.unblock():
        connection.close()
        settings["NAME"] = str(own)
        yield
        connection.close()
        settings["NAME"] = shared
        bank.tables.cache_clear()
