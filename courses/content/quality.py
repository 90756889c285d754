"""The quality rules of DOMAIN.md section 4 that a program can check."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import override

from assessments.documents import marks_in
from assessments.models import Question
from assessments.models.questions import content_of
from assessments.question_rules import problems_of
from cms.pictures import can_only_be_looked_at
from courses.content.files import TextFile
from courses.content.questions import fill, image_from

LANGUAGES = ["fr", "en"]
LONGEST_SHARE = 1 / 3
HEAVIEST = 20_000  # bytes of a drawing: its page stays light
STATEMENTS = 6
PER_AREA, PER_LEVEL = 20, 2
CATCH_ALL = re.compile(
    r"toutes (les réponses|ces réponses)|aucune (des|de ces) réponses|"
    r"(all|none|both) of the (above|answers)",
    re.IGNORECASE,
)


@dataclass
class Report:
    """What was found: `problems` keep the content from being good enough."""

    problems: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)


def check(package):
    report = Report()
    everything = questions_of(package)
    check_ids(everything, package, report)
    pictures = check_pictures(package, report)
    with override("en"):  # as the rest of the report
        for question in everything:
            check_question(question, package, pictures, report)
    check_lengths(package, report)
    check_spread(package, report)
    check_statements(package, report)
    for module in package.modules:
        check_module(module, package, report)
    report.figures.append(
        f"{len(everything)} questions, {len(package.modules)} modules"
    )
    return report


def questions_of(package):
    sources = [*package.bank.values(), *package.practice.values()]
    sources += [module.questions for module in package.modules]
    return [question for questions in sources for question in questions]


def check_ids(questions, package, report):
    # The site keeps them in small letters.
    for name, count in Counter(q["id"].lower() for q in questions).items():
        if count > 1:
            report.problems.append(
                f"{package.places[name]}: the id {name} is used {count} times: "
                "give each question its own."
            )


def check_pictures(package, report):
    """Return {name: unsaved image} of the pictures that can be shown."""
    images = {}
    for name, path in package.pictures.items():
        image, place = image_from(path), f"{path}, line 1"
        if image is None:
            report.problems.append(f"{place}: this is no picture: save it as an SVG.")
            continue
        if image.is_svg() and not can_only_be_looked_at(path.read_bytes()):
            report.problems.append(
                f"{place}: a drawing holds shapes and texts only: take away its style "
                "sheet, its scripts and what it fetches."
            )
        if image.is_svg() and image.file_size > HEAVIEST:
            report.problems.append(
                f"{place}: {image.file_size} bytes, {HEAVIEST} at most: simplify it."
            )
        images[name] = image
    return images


def check_question(question, package, pictures, report):
    """Add what keeps a question from being asked, and what only the files ask for."""
    place = package.places[question["id"].lower()]
    name, picture = f"{place}: {question['id']}", question.get("picture")
    if picture and picture not in package.pictures:
        report.problems.append(
            f"{name}: the picture “{picture}” is not there: put it in the folder "
            "“pictures”."
        )
        return
    content = content_of(fill(Question(), question, pictures.get(picture)))
    for problem in problems_of(content, question["kind"]):
        report.problems.append(f"{name}: {problem}")
    for language in LANGUAGES:
        if language not in content:
            report.problems.append(
                f"{name}: a text is missing in “{language}”: write it."
            )
        elif any(CATCH_ALL.search(text) for text in texts_in(content[language])):
            report.problems.append(
                f"{name}: “all” or “none of the above” ({language}): say what is meant."
            )
    if question["competence"] not in package.competences:
        report.problems.append(
            f"{name}: the competence “{question['competence']}” is not in the "
            "framework: use one of its codes."
        )
    if question["kind"] in ("ordering", "matching") and any(
        choice.get("right") for choice in question["choices"]
    ):
        report.problems.append(
            f"{name}: no choice is marked right in {question['kind']}."
        )
    check_marks(content, name, report)


def texts_in(content):
    """Return every text of a question in one language."""
    parts = [part["stem"] for part in content.get("parts", [])]
    choices = [text for choice in content["choices"] for text in choice.values()]
    return [content["stem"], *parts, *choices]


def check_marks(content, name, report):
    """A document marks the same places in each language."""
    marked = [
        marks_in(content[language].get("document", ""))
        for language in LANGUAGES
        if language in content
    ]
    if any(marks != marked[0] for marks in marked):
        report.problems.append(
            f"{name}: the places [1], [2]… differ between the two documents: mark the "
            "same ones."
        )


def check_lengths(package, report):
    """The right choice must not give itself away by being the longest one."""
    sources = dict(package.bank)
    sources["practice"] = [q for qs in package.practice.values() for q in qs]
    sources |= {module.meta["code"]: module.questions for module in package.modules}
    totals = {language: [0, 0] for language in LANGUAGES}
    for source, questions in sources.items():
        singles = [part for q in questions for part in asked_once(q)]
        for language in LANGUAGES:
            longest = sum(is_right_longest(q, language) for q in singles)
            totals[language][0] += longest
            totals[language][1] += len(singles)
            if singles and longest / len(singles) > LONGEST_SHARE + 0.01:
                report.problems.append(
                    f"{source}: the right choice is the longest in {longest} of "
                    f"{len(singles)} questions ({language}); shorten some."
                )
    for language, (longest, count) in totals.items():
        if count:
            report.figures.append(
                f"right choice the longest ({language}): {longest} of {count} "
                f"single-choice questions, {longest / count:.0%}"
            )


def asked_once(question):
    """Return what has one right choice: the question, or each of its linked parts."""
    return [question] if question["kind"] == "single" else question.get("parts", [])


def is_right_longest(question, language):
    lengths = {True: [], False: []}
    for choice in question["choices"]:
        length = len(choice["text"].get(language, ""))
        lengths[bool(choice.get("right"))].append(length)
    return bool(lengths[True]) and max(lengths[True]) > max(lengths[False], default=0)


def check_spread(package, report):
    for area, questions in package.bank.items():
        levels = Counter(q["level"] for q in questions)
        if len(questions) < PER_AREA:
            report.problems.append(
                f"area {area}: {len(questions)} questions, {PER_AREA} are needed."
            )
        for level in range(1, 9):
            if levels[level] < PER_LEVEL:
                report.problems.append(
                    f"area {area}, level {level}: {levels[level]} questions, "
                    f"{PER_LEVEL} are needed."
                )
    for bank, name in (
        (package.bank, "the placement bank"),
        (package.practice, "practice"),
    ):
        total = sum(len(questions) for questions in bank.values())
        if total or bank is package.bank:
            report.figures.append(f"{total} questions in {name}")


def check_statements(package, report):
    """Six “I can…” statements an area, in the areas of the framework."""
    counts = Counter(row["area"] for row in package.statements)
    for area, count in counts.items():
        if area not in package.areas:
            report.problems.append(
                f"statements.yaml: the area “{area}” is not in the framework: use one "
                "of its codes."
            )
        elif count != STATEMENTS:
            report.problems.append(
                f"statements.yaml, area {area}: {count} statements, {STATEMENTS} are "
                "needed."
            )


def check_module(module, package, report):
    code, place = module.meta["code"], f"{module.folder / 'module.yaml'}, line 1"
    for kind, known in [("areas", package.areas), ("competences", package.competences)]:
        for unknown in set(module.meta.get(kind) or []) - known:
            report.problems.append(
                f"{place}: “{unknown}” is not one of the {kind} of the framework: use "
                "one of its codes."
            )
    shapes = {
        language: {n: type(step).__name__ for n, step in steps.items()}
        for language, steps in module.languages.items()
    }
    for language in LANGUAGES:
        if language not in shapes:
            report.problems.append(
                f"{module.folder / language}, line 1: this folder is missing: write "
                f"the module in “{language}”."
            )
        elif shapes[language] != shapes.get(LANGUAGES[0]):
            report.problems.append(
                f"{module.folder / language}, line 1: its steps do not match those of "
                f"“{LANGUAGES[0]}”: give them the same numbers and kinds."
            )
    for language in shapes.keys() - set(LANGUAGES):
        report.problems.append(
            f"{module.folder / language}, line 1: this is not a language of the site: "
            "take the folder away."
        )
    for steps in module.languages.values():
        for step in steps.values():
            if isinstance(step, TextFile) and not step.meta.get("summary"):
                report.problems.append(
                    f"{step.path}, line 2: the “summary” in plain language is missing: "
                    "add it."
                )
    topics = {question["topic"] for question in module.questions}
    draw = module.meta.get("check", {}).get("draw", 0)
    if len(topics) < draw:
        report.problems.append(
            f"{code}: {len(topics)} topics for a check of {draw} questions."
        )
