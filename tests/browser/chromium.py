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


def launch(playwright):
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("No Chromium here: install it (apt-get install chromium).")
    # Chromium refuses its sandbox to root, as in a container.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=program, args=[*ARGUMENTS, *as_root]
    )
