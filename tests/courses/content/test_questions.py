"""Practice questions of every newer kind, from their file to what learners get."""

from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from wagtail.images.models import Image

from assessments.models import Question, Statement
from tests.courses.content.packages import change, row_counts, write_package
from tests.factories import PICTURE

SHORT = """\
- id: A1-p1
  competence: A1
  level: 2
  kind: short
  topic: hidden-copy
  stem: {fr: "Quelle case ?", en: "Which box?"}
  choices:
    - right: true
      text: {fr: Cci, en: Bcc}
      why: {fr: Cachée., en: Hidden.}
    - right: true
      text: {fr: Bcc, en: Cci}
      why: {fr: Autre nom., en: Another name.}
    - text: {fr: Cc, en: Cc}
      why: {fr: Visible., en: Seen.}
"""
LINKED = """\
- id: A1-p2
  competence: A1
  level: 3
  kind: linked
  topic: referral
  stem: {fr: Elle accepte., en: She agrees.}
  parts:
    - stem: {fr: "D'abord ?", en: "First?"}
      choices:
        - text: {fr: Attendre encore, en: Wait a while}
          why: {fr: a, en: a}
        - right: true
          text: {fr: Appeler, en: Call}
          why: {fr: b, en: b}
    - stem: {fr: "Ensuite ?", en: "Then?"}
      choices:
        - right: true
          text: {fr: Noter, en: Note}
          why: {fr: c, en: c}
        - text: {fr: Oublier tout, en: Forget it all}
          why: {fr: d, en: d}
"""
DOCUMENT = """\
- id: A1-p3
  competence: A1
  level: 3
  kind: single
  topic: sender
  stem: {fr: "Quel endroit ?", en: "Which place?"}
  document:
    fr: |
      De : nous [1]

      Bonjour [2]
    en: |
      From: us [1]

      Hello [2]
  choices:
    - right: true
      text: {fr: "[1] ici", en: "[1] here"}
      why: {fr: a, en: a}
    - text: {fr: "[2] plutôt là", en: "[2] over there"}
      why: {fr: b, en: b}
"""
SPOTS = """\
- id: A1-p4
  competence: A1
  level: 2
  kind: spots
  topic: mute
  stem: {fr: "Où ?", en: "Where?"}
  picture: call.svg
  picture_alt: {fr: Un appel, en: A call}
  choices:
    - right: true
      text: {fr: Le micro, en: The microphone}
      why: {fr: a, en: a}
      at: [30, 88.6]
    - text: {fr: La caméra, en: The camera}
      why: {fr: b, en: b}
      at: [50, 89]
"""
QUESTIONS = {"short": SHORT, "linked": LINKED, "document": DOCUMENT, "spots": SPOTS}
STATEMENT = """\
- id: A-s1
  area: A
  level: 1
  text: {fr: Je sais 1., en: I can 1.}
"""
STATEMENTS = "".join(STATEMENT.replace("1", str(number)) for number in range(1, 7))
PRACTICE = "practice/A.yaml"


@pytest.fixture
def package(tmp_path):
    folder = write_package(tmp_path)
    (folder / "practice").mkdir()
    (folder / "pictures").mkdir()
    (folder / PRACTICE).write_text("".join(QUESTIONS.values()), encoding="utf-8")
    (folder / "pictures/call.svg").write_bytes(PICTURE)
    path = folder / "framework/statements.yaml"
    path.write_text(STATEMENTS, encoding="utf-8")
    return folder


def load(folder):
    out = StringIO()
    call_command("load_content", folder=folder, stdout=out)
    return out.getvalue().splitlines()


def check(folder):
    out = StringIO()
    call_command("check_content", folder=folder, stdout=out)
    return out.getvalue().splitlines()


def refusal(folder):
    with pytest.raises(CommandError) as refused:
        load(folder)
    return str(refused.value)


def content_of(reference):
    return Question.objects.get(reference=reference).versions.get().content


# --- what is loaded -------------------------------------------------------------------


def test_the_files_are_checked_without_the_database(package):
    assert check(package)[-3:] == [
        "4 questions in practice",
        "6 questions, 1 modules",
        "All rules are met.",
    ]


def test_practice_questions_are_loaded_for_practice(package, db):
    load(package)

    found = Question.objects.filter(purpose="practice", live=True)
    assert sorted(found.values_list("reference", "kind")) == [
        ("a1-p1", "short"),
        ("a1-p2", "linked"),
        ("a1-p3", "single"),
        ("a1-p4", "spots"),
    ]


def test_a_short_answer_keeps_its_forms(package, db):
    load(package)

    content = content_of("a1-p1")
    assert content["key"] == [0, 1]
    assert [choice["text"] for choice in content["en"]["choices"]] == [
        "Bcc",
        "Cci",
        "Cc",
    ]


def test_a_short_scenario_keeps_its_parts(package, db):
    load(package)

    content = content_of("a1-p2")
    assert content["fr"]["parts"] == [{"stem": "D'abord ?"}, {"stem": "Ensuite ?"}]
    assert content["en"]["parts"] == [{"stem": "First?"}, {"stem": "Then?"}]
    assert (content["part_of"], content["key"]) == ([0, 0, 1, 1], [1, 2])


def test_a_document_is_kept_in_both_languages(package, db):
    load(package)

    content = content_of("a1-p3")
    assert content["fr"]["document"] == "De : nous [1]\n\nBonjour [2]"
    assert content["en"]["document"] == "From: us [1]\n\nHello [2]"


def test_a_picture_is_kept_with_its_places(package, db):
    load(package)

    content = content_of("a1-p4")
    picture = Image.objects.get()
    assert (picture.title, picture.width, picture.height) == ("call", 800, 500)
    assert content["spots"] == [[30, 89], [50, 89]]
    assert content["en"]["picture_alt"] == "A call"
    assert default_storage.open(content["picture"]["name"]).read() == PICTURE


def test_statements_are_loaded_as_the_framework_is(package, db):
    load(package)

    assert list(
        Statement.objects.values_list("reference", "area__code", "level", "text_en")
    ) == [(f"a-s{n}", "A", n, f"I can {n}.") for n in range(1, 7)]


def test_loading_twice_changes_nothing(package, db):
    load(package)
    before = row_counts() | {"images": Image.objects.count()}

    assert load(package)[-1].startswith("0 created, 0 updated, ")
    assert row_counts() | {"images": Image.objects.count()} == before


def test_another_drawing_makes_another_version_and_keeps_the_old_one(package, db):
    load(package)
    old = content_of("a1-p4")["picture"]["name"]
    drawing = PICTURE.replace(b"#eee", b"#ddd")
    (package / "pictures/call.svg").write_bytes(drawing)

    assert load(package)[-1].startswith("0 created, 1 updated, ")
    versions = Question.objects.get(reference="a1-p4").versions.order_by("number")
    names = [version.content["picture"]["name"] for version in versions]
    assert names[0] == old != names[1]
    assert default_storage.open(names[1]).read() == drawing
    assert Image.objects.count() == 2


# --- what does not fit ----------------------------------------------------------------

BROKEN = {
    "unknown field": (
        "topic: hidden-copy",
        "topics: hidden-copy\n  topic: a",
        "short",
        "“topics” is not one of",
    ),
    "no accepted form": (
        SHORT[SHORT.index("    - right") : SHORT.rindex("    - text")],
        "",
        "short",
        "Mark as right each form",
    ),
    "same form right and wrong": (
        "{fr: Cc, en: Cc}",
        "{fr: CCI., en: Cc}",
        "short",
        "Answers 1 and 3 are one",
    ),
    "choices beside parts": (
        "  parts:\n",
        "  choices: []\n  parts:\n",
        "linked",
        "put the choices of a linked question in parts",
    ),
    "parts of another kind": (
        "kind: linked",
        "kind: single",
        "linked",
        "only a linked question has “parts”",
    ),
    "no part": ("  parts:\n", "  x:\n", "linked", "“x” is not one of"),
    "two right in a part": (
        "- text: {fr: Attendre",
        "- right: true\n          text: {fr: Attendre",
        "linked",
        "Linked question 1: mark exactly one answer as right.",
    ),
    "part not explained": (
        "          why: {fr: c, en: c}\n",
        "",
        "linked",
        "“why” is missing",
    ),
    "part in one language": (
        ', en: "Then?"',
        "",
        "linked",
        "a text is missing in “en”",
    ),
    "document in one language": (
        "    en: |\n      From: us [1]\n\n      Hello [2]\n",
        "",
        "document",
        "a text is missing in “en”",
    ),
    "place that is not marked": (
        "Bonjour [2]",
        "Bonjour",
        "document",
        "Answer 2 names the place [2]",
    ),
    "places that differ": (
        "Hello [2]",
        "Hello [3]",
        "document",
        "differ between the two documents",
    ),
    "all of the above in a part": (
        "en: Forget it all}",
        "en: All of the above}",
        "linked",
        "none of the above",
    ),
    "no picture": ("  picture: call.svg\n", "", "spots", "“picture” is missing"),
    "picture that is not there": (
        "picture: call.svg",
        "picture: cal.svg",
        "spots",
        "the picture “cal.svg” is not there",
    ),
    "no words for the picture": (
        "  picture_alt: {fr: Un appel, en: A call}\n",
        "",
        "spots",
        "“picture_alt” is missing",
    ),
    "words in one language": (", en: A call", "", "spots", "missing in “en”"),
    "no place": ("      at: [50, 89]\n", "", "spots", "“at” is missing"),
    "place outside": ("[50, 89]", "[50, 189]", "spots", "two numbers from 0 to 100"),
    "place of one number": ("[50, 89]", "[50]", "spots", "two numbers from 0 to 100"),
    "places on each other": ("[50, 89]", "[31, 89]", "spots", "nearly the same place"),
    "two right places": (
        "- text: {fr: La cam",
        "- right: true\n      text: {fr: La cam",
        "spots",
        "Mark exactly one answer as right.",
    ),
    "place of another kind": (
        "why: {fr: Visible., en: Seen.}",
        "why: {fr: Visible., en: Seen.}\n      at: [1, 2]",
        "short",
        "only the choices of spots have “at”",
    ),
}


def line_of(kind):
    """Return where the question of a kind begins in the file."""
    text = "".join(QUESTIONS.values())
    return text[: text.index(QUESTIONS[kind])].count("\n") + 1


@pytest.mark.parametrize("fault", BROKEN)
def test_a_question_that_does_not_fit_is_named_and_nothing_is_loaded(
    package, db, fault
):
    old, new, kind, remedy = BROKEN[fault]
    change(package / PRACTICE, old, new)
    before = row_counts()

    said = refusal(package)

    assert f"{package / PRACTICE}, line {line_of(kind)}: " in said
    assert remedy in said
    assert row_counts() == before


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"no picture", "this is no picture"),
        (PICTURE.replace(b"<rect", b"<rect onload='a()'"), "shapes and texts only"),
        (PICTURE + b" " * 20_000, "20000 at most"),
    ],
)
def test_a_drawing_that_cannot_be_shown_is_named(package, db, data, remedy):
    (package / "pictures/call.svg").write_bytes(data)

    said = refusal(package)

    assert f"{package / 'pictures/call.svg'}, line 1: " in said
    assert remedy in said
    assert not Image.objects.exists()


STATED = {
    "level": ("level: 1", "level: 9", "line 1: “level” is a whole number from 1 to 8"),
    "language": (", en: I can 1.", "", "line 1: “en” is missing"),
    "area": ("area: A", "area: Z", "the area “Z” is not in the framework"),
    "count": ("", "", "area A: 1 statements, 6 are needed"),
}


@pytest.mark.parametrize("fault", STATED)
def test_a_statement_that_does_not_fit_is_named(package, db, fault):
    old, new, remedy = STATED[fault]
    path = package / "framework/statements.yaml"
    path.write_text(STATEMENT.replace(old, new), encoding="utf-8")

    said = refusal(package)

    assert "statements.yaml" in said
    assert remedy in said
    assert not Statement.objects.exists()
