"""What stands at the address of an achievement: what it rewards, of nobody by name.

The facts of an achievement are those of a certificate (certificates/credentials/
document.py) without anything of a person: no name, no score, no range, no day.
"""

from certificates.credentials import badge
from certificates.credentials.document import KINDS, achievement
from certificates.credentials.wording import words_in
from certificates.models import AchievementVersion, Certificate
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
    kind, *values = address.split("/")
    names = KINDS[kind][1] if kind in KINDS else []
    if kind not in KINDS or len(values) != len(names):
        return None
    if kind == "module":
        return facts_of_module(*values, language)
    if kind == "history":
        return {"kind": "history", "language": language, "modules": []} | {
            "duration_minutes": 0
        }
    return facts_of_latest(kind, dict(zip(names, values, strict=True)), language)


def facts_of_module(code, version, language):
    versions = AchievementVersion.objects.filter(
        certificate__kind=Certificate.Kind.MODULE,
        content__code=code,
        content__version=version,
    ).order_by("-pk")
    found = versions.filter(language=language).first() or versions.first()
    if found is None:
        return None
    content, mark = found.content, found.content["pass_percent"]
    return {
        "kind": "module",
        "language": found.language,
        "module_code": code,
        "module_title": content["name"],
        "module_version": version,
        "objectives": content["criteria"],
        "competences": content["competences"],
        "framework": document_words_in(found.language)["framework"],
        "duration_minutes": content["minutes"],
        # Nobody's score: it says that there is a check to pass.
        "score_percent": mark,
        "pass_mark_percent": mark,
    }


def facts_of_latest(kind, named, language):
    """Return what the latest certificate of a kind says that concerns everybody."""
    found = Certificate.objects.filter(
        kind=kind, **{f"facts__{name}": value for name, value in named.items()}
    )
    latest = found.filter(language=language).first() or found.first()
    if latest is None:
        return None
    facts = {
        name: value
        for name, value in latest.facts.items()
        if name in SHARED or name in named or name == f"{kind}_title"
    }
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
