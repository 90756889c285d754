"""How a document looks: what a template says, frozen, as the renderer needs it.

A look is plain data: texts, two colours, the bytes of a logo. The renderer writes the
texts as texts, so that markup in one of them is read and never run.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from math import floor

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from certificates import uploads
from certificates.glyphs import missing_characters, tidy

LANGUAGES = ("fr", "en")
WHITE = "#ffffff"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
MOST_SIGNATORIES = 3
PLACEHOLDER = re.compile(r"\{(name|title|date)\}")


@dataclass(frozen=True)
class Signature:
    name: str
    role: str


@dataclass(frozen=True)
class Look:
    """What a render needs beside the facts; the default is the platform's own look.

    `titles` and `closings`: text by language, "" for the usual one or none.
    `signatories`: [{"name", "role": {language: text}}]. `logo`: bytes, or None.
    """

    ink: str = "#1d2830"
    accent: str = "#0f4c5c"
    titles: dict = field(default_factory=dict)
    closings: dict = field(default_factory=dict)
    signatories: tuple = ()
    logo: bytes | None = None
    logo_type: str = ""
    logo_alt: str = ""
    checksum: str = ""

    def title(self, language):
        return self.titles.get(language, "")

    def closing(self, language, values):
        """Return the closing sentence, filled; `values`: {"name", "title", "date"}."""
        return filled(self.closings.get(language, ""), values)

    def signatures(self, language):
        return [
            Signature(row["name"], row["role"].get(language) or row["role"]["fr"])
            for row in self.signatories
        ]


def filled(text, values):
    """Put values in the place of {name}, {title} and {date}; other braces stay."""
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1]) or ""), text)


def look_of(version):
    """Return the look that a TemplateVersion froze; of None, None: the usual look."""
    if version is None:
        return None
    return look_from(
        version.content,
        bytes(version.logo) if version.logo else None,
        version.logo_type,
        version.checksum,
    )


def look_from(content, logo, logo_type, checksum):
    return Look(
        ink=content["ink"],
        accent=content["accent"],
        titles=content["title"],
        closings=content["closing"],
        signatories=tuple(content["signatories"]),
        logo=logo,
        logo_type=logo_type,
        logo_alt=content["logo_alt"],
        checksum=checksum,
    )


def look_of_draft(template):
    """Return the look of a template as it is typed; raises ValidationError (logo)."""
    logo, logo_type = logo_of(template)
    content = content_of(template)
    return look_from(content, logo, logo_type, checksum_of(content, logo))


def content_of(template):
    """Return the content of a version, as TemplateVersion describes it."""
    return {
        "ink": template.ink.lower(),
        "accent": template.accent.lower(),
        "title": in_languages(template, "title"),
        "closing": in_languages(template, "closing"),
        "logo_alt": tidy(template.logo_alt) if template.logo else "",
        "signatories": [
            {"name": tidy(row.name), "role": in_languages(row, "role")}
            for row in template.signatories.all()
        ],
    }


def in_languages(source, field_name):
    return {code: tidy(getattr(source, f"{field_name}_{code}")) for code in LANGUAGES}


def logo_of(template):
    """Return the bytes and the type of a template's logo, made harmless, or (None, "").

    Raises ValidationError, before it reads a file that is too large.
    """
    if template.logo is None:
        return None, ""
    try:
        uploads.check_size(template.logo.file.size)
        with template.logo.open_file() as file:
            return uploads.clean_logo(file.read())
    except FileNotFoundError as error:
        raise ValidationError(
            _("The file of this logo is missing. Choose a logo again.")
        ) from error


def checksum_of(content, logo):
    facts = [content, hashlib.sha256(logo).hexdigest() if logo else ""]
    plain = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def freeze(template, checked):
    """Return the version that documents pin from now on; create it once.

    `checked` says what was verified before: {"documents", "standards"}.
    """
    logo, logo_type = logo_of(template)
    content = content_of(template)
    checksum = checksum_of(content, logo)
    latest = template.versions.order_by("-number").first()
    if latest and latest.checksum == checksum:
        return latest
    return template.versions.create(
        number=latest.number + 1 if latest else 1,
        content=content | {"checked": checked},
        logo=logo,
        logo_type=logo_type,
        checksum=checksum,
    )


# --- what can be said without drawing -------------------------------------------------


def problems_in(template):
    """Return what keeps a template from being published: [(name of field, sentence)].

    Cheap: nothing is drawn. The field is None when no single one is to blame.
    """
    return [
        *colour_problems(template),
        *logo_problems(template),
        *text_problems(content_of(template)),
    ]


def colour_problems(template):
    for name in ("ink", "accent"):
        ratio = contrast(getattr(template, name), WHITE)
        if ratio < LEAST_CONTRAST:
            yield (
                name,
                _(
                    "This colour is too pale to be read on white: its contrast is "
                    "%(ratio)s to 1, and 4.5 to 1 is needed. Choose a darker one."
                )
                % {"ratio": number_format(floor(ratio * 10) / 10, 1)},
            )


def logo_problems(template):
    try:
        logo, _type = logo_of(template)
    except ValidationError as error:
        yield "logo", error.messages[0]
        return
    if logo and not template.logo_alt.strip():
        yield (
            "logo_alt",
            _("Say the logo in words: most often the name of the organisation."),
        )


def text_problems(content):
    if len(content["signatories"]) > MOST_SIGNATORIES:
        yield None, _("A document has room for three signatories at most.")
    for name, text in texts_in(content):
        if missing := missing_characters(text):
            yield (
                name,
                _(
                    "Our fonts cannot print these characters of “%(text)s”: "
                    "%(characters)s. Write it without them."
                )
                % {"text": text, "characters": " ".join(missing)},
            )


def texts_in(content):
    """Return all that a template writes on paper: (name of field or None, text)."""
    for name in ("title", "closing"):
        for language, text in content[name].items():
            yield f"{name}_{language}", text
    yield "logo_alt", content["logo_alt"]
    for row in content["signatories"]:
        yield None, row["name"]
        for text in row["role"].values():
            yield None, text


def contrast(colour, other):
    """Return the contrast of two colours (#rrggbb), from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(colour), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
