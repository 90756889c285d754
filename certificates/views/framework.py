"""Pages for people at the addresses that credentials name: what was achieved."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from assessments.models import Area, Competence, Level
from assessments.models.framework import band_of
from certificates import achievements
from certificates.credentials.document import LEVELS
from certificates.credentials.wording import level_in
from certificates.keyring import name_of


def achievement(request, address):
    facts = achievements.find(address, get_language())
    if facts is None:
        raise Http404
    language = facts["language"]
    return render(
        request,
        "certificates/achievement.html",
        {
            "address": address,
            "facts": facts,
            "said": achievements.described(facts),
            "issuer": facts.get("issuer") or name_of(None),
            "levels": [(number, level_in(language, number)) for number in LEVELS]
            if facts.get("areas")
            else [],
        },
    )


def competence(request, code):
    """An area by its letter, with its competences, or one competence."""
    if len(code) == 1:
        found, area = None, get_object_or_404(Area, code=code)
    else:
        found = get_object_or_404(Competence.objects.select_related("area"), code=code)
        area = found.area
    return render(
        request,
        "certificates/competence.html",
        {
            "competence": found,
            "area": area,
            "competences": area.competences.all(),
            "descriptors": area.descriptors.order_by("level"),
        },
    )


def level(request, number):
    found = get_object_or_404(Level, number=number)
    return render(
        request,
        "certificates/level.html",
        {
            "level": found,
            "band": band_of(number),
            "descriptors": found.descriptors.select_related("area").order_by("area"),
            "numbers": LEVELS,
        },
    )
