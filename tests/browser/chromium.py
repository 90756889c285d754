"""The system's own Chromium, started with nothing that calls home."""

import os
import shutil

import pytest

ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# The first is the same browser without a window: a quarter less processor time.
PROGRAMS = ["chromium-headless-shell", "chromium", "chromium-browser"]


def launch(playwright):
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail("No Chromium here: apt-get install chromium-headless-shell")
    # Chromium refuses its sandbox to root, as in a container.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=program, args=[*ARGUMENTS, *as_root]
    )
