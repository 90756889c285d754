"""Drawings (SVG) that are shown as pictures and can do nothing else."""

import re
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

SVG = "{http://www.w3.org/2000/svg}"
DRAWING = {
    *("svg", "g", "defs", "symbol", "use", "switch", "title", "desc", "metadata"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("text", "tspan", "textPath", "marker", "pattern", "clipPath", "mask"),
    *("linearGradient", "radialGradient", "stop"),
}
# A stylesheet instruction can fetch or transform; a DTD can add attributes.
PROLOGUE = re.compile(r"<!DOCTYPE|<\?xml-", re.IGNORECASE)
OUTSIDE = re.compile(r"url\(\s*[\"']?(?!#)|@import|javascript:", re.IGNORECASE)
MOST_BYTES = 1024 * 1024
# What comes before the first “<” of a drawing: a byte order mark, white space.
BEFORE = b"\xef\xbb\xbf \t\r\n\f\v"


def can_only_be_looked_at(svg: bytes) -> bool:
    """Return whether a drawing holds shapes and texts only.

    No script, no style sheet, no picture or address outside the file: opened by its own
    address it runs nothing and asks nobody for anything.
    """
    try:
        text = svg.decode("utf-8-sig")
        root = fromstring(svg)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return False
    return not PROLOGUE.search(text) and all(is_harmless(part) for part in root.iter())


def is_harmless(element):
    name = element.tag
    return name.startswith(SVG) and (
        name.removeprefix(SVG) in DRAWING
        and not any(acts(*attribute) for attribute in element.items())
    )


def acts(name, value):
    """Return whether an attribute runs something or points outside its file."""
    local = name.rpartition("}")[2].lower()
    if local == "href":
        return not value.strip().startswith("#")
    return local.startswith("on") or bool(OUTSIDE.search(value))


class PictureField(WagtailImageField):
    """Weighs a file before anything parses it: a large drawing takes seconds."""

    def to_python(self, data):
        if data not in self.empty_values:
            if data.size > MOST_BYTES and is_drawing(data):
                raise ValidationError(
                    _("A drawing weighs 1 MB at most. Simplify it and try again."),
                    code="drawing_too_large",
                )
            self.check_image_file_size(data)
        return super().to_python(data)


def is_drawing(file):
    """Return whether a file is a drawing by its name, or begins like one."""
    begins = file.read(1024).lstrip(BEFORE).startswith(b"<")
    file.seek(0)
    return begins or file.name.lower().endswith(".svg")


class PictureForm(BaseImageForm):
    """What editors upload: photographs, and drawings that can only be looked at."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Wagtail chooses the field itself; the form after an upload has none.
        if given := self.fields.get("file"):
            self.fields["file"] = PictureField(label=given.label, widget=given.widget)

    def clean_file(self):
        file = self.cleaned_data["file"]
        is_new = "file" in self.changed_data
        if is_new and file.name.lower().endswith(".svg"):
            file.seek(0)
            if not can_only_be_looked_at(file.read()):
                raise ValidationError(
                    _(
                        "This drawing holds more than shapes and texts. Save it again "
                        "as “plain SVG”, without script, style sheet or linked picture."
                    )
                )
            file.seek(0)
        return file
