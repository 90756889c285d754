"""Everything that the site holds about one person, for that person."""

from django.core import serializers
from django.db.models import ForeignKey, OneToOneField

HIDDEN = {"password"}


def everything_about(user):
    """Return {kind: [row]} of the user's own row and of all rows that point to it."""
    found = {"person": rows([user])}
    for relation in user._meta.related_objects:
        field = relation.field
        if isinstance(field, ForeignKey | OneToOneField) and not relation.hidden:
            related = relation.related_model._default_manager.filter(
                **{field.name: user}
            )
            found[relation.related_model._meta.model_name] = rows(related)
    return found


def rows(objects):
    return [
        {k: v for k, v in row["fields"].items() if k not in HIDDEN}
        for row in serializers.serialize("python", objects)
    ]
