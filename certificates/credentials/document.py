"""The facts of a certificate → an Open Badges 3.0 credential, ready to be signed.

Facts are the plain JSON frozen at issue. Every kind has name, language, issued_on and
framework; `kind` is “module” when it is missing. Days are ISO dates, durations minutes,
scores whole percents; what is in brackets may be missing or None.

module      module_code, module_title, module_version, objectives [texts], competences
            [{code, name}], duration_minutes, finished_on, (score_percent,
            pass_mark_percent, started_on)
path        path_code, path_title, path_version, modules [{code, title, version,
            duration_minutes, finished_on, (score_percent)}], competences,
            duration_minutes, finished_on, (objectives, started_on)
placement   areas [{code, name, low, high}] with levels from 1 to 8, method_version,
            question_count, finished_on
attendance  session_code, session_title, duration_minutes, finished_on, (competences,
            objectives, started_on)
history     modules as in a path, duration_minutes, (competences, started_on,
            finished_on)

Source: 1EdTech, Open Badges 3.0, section “Data models”; W3C, Verifiable Credentials
Data Model 2.0.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from certificates.credentials import status
from certificates.credentials.canonical import CONTEXTS
from certificates.credentials.crosswalk import DIGCOMP, DIGCOMP_ADDRESS, digcomp_of
from certificates.credentials.proof import moment
from certificates.credentials.sites import Site
from certificates.credentials.wording import level_in, words_in
from certificates.wording import day_in, duration_in

SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
    "ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
LEVELS = range(1, 9)


@dataclass(frozen=True)
class Issuer:
    """Who answers for the credential: its did:web name, its name and its address."""

    did: str
    name: str
    address: str


@dataclass(frozen=True)
class Issue:
    """What a credential says beside its facts.

    `subject` is a random urn:uuid, which says nothing of the learner. `email` is only
    written as a digest with `salt`; without one, the name alone identifies.
    """

    code: str
    subject: str
    issued_at: datetime
    list_address: str
    list_index: int
    valid_until: datetime | None = None
    email: str = ""
    salt: str = ""


def credential(facts: dict, issuer: Issuer, issue: Issue, site: Site) -> dict:
    """Return the credential, unsigned.

    Raises KeyError when a fact is missing, ValueError when the kind is unknown.
    """
    achieved = achievement(facts, site)
    document = {
        "@context": CONTEXTS,
        "id": site.credential(issue.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achieved["name"],
        "issuer": {
            "id": issuer.did,
            "type": ["Profile"],
            "name": issuer.name,
            "url": issuer.address,
        },
        "validFrom": moment(issue.issued_at),
        "awardedDate": moment(issue.issued_at),
        "credentialSubject": subject(facts, issue, achieved, site),
        "credentialStatus": status.entry(issue.list_address, issue.list_index),
        "credentialSchema": [SCHEMA],
    }
    if issue.valid_until:
        document["validUntil"] = moment(issue.valid_until)
    if facts.get("modules"):
        document["evidence"] = [training(module, facts) for module in facts["modules"]]
    return document


def subject(facts, issue, achieved, site):
    """Return who achieved what, when and with which results."""
    said = {
        "id": issue.subject,
        "type": ["AchievementSubject"],
        "identifier": identities(facts, issue),
        "achievement": achieved,
    }
    if facts.get("started_on"):
        said["activityStartDate"] = noon(facts["started_on"])
    if facts.get("finished_on"):
        said["activityEndDate"] = noon(facts["finished_on"])
    if facts.get("areas"):
        said["narrative"] = placed(facts)
    if found := results(facts, achieved["id"], site):
        said["result"] = found
    return said


def placed(facts):
    """Write the ranges out, for programs that show no results."""
    words = words_in(facts["language"])
    ranges = [
        words["range" if low < high else "one_level"].format(
            code=area["code"], name=area["name"], low=low, high=high
        )
        for area, (low, high) in zip(facts["areas"], ranges_of(facts), strict=True)
    ]
    return " ".join([*ranges, words["questions"].format(count=facts["question_count"])])


def ranges_of(facts):
    """Return the ranges in order of areas. Raises ValueError for one that is none."""
    ranges = [(area["low"], area["high"]) for area in facts["areas"]]
    for low, high in ranges:
        if low not in LEVELS or high not in LEVELS or low > high:
            raise ValueError(f"There is no range from level {low} to level {high}.")
    return ranges


def noon(day: str) -> str:
    """Write a day as the moment that is the same day nearly everywhere on Earth."""
    return f"{day}T12:00:00Z"


def identities(facts, issue):
    name = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": facts["name"],
        "identityType": "name",
    }
    if not issue.email:
        return [name]
    return [name, hidden_email(issue.email, issue.salt)]


def hidden_email(email: str, salt: str) -> dict:
    """Return an address that only those who know it can recognise."""
    digest = hashlib.sha256((email.strip().lower() + salt).encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "identityType": "emailAddress",
        "salt": salt,
    }


def achievement(facts: dict, site: Site) -> dict:
    """Return what was achieved: the same for all who achieve it, save a history."""
    kind, language = facts.get("kind", "module"), facts["language"]
    if kind not in KINDS:
        raise ValueError(f"Unknown kind of certificate {kind!r}: one of {[*KINDS]}.")
    official, names, title_of, about = KINDS[kind]
    words, title = words_in(language), title_of(facts)
    address = site.achievement(kind, *(facts[name] for name in names))
    said = {
        "id": address,
        "type": ["Achievement"],
        "achievementType": official,
        "inLanguage": language,
        "name": title,
        "description": f"{about(facts, words)} {words['nature']}",
        "criteria": {"id": f"{address}#criteria", "narrative": criteria(kind, facts)},
        "image": {
            "id": f"{address}/badge.svg",
            "type": "Image",
            "caption": words["badge"].format(title=title),
        },
    }
    if version := facts.get(f"{kind}_version") or facts.get("method_version"):
        said["version"] = str(version)
    if aligned := alignments(facts, site):
        said["alignment"] = aligned
    if described := result_descriptions(facts, address, site):
        said["resultDescription"] = described
    return said


def about_module(facts, words):
    return words["about_module"].format(
        code=facts["module_code"],
        title=facts["module_title"],
        version=facts["module_version"],
        duration=duration(facts),
    )


def about_path(facts, words):
    count = len(facts["modules"])
    return words["about_path"].format(count=count, duration=duration(facts))


def about_placement(facts, words):
    return words["about_placement"].format(
        framework=facts["framework"], version=facts["method_version"]
    )


def about_attendance(facts, words):
    return words["about_attendance"].format(duration=duration(facts))


def about_history(facts, words):
    count = len(facts["modules"])
    return words["about_history"].format(count=count, duration=duration(facts))


def duration(facts):
    return duration_in(facts["language"], facts["duration_minutes"])


def word(name):
    return lambda facts: words_in(facts["language"])[name]


def fact(name):
    return lambda facts: facts[name]


# Kind → achievementType of Open Badges, facts that name it in its address, its title,
# what it is.
KINDS = {
    "module": (
        "Course",
        ["module_code", "module_version"],
        fact("module_title"),
        about_module,
    ),
    "path": (
        "LearningProgram",
        ["path_code", "path_version"],
        fact("path_title"),
        about_path,
    ),
    "placement": (
        "Assessment",
        ["method_version"],
        word("placement"),
        about_placement,
    ),
    "attendance": (
        "ext:Attendance",
        ["session_code"],
        fact("session_title"),
        about_attendance,
    ),
    "history": ("ext:TrainingHistory", [], word("history"), about_history),
}


def address_in(kind, facts):
    """Return what names an achievement after /achievements/: path/P1/2026-1."""
    return "/".join([kind, *(str(facts[name]) for name in KINDS[kind][1])])


def criteria(kind, facts):
    """Return what one has to do, and what is trained by doing it."""
    words = words_in(facts["language"])
    mark, sentence = facts.get("pass_mark_percent"), words[f"do_{kind}"]
    if kind == "module" and mark is not None:
        sentence = words["pass_module_mark"].format(percent=mark)
    elif kind == "module" and facts["score_percent"] is not None:
        sentence = words["pass_module"]
    objectives = words["and"].join(facts.get("objectives") or [])
    if not objectives:
        return sentence
    return f"{sentence} {words['objectives'].format(objectives=objectives)}"


def alignments(facts, site):
    """Return the competences trained, in our framework and in DigComp."""
    competences = facts.get("competences") or []
    areas = {part["code"][0] for part in [*competences, *(facts.get("areas") or [])]}
    words = words_in(facts["language"])
    ours = [
        alignment(
            part["code"],
            part["name"],
            facts["framework"],
            site.competence(part["code"]),
        )
        for part in competences
    ]
    theirs = [
        alignment(code, words["digcomp"].format(code=code), DIGCOMP, DIGCOMP_ADDRESS)
        | {"targetDescription": words["indicative"]}
        for code in digcomp_of(areas)
    ]
    return ours + theirs


def alignment(code, name, framework, address):
    return {
        "type": ["Alignment"],
        "targetType": "CFItem",
        "targetCode": code,
        "targetFramework": framework,
        "targetName": name,
        "targetUrl": address,
    }


def result_descriptions(facts, address, site):
    """Return what a result means: a level of the scale, or right answers in percent."""
    if facts.get("areas"):
        return [scale(facts, address, site)]
    if facts.get("score_percent") is None:
        return []
    said = {
        "id": f"{address}#score",
        "type": ["ResultDescription"],
        "name": words_in(facts["language"])["score_name"],
        "resultType": "Percent",
        "valueMin": "0",
        "valueMax": "100",
    }
    if facts.get("pass_mark_percent") is not None:
        said["requiredValue"] = str(facts["pass_mark_percent"])
    return [said]


def scale(facts, address, site):
    """Return the eight levels, once: six scales would take twice as long to sign."""
    return {
        "id": f"{address}#level",
        "type": ["ResultDescription"],
        "name": words_in(facts["language"])["scale"],
        "resultType": "RubricCriterionLevel",
        "rubricCriterionLevel": [
            {
                "id": site.level(number),
                "type": ["RubricCriterionLevel"],
                "name": level_in(facts["language"], number),
                "level": str(number),
                "points": str(number),
            }
            for number in LEVELS
        ],
    }


def results(facts, address, site):
    """Return what this person reached."""
    if facts.get("areas"):
        return [
            area_result(area, low, high, facts, address, site)
            for area, (low, high) in zip(facts["areas"], ranges_of(facts), strict=True)
        ]
    if facts.get("score_percent") is None:
        return []
    return [
        {
            "type": ["Result"],
            "resultDescription": f"{address}#score",
            "value": str(facts["score_percent"]),
        }
    ]


def area_result(area, low, high, facts, address, site):
    """Return a range of levels in one area.

    `achievedLevel` is its lower end: never more than was shown.
    """
    code = area["code"]
    return {
        "type": ["Result"],
        "resultDescription": f"{address}#level",
        "achievedLevel": site.level(low),
        "value": str(low) if low == high else f"{low}–{high}",
        "alignment": [
            alignment(code, area["name"], facts["framework"], site.competence(code))
        ],
    }


def training(module, facts):
    """Return one line of a path or a history: title, day, duration, score."""
    language, words = facts["language"], words_in(facts["language"])
    parts = [
        words["done"].format(day=day_in(language, module["finished_on"])),
        duration_in(language, module["duration_minutes"]),
    ]
    if module.get("score_percent") is not None:
        parts.append(words["score"].format(percent=module["score_percent"]))
    return {
        "type": ["Evidence"],
        "name": f"{module['code']} {module['title']}",
        "narrative": f"{', '.join(parts)}.",
    }
