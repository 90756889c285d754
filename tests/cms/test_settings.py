"""What the settings promise beyond what Django checks."""

import sqlite3

import pytest
from django.core.cache.backends.filebased import FileBasedCache
from django.db import connection

from cms import settings


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a promise about SQLite")
def test_what_is_deleted_does_not_stay_in_the_file(tmp_path):
    path = tmp_path / "data.sqlite3"
    database = sqlite3.connect(path)
    database.execute("PRAGMA secure_delete=OFF")
    database.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
    database.execute("CREATE TABLE person (name TEXT)")
    database.execute("INSERT INTO person VALUES ('Awa Ndiaye')")
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Awa Ndiaye" in path.read_bytes()

    database.execute("DELETE FROM person")
    database.commit()
    database.close()  # writes what the log holds into the file

    assert b"Awa Ndiaye" not in path.read_bytes()


def test_counts_are_kept_while_many_visitors_look_something_up(tmp_path):
    cache = FileBasedCache(str(tmp_path), settings.CACHES["default"])
    for number in range(400):
        cache.set(str(number), 1)
    assert len(list(tmp_path.iterdir())) == 400
