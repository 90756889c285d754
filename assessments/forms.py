"""What a learner may send for one question, by kind of question."""

import numpy as np
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.attempts import Answer
from assessments.documents import document_of
from assessments.pictures import drawn
from assessments.question_rules import LONGEST_TYPED

SURE = {"yes": True, "no": False}
NOT_A_CHOICE = _("This answer is not one of the choices. Choose again.")


def whole_number(text):
    """Return a short text as a number, or None when it is not one."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def shown_order(attempt, response, count, salt=0):
    """Return the order in which choices are displayed: the attempt's own shuffle."""
    generator = np.random.default_rng([attempt.seed, response.position, 7 + salt])
    order = generator.permutation(count).tolist()
    if response.question_version.kind == "ordering" and order == sorted(order):
        order.reverse()  # the right order is never shown as it is
    return order


def of_part(order, part_of, part):
    """Return the choices of one linked question, in display order."""
    return [number for number in order if part_of[number] == part]


class AnswerForm(forms.Form):
    """Checks an answer against the choices of the question that was asked."""

    position = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, attempt, response, language, data=None):
        super().__init__(data)
        self.attempt = attempt
        self.response = response
        self.version = response.question_version
        self.content = self.version.in_language(language)
        self.choices = self.content["choices"]
        self.parts = self.content.get("parts", [])
        self.part_of = self.version.content.get("part_of", [])
        self.order = shown_order(attempt, response, len(self.choices))
        self.initial = {"position": response.position, "version": self.version.pk}
        self.is_skipped = bool(data and "skip" in data)

    @property
    def kind(self):
        return self.version.kind

    def clean(self):
        cleaned = super().clean()
        if not self.is_skipped:
            cleaned["choices"] = getattr(self, f"read_{self.kind}")()
        return cleaned

    def numbers(self, name):
        """Return the numbers sent under a name; refuses what is not a choice."""
        values = [whole_number(value) for value in self.data.getlist(name)]
        if any(value not in range(len(self.choices)) for value in values):
            raise forms.ValidationError(NOT_A_CHOICE)
        return values

    def read_single(self):
        chosen = self.numbers("choice")
        if len(chosen) != 1:
            raise forms.ValidationError(
                _("Choose one answer, or “I don't know”, before going on.")
            )
        return chosen

    def read_multiple(self):
        chosen = sorted(set(self.numbers("choice")))
        if not chosen:
            raise forms.ValidationError(
                _("Choose at least one answer, or “I don't know”, before going on.")
            )
        return chosen

    def read_ordering(self):
        order = self.numbers("order")
        if sorted(order) != list(range(len(self.choices))):
            raise forms.ValidationError(
                _("The order could not be read. Order the lines again.")
            )
        return order

    def read_matching(self):
        names = [f"match-{number}" for number in range(len(self.choices))]
        if not all(self.data.get(name) for name in names):
            raise forms.ValidationError(
                _("Choose an answer on each line, or “I don't know”, before going on.")
            )
        return [self.numbers(name)[0] for name in names]

    read_spots = read_single

    def read_short(self):
        text = self.typed
        if not text:
            raise forms.ValidationError(
                _("Write your answer, or choose “I don't know”, before going on.")
            )
        if len(text) > LONGEST_TYPED:
            raise forms.ValidationError(
                _("Your answer is longer than %d characters: a few words are enough.")
                % LONGEST_TYPED
            )
        return [text]

    def read_linked(self):
        chosen = [self.numbers(f"part-{part}") for part in range(len(self.parts))]
        missing = [str(n) for n, sent in enumerate(chosen, 1) if len(sent) != 1]
        if missing:
            raise forms.ValidationError(
                ngettext(
                    "Choose one answer to question %(numbers)s, or “I don't know”, "
                    "before going on.",
                    "Choose one answer to each of the questions %(numbers)s, or “I "
                    "don't know”, before going on.",
                    len(missing),
                )
                % {"numbers": ", ".join(missing)}
            )
        answer = [numbers[0] for numbers in chosen]
        if [self.part_of[number] for number in answer] != list(range(len(answer))):
            raise forms.ValidationError(NOT_A_CHOICE)
        return answer

    @property
    def is_sure(self):
        """What the learner says of her answer: True, False, or None for nothing."""
        return None if self.is_skipped else SURE.get(self.data.get("sure"))

    def answer(self):
        return Answer(
            position=self.cleaned_data["position"],
            version=self.cleaned_data["version"],
            choices=None if self.is_skipped else self.cleaned_data["choices"],
            is_sure=self.is_sure,
        )

    # --- what the page shows ----------------------------------------------------------

    @property
    def document(self):
        text = self.content.get("document")
        return document_of(text) if text else None

    @property
    def picture(self):
        alt = self.content.get("picture_alt", "")
        return drawn(self.version.content, alt, self.order)

    @property
    def typed(self):
        """The short answer as it was sent, without what cannot be seen."""
        text = self.data.get("text", "")
        seen = "".join(c if c.isprintable() else " " for c in text)
        return " ".join(seen.split())

    @property
    def input_mode(self):
        """Which keyboard a phone offers for a short answer."""
        accepted = [self.choices[number]["text"] for number in self.version.key]
        return "numeric" if all(text.isdecimal() for text in accepted) else "text"

    def shown_choices(self):
        """Return the choices in display order, with what was already chosen."""
        return self.shown(self.order, "choice")

    def shown(self, numbers, name):
        chosen = set(self.data.getlist(name)) if self.is_bound else set()
        return [
            {
                "number": number,
                "text": self.choices[number]["text"],
                "is_chosen": str(number) in chosen,
            }
            for number in numbers
        ]

    def linked_parts(self):
        """Return the linked questions of a short scenario, each with its choices."""
        return [
            {
                "name": f"part-{part}",
                "stem": texts["stem"],
                "choices": self.shown(
                    of_part(self.order, self.part_of, part), f"part-{part}"
                ),
            }
            for part, texts in enumerate(self.parts)
        ]

    def ordered_lines(self):
        """Return the lines of an ordering question, after the button just pressed."""
        order = self.order
        if self.is_bound:
            try:
                order = self.read_ordering()
            except forms.ValidationError:
                order = self.order
        command = self.data.get("move", "") if self.is_bound else ""
        order = moved(order, command)
        direction, _dash, pressed = command.partition("-")
        return [
            {
                "number": number,
                "text": self.choices[number]["text"],
                "is_first": place == 0,
                "is_last": place == len(order) - 1,
                "place": place + 1,
                # Where the keyboard goes on: the same button, or the one still open.
                "focus": focus_of(direction, place, len(order))
                if pressed == str(number)
                else "",
            }
            for place, number in enumerate(order)
        ]

    def matching_lines(self):
        """Return the lines of a matching question with their menus."""
        options = [
            {"number": number, "text": self.choices[number]["match"]}
            for number in shown_order(self.attempt, self.response, len(self.order), 1)
        ]
        return [
            {
                "name": f"match-{number}",
                "text": self.choices[number]["text"],
                "options": options,
                "chosen": self.data.get(f"match-{number}", "") if self.is_bound else "",
            }
            for number in self.order
        ]

    @property
    def is_move(self):
        return self.is_bound and "move" in self.data


def focus_of(direction, place, count):
    """Return which button of a line just moved to a place gets the focus."""
    if place == 0:
        return "down"
    return "up" if place == count - 1 else direction


def moved(order, command):
    """Return an order after "up-N" or "down-N", N being a choice's number."""
    direction, _dash, text = command.partition("-")
    number = whole_number(text)
    if direction not in ("up", "down") or number not in order:
        return order
    order = list(order)
    place = order.index(number)
    other = place + (-1 if direction == "up" else 1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order
