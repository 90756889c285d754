from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.translation import get_language

from cms.addresses import fixed_pages, page_url

FOOTER = ["measure", "accessibility", "privacy", "legal"]


def places(request):
    """The places that stand at the same spot on every page, and the language switch."""
    if getattr(request, "is_admin_page", False):
        return {}
    language = get_language()
    fixed = fixed_pages().get(language, {})
    user = getattr(request, "user", None)
    return {
        "places": {
            "home_url": f"/{language}/",
            "catalogue_url": fixed.get("catalogue", (f"/{language}/", ""))[0],
            "help_url": fixed.get("help", (f"/{language}/", ""))[0],
            "measure_url": fixed.get("measure", ("", ""))[0],
            "dashboard_url": reverse("courses:dashboard"),
            "employer_url": reverse("courses:employer_view"),
            "account_url": reverse("people:account"),
            "reading_url": reverse("people:reading"),
            "sign_in_url": reverse("account_login"),
            "sign_up_url": reverse("account_signup"),
            "sign_out_url": reverse("account_logout"),
            "team_url": reverse("courses:team")
            if getattr(user, "manages_people", False)
            else None,
            "trainer_url": reverse("wagtailadmin_home")
            if getattr(user, "edits_content", False)
            else None,
            "languages": languages(request, language),
            "footer": [
                {"url": fixed[key][0], "title": fixed[key][1]}
                for key in FOOTER
                if key in fixed
            ],
        },
        "reading": reading(request, user),
    }


def languages(request, current):
    """One entry a language, each leading to the same place, or saying it is missing."""
    translations = getattr(request, "page_translations", None)
    return [
        {
            "code": code,
            "name": name,
            "url": same_place(request, translations, code),
            "is_current": code == current,
            "is_missing": translations is not None and code not in translations,
        }
        for code, name in settings.LANGUAGES
    ]


def same_place(request, translations, code):
    if translations is None:
        return translate_url(request.get_full_path(), code)
    if code in translations:
        query = request.META.get("QUERY_STRING")
        return page_url(translations[code], code) + (f"?{query}" if query else "")
    here = reverse("cms:page", args=[request.page_key])
    return translate_url(here, code)


def reading(request, user):
    """How this person wants to read: from the account, else from this device."""
    if getattr(user, "is_authenticated", False):
        return {"text": user.text_size, "spacing": user.spacing, "face": user.face}
    values = request.COOKIES.get("reading", "").split(".")
    if len(values) != 3 or not all(value.isalpha() for value in values):
        values = ["normal", "normal", "repere"]
    return dict(zip(["text", "spacing", "face"], values, strict=True))
