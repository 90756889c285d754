"""The addresses that credentials name: signed, so kept for ever."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Site:
    """A platform's addresses; `base` has no slash at its end: https://example.org."""

    base: str

    def credential(self, code: str) -> str:
        """Return the check page, which gives the credential to programs that ask."""
        return f"{self.base}/v/{code}"

    def achievement(self, kind: str, *names: str) -> str:
        """Return what was achieved, by kind, code and version."""
        path = "/".join(quote(name, safe="") for name in (kind, *names))
        return f"{self.base}/achievements/{path}"

    def competence(self, code: str) -> str:
        return f"{self.base}/framework/{code}"

    def level(self, number: int) -> str:
        """Return a level of the scale, from 1 to 8."""
        return f"{self.base}/framework/levels/{number}"

    def status_list(self, name: str) -> str:
        return f"{self.base}/status/{name}"
