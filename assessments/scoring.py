"""From an answer to a score between 0 and 1: the share of right decisions."""


def score(version, answer: list) -> float:
    """Return the share of right decisions in an answer to a question version.

    single, spots: the choice. multiple: for each choice, taken or left. ordering: each
    choice followed by the one that should follow it. matching: each pair. PLACEMENT.md
    7.7. Answers hold numbers of choices.
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
    if kind == "matching":
        return sum(a == k for a, k in zip(answer, key, strict=True)) / len(key)
    raise ValueError(f"There is no kind of question called {kind!r}.")
