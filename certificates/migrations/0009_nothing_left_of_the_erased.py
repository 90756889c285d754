"""Mend what was issued before: keys that named accounts, and what follows from it.

Keys of deeds become digests with the salt of their holder, exactly as
certificates/deeds.py makes them: no deed gives a second certificate. Lines of paths and
histories are tied to the certificates that they rest on. Where the platform had several
templates, one is left, with the versions and the revisions of all of them.
"""

import hashlib
import re
import secrets
import uuid

from django.db import migrations
from django.db.models import F, Max
from django.utils import timezone

FORMER_KEY = re.compile(
    r"(?P<holder>[0-9]+):(?P<deed>[a-z]+:[0-9a-f-]{36}:(?P<time>[0-9]+)"
    r"(?::[0-9a-f-]{36})?)"
)
KEY = re.compile(r"[0-9a-f]{64}:[0-9]+")
NAMED_BY = {
    "module": ["module_code", "module_version"],
    "path": ["path_code", "path_version"],
    "placement": ["method_version"],
    "attendance": ["session_code"],
    "history": [],
}
LINES = {
    "module": ("module_code", "module_version"),
    "attendance": ("session_code", None),
}
ON_REQUEST = {"placement", "history"}


def mend(apps, schema_editor):
    salt_keys(apps)
    name_achievements(apps)
    tie_lines(apps)
    forget_the_erased(apps)
    merge_templates(apps)


# --- keys -----------------------------------------------------------------------------


def salt_keys(apps):
    Certificate = apps.get_model("certificates", "Certificate")
    salts = Salts(apps)
    for pk, key in list(Certificate.objects.values_list("pk", "idempotency_key")):
        if not KEY.fullmatch(key):
            salted = salted_key(key, salts)
            Certificate.objects.filter(pk=pk).update(idempotency_key=salted)


def salted_key(key, salts):
    """Return a key as it is made now; of an account that is gone, one of nobody."""
    found = FORMER_KEY.fullmatch(key)
    salt = salts.of(int(found["holder"])) if found else None
    if salt is None:
        return f"{secrets.token_hex(32)}:{found['time'] if found else 1}"
    digest = hashlib.sha256(f"{salt}:{found['deed']}".encode()).hexdigest()
    return f"{digest}:{found['time']}"


class Salts:
    """The salt of each account that is there, drawn when it has none."""

    def __init__(self, apps):
        self.model = apps.get_model("certificates", "HolderSalt")
        self.people = set(
            apps.get_model("people", "User").objects.values_list("pk", flat=True)
        )
        self.known = dict(self.model.objects.values_list("holder_id", "salt"))

    def of(self, holder):
        if holder not in self.people:
            return None
        if holder not in self.known:
            self.known[holder] = secrets.token_hex(32)
            self.model.objects.create(holder_id=holder, salt=self.known[holder])
        return self.known[holder]


# --- what they prove, and what they rest on -------------------------------------------


def name_achievements(apps):
    Certificate = apps.get_model("certificates", "Certificate")
    rows = Certificate.objects.filter(achieved="", erased_at=None)
    for pk, kind, facts in list(rows.values_list("pk", "kind", "facts")):
        parts = [facts.get(name) for name in NAMED_BY[kind]]
        if all(parts):
            achieved = "/".join([kind, *map(str, parts)])[:150]
            Certificate.objects.filter(pk=pk).update(achieved=achieved)


def tie_lines(apps):
    Certificate = apps.get_model("certificates", "Certificate")
    lists = Certificate.objects.filter(
        kind__in=["path", "history"], listings=None, erased_at=None
    ).exclude(holder=None)
    for certificate in lists.iterator():
        tie(apps.get_model("certificates", "Listing"), Certificate, certificate)


def tie(Listing, Certificate, certificate):
    """Tie each line to what its holder had then: same code, version and day."""
    own = Certificate.objects.filter(
        holder=certificate.holder_id,
        kind__in=LINES,
        issued_at__lte=certificate.issued_at,
        erased_at=None,
    )
    found = {line_of(one): one.pk for one in own.order_by("issued_at")}
    for number, line in enumerate(certificate.facts["modules"]):
        name = (line["code"], line["version"], line["finished_on"])
        if name in found:
            Listing.objects.create(
                certificate=certificate, number=number, rests_on_id=found[name]
            )


def line_of(certificate):
    facts = certificate.facts
    code, version = LINES[certificate.kind]
    return (
        facts.get(code),
        facts.get(version, "") if version else "",
        facts.get("finished_on"),
    )


# --- the erased -----------------------------------------------------------------------


def forget_the_erased(apps):
    """Take away what still led to a holder: rows of batches, attempts, lists."""
    Certificate = apps.get_model("certificates", "Certificate")
    erased = Certificate.objects.exclude(erased_at=None)
    BatchRow = apps.get_model("certificates", "BatchRow")
    BatchRow.objects.filter(certificate__in=erased.values("pk")).delete()
    asked = erased.filter(kind__in=ON_REQUEST)
    for pk, key in list(asked.values_list("pk", "idempotency_key")):
        Certificate.objects.filter(pk=pk).update(
            module_key=uuid.uuid4(),
            idempotency_key=f"{secrets.token_hex(32)}:{key.rpartition(':')[2]}",
        )


# --- templates ------------------------------------------------------------------------


def merge_templates(apps):
    """Leave one template to the platform: what documents pin moves to it."""
    DocumentTemplate = apps.get_model("certificates", "DocumentTemplate")
    several = DocumentTemplate.objects.filter(organisation=None).annotate(
        newest=Max("versions")
    )
    # First the one that documents are drawn with now.
    kept, *others = several.order_by(
        F("live").desc(), F("newest").desc(nulls_last=True), "pk"
    ) or [None]
    for other in others:
        move_versions(apps, other, kept)
        move_revisions(apps, other, kept)
        other.delete()


def move_versions(apps, other, kept):
    """Put the versions of one template before those of another, numbers in order."""
    TemplateVersion = apps.get_model("certificates", "TemplateVersion")
    rows = [
        *TemplateVersion.objects.filter(template=other).order_by("number"),
        *TemplateVersion.objects.filter(template=kept).order_by("number"),
    ]
    # From the last: no number is taken when it is given.
    for number, version in reversed(list(enumerate(rows, start=1))):
        TemplateVersion.objects.filter(pk=version.pk).update(
            template=kept, number=number
        )


def move_revisions(apps, other, kept):
    """Keep what was typed in a template among the revisions of another."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    mine, _is_new = ContentType.objects.get_or_create(
        app_label="certificates", model="documenttemplate"
    )
    about = {"base_content_type": mine, "object_id": str(other.pk)}
    Revision = apps.get_model("wagtailcore", "Revision")
    if not Revision.objects.filter(**about).exists():
        Revision.objects.create(
            **about,
            content_type=mine,
            created_at=timezone.now(),
            object_str=other.name,
            content=typed_in(apps, other),
        )
    Revision.objects.filter(**about).update(object_id=str(kept.pk))
    apps.get_model("wagtailcore", "ModelLogEntry").objects.filter(
        content_type=mine, object_id=str(other.pk)
    ).update(object_id=str(kept.pk))
    apps.get_model("wagtailcore", "ReferenceIndex").objects.filter(**about).delete()


def typed_in(apps, template):
    """Return the texts of a template as a revision of Wagtail holds them."""
    Signatory = apps.get_model("certificates", "Signatory")
    names = ["name", "logo_id", "logo_alt", "ink", "accent"]
    names += [f"{part}_{code}" for part in ("title", "closing") for code in ("fr", "en")]
    texts = {name.removesuffix("_id"): getattr(template, name) for name in names}
    rows = Signatory.objects.filter(template=template).order_by("sort_order")
    signatories = rows.values("sort_order", "name", "role_fr", "role_en")
    return texts | {
        "pk": template.pk,
        "organisation": None,
        "live": template.live,
        "signatories": [row | {"pk": None, "template": None} for row in signatories],
    }


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0008_salts_listings_and_addresses"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
