"""Who may hold live sessions and see to attestations, and in whose name."""

from people.models import Membership, Organisation


def trained_by(user):
    """Return the organisations that a person trains for now."""
    current = Membership.objects.current().filter(
        user=user, role=Membership.Role.TRAINER
    )
    return Organisation.objects.filter(pk__in=current.values("organisation"))


def organisations_of(user):
    """Return the organisations in whose name a person may act: all for who runs it."""
    return Organisation.objects.all() if user.is_superuser else trained_by(user)


def speaks_for_platform(user):
    """Whether a person may hold sessions that belong to no organisation."""
    return user.has_perm("courses.change_livesession")


def holds_sessions(user):
    return speaks_for_platform(user) or trained_by(user).exists()
