"""What WeasyPrint 70 leaves to mend, done to the PDF objects before they are written.

It can claim one standard only: the mark of PDF/UA-1 goes into the XMP data beside that
of PDF/A-3a, with the extension schema that PDF/A wants for it (ISO 19005-3, 6.6.2.3;
ISO 14289-1, 5).
"""

import re
import zlib

import pydyf

UA_MARK = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the PDF/UA standard</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
""".strip().encode()
END = b"</rdf:RDF>"
POINTS_PER_PIXEL = 0.75
OUR_FONTS = "Repere "
EMPTY_STRING = re.compile(rb"(?<!<)<>(?!>)")


class Unfinished(Exception):
    """The document is not what it should be: a fault of a template or of a font."""


def finish(document, pdf):
    """Mend a WeasyPrint document on its way to bytes; raises Unfinished."""
    refuse_foreign_fonts(document)
    add_ua_mark(pdf)
    attach_once(pdf)
    place_figures(pdf, document)
    number_headers(pdf)
    write_once(pdf)


def refuse_foreign_fonts(document):
    """Refuse fonts of the system, and characters that no font has."""
    for font in document.fonts.values():
        if not font.family.startswith(OUR_FONTS):
            raise Unfinished(f"The font {font.family} is not one of the document's.")
        if font.missing:
            found = " ".join(f"U+{codepoint:04X}" for codepoint in font.missing)
            raise Unfinished(f"The font {font.family} has no {found}.")


def add_ua_mark(pdf):
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[number]
    text = b"\n".join(metadata.stream)
    if text.count(END) != 1:
        raise Unfinished("The XMP data has no end to put the mark of PDF/UA before.")
    metadata.stream = [text.replace(END, UA_MARK + END)]


def attach_once(pdf):
    """Keep one reference to each attachment: WeasyPrint writes two."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def place_figures(pdf, document):
    """Write boxes of figures in points from the bottom, not pixels from the top.

    (ISO 32000-1, 14.8.5.4: BBox is in default user space.)
    """
    heights = dict(zip(pdf.page_references, document.pages, strict=True))
    for figure in elements(pdf, "/Figure"):
        left, top, right, bottom = figure["A"]["BBox"]
        height = heights[figure["Pg"]].height
        figure["A"]["BBox"] = pydyf.Array(
            round(value * POINTS_PER_PIXEL, 2)
            for value in (left, height - bottom, right, height - top)
        )


def elements(pdf, tag):
    return (
        item
        for item in pdf.objects
        if isinstance(item, pydyf.Dictionary) and item.get("S") == tag
    )


def number_headers(pdf):
    """Say of which column or row each header speaks."""
    for header in elements(pdf, "/TH"):
        if "Scope" not in header["A"]:
            header["A"]["Scope"] = "/Column"


def write_once(pdf):
    """Write each object down: pydyf would do it twice, once to hash the file.

    Streams are compressed a little less hard than pydyf does, in half the time.
    """
    pdf.objects = [written(item) for item in pdf.objects]


def written(item):
    if isinstance(item, pydyf.Stream):
        copy = WrittenStream(compressed(item))
    elif item.free == "f":
        return item
    else:
        copy = Written(item.data)
    copy.number = item.number
    return copy


def compressed(stream):
    if not stream.compress:
        return stream.data
    text = b"\n".join(map(pydyf._to_bytes, stream.stream))
    if b"<>" in text and is_page(stream):
        text = EMPTY_STRING.sub(b" ", text)
    extra = {**stream.extra, "Filter": "/FlateDecode"}
    return pydyf.Stream([zlib.compress(text)], extra).data


def is_page(stream):
    """Tell what is drawn, text among it, from files, fonts and pictures.

    In a line of text that has an empty string (there is one before each mark on a
    letter), PDFium, which is Chrome's and Android's reader, forgets the last kerning.
    """
    from weasyprint.pdf.stream import Stream

    return isinstance(stream, Stream)


class Written(pydyf.Object):
    def __init__(self, data):
        super().__init__()
        self.bytes = data

    @property
    def data(self):
        return self.bytes


class WrittenStream(Written, pydyf.Stream):
    """A stream: pydyf keeps these out of its compressed object stream."""
