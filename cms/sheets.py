"""Texts that people typed, in files that open in a spreadsheet."""


def as_text(value):
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if value and value[0] in "=+-@\t\r" else value
