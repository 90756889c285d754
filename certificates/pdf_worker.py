"""A process that only draws: `python -m certificates.pdf_worker`.

It reads one order a line on its standard input, {"facts", "code", "attachment", "look"}
as JSON (the logo of the look in base 64), and answers each on its standard output: a
line {"size"} then as many bytes of PDF, or a line {"error"}. It holds neither database
nor site: half the memory of a process of the site.
"""

import json
import os
import sys
from base64 import b64decode
from pathlib import Path

import django
from django.conf import settings
from django.urls import path

ROOT = Path(__file__).resolve().parent.parent

# The one address that a document prints: as in certificates/public_urls.py.
urlpatterns = [
    path("v/<str:code>", lambda request, code: None, name="check_certificate")
]


def set_up(site_url):
    settings.configure(
        BASE_DIR=ROOT,
        SITE_URL=site_url,
        ROOT_URLCONF="certificates.pdf_worker",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "certificates" / "templates"],
            }
        ],
        USE_I18N=False,
    )
    django.setup()


def answer(line):
    """Return the bytes that answer one order."""
    from certificates import pdf

    order = json.loads(line)
    attachment = order.get("attachment")
    try:
        content = pdf.render(
            order["facts"],
            order["code"],
            attachment and attachment.encode(),
            look_in(order),
        )
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
        return json.dumps(said).encode() + b"\n"
    return json.dumps({"size": len(content)}).encode() + b"\n" + content


def look_in(order):
    """Return the Look of an order, as it was before it was written; None without."""
    from certificates.looks import Look

    if "look" not in order:
        return None
    look = order["look"]
    logo = look["logo"] and b64decode(look["logo"])
    return Look(
        **look | {"logo": logo, "signatories": tuple(look["signatories"])},
    )


def main():
    set_up(os.environ["SITE_URL"])
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(answer(line))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
