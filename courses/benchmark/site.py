"""A trial site: a real server on its own copy of a database with all the content.

Nothing here imports Django's models: who measures or browses stays apart from the
process that serves, as learners do.
"""

import hashlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
# Kept from one run to the next, whatever the folder of the installation.
SHELF = Path(os.environ.get("TRIAL_DIR") or ROOT / "var" / "trial")
DAYS_KEPT = 3
DATABASE = "repere.sqlite3"
START_SECONDS = 60
# What the prepared database, and the collected files, are made from.
DATA_SOURCES = [
    "assessments/question_rules.py",
    "assessments/pictures.py",
    "requirements.txt",
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/receivers.py",
    "courses/roles.py",
    "courses/blocks.py",
    "courses/content/*.py",
    "courses/management/commands/load_content.py",
    "content/**/*.*",
]
STATIC_SOURCES = ["requirements.txt", "*/static/**/*.*"]


class NotStarted(RuntimeError):
    pass


def stamp(patterns):
    """Return a name that changes when one of these files of the project does."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def manage(var_dir, *arguments, **environment):
    """Run a command of `manage.py` on an installation; returns what it prints."""
    return run_python(var_dir, "manage.py", *arguments, **environment)


def run_python(var_dir, *arguments, **environment):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment_of(var_dir, **environment),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise NotStarted(f"{' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def environment_of(var_dir, **more):
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "EMAIL_URL", "DEBUG", "TASKS_BACKEND")
    }
    own = {"VAR_DIR": str(var_dir), "DJANGO_SETTINGS_MODULE": "cms.settings"}
    return inherited | own | more


# --- prepared once, copied for each use -----------------------------------------------


def prepared(name, build):
    """Return a prepared folder; `build(folder)` fills it the first time."""
    folder = SHELF / name
    if not folder.exists():
        SHELF.mkdir(parents=True, exist_ok=True)
        forget_old()
        new = Path(tempfile.mkdtemp(dir=SHELF))
        try:
            build(new)
            if not folder.exists():
                new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    folder.touch()
    return folder


def forget_old():
    oldest = time.time() - DAYS_KEPT * 24 * 3600
    for folder in SHELF.iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def build_data(folder):
    manage(folder, "migrate", "--verbosity=0")
    manage(folder, "load_content")
    database = sqlite3.connect(folder / DATABASE)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def build_static(folder):
    manage(folder, "collectstatic", "--noinput", COLLECTED_STATIC="1")


def prepare():
    """Return the prepared folders (data, static), both made at the same time."""
    with ThreadPoolExecutor() as pool:
        data = pool.submit(prepared, f"data-{stamp(DATA_SOURCES)}", build_data)
        static = pool.submit(prepared, f"static-{stamp(STATIC_SOURCES)}", build_static)
        return data.result(), static.result()


def copy_of_prepared(folder):
    """Fill a folder with what a server needs: data of its own, files of all."""
    data, static = prepare()
    folder.mkdir(parents=True, exist_ok=True)
    source = sqlite3.connect(data / DATABASE)
    copy = sqlite3.connect(folder / DATABASE)
    source.backup(copy)
    copy.close()
    source.close()
    shutil.copy(data / "secret_key", folder / "secret_key")
    (folder / "static").symlink_to(static / "static", target_is_directory=True)
    return folder


# --- the server -----------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TrialSite:
    """gunicorn on a folder's database; started, stopped and started again."""

    def __init__(self, folder, workers=2, threads=4):
        self.folder = folder
        self.workers, self.threads = workers, threads
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()

    def start(self):
        log = self.folder / "server.log"
        command = [sys.executable, "-m", "gunicorn", "cms.wsgi"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--no-control-socket"]
        command += ["--worker-class", "gthread", "--keep-alive", "15"]
        command += ["--workers", str(self.workers), "--threads", str(self.threads)]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment_of(
                    self.folder, COLLECTED_STATIC="1", SITE_URL=self.url
                ),
                stdout=output,
                stderr=output,
            )
        self.wait_until_ready(log)

    def wait_until_ready(self, log):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urlopen(f"{self.url}/readyz", timeout=20) as answer:
                    if answer.status == 200:
                        return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        self.stop()
        raise NotStarted(f"The server did not start:\n{log.read_text()[-3000:]}")

    def stop(self, with_signal=signal.SIGTERM):
        if self.process is None:
            return
        self.process.send_signal(with_signal)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def processes(self):
        """Return the ids of the server's processes, the first one's first."""
        first = self.process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text()
        return [first, *map(int, children.split())]

    def cpu_ms(self):
        """Return the CPU time that all processes of the server have used so far."""
        return sum(map(cpu_ms_of, self.processes()))


def cpu_ms_of(pid):
    # After the name, which may hold spaces: fields 14 and 15 are user and system time.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")
