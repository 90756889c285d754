from io import BytesIO
from itertools import combinations
from math import dist

import PIL.Image
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from assessments.pictures import drawn, facts_of, keep, pinned
from tests.factories import PICTURE, make_framework, make_picture, make_question


def make_photograph(width, height):
    output = BytesIO()
    PIL.Image.new("RGB", (width, height), "navy").save(output, "PNG")
    return make_picture(output.getvalue(), "photograph.png")


def test_a_drawing_is_kept_as_it_is(db):
    image = make_picture()

    keep(image)

    facts = facts_of(image)
    assert facts == {
        "name": f"questions/{image.file_hash}.svg",
        "width": 800,
        "height": 500,
    }
    assert default_storage.open(facts["name"]).read() == PICTURE


def test_a_photograph_is_made_light(db):
    image = make_photograph(1600, 1200)

    keep(image)

    facts = facts_of(image)
    copy = PIL.Image.open(default_storage.open(facts["name"]))
    assert (copy.format, copy.size) == ("WEBP", (800, 600))
    assert (facts["width"], facts["height"]) == (1600, 1200)


def test_what_learners_see_stays_when_the_image_is_replaced(db):
    make_framework()
    question = make_question("spots")
    version = question.versions.get()
    image = question.picture

    image.file = ContentFile(PICTURE.replace(b"#eee", b"#ddd"), "other.svg")
    image.file_hash = ""
    image.save()
    question.save_revision().publish()

    names = [v.content["picture"]["name"] for v in question.versions.order_by("number")]
    assert len(set(names)) == 2
    assert default_storage.open(names[0]).read() == PICTURE
    assert version.picture == image


def test_nothing_is_drawn_without_a_picture():
    assert drawn({"key": [0]}, "", [0, 1]) is None


def test_marks_have_the_numbers_of_the_lines():
    content = {
        "picture": {"name": "questions/a.svg", "width": 800, "height": 500},
        "spots": [[10, 50], [50, 50], [90, 50], [None, None]],
    }

    found = drawn(content, "Un dessin", [2, 0, 3, 1])

    assert found["alt"] == "Un dessin"
    assert found["url"] == "/media/questions/a.svg"
    assert (found["width"], found["height"]) == (400, 250)
    assert found["marks"] == [
        {"number": 1, "place": (360, 125), "at": (360, 95)},
        {"number": 2, "place": (40, 125), "at": (40, 95)},
        {"number": 4, "place": (200, 125), "at": (200, 95)},
    ]


PINNED = [
    ({0: (200, 125)}, {0: (200, 95)}),
    ({0: (0, 0)}, {0: (15, 30)}),
    ({0: (400, 250)}, {0: (385, 220)}),
    ({0: (200, 10)}, {0: (200, 40)}),
    # One above the other: each number on a side of its own place.
    ({0: (200, 100), 1: (200, 130)}, {0: (200, 70), 1: (170, 130)}),
]


@pytest.mark.parametrize(("places", "numbers"), PINNED)
def test_a_number_stands_beside_its_place_clear_of_the_others(places, numbers):
    assert pinned(places, 250) == numbers


def test_numbers_of_near_places_never_meet():
    places = {n: (100 + 28 * (n % 3), 60 + 25 * (n // 3)) for n in range(6)}

    numbers = list(pinned(places, 250).values())

    assert min(dist(a, b) for a, b in combinations(numbers, 2)) >= 24
