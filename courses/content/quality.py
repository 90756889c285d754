"""The quality rules of DOMAIN.md section 4 that a program can check."""

import re
from collections import Counter
from dataclasses import dataclass, field

from courses import scenarios
from courses.content.package import graph_from_file

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
    check_ids(everything, report)
    for question in everything:
        check_question(question, report)
    check_lengths(package, report)
    check_spread(package, report)
    for module in package.modules:
        check_module(module, report)
    report.figures.append(
        f"{len(everything)} questions, {len(package.modules)} modules"
    )
    return report


def check_ids(questions, report):
    for name, count in Counter(q["id"] for q in questions).items():
        if count > 1:
            report.problems.append(f"{name}: this id is used {count} times.")


def check_question(question, report):
    name, kind, choices = question["id"], question["kind"], question["choices"]
    for language in LANGUAGES:
        texts = [question["stem"].get(language)]
        for choice in choices:
            texts += [choice["text"].get(language), choice["why"].get(language)]
            if kind == "matching":
                texts.append(choice.get("match", {}).get(language))
        if not all(texts):
            report.problems.append(f"{name}: a text is missing in “{language}”.")
        if any(CATCH_ALL.search(str(text)) for text in texts):
            report.problems.append(
                f"{name}: “all” or “none of the above” ({language})."
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


def check_module(module, report):
    code = module.meta["code"]
    shapes = {
        language: {n: type(step).__name__ for n, step in steps.items()}
        for language, steps in module.languages.items()
    }
    for language in LANGUAGES:
        if language not in shapes:
            report.problems.append(f"{code}: there is no “{language}” folder.")
        elif shapes[language] != shapes[LANGUAGES[0]]:
            report.problems.append(f"{code}: the steps of “{language}” do not match.")
    for language, steps in module.languages.items():
        for number, step in steps.items():
            if isinstance(step, dict):
                for problem in scenarios.problems_of(graph_from_file(step)):
                    report.problems.append(f"{code}/{language}/{number}: {problem}")
            elif number != "index" and not step.meta.get("summary"):
                report.problems.append(
                    f"{code}/{language}/{number}: a plain-language summary is missing."
                )
    topics = {question["topic"] for question in module.questions}
    draw = module.meta.get("check", {}).get("draw", 0)
    if len(topics) < draw:
        report.problems.append(
            f"{code}: {len(topics)} topics for a check of {draw} questions."
        )
