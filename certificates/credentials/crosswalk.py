"""Which competences of DigComp 3.0 each area of our framework meets.

Indicative, reasoned by us, to be validated by schools: the credential says so. The
titles of DigComp are not repeated: its text is under another licence than ours.
"""

DIGCOMP = "DigComp 3.0"
DIGCOMP_ADDRESS = (
    "https://joint-research-centre.ec.europa.eu/digcomp/digcomp-framework_en"
)

DIGCOMP_OF_AREA = {
    "A": ["1.3", "2.4", "4.1", "5.1", "5.4"],
    "B": ["4.3", "5.4"],
    "C": ["2.3", "2.4"],
    "D": ["2.3", "5.2"],
    "E": ["2.3", "2.6", "4.2"],
    "F": ["2.1", "2.5", "4.3"],
}


def digcomp_of(areas: set[str]) -> list[str]:
    """Return the codes that areas meet, each once, in order."""
    return sorted({code for area in areas for code in DIGCOMP_OF_AREA.get(area, [])})
