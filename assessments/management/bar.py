"""The progress of a long command, on one line of a terminal; nothing in a log."""


class Bar:
    """`bar(done)` draws how far a command has come; `total` may be unknown (None)."""

    WIDTH = 30

    def __init__(self, stream, label, total=None):
        self.stream, self.label, self.total = stream, label, total

    def __call__(self, done, *more):
        if not self.stream.isatty():
            return
        text = f"{self.label} {done}"
        if self.total:
            filled = min(self.WIDTH * done // self.total, self.WIDTH)
            text = f"{self.label} [{'#' * filled:<{self.WIDTH}}] {done}/{self.total}"
        self.stream.write(f"\r\033[K{text}", ending="")
        self.stream.flush()

    def clear(self):
        if self.stream.isatty():
            self.stream.write("\r\033[K", ending="")
