"""Many documents as one ZIP, drawn one by one while it is sent."""

import zipfile
from itertools import count

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.coreutils import string_to_ascii

from certificates.documents import document_of
from certificates.models import Certificate
from certificates.pdf import UnprintableName

CODES = ("module_code", "path_code", "session_code")
LONGEST_NAME = 80  # characters: some systems refuse long paths


class Outbox:
    """A file without end: what was written waits until it is taken away."""

    def __init__(self):
        self.parts = []

    def write(self, part):
        self.parts.append(bytes(part))
        return len(part)

    def flush(self):
        pass

    def take(self):
        content = b"".join(self.parts)
        self.parts.clear()
        return content


def stream(certificates):
    """Yield the bytes of a ZIP of these certificates' documents.

    Only names and one document are in memory at a time. A document that cannot be
    drawn is named in a text file at the end. Raises PdfUnavailable before any byte.
    """
    names = file_names(certificates)
    outbox, problems = Outbox(), []
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for pk, name in names.items():
            certificate = Certificate.objects.get(pk=pk)
            try:
                content = document_of(certificate)
            except UnprintableName:
                problems.append(f"{name}: {certificate.check_address}")
                continue
            add(archive, name, content, certificate.issued_at)
            yield outbox.take()
        if problems:
            said = [_("These documents could not be drawn:"), *problems, ""]
            add(archive, "problems.txt", "\r\n".join(said).encode(), timezone.now())
    yield outbox.take()


def add(archive, name, content, moment):
    """Write a file under the date of its certificate: same ones, same ZIP."""
    entry = zipfile.ZipInfo(name, timezone.localtime(moment).timetuple()[:6])
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def file_names(certificates):
    """Return {id: name of its file}: readable, each once, in order of names.

    Homonyms are numbered in the order of their issue.
    """
    rows = certificates.order_by("issued_at", "pk").values_list("pk", "facts", "kind")
    wanted = sorted(
        ((readable_name(facts, kind), pk) for pk, facts, kind in rows.iterator()),
        key=lambda pair: pair[0],
    )
    names, taken = {}, set()
    for stem, pk in wanted:
        numbered = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
        names[pk] = next(name for name in numbered if name not in taken)
        taken.add(names[pk])
    return {pk: f"{name}.pdf" for pk, name in names.items()}


def readable_name(facts, kind):
    """Return who and about what, in letters that any system takes."""
    name = as_part(facts.get("name", "")) or "document"
    about = next((facts[key] for key in CODES if key in facts), kind)
    return f"{name}-{as_part(about)}"


def as_part(text):
    return slugify(string_to_ascii(text))[:LONGEST_NAME].strip("-")
