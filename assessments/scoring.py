"""From an answer to a score between 0 and 1: the share of right decisions."""

import unicodedata

LANGUAGES = ("fr", "en")


def score(version, answer: list) -> float:
    """Return the share of right decisions in an answer to a question version.

    single, spots: the choice. multiple: for each choice, taken or left. ordering: each
    choice followed by the one that should follow it. matching: each pair. short: the
    text typed. linked: each part, in one share, so that the question counts once.
    PLACEMENT.md 7.7. Answers hold numbers of choices, and for short the text: [text].
    """
    kind, key = version.kind, version.key
    if kind in ("single", "spots"):
        return float(answer == key)
    if kind == "multiple":
        count = len(version.content["fr"]["choices"])
        right = sum((number in key) == (number in answer) for number in range(count))
        return right / count
    if kind == "ordering":
        followed = set(zip(answer, answer[1:], strict=False))
        pairs = list(zip(key, key[1:], strict=False))
        return sum(pair in followed for pair in pairs) / len(pairs)
    if kind in ("matching", "linked"):
        return sum(a == k for a, k in zip(answer, key, strict=True)) / len(key)
    if kind == "short":
        return float(matching_form(version.content, answer[0]) in key)
    raise ValueError(f"There is no kind of question called {kind!r}.")


def matching_form(content: dict, text: str) -> int | None:
    """Return the number of the form that a typed text is, accepted forms first.

    None when it is none of them. Forms count in both languages, whatever the page's.
    """
    typed, key = forgiven(text), content["key"]
    others = [n for n in range(len(content["fr"]["choices"])) if n not in key]
    for number in [*key, *others]:
        if typed in forms_of(content, number):
            return number
    return None


def forms_of(content, number):
    """Return the forgiven texts of a choice, one a language."""
    return {
        forgiven(content[language]["choices"][number]["text"])
        for language in LANGUAGES
        if language in content
    }


def forgiven(text: str) -> str:
    """Return a typed text without what does not matter in an answer.

    Case, accents, spaces, punctuation, apostrophes, and œ or æ written in two letters.
    A text of signs alone keeps its signs.
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = folded.replace("œ", "oe").replace("æ", "ae")
    kept = "".join(character for character in folded if character.isalnum())
    return kept or "".join(folded.split())
