from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def admin_css():
    return format_html(
        '<link rel="stylesheet" href="{}">', static("cms/admin/admin.css")
    )


@hooks.register("insert_editor_js")
def label_rich_text():
    """Names the rich text editors for screen readers (wagtail issue 11179)."""
    return format_html('<script src="{}"></script>', static("cms/admin/labels.js"))
