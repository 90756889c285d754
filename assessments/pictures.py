"""The picture of a question: a light copy that never changes, and the marks on it."""

from io import BytesIO
from math import dist

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.images.models import Filter

LIGHT = "max-800x800|format-webp|webpquality-70"
# The drawing is 400 units wide. A mark is a pin: its number stands beside its place, so
# that it does not hide it, whole, and rather CLEAR of the others.
WIDTH, PIN, EDGE, CLEAR = 400, 30, 15, 36


def facts_of(image) -> dict:
    """Return {name, width, height} of the copy that learners get of an image.

    The name says what the file holds, so another picture is another question version.
    """
    ending = "svg" if image.is_svg() else "webp"
    return {
        "name": f"questions/{image.get_file_hash()}.{ending}",
        "width": image.width,
        "height": image.height,
    }


def keep(image):
    """Store the copy of an image, once: the image itself can be replaced in the CMS."""
    name = facts_of(image)["name"]
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(light(image)))


def light(image) -> bytes:
    if image.is_svg():
        with image.open_file() as file:
            return file.read()
    output = BytesIO()
    Filter(spec=LIGHT).run(image, output)
    return output.getvalue()


def drawn(content: dict, alt: str, order: list[int]) -> dict | None:
    """Return how to draw the picture of a question, or None when it has none.

    `content` is a version's, `alt` the picture in words, `order` the display order of
    the choices: each mark has the number of its line.
    """
    picture = content.get("picture")
    if picture is None:
        return None
    height = round(WIDTH * picture["height"] / picture["width"])
    spots = content.get("spots", [])
    places = {
        choice: (round(left * WIDTH / 100), round(top * height / 100))
        for choice, (left, top) in enumerate(spots)
        if None not in (left, top)
    }
    numbers = pinned(places, height)
    return {
        "url": default_storage.url(picture["name"]),
        "alt": alt,
        "width": WIDTH,
        "height": height,
        "marks": [
            {"number": line, "place": places[choice], "at": numbers[choice]}
            for line, choice in enumerate(order, start=1)
            if choice in places
        ],
    }


def pinned(places, height):
    """Return where the number of each place stands: beside it, clear of the others.

    Both map a choice to whole units of the drawing, (from the left, from the top).
    """
    numbers = {}
    for choice, place in places.items():
        others = [*numbers.values(), *(p for c, p in places.items() if c != choice)]
        numbers[choice] = max(
            around(place, height),
            key=lambda at: min([CLEAR, *(dist(at, other) for other in others)]),
        )
    return numbers


def around(place, height):
    """Return four spots around a place, inside the drawing, the one above first."""
    steps = [(0, -PIN), (-PIN, 0), (PIN, 0), (0, PIN)]
    found = [(place[0] + across, place[1] + down) for across, down in steps]
    return [
        at
        for at in found
        if EDGE <= at[0] <= WIDTH - EDGE and EDGE <= at[1] <= height - EDGE
    ] or [(min(max(place[0], EDGE), WIDTH - EDGE), abs(place[1] - PIN))]
