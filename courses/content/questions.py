"""Questions of the content files: their shape, then the rows that they become."""

import hashlib
from io import BytesIO

import willow
from wagtail.images.models import Image

from assessments.models import Choice, Part, Question
from courses.content.files import (
    LEVELS,
    ContentError,
    line_of,
    need,
    need_list,
    need_number,
    need_texts,
    read,
    read_yaml_file,
)

NEEDED = ["id", "competence", "level", "kind", "topic", "stem"]
OPTIONAL = ["choices", "parts", "document", "picture", "picture_alt"]
OF_A_CHOICE = ["text", "why", "match", "right", "at"]
PERCENT = "“at” is two numbers from 0 to 100: from the left, from the top"


# --- their shape ----------------------------------------------------------------------


def read_questions(path):
    """Return the questions of a file, each checked for its shape."""
    questions = read_yaml_file(path)
    if not isinstance(questions, list):
        raise ContentError(path, 1, "a list of questions is expected")
    lines = read(path).splitlines()
    for question in questions:
        check_shape(question, path, line_of(lines, question))
    return questions


def check_shape(question, path, line):
    need(question, NEEDED, path, line)
    only(question, [*NEEDED, *OPTIONAL], path, line)
    if question["kind"] not in Question.Kind.values:
        names = ", ".join(Question.Kind.values)
        raise ContentError(path, line, f"kind is one of {names}")
    need_number(question, "level", LEVELS, path, line)
    for name in ("stem", "document", "picture_alt"):
        if name in question:
            need_texts(question[name], path, line)
    if question["kind"] == "linked":
        check_parts(question, path, line)
    elif "parts" in question:
        raise ContentError(path, line, "only a linked question has “parts”")
    else:
        check_choices(question, path, line)
    if question["kind"] == "spots":
        check_spots(question, path, line)
    elif any("at" in choice for choice, _part in choices_of(question)):
        raise ContentError(path, line, "only the choices of spots have “at”")


def only(data, names, path, line):
    """Refuse a name that means nothing here: it may be another one misspelt."""
    for name in data:
        if name not in names:
            raise ContentError(path, line, f"“{name}” is not one of {', '.join(names)}")


def check_parts(question, path, line):
    if "choices" in question:
        raise ContentError(path, line, "put the choices of a linked question in parts")
    need(question, ["parts"], path, line)
    need_list(question, "parts", path, line)
    for part in question["parts"]:
        need(part, ["stem"], path, line)
        only(part, ["stem", "choices"], path, line)
        need_texts(part["stem"], path, line)
        check_choices(part, path, line)


def check_choices(data, path, line):
    need(data, ["choices"], path, line)
    need_list(data, "choices", path, line)
    for choice in data["choices"]:
        need(choice, ["text", "why"], path, line)
        only(choice, OF_A_CHOICE, path, line)
        for name in ("text", "why", "match"):
            if name in choice:
                need_texts(choice[name], path, line)


def check_spots(question, path, line):
    need(question, ["picture", "picture_alt"], path, line)
    for choice in question["choices"]:
        need(choice, ["at"], path, line)
        at = choice["at"]
        if not (isinstance(at, list) and len(at) == 2 and all(map(is_percent, at))):
            raise ContentError(path, line, PERCENT)


def is_percent(value):
    return type(value) in (int, float) and 0 <= value <= 100


def choices_of(question):
    """Return [(choice, number of its part from 1)]; the part is None without parts."""
    if "parts" not in question:
        return [(choice, None) for choice in question["choices"]]
    return [
        (choice, number)
        for number, part in enumerate(question["parts"], start=1)
        for choice in part["choices"]
    ]


# --- as rows --------------------------------------------------------------------------


def fill(question, data, picture=None):
    """Put what a file says in a question; saves nothing. Returns the question."""
    question.kind, question.level = data["kind"], data["level"]
    question.topic, question.picture = data["topic"], picture
    for language in ("fr", "en"):
        for name in ("stem", "document", "picture_alt"):
            setattr(question, f"{name}_{language}", text_of(data, name, language))
    question.parts = [
        Part(sort_order=number, **both_texts(part, "stem"))
        for number, part in enumerate(data.get("parts", []))
    ]
    question.choices = [
        choice_from(choice, number, part)
        for number, (choice, part) in enumerate(choices_of(data))
    ]
    return question


def text_of(data, name, language):
    return str((data.get(name) or {}).get(language) or "").strip()


def both_texts(data, *names):
    return {
        f"{name}_{language}": text_of(data, name, language)
        for name in names
        for language in ("fr", "en")
    }


def choice_from(data, number, part):
    left, top = data.get("at") or (None, None)
    return Choice(
        sort_order=number,
        **both_texts(data, "text", "why", "match"),
        is_right=bool(data.get("right")),
        spot_x=None if left is None else round(left),
        spot_y=None if top is None else round(top),
        part=part,
    )


def image_from(path):
    """Return the picture of a file as an image of the CMS, unsaved, or None.

    None when it is no picture. Its hash tells whether the CMS has it already.
    """
    data = path.read_bytes()
    try:
        width, height = willow.Image.open(BytesIO(data)).get_size()
    except Exception:  # each format has its own
        return None
    return Image(
        title=path.stem,
        file=path.name,
        width=round(width),
        height=round(height),
        file_size=len(data),
        collection_id=None,  # its default would ask the database
        file_hash=hashlib.sha1(data).hexdigest(),  # noqa: S324 - as Wagtail does
    )
