from collections import Counter

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Attendance
from courses.sessions import note_presence, people_of, read_addresses


class PresenceForm(forms.Form):
    """Who was there: ticked, or named by an e-mail address.

    Those who have their attestation are no longer asked about.
    """

    present = forms.MultipleChoiceField(
        label=_("Present"), widget=forms.CheckboxSelectMultiple, required=False
    )
    addresses = forms.CharField(
        label=_("E-mail addresses of people who were present"),
        help_text=_("One a line. You can paste a column of a spreadsheet."),
        widget=forms.Textarea(
            attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}
        ),
        required=False,
        strip=False,  # empty lines count: problems are told by line
    )

    def __init__(self, data, session, served):
        """`served`: the ids of those who have their attestation of this session."""
        super().__init__(data)
        self.session = session
        self.people = {
            str(person.pk): person
            for person in people_of(session).exclude(pk__in=served).order_by("name")
        }
        self.fields["present"].choices = choices(self.people)
        noted = Attendance.objects.filter(session=session)
        self.initial["present"] = list(
            map(str, noted.values_list("learner", flat=True))
        )

    def clean_addresses(self):
        people, problems = read_addresses(self.cleaned_data["addresses"], self.session)
        if problems:
            raise forms.ValidationError(problems)
        return people

    def save(self):
        chosen = set(self.cleaned_data["present"])
        ticked = [person for key, person in self.people.items() if key in chosen]
        others = [person for key, person in self.people.items() if key not in chosen]
        named = self.cleaned_data["addresses"]
        absent = [person for person in others if person not in named]
        note_presence(self.session, present=[*ticked, *named], absent=absent)


def choices(people):
    """Return (id, name), with the address where two people have the same name."""
    same = Counter(person.name for person in people.values())
    return [
        (key, f"{person.name} ({person.email})" if same[person.name] > 1 else person)
        for key, person in people.items()
    ]
