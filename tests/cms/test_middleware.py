from datetime import date

import pytest
from django.urls import reverse
from wagtail.log_actions import log

from courses.models import LiveSession
from tests.courses.addresses import address
from tests.factories import make_person


def directives(response):
    """Return a content security policy as {directive: set of sources}."""
    parts = response["Content-Security-Policy"].split(";")
    return {name: set(rest) for name, *rest in (part.split() for part in parts)}


@pytest.mark.parametrize("kind", ["page", "view", "sign in", "not found"])
def test_pages_allow_nothing_inline_and_nobody_else(client, db, kind):
    place = {
        "page": "/fr/",
        "view": address("courses:employer_view"),
        "sign in": address("account_login"),
        "not found": "/fr/nulle-part/",
    }[kind]

    policy = directives(client.get(place))

    assert policy["default-src"] == {"'none'"}
    assert policy["style-src"] == {"'self'"}
    assert policy["base-uri"] == {"'none'"}
    assert policy["form-action"] == {"'self'"}
    sources = set().union(*policy.values())
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:"} & sources
    scripts = policy["script-src"]
    assert all(s == "'self'" or s.startswith("'nonce-") for s in scripts)


def test_only_the_cms_may_use_inline_scripts(client, db):
    client.force_login(make_person("Administration", is_superuser=True))

    policy = directives(client.get("/admin/"))

    assert policy["script-src"] == {"'self'", "'unsafe-inline'"}
    assert policy["style-src"] == {"'self'", "'unsafe-inline'"}
    assert policy["default-src"] == {"'self'"}
    assert policy["object-src"] == {"'none'"}


@pytest.mark.parametrize("place", ["/fr/", "/fr/admin/", "/administrator/", "/healthz"])
def test_an_address_that_looks_like_the_cms_is_strict(client, db, place):
    assert "unsafe-inline" not in client.get(place)["Content-Security-Policy"]


def test_other_headers_protect_every_page(client, db):
    response = client.get("/fr/")

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_inline_style_script_or_third_party_in_public_pages(client, module):
    import re

    for place in ["/fr/", "/fr/modules/", "/fr/modules/module-m99/lecon-1/"]:
        page = client.get(place).content.decode()
        assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page) == []
        assert re.findall(r'(?:src|href)="(?:https?:)?//(?!testserver)', page) == []


def test_a_learner_is_told_that_the_cms_is_not_hers(client, learner):
    client.force_login(learner)

    refused = client.get("/admin/")

    assert refused.status_code == 403
    assert "Repère" in refused.content.decode()


@pytest.mark.parametrize(
    "language, heading", [("fr", "Tableau de bord"), ("en", "Dashboard")]
)
def test_the_cms_speaks_the_language_of_the_account(client, trainer, language, heading):
    trainer.language = language
    trainer.save()
    client.force_login(trainer)

    page = client.get("/admin/", headers={"accept-language": "de"})

    assert heading in page.content.decode()


@pytest.mark.parametrize(("is_superuser", "expected"), [(False, 403), (True, 200)])
def test_the_history_of_the_site_is_for_administrators(
    client, trainer, is_superuser, expected
):
    other = make_person("Marc Delmas")
    session = LiveSession.objects.create(
        title="Prévention en équipe",
        held_on=date(2026, 1, 20),
        minutes=60,
        trainer_name="Marc Delmas",
        objectives="repérer",
    )
    log(session, "wagtail.create", user=other)
    trainer.is_superuser = is_superuser
    trainer.save()
    client.force_login(trainer)

    for name in ["site_history", "site_history_results"]:
        response = client.get(reverse(f"wagtailadmin_reports:{name}"))
        assert response.status_code == expected
        assert ("Prévention en équipe" in response.text) is is_superuser
