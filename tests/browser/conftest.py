"""One real server for all browser tests, on its own copy of a seeded database.

Run with: python -m pytest tests/browser
"""

import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import sync_playwright

from courses.benchmark import site as trial
from courses.benchmark.visitor import Visitor
from tests.browser.chromium import launch

HERE = Path(__file__).parent
SEED_SOURCES = [*trial.DATA_SOURCES, "*/*.py", "tests/browser/seed.py"]


def pytest_ignore_collect(collection_path, config):
    """Run apart: with the database tests' plugin and fixtures, these cannot work."""
    return True if config.rootpath != HERE else None


WEIGHTS = pytest.StashKey[list]()


def pytest_configure(config):
    config.stash[WEIGHTS] = []


def pytest_terminal_summary(terminalreporter, config):
    """Print what pages weigh over the wire, the heaviest first."""
    lines = sorted(config.stash[WEIGHTS], key=lambda line: -line[1])
    if lines:
        terminalreporter.section("bytes over the wire: first visit, requests, next")
    for name, first, requests, following in lines:
        terminalreporter.line(f"{name:<24} {first:>7} {requests:>2} {following:>6}")


@pytest.fixture(scope="session")
def figures(request):
    return request.config.stash[WEIGHTS]


def build_people(folder):
    trial.copy_of_prepared(folder)
    found = trial.run_python(folder, "-m", "tests.browser.seed", COLLECTED_STATIC="1")
    (folder / "seed.json").write_text(found.splitlines()[-1])
    database = sqlite3.connect(folder / trial.DATABASE)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The server's own folder: database, files, mails."""
    name = f"people-{trial.stamp(SEED_SOURCES)}-{date.today()}"
    data, static = trial.prepare()
    source = trial.prepared(name, build_people)
    copy = tmp_path_factory.mktemp("site")
    for file in (trial.DATABASE, "secret_key", "seed.json"):
        shutil.copy(source / file, copy / file)
    (copy / "static").symlink_to(static / "static", target_is_directory=True)
    (copy / "media").symlink_to(data / "media", target_is_directory=True)
    return copy


@pytest.fixture(scope="session")
def site(folder):
    with trial.TrialSite(folder, workers=1) as running:
        yield running


@pytest.fixture(scope="session")
def seed(folder):
    """What the database holds: `states`, `code`, `password`, `emails`."""
    return SimpleNamespace(**json.loads((folder / "seed.json").read_text()))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cookies_of(site, seed):
    """A function from a person to the cookies of her one sign-in."""
    known = {"visitor": {}}

    def cookies(who):
        if who not in known:
            visitor = Visitor(site.port)
            address = seed.states["sign-in"][1]["fr"]
            visitor.sign_in(address, seed.emails[who], seed.password)
            visitor.close()
            known[who] = visitor.cookies
        return known[who]

    return cookies


@pytest.fixture
def open_as(chromium, site, cookies_of):
    """A function that opens a browser of somebody's own; closed after the test."""
    opened = []

    def open_context(who="visitor", width=360, **options):
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 740},
            locale=options.pop("locale", "fr-FR"),
            **options,
        )
        context.set_default_timeout(15_000)
        context.add_cookies(
            [
                {"name": name, "value": value, "url": site.url}
                for name, value in cookies_of(who).items()
            ]
        )
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()
