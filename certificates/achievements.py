"""What stands at the address of an achievement: what it rewards, of nobody by name.

The facts of an achievement are those of a certificate (certificates/credentials/
document.py) without anything of a person: no name, no score, no range, no day.
"""

from django.db.models import Q

from certificates.credentials import badge
from certificates.credentials.document import KINDS, achievement
from certificates.credentials.wording import words_in
from certificates.models import Certificate
from certificates.signing import site
from certificates.wording import words_in as document_words_in

SHARED = {
    "competences",
    "duration_minutes",
    "framework",
    "issuer",
    "kind",
    "language",
    "objectives",
}


def find(address: str, language: str) -> dict | None:
    """Return the facts of an achievement, in a language if it exists in it.

    `address` is what stands after /achievements/: module/M04/2026-1.
    """
    if address == "history":
        return {"kind": "history", "language": language, "modules": []} | {
            "duration_minutes": 0
        }
    latest = latest_of(address, language)
    if latest is None:
        return None
    if latest.kind == Certificate.Kind.MODULE:
        return facts_of_module(latest)
    return facts_of_latest(latest)


def latest_of(address, language):
    """Return the latest certificate of an achievement, rather in a language."""
    found = certificates_of(address).select_related("achievement")
    return found.filter(language=language).first() or found.first()


def certificates_of(address):
    """Return the certificates of an achievement that say what it is, the latest first.

    What a module rewards is in its version, whatever became of the certificate; what
    was issued before there were versions says too little.
    """
    is_told = Q(achievement__isnull=False) | (
        Q(erased_at=None) & ~Q(kind=Certificate.Kind.MODULE)
    )
    return Certificate.objects.filter(is_told, achieved=address)


def facts_of_module(latest):
    """Return what its achievement says, which no learner changes."""
    content = latest.achievement.content
    mark = content["pass_percent"]
    return {
        "kind": "module",
        "language": latest.achievement.language,
        "module_code": content["code"],
        "module_title": content["name"],
        "module_version": content["version"],
        "objectives": content["criteria"],
        "competences": content["competences"],
        "framework": document_words_in(latest.achievement.language)["framework"],
        "duration_minutes": content["minutes"],
        # Nobody's score: it says that there is a check to pass.
        "score_percent": mark,
        "pass_mark_percent": mark,
    }


def facts_of_latest(latest):
    """Return what a certificate says that concerns everybody."""
    kind = latest.kind
    names = {*SHARED, *KINDS[kind][1], f"{kind}_title"}
    facts = {name: value for name, value in latest.facts.items() if name in names}
    facts["kind"] = kind
    facts["modules"] = [{} for _module in latest.facts.get("modules", [])]
    facts["areas"] = [
        {"code": area["code"], "name": area["name"]}
        for area in latest.facts.get("areas", [])
    ]
    if kind == "attendance":
        facts["session_title"] = latest.facts["session_title"]
    return facts


def described(facts: dict) -> dict:
    """Return an achievement as Open Badges write it."""
    said = achievement(facts, site())
    if facts["kind"] == "history":  # how much is another for each person
        said["description"] = words_in(facts["language"])["nature"]
    return said


def drawn(facts: dict, issuer: str) -> str:
    """Return the badge of an achievement as SVG; it names nobody but who issues it."""
    said = described(facts)
    codes = [part["code"] for part in facts.get("competences") or []]
    return badge.draw(
        said["name"],
        label_of(facts),
        issuer,
        codes[0][0] if codes else "",
        said["image"]["caption"],
    )


def label_of(facts):
    """Return the small line of a badge: M04, version 2026-1."""
    kind = facts.get("kind", "module")
    code, version = facts.get(f"{kind}_code"), facts.get(f"{kind}_version")
    if kind == "attendance":
        code = facts["session_code"]
    if kind == "placement":
        version = facts["method_version"]
    return ", ".join(
        [*filter(None, [code]), *([f"version {version}"] if version else [])]
    )
