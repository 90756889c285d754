"""Loading a package, by the command that people type."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from assessments.models import Question
from cms.models import HomePage, TextPage
from courses.models import CheckPage, LessonPage, ModulePage, ScenarioPage
from tests.courses.content.packages import change, row_counts, write_package

LOADED = "16 created, 2 updated, 0 unchanged."  # the home pages were there
pytestmark = pytest.mark.django_db
FR = "modules/M50/fr"
LESSON = f"{FR}/01-lecon.md"


@pytest.fixture
def package(tmp_path):
    return write_package(tmp_path)


def load(folder):
    out = StringIO()
    call_command("load_content", folder=folder, stdout=out)
    return out.getvalue().splitlines()


def refusal(folder):
    with pytest.raises(CommandError) as refused:
        load(folder)
    return str(refused.value)


def lesson(language="fr"):
    return LessonPage.objects.get(locale__language_code=language)


def publish(page):
    page.save_revision().publish()


# --- what is loaded -------------------------------------------------------------------


def test_a_package_becomes_pages_in_both_languages(package, client):
    report = load(package)

    assert report == [LOADED]
    module = ModulePage.objects.get(locale__language_code="fr")
    steps = module.get_children().live().specific()
    assert [(type(step), step.title) for step in steps] == [
        (LessonPage, "Leçon (fr)"),
        (ScenarioPage, "L'appel (fr)"),
        (CheckPage, "Bilan (fr)"),
    ]
    assert [area.code for area in module.areas.all()] == ["A"]
    english = lesson("en")
    assert english.translation_key == lesson().translation_key
    page = client.get("/en/modules/essai-en/lecon/")
    assert page.status_code == 200
    assert "Leçon (en)" in page.content.decode()


def test_the_check_asks_the_questions_of_its_module(package):
    load(package)

    check = CheckPage.objects.get(locale__language_code="en")
    asked = [row.question.reference for row in check.check_questions.all()]
    assert asked == ["m50-1", "m50-2"]
    assert (check.draw, check.pass_mark) == (2, 0.5)
    assert Question.objects.get(reference="m50-1").versions.count() == 1


def test_the_home_page_leads_to_the_modules(package, client):
    load(package)

    home = client.get("/fr/").content.decode()

    module = ModulePage.objects.get(locale__language_code="fr")
    assert "J&#x27;essaie." in home
    assert f"/modules/{module.slug}/" in home


def test_loading_twice_changes_nothing(package):
    load(package)
    before = row_counts()

    assert load(package) == ["0 created, 0 updated, 18 unchanged."]
    assert row_counts() == before


def test_a_changed_file_updates_what_editors_left_alone(package):
    load(package)
    before = row_counts()
    change(package / LESSON, "Un paragraphe.", "Un autre paragraphe.")

    assert load(package) == ["0 created, 1 updated, 17 unchanged."]
    assert "Un autre paragraphe." in str(lesson().body)
    assert "Un autre paragraphe." not in str(lesson("en").body)
    after = row_counts()
    assert after.pop("wagtailcore.Revision") == before.pop("wagtailcore.Revision") + 1
    for log in ("wagtailcore.PageLogEntry", "wagtailcore.ReferenceIndex"):
        before.pop(log), after.pop(log)
    assert after == before


def test_a_changed_question_gets_a_new_version_and_keeps_the_old_one(package):
    load(package)
    change(package / "modules/M50/questions.yaml", "Question 1 ?", "Laquelle ?")

    assert load(package) == ["0 created, 1 updated, 17 unchanged."]
    versions = Question.objects.get(reference="m50-1").versions.order_by("number")
    assert [v.content["fr"]["stem"] for v in versions] == ["Question 1 ?", "Laquelle ?"]


def test_a_reworded_question_is_no_change_of_the_check(package):
    load(package)
    question = Question.objects.get(reference="m50-1")
    question.stem_fr = "Autrement dit ?"
    question.save_revision().publish()

    assert load(package) == ["0 created, 0 updated, 18 unchanged."]


# --- what an editor has done is left alone --------------------------------------------


def test_what_an_editor_changed_is_kept_and_reported(package):
    load(package)
    edited = lesson()
    edited.title = "Mon titre"
    publish(edited)
    change(package / LESSON, "Un paragraphe.", "Un autre paragraphe.")

    assert load(package) == [
        "Left alone, changed in the CMS: modules/M50/fr/01",
        "0 created, 0 updated, 18 unchanged.",
    ]
    assert lesson().title == "Mon titre"
    assert "Un autre paragraphe." not in str(lesson().body)


def test_an_editors_draft_is_kept_too(package):
    load(package)
    draft = lesson()
    draft.title = "Pas encore"
    draft.save_revision()
    change(package / LESSON, "Un paragraphe.", "Un autre paragraphe.")

    assert load(package)[0] == "Left alone, changed in the CMS: modules/M50/fr/01"
    assert lesson().get_latest_revision_as_object().title == "Pas encore"


def test_an_unpublished_page_is_not_published_again(package):
    load(package)
    lesson().unpublish()
    change(package / LESSON, "Un paragraphe.", "Un autre paragraphe.")

    report = load(package)

    assert report == [
        "Left alone, changed in the CMS: modules/M50/fr/01 (unpublished in the CMS)",
        "0 created, 0 updated, 18 unchanged.",
    ]
    assert not lesson().live


def test_a_deleted_page_is_not_made_again(package):
    load(package)
    lesson().delete()

    report = load(package)

    assert report[0] == (
        "Left alone, changed in the CMS: modules/M50/fr/01 (deleted in the CMS)"
    )
    assert [page.title for page in LessonPage.objects.all()] == ["Leçon (en)"]


def test_a_deleted_module_takes_its_steps_along(package):
    load(package)
    ModulePage.objects.get(locale__language_code="fr").delete()

    load(package)

    assert not LessonPage.objects.filter(locale__language_code="fr").exists()
    assert LessonPage.objects.filter(locale__language_code="en").count() == 1


def test_an_edited_home_page_is_kept(package):
    load(package)
    home = HomePage.objects.get(locale__language_code="fr")
    home.lead = "Ma phrase"
    publish(home)
    change(package / "pages/fr/accueil.md", "Une phrase.", "Une autre.")

    assert load(package)[0] == "Left alone, changed in the CMS: pages/fr/accueil"
    assert HomePage.objects.get(locale__language_code="fr").lead == "Ma phrase"


def test_a_page_that_stands_at_the_same_address_is_named(package):
    home = HomePage.objects.get(locale__language_code="fr")
    home.add_child(instance=TextPage(title="Aide", slug="aide", locale=home.locale))
    before = row_counts()

    assert "pages/fr/aide" in refusal(package)
    assert row_counts() == before


# --- broken files ---------------------------------------------------------------------

BROKEN = {
    "YAML fault": ("modules/M50/module.yaml", "areas: [A]", "areas: [A", 3, "]"),
    "unknown block": (LESSON, "::: remember", "::: rappel", 10, "use one of these"),
    "missing field": (LESSON, "prompt: Et vous ?", "question: Et vous ?", 15, "prompt"),
    "unknown field": (LESSON, "prompt: Et vous ?", "prompt: Et ?\nx: y", 15, "“x”"),
    "field that is no list": (LESSON, "items:\n  - Un point.", "items: a", 10, "list"),
    "unclosed block": (LESSON, "prompt: Et vous ?\n:::", "prompt: Et ?", 15, ":::"),
    "no front matter": (LESSON, "---\ntitle", "title", 1, "---"),
    "front matter not closed": (
        f"{FR}/03-bilan.md",
        "\n---\nPrenez",
        "\nPrenez",
        5,
        "close the front matter",
    ),
    "no title": (LESSON, "title: Leçon (fr)\n", "", 2, "title"),
    "bad date": (
        LESSON,
        "::: reflection\nprompt: Et vous ?",
        "::: legal\ntext: a\nsource: b\nchecked_on: hier\nreview_on: 2027-01-01",
        15,
        "checked_on",
    ),
    "level too high": ("modules/M50/module.yaml", "_to: 3", "_to: 9", 5, "1 to 8"),
    "levels the wrong way": ("modules/M50/module.yaml", "_from: 1", "_from: 4", 5, "4"),
    "level of a question": (
        "modules/M50/questions.yaml",
        "level: 2",
        "level: 9",
        1,
        "from 1 to 8",
    ),
    "kind of a question": (
        "modules/M50/questions.yaml",
        "topic-2\n",
        "topic-2\n  kind: riddle\n",
        13,
        "kind is one of single",
    ),
    "choice not explained": (
        "modules/M50/questions.yaml",
        "      why: {fr: Juste., en: Right.}\n",
        "",
        1,
        "why",
    ),
    "unknown competence": (
        "modules/M50/questions.yaml",
        "competence: A1",
        "competence: Z9",
        1,
        "Z9",
    ),
    "text in one language only": (
        "modules/M50/questions.yaml",
        ', en: "Question 2?"',
        "",
        13,
        "missing in “en”",
    ),
    "bare Yes": ("modules/M50/questions.yaml", '"Yes"', "Yes", 1, "“True”: quote it"),
    "id used twice": ("modules/M50/questions.yaml", "M50-2", "M50-1", 1, "2 times"),
    "unknown area": ("modules/M50/module.yaml", "[A]", "[A, Z]", 1, "Z"),
    "scenario leads nowhere": (
        f"{FR}/02-appel.yaml",
        "to: E1",
        "to: E9",
        14,
        "E9",
    ),
    "unknown measure": (f"{FR}/02-appel.yaml", "{trust: 1}", "{luck: 1}", 14, "luck"),
    "effects as a text": (
        f"{FR}/02-appel.yaml",
        "{trust: 1}",
        "trust +1",
        14,
        "effects",
    ),
    "no plain summary": (LESSON, "summary: Une phrase.\n", "", 2, "summary"),
    "framework in one language": (
        "framework/framework.yaml",
        "name: {fr: Outils, en: Tools}",
        "name: {fr: Outils}",
        2,
        "en",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_named_and_nothing_is_loaded(package, fault):
    name, old, new, line, remedy = BROKEN[fault]
    change(package / name, old, new)
    before = row_counts()

    said = refusal(package)

    assert f"{package / name}, line {line}: " in said
    assert remedy in said.split(f"line {line}: ", 1)[1]
    assert "othing was loaded" in said
    assert row_counts() == before


def test_bytes_that_are_not_utf_8_are_named_with_their_line(package):
    path = package / LESSON
    path.write_bytes(path.read_bytes().replace("ç".encode(), b"\xe7"))
    before = row_counts()

    assert refusal(package) == (
        f"{path}, line 2: save this file as UTF-8. Nothing was loaded."
    )
    assert row_counts() == before


def test_a_byte_order_mark_is_no_fault(package):
    path = package / LESSON
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert load(package) == [LOADED]


@pytest.mark.parametrize(
    ("made", "remedy"),
    [
        ("modules/M50/fr/01-encore.md", "step 1 stands twice"),
        ("modules/M50/fr/1-encore.md", "01-title.md"),
        ("modules/M50/fr/notes.txt", "01-title.md"),
    ],
)
def test_a_file_that_has_no_place_is_named(package, made, remedy):
    path = package / made
    path.write_text((package / LESSON).read_text(encoding="utf-8"), encoding="utf-8")
    before = row_counts()

    said = refusal(package)

    named = package / "modules/M50/fr/01-lecon.md" if "stands" in remedy else path
    assert said.startswith(f"{named}, line 1: ")
    assert remedy in said
    assert row_counts() == before


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ("framework/framework.yaml", "framework/framework.yaml"),
        ("modules/M50/module.yaml", "modules/M50/module.yaml"),
        ("modules/M50/en/index.md", "modules/M50/en/index.md"),
        ("modules/M50/en/03-bilan.md", "modules/M50/en"),
    ],
)
def test_a_missing_file_is_named(package, gone, named):
    (package / gone).unlink()
    before = row_counts()

    assert f"{package / named}, line 1: " in refusal(package)
    assert row_counts() == before


def test_a_missing_language_is_named(package):
    for path in (package / "modules/M50/en").iterdir():
        path.unlink()
    (package / "modules/M50/en").rmdir()
    before = row_counts()

    assert f"{package / 'modules/M50/en'}, line 1: this folder is missing" in refusal(
        package
    )
    assert row_counts() == before


def test_a_language_that_the_site_has_not_is_named(package):
    (package / "modules/M50/en").rename(package / "modules/M50/de")

    said = refusal(package)

    assert f"{package / 'modules/M50/de'}, line 1: this is not a language" in said


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert f"{tmp_path / 'nowhere'}" in refusal(tmp_path / "nowhere")


# --- the real content -----------------------------------------------------------------


def test_the_starter_content_loads():
    report = load(settings.CONTENT_DIR)

    created = int(report[-1].split()[0])
    assert report == [f"{created} created, 2 updated, 0 unchanged."]
    assert ModulePage.objects.live().count() == 6
    assert Question.objects.filter(live=True).count() >= 120
    for page in LessonPage.objects.all():
        for block in page.body:
            block.block.clean(block.value)
