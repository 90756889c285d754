"""Everything that the site holds about one person, for that person."""

from django.core import serializers
from django.db.models import CASCADE, ForeignKey, OneToOneField

from people.models import User

HIDDEN = {"password"}


def everything_about(user):
    """Return {kind: [row]}: the user's own row, and all that belongs to this person.

    That is the rows that point to the user, and the rows that would be erased with
    these: the answers of an attempt.
    """
    found = {"person": rows([user])}
    add_related(found, User, [user.pk], lambda relation: not relation.hidden)
    return found


def add_related(found, model, keys, is_wanted):
    for relation in model._meta.related_objects:
        field = relation.field
        if isinstance(field, ForeignKey | OneToOneField) and is_wanted(relation):
            owned = relation.related_model._default_manager.filter(
                **{f"{field.name}__in": keys}
            )
            kind = relation.related_model._meta.model_name
            known = {row["id"] for row in found.setdefault(kind, [])}
            new = [row for row in rows(owned) if row["id"] not in known]
            found[kind] += new
            if new and relation.on_delete is CASCADE:
                keys_below = [row["id"] for row in new]
                add_related(found, relation.related_model, keys_below, goes_with_it)


def goes_with_it(relation):
    return relation.on_delete is CASCADE and not relation.hidden


def rows(objects):
    return [
        {"id": row["pk"]} | {k: v for k, v in row["fields"].items() if k not in HIDDEN}
        for row in serializers.serialize("python", objects)
    ]
