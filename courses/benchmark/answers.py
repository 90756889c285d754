"""The right answers of the questions, as the content files give them."""

from functools import cache

import yaml

from courses.benchmark.site import ROOT

# The same rules, read by the C library where it is there: ten times faster.
SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain(text):
    """Return a text as a page shows it: every run of white space is one space."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@cache
def questions_of(module, language="fr"):
    """Return {stem: question} of a module's check, or of the "bank".

    Texts are plain, in one language.

    A question is {kind, choices: [{text, match, is_right}]}, in the order of the file:
    for ordering, the right one.
    """
    content = ROOT / "content"
    files = [content / "modules" / module / "questions.yaml"]
    if module == "bank":
        files = sorted((content / "bank").glob("*.yaml"))
    return {
        plain(question["stem"][language]): {
            "kind": question["kind"],
            "choices": [
                {
                    "text": plain(choice["text"][language]),
                    "match": plain(choice.get("match", {}).get(language, "")),
                    "is_right": choice.get("right", False),
                }
                for choice in question["choices"]
            ],
        }
        for file in files
        for question in yaml.load(file.read_text(), SafeLoader)
    }
