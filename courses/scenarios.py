"""The rules of a branching call: plain functions over its graph, no database.

A graph is {"start", "nodes": {id: {heard, screen, choices: [{say, to, effects, comment}
]}}, "endings": {id: {title, text, advice, is_success}}, "measures": [{key, name, start,
max, low, high}]}; `effects` maps a measure's key to a whole number.
"""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

EFFECT = re.compile(r"^\s*(\w+)\s*([+-]?\s*\d+)\s*$")


class BadEffects(ValueError):
    pass


class Problem(NamedTuple):
    """What would leave a learner stuck, and at which moment or ending."""

    name: str
    sentence: str


def parse_effects(text):
    """Return {key: change} from "trust +1, clarity -1". Raises BadEffects."""
    effects = {}
    for part in filter(str.strip, text.split(",")):
        match = EFFECT.match(part)
        if not match:
            raise BadEffects(part.strip())
        effects[match[1]] = int(match[2].replace(" ", ""))
    return effects


def write_effects(effects):
    return ", ".join(f"{key} {change:+d}" for key, change in effects.items())


def problems_of(graph):
    """Return Problems, what would leave a learner stuck; empty when all is well."""
    nodes, endings = graph["nodes"], graph["endings"]
    keys = {measure["key"] for measure in graph["measures"]}
    problems = []
    if graph["start"] not in nodes:
        sentence = _("The start “%s” is not a moment.") % graph["start"]
        problems.append(Problem(graph["start"], sentence))
    if not endings:
        problems.append(Problem("", _("Add at least one ending.")))
    for name, node in nodes.items():
        for number, choice in enumerate(node["choices"], start=1):
            where = {"node": name, "number": number}
            if choice["to"] not in nodes and choice["to"] not in endings:
                sentence = _(
                    "%(node)s, choice %(number)d leads to “%(to)s”, not found."
                )
                problems.append(
                    Problem(name, sentence % (where | {"to": choice["to"]}))
                )
            for key in choice["effects"].keys() - keys:
                sentence = _("%(node)s, choice %(number)d: “%(key)s” is not a measure.")
                problems.append(Problem(name, sentence % (where | {"key": key})))
    if problems:
        return problems
    reached = reachable(graph, graph["start"])
    for name in [*nodes, *endings]:
        if name not in reached:
            problems.append(Problem(name, _("“%s” is never reached.") % name))
    for name in nodes:
        if not reachable(graph, name) & endings.keys():
            sentence = _("From “%s”, no ending can be reached.") % name
            problems.append(Problem(name, sentence))
    return problems


def reachable(graph, start):
    """Return the names of all moments and endings that can follow `start`, with it."""
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            node = graph["nodes"].get(name)
            waiting += [choice["to"] for choice in node["choices"]] if node else []
    return seen


def play(graph, path):
    """Return where a path of choice numbers leads: (name, turns, measures).

    Each turn is {node, choice, measures, moved}, `measures` after it. Raises
    ValueError when a number is not a choice of its moment.
    """
    measures = {m["key"]: m["start"] for m in graph["measures"]}
    highest = {m["key"]: m["max"] for m in graph["measures"]}
    name, turns = graph["start"], []
    for number in path:
        node = graph["nodes"].get(name)
        if node is None or not 0 <= number < len(node["choices"]):
            raise ValueError(f"{name} has no choice {number}.")
        choice = node["choices"][number]
        before = measures
        measures = {
            key: min(max(value + choice["effects"].get(key, 0), 0), highest[key])
            for key, value in before.items()
        }
        turns.append(
            {
                "node": node,
                "choice": choice,
                "measures": measures,
                "moved": {
                    key: measures[key] - before[key]
                    for key in measures
                    if measures[key] != before[key]
                },
            }
        )
        name = choice["to"]
    return name, turns, measures
