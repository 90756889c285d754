"""Draws many documents in a few processes that do nothing else (pdf_worker.py)."""

import json
import subprocess
import sys
from base64 import b64encode
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from queue import Queue
from threading import Thread

from django.conf import settings

from certificates.looks import Look
from certificates.secrets import public_environment

PROCESSES = 2


@dataclass(frozen=True)
class Order:
    """What to draw; `key` says which it was, for whoever asked."""

    key: object
    facts: dict
    code: str
    attachment: bytes | None = None
    look: Look | None = None


@dataclass(frozen=True)
class Drawn:
    """A document, or why there is none: one of the two is empty."""

    key: object
    pdf: bytes = b""
    error: str = ""


def draw_many(orders, processes=PROCESSES):
    """Yield a Drawn for each Order, as they come; one that fails stops no other."""
    waiting, done = Queue(), Queue()
    orders = list(orders)
    for order in orders:
        waiting.put(order)
    with ExitStack() as stack:
        for _process in range(min(processes, len(orders))):
            waiting.put(None)
            worker = stack.enter_context(worker_process())
            Thread(target=serve, args=(worker, waiting, done), daemon=True).start()
        for _order in orders:
            yield done.get()


@contextmanager
def worker_process(**environment):
    """Run a process of pdf_worker.py as long as it is needed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "certificates.pdf_worker"],
        cwd=settings.BASE_DIR,
        env=public_environment() | {"SITE_URL": settings.SITE_URL} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        with suppress(BrokenPipeError):  # what it was not able to read
            process.stdin.close()


def serve(process, waiting, done):
    while (order := waiting.get()) is not None:
        done.put(drawn(process, order))


def drawn(process, order):
    """Have one order drawn; a process that died answers for what it was given."""
    try:
        process.stdin.write(written(order))
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        if "error" in said:
            return Drawn(order.key, error=said["error"])
        return Drawn(order.key, pdf=process.stdout.read(said["size"]))
    except (OSError, ValueError) as error:
        return Drawn(order.key, error=f"The drawing process has ended: {error!r}")


def written(order):
    attachment = order.attachment and order.attachment.decode()
    said = {"facts": order.facts, "code": order.code, "attachment": attachment}
    if order.look:
        said["look"] = asdict(order.look)
        if logo := order.look.logo:
            said["look"]["logo"] = b64encode(logo).decode()
    return json.dumps(said).encode() + b"\n"
