"""What one visit of a page shows: its rules broken, its weight, its width."""

from dataclasses import dataclass, field
from importlib import resources
from urllib.parse import urlsplit

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL_RULES = {
    "runOnly": {"type": "tag", "values": WCAG},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# Light and dark differ by their colours alone.
COLOUR_RULES = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
SETTINGS = [
    (360, "light", ALL_RULES),
    (360, "dark", COLOUR_RULES),
    (1280, "light", ALL_RULES),
    (1280, "dark", COLOUR_RULES),
]
# Both begin before either is awaited: two pages are examined at a time.
BEGIN = """options => { window.examined = new Promise(done =>
    setTimeout(() => axe.run(document, options).then(done), 0)); }"""
END = """async () => (await window.examined).violations.flatMap(rule =>
    rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")} ${node.html}`))"""
TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return "";
  const out = [...document.body.querySelectorAll("*")].filter(
    node => node.getBoundingClientRect().right > root.clientWidth + 1);
  return `${root.scrollWidth} px: ` + out.slice(-3).map(n => n.outerHTML.slice(0, 90));
}"""
LARGE = """() => { document.body.dataset.text = "larger"; }"""
DOUBLE = """() => { delete document.body.dataset.text;
  document.documentElement.style.fontSize = "200%"; }"""
AS_BEFORE = """() => { document.documentElement.style.fontSize = ""; }"""


class Traffic:
    """Listens to everything that a page asks for over the wire."""

    def __init__(self, page):
        self.page = page
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("Network.enable")
        self.wire.on("Network.requestWillBeSent", self.asked)
        self.wire.on("Network.loadingFinished", self.received)
        self.wire.on("Network.loadingFailed", self.failed)
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.begin()

    def begin(self):
        self.addresses = {}
        self.lengths = {}
        self.complaints = []

    def asked(self, event):
        address = event["request"]["url"]
        if not address.startswith("data:"):
            self.addresses[event["requestId"]] = address

    def received(self, event):
        self.lengths[event["requestId"]] = event["encodedDataLength"]

    def failed(self, event):
        address = self.addresses.get(event["requestId"])
        self.complaints.append(f"{address}: {event['errorText']}")
        self.lengths[event["requestId"]] = 0

    def settle(self):
        """Wait until everything that was asked for has come."""
        self.page.evaluate("document.fonts.ready.then(() => true)")
        for _turn in range(200):
            if self.addresses.keys() <= self.lengths.keys():
                return
            self.page.wait_for_timeout(20)

    def said(self, message):
        # A browser reports the status of a page that is missing on purpose.
        is_status = message.text.startswith("Failed to load resource")
        if message.type == "error" and not (
            is_status and message.location.get("url") == self.page.url
        ):
            self.complaints.append(message.text)

    @property
    def requests(self):
        return sum(1 for key in self.addresses if self.lengths.get(key, 0) > 0)

    @property
    def bytes(self):
        return int(sum(self.lengths.get(key, 0) for key in self.addresses))

    @property
    def hosts(self):
        return {urlsplit(address).netloc for address in self.addresses.values()}

    def forget(self):
        self.wire.send("Network.clearBrowserCache")


@dataclass
class Look:
    """The outcome of visiting one state; lists are empty when all is well."""

    violations: list = field(default_factory=list)
    too_wide: list = field(default_factory=list)
    too_wide_large: list = field(default_factory=list)
    complaints: list = field(default_factory=list)
    hosts: set = field(default_factory=set)
    bytes: int = 0
    requests: int = 0
    next_bytes: int = 0


def examine(pages):
    """Return the rules broken by pages {language: page}, in each width and scheme."""
    found = []
    for page in pages.values():
        page.evaluate(AXE)
    for width, scheme, rules in SETTINGS:
        for page in pages.values():
            page.set_viewport_size({"width": width, "height": 740})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(BEGIN, rules)
        for language, page in pages.items():
            found += [f"{language} {width} {scheme} {v}" for v in page.evaluate(END)]
    return found


def measure_width(page):
    """Return what is too wide at 320 px: (as it is, with larger text)."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 740})
    normal = page.evaluate(TOO_WIDE)
    page.evaluate(LARGE)
    larger = page.evaluate(TOO_WIDE)
    page.evaluate(DOUBLE)
    double = page.evaluate(TOO_WIDE)
    page.evaluate(AS_BEFORE)
    return normal, [f"larger {larger}"] * bool(larger) + [f"200% {double}"] * bool(
        double
    )
