"""The right answers of a module's check, as its content files give them."""

import yaml

from courses.benchmark.site import ROOT


def plain(text):
    """Return a text as a page shows it: every run of white space is one space."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def questions_of(module, language="fr"):
    """Return {stem: question} of a module; texts are plain, in one language.

    A question is {kind, choices: [{text, match, is_right}]}, in the order of the file:
    for ordering, the right one.
    """
    file = ROOT / "content" / "modules" / module / "questions.yaml"
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
        for question in yaml.safe_load(file.read_text())
    }
