from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, get_language_from_request
from wagtail.models import Page
from wagtail.url_routing import RouteResult
from wagtail.views import serve

from cms.addresses import page_url, url_path_of


def front_door(request):
    """Send a visitor to the site in the language that her browser asks for."""
    return redirect(f"/{get_language_from_request(request)}/")


def page(request, path=""):
    """Serve a page found by its stored address, in this language or not at all.

    One query finds it with its translations; Wagtail's own search takes one a level,
    and falls back to the French tree when the English home page is not published.
    """
    language = get_language()
    url_path = url_path_of(path, language)
    asked = Page.objects.live().filter(url_path=url_path)
    versions = {
        version.locale.language_code: version
        for version in Page.objects.live()
        .filter(translation_key__in=asked.values("translation_key"))
        .select_related("locale")
    }
    if language not in versions or versions[language].url_path != url_path:
        raise Http404
    request.page_translations = {
        code: version.url_path for code, version in versions.items()
    }
    request._wagtail_route_for_request = RouteResult(versions[language].specific)
    return serve(request, path)


def page_by_key(request, page_key):
    """Lead to a page in this language, or say that it does not exist in it yet."""
    translations = dict(
        Page.objects.live()
        .filter(translation_key=page_key)
        .values_list("locale__language_code", "pk")
    )
    language = get_language()
    if language in translations:
        here = get_object_or_404(Page, pk=translations[language])
        return redirect(page_url(here.url_path, language))
    if not translations:
        raise Http404
    code, pk = next(iter(translations.items()))
    other = get_object_or_404(Page, pk=pk)
    return render(
        request,
        "cms/untranslated.html",
        {
            "other": other,
            "other_url": page_url(other.url_path, code),
            "other_code": code,
            "other_language": dict(settings.LANGUAGES)[code],
        },
    )


def healthz(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request):
    """The database answers and is up to date."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    status = {"status": "migrations pending" if pending else "ok"}
    return JsonResponse(status, status=503 if pending else 200)
