"""The framework as programs read it at the addresses that credentials name."""

from django.conf import settings
from django.utils.translation import override

from assessments.models import Area, Competence, Level
from assessments.models.framework import band_of
from certificates.signing import site
from certificates.wording import words_in

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def texts(thing, field):
    """Return a text in each language: {"fr": …, "en": …}."""
    return {code: getattr(thing, f"{field}_{code}") for code in LANGUAGES}


def common(address, code):
    return {
        "id": address,
        "code": code,
        "framework": {code: words_in(code)["framework"] for code in LANGUAGES},
    }


def competence(found: Competence) -> dict:
    area = found.area
    return common(site().competence(found.code), found.code) | {
        "name": texts(found, "name"),
        "area": {"id": site().competence(area.code), "name": texts(area, "name")},
    }


def area(found: Area) -> dict:
    return common(site().competence(found.code), found.code) | {
        "name": texts(found, "name"),
        "description": texts(found, "description"),
        "competences": [
            {"id": site().competence(part.code), "name": texts(part, "name")}
            for part in found.competences.all()
        ],
        "levels": [
            {"id": site().level(part.level_id), "text": texts(part, "text")}
            for part in found.descriptors.all()
        ],
    }


def level(found: Level) -> dict:
    return common(site().level(found.number), str(found.number)) | {
        "band": {code: band_in(code, found.number) for code in LANGUAGES},
        "meaning": texts(found, "meaning"),
        "areas": [
            {"id": site().competence(part.area.code), "text": texts(part, "text")}
            for part in found.descriptors.select_related("area")
        ],
    }


def band_in(language, number):
    with override(language):
        return str(band_of(number))
