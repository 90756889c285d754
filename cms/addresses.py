"""Addresses of pages without a query: the tree of each language has one known root."""

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Site
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms.models import TextPage

FIXED_PAGES = "fixed-pages"
ONE_HOUR = 3600


def page_url(url_path, language):
    """Return the address of a page, from the `url_path` that Wagtail stores."""
    for root in Site.get_site_root_paths():
        if root.language_code == language and url_path.startswith(root.root_path):
            return f"/{language}/{url_path.removeprefix(root.root_path)}"
    return f"/{language}/"


def url_path_of(path, language):
    """Return the stored `url_path` for what follows `/fr/` in an address, or None."""
    for root in Site.get_site_root_paths():
        if root.language_code == language:
            return f"{root.root_path}{path.rstrip('/')}/" if path else root.root_path
    return None


def fixed_pages():
    """Return {language: {key: (address, title)}} of the pages that every page links."""
    found = cache.get(FIXED_PAGES)
    if found is None:
        found = {}
        texts = TextPage.objects.live().exclude(key="")
        for key, language, url_path, title in texts.values_list(
            "key", "locale__language_code", "url_path", "title"
        ):
            found.setdefault(language, {})[key] = (page_url(url_path, language), title)
        catalogues = Page.objects.live().filter(content_type__model="cataloguepage")
        for language, url_path, title in catalogues.values_list(
            "locale__language_code", "url_path", "title"
        ):
            address = page_url(url_path, language)
            found.setdefault(language, {}).setdefault("catalogue", (address, title))
        cache.set(FIXED_PAGES, found, ONE_HOUR)
    return found


def forget_fixed_pages(**kwargs):
    cache.delete(FIXED_PAGES)


for signal in (page_published, page_unpublished, post_page_move):
    signal.connect(forget_fixed_pages, dispatch_uid="forget_fixed_pages")
for signal in (post_save, post_delete):
    signal.connect(
        forget_fixed_pages, sender=TextPage, dispatch_uid="forget_fixed_text_pages"
    )
