"""Files of paths: read, refused with a remedy, loaded in both languages."""

import pytest

from courses.content.files import ContentError
from courses.content.package import read_package
from courses.models import PathPage
from tests.courses.content.packages import change, write_package
from tests.courses.content.test_load import load
from tests.courses.paths import make_path
from tests.factories import make_module

PATH = """\
code: P50
version: "2026-1"
modules: [M51, M50]
fr:
  title: Le parcours
  short: En une ligne
  intro: |
    Un **beau** parcours.
en:
  title: The path
  short: In one line
"""


@pytest.fixture
def package(tmp_path):
    """A package of two modules, M50 and M51 without steps, and a path of both."""
    folder = write_package(tmp_path)
    modules = folder / "modules"
    for file in sorted((modules / "M50").glob("**/index.md")):
        copy = modules / "M51" / file.relative_to(modules / "M50")
        copy.parent.mkdir(parents=True)
        slug = f"slug: autre-{copy.parent.name}\n"
        copy.write_text(file.read_text().replace("---\n", f"---\n{slug}", 1))
    meta = (modules / "M50" / "module.yaml").read_text().replace("M50", "M51")
    (modules / "M51" / "module.yaml").write_text(meta[: meta.index("check:")])
    (folder / "paths").mkdir()
    (folder / "paths" / "P50.yaml").write_text(PATH)
    return folder


def codes(path):
    return [row.module.code for row in path.path_modules.order_by("sort_order")]


def test_a_path_is_loaded_in_both_languages(package, db):
    load(package)

    french, english = PathPage.objects.order_by("-locale__language_code")
    assert (french.title, french.slug, french.live) == (
        "Le parcours",
        "le-parcours",
        True,
    )
    assert (english.title, english.intro) == ("The path", "")
    assert french.intro == "<p>Un <b>beau</b> parcours.</p>"
    assert french.translation_key == english.translation_key
    for path in (french, english):
        assert codes(path) == ["M51", "M50"]
        locales = path.path_modules.values_list("module__locale", flat=True)
        assert set(locales) == {path.locale_id}


def test_loading_again_changes_nothing_then_what_changed(package, db):
    load(package)
    assert load(package)[0].startswith("0 created, 0 updated")

    change(package / "paths" / "P50.yaml", "[M51, M50]", "[M50, M51]")

    assert load(package)[0].startswith("0 created, 2 updated")
    assert [codes(path) for path in PathPage.objects.all()] == [["M50", "M51"]] * 2


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("[M51, M50]", "[M51, M99]", 3, "there is no module M99"),
        ("[M51, M50]", "[M51, M51]", 3, "at least two modules"),
        ("[M51, M50]", "M51", 1, "“modules” is a list"),
        ("code: P50\n", "", 1, "“code” is missing"),
        ("  title: The path\n", "", 1, "“title” is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(package, old, new, line, said):
    change(package / "paths" / "P50.yaml", old, new)

    with pytest.raises(ContentError, match=said) as refused:
        read_package(package)

    assert refused.value.path.name == "P50.yaml"
    assert refused.value.line == line


def test_the_starter_content_has_a_path_of_its_three_modules(settings):
    [path] = read_package(settings.CONTENT_DIR).paths

    assert path["modules"] == ["M00", "M03", "M04"]
    assert {path[language]["title"] for language in ("fr", "en")} != {""}


def test_a_path_made_in_the_cms_is_left_alone(package, db):
    load(package)
    made = make_path(make_module(code="M1", lessons=0, questions=0), code="P9")

    load(package)

    assert PathPage.objects.get(pk=made.pk).title == made.title
