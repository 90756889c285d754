"""The quality rules of DOMAIN.md section 4 that a program can check."""

import re
from collections import Counter
from dataclasses import dataclass, field

from courses.content.files import TextFile

LANGUAGES = ["fr", "en"]
LONGEST_SHARE = 1 / 3
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
    everything = [q for questions in package.bank.values() for q in questions]
    for module in package.modules:
        everything += module.questions
    check_ids(everything, package, report)
    for question in everything:
        check_question(question, package, report)
    check_lengths(package, report)
    check_spread(package, report)
    for module in package.modules:
        check_module(module, package, report)
    report.figures.append(
        f"{len(everything)} questions, {len(package.modules)} modules"
    )
    return report


def check_ids(questions, package, report):
    # The site keeps them in small letters.
    for name, count in Counter(q["id"].lower() for q in questions).items():
        if count > 1:
            report.problems.append(
                f"{package.places[name]}: the id {name} is used {count} times: "
                "give each question its own."
            )


def check_question(question, package, report):
    name = f"{package.places[question['id'].lower()]}: {question['id']}"
    kind, choices = question["kind"], question["choices"]
    for language in LANGUAGES:
        texts = [question["stem"].get(language)]
        for choice in choices:
            texts += [choice["text"].get(language), choice["why"].get(language)]
            if kind == "matching":
                texts.append(choice.get("match", {}).get(language))
        if not all(texts):
            report.problems.append(
                f"{name}: a text is missing in “{language}”: write it."
            )
        if any(CATCH_ALL.search(str(text)) for text in texts):
            report.problems.append(
                f"{name}: “all” or “none of the above” ({language}): say what is meant."
            )
    if question["competence"] not in package.competences:
        report.problems.append(
            f"{name}: the competence “{question['competence']}” is not in the "
            "framework: use one of its codes."
        )
    right = sum(bool(choice.get("right")) for choice in choices)
    if kind == "single" and right != 1:
        report.problems.append(f"{name}: exactly one choice is right, not {right}.")
    if kind == "multiple" and not 0 < right < len(choices):
        report.problems.append(f"{name}: some choices are right, and some are not.")
    if kind in ("ordering", "matching") and right:
        report.problems.append(f"{name}: no choice is marked right in {kind}.")


def check_lengths(package, report):
    """The right choice must not give itself away by being the longest one."""
    sources = dict(package.bank)
    sources |= {module.meta["code"]: module.questions for module in package.modules}
    totals = {language: [0, 0] for language in LANGUAGES}
    for source, questions in sources.items():
        singles = [q for q in questions if q["kind"] == "single"]
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
    total = sum(len(questions) for questions in package.bank.values())
    report.figures.append(f"{total} questions in the placement bank")


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
