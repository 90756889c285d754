"""A learner's browser, reduced to what a page needs: cookies, forms, redirects."""

import gzip
import http.client
import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

MOST_REDIRECTS = 5


class Unexpected(RuntimeError):
    """A page is not what a learner would have got."""


@dataclass
class Form:
    """A form of a page: its address, and the values that it sends as it stands."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)

    def has(self, name):
        return name in self.areas or any(name == field for field, _v in self.fields)


class FormReader(HTMLParser):
    """Reads the forms of a page; `choices` maps a field to its (value, label) pairs."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.form = self.label = self.select = None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            action, method = found.get("action", ""), found.get("method", "get")
            self.form = Form(action, method.lower())
            self.forms.append(self.form)
        elif self.form is not None and "disabled" not in found:
            self.read_control(tag, found)

    def read_control(self, tag, found):
        name, value = found.get("name"), found.get("value", "")
        if tag == "select":
            self.select = name
        elif tag == "option":
            self.begin_label(self.select, value)
        elif not name:
            return
        elif tag == "button":
            self.form.buttons.append((name, value))
        elif tag == "input" and found.get("type") in ("radio", "checkbox"):
            self.begin_label(name, value)
            if "checked" in found:
                self.form.fields.append((name, value))
        elif tag == "input":
            self.form.fields.append((name, value))
        elif tag == "textarea":
            self.form.areas.append(name)

    def begin_label(self, name, value):
        self.label = [name, value, ""]

    def handle_data(self, text):
        if self.label:
            self.label[2] += text

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        if self.label and tag in ("label", "option"):
            name, value, text = self.label
            self.form.choices.setdefault(name, []).append((value, text.strip()))
            self.label = None


@dataclass
class Answer:
    """What the server answered, after its redirects."""

    status: int
    path: str
    headers: dict[str, str]
    body: bytes

    @cached_property
    def text(self):
        return self.body.decode()

    @cached_property
    def forms(self):
        reader = FormReader()
        reader.feed(self.text)
        return reader.forms

    def form(self, ending):
        """Return the form that is sent to an address with this ending."""
        for form in self.forms:
            action = urljoin(self.path, form.action)
            if form.method == "post" and action.endswith(ending):
                return form
        raise Unexpected(f"{self.path} has no form to {ending}.")


class Visitor:
    """Asks a running server for pages, from an address of this machine of its own."""

    def __init__(self, port, source="127.0.0.1"):
        self.port, self.source = port, source
        self.cookies = {}
        self.bytes = self.requests = 0
        self.connection = None

    # --- one request ------------------------------------------------------------------

    def send(self, method, path, body, headers):
        """Return (status, headers, body) of one request; tested in-process too."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=60, source_address=(self.source, 0)
            )
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.close()
            raise
        content = answer.read()
        self.bytes += (
            len(content)
            + 17
            + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        )
        return answer.status, answer.getheaders(), content

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def request(self, method, path, data=None):
        headers = {"Accept-Encoding": "gzip", "Accept": "text/html"}
        body = urlencode(data).encode() if data is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        status, answered, content = self.send(method, path, body, headers)
        self.requests += 1
        named = {}
        for name, value in answered:
            named[name.lower()] = value
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if named.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(status, path, named, content)

    # --- as a browser does ------------------------------------------------------------

    def follow(self, answer):
        for _step in range(MOST_REDIRECTS):
            if answer.status not in (301, 302, 303):
                return answer
            to = urlsplit(urljoin(answer.path, answer.headers["location"]))
            answer = self.request("GET", to.path + (f"?{to.query}" if to.query else ""))
        raise Unexpected(f"{answer.path} leads round in circles.")

    def get(self, path, status=200):
        return self.expect(self.follow(self.request("GET", path)), status)

    def send_form(self, page, form, data=()):
        """Send a form as it stands, with `data` (pairs) instead of the same fields."""
        names = {name for name, _value in data}
        kept = [pair for pair in form.fields if pair[0] not in names]
        action = urljoin(page.path, form.action)
        return self.request("POST", action, [*kept, *data])

    def submit(self, page, form, data=(), status=200):
        return self.expect(self.follow(self.send_form(page, form, data)), status)

    def expect(self, answer, status):
        if answer.status != status:
            title = re.search(r"<h1.*?</h1>", answer.body.decode(errors="ignore"), re.S)
            said = title[0] if title else ""
            raise Unexpected(f"{answer.path}: {answer.status} {said}")
        return answer

    def sign_in(self, path, email, password):
        page = self.get(path)
        return self.submit(
            page, page.form(path), [("login", email), ("password", password)]
        )

    def get_files(self, page):
        """Ask for the files of a page, with those that its style sheet asks for."""
        found = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        for path in dict.fromkeys(found):
            answer = self.get(path)
            if path.endswith(".css"):
                for name in re.findall(r"url\(([^)]+\.woff2)\)", answer.text):
                    if (font := urljoin(path, name.strip("\"'"))) not in found:
                        self.get(font)
