from django.urls import reverse
from django.utils.translation import override


def address(name, *args, language="fr", query=""):
    """Return the address of a named view in a language, whatever was asked before."""
    with override(language):
        return reverse(name, args=args) + (f"?{query}" if query else "")


def page_address(page):
    """Return where a page stands, from the address that Wagtail stores."""
    language = page.locale.language_code
    root = page.get_ancestors().get(depth=2).url_path
    return f"/{language}/{page.url_path.removeprefix(root)}"
