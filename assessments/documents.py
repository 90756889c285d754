"""An e-mail or a document to read, written as plain text."""

import re

# “Objet : Votre dossier”; an address such as https://… is no header.
HEADER = re.compile(r"^([^\s:][^:]{0,39}?)\s*:\s+(\S.*)$")
MARK = re.compile(r"\[(\d{1,2})\]")


def document_of(text: str) -> dict:
    """Return {"headers": [(name, value), …], "paragraphs": [[line, …], …]}.

    The first lines up to an empty one are headers when each reads “name : value”.
    """
    paragraphs = [
        [line.strip() for line in paragraph.splitlines()]
        for paragraph in re.split(r"\n\s*\n", "\n".join(text.strip().splitlines()))
    ]
    headers = [HEADER.match(line) for line in paragraphs[0]]
    if not all(headers):
        return {"headers": [], "paragraphs": paragraphs}
    return {
        "headers": [(header[1], header[2]) for header in headers],
        "paragraphs": paragraphs[1:],
    }


def marks_in(text: str) -> set[int]:
    """Return the numbers of the places that a text marks or names: [1], [2]…"""
    return {int(number) for number in MARK.findall(text)}
