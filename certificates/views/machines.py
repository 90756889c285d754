"""Addresses that credentials name, read by programs of anybody; people are led on.

They stand outside the languages and are kept for ever. Nothing here knows who asks.
"""

import json
from functools import wraps

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.models import Area, Competence, Level
from certificates import achievements, framework, keyring, signing
from certificates.codes import normalise
from certificates.credentials import did
from certificates.credentials.canonical import CONTEXTS
from certificates.limits import is_over
from certificates.models import Credential
from certificates.views.checking import short
from people.models import Organisation

SECONDS = 60  # for how long others may keep an answer: a withdrawal shows in a minute
JSON = ["application/ld+json", "application/json"]
CREDENTIAL = ["application/vc", "application/vc+ld+json", *JSON]
TOKEN = ["application/vc+jwt", "application/jwt"]
PAGE = "text/html"


def outside_languages(view):
    """What is not found here is not looked for in the pages of a language."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        request.urlconf = "certificates.public_urls"  # LocaleMiddleware asks for it
        return view(request, *args, **kwargs)

    return require_safe(guarded)


def wanted(request, types):
    """Return the type that a reader likes best; the first one when it does not say."""
    return request.get_preferred_type(types) or types[0]


def public(response):
    """Let anybody read an answer, from any site, and keep it for a minute."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def document(value, content_type="application/ld+json"):
    return public(
        JsonResponse(
            value,
            content_type=content_type,
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        )
    )


def led_on(name, *args):
    """Lead a person to the page, in her language."""
    response = redirect(name, *args)
    patch_vary_headers(response, ["Accept", "Accept-Language", "Cookie"])
    return response


@outside_languages
def did_document(request, slug=None):
    """The public keys of the platform, or of an organisation."""
    issuer = get_object_or_404(Organisation, slug=slug) if slug else None
    keys = [keyring.public(key) for key in keyring.keys_of(issuer)]
    if not any(key.is_published for key in keys):
        raise Http404
    return document(
        did.document(keyring.did_of(issuer), keys), "application/did+ld+json"
    )


@outside_languages
def status_list(request, name):
    """A list of what was withdrawn, as a document or as a token."""
    found = signing.list_named(name)
    if found is None:
        raise Http404
    if not found.signed:
        answer = HttpResponse("Not signed yet.", status=503, content_type="text/plain")
        answer["Retry-After"] = SECONDS
        return answer
    signed = json.loads(found.signed)
    content_type = wanted(request, [*CREDENTIAL, *TOKEN])
    if content_type in TOKEN:
        return public(HttpResponse(signed["jwt"], content_type=content_type))
    return document(signed["credential"], content_type)


@never_cache
@outside_languages
def certificate(request, code=""):
    """The check page for people; for programs that ask for it, the credential."""
    content_type = wanted(request, [PAGE, *CREDENTIAL])
    if content_type == PAGE:
        response = short(request, code)
    elif is_over(request, "credential"):
        response = JsonResponse({"error": "Too many requests."}, status=429)
        response["Retry-After"] = SECONDS
    else:
        response = credential(code, content_type)
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def credential(code, content_type):
    """Answer with one query, whether the code exists or not."""
    newest = Credential.objects.filter(
        certificate__code=normalise(code), **signing.trusted()
    ).order_by("-pk")
    text = newest.values_list("text", flat=True).first()
    if text is None:
        response = JsonResponse({"error": "No credential has this code."}, status=404)
    else:
        response = HttpResponse(text, content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@outside_languages
def achievement(request, address):
    facts = achievements.find(address, get_language())
    if facts is None:
        raise Http404
    if wanted(request, [*JSON, PAGE]) == PAGE:
        return led_on("certificates:achievement", address)
    return document({"@context": CONTEXTS, **achievements.described(facts)})


@outside_languages
def badge(request, address):
    facts = achievements.find(address, get_language())
    if facts is None:
        raise Http404
    issuer = facts.get("issuer") or keyring.name_of(None)
    drawing = achievements.drawn(facts, issuer)
    return public(HttpResponse(drawing, content_type="image/svg+xml"))


@outside_languages
def competence(request, code):
    """A competence by its code (F2), or an area by its letter (F)."""
    model = Area if len(code) == 1 else Competence
    found = get_object_or_404(model, code=code)
    if wanted(request, [*JSON, PAGE]) == PAGE:
        return led_on("certificates:competence", code)
    describe = framework.area if model is Area else framework.competence
    return document(describe(found), "application/json")


@outside_languages
def level(request, number):
    found = get_object_or_404(Level, number=number)
    if wanted(request, [*JSON, PAGE]) == PAGE:
        return led_on("certificates:level", number)
    return document(framework.level(found), "application/json")
