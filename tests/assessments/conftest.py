import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from assessments import bank


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
