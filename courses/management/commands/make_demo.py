"""Demonstration accounts: only for a database in which there is nobody yet."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from courses.assignments import assign
from courses.models import ModulePage
from courses.roles import REVIEWERS, TRAINERS
from people.models import Membership, Organisation, User

ACCOUNTS = [
    ("learner", "apprenante@demo.repere", "Inès Belkacem"),
    ("trainer", "formatrice@demo.repere", "Aïcha Moreau"),
    ("manager", "responsable@demo.repere", "Sylvie Nguyen"),
    ("administrator", "administration@demo.repere", "Administration"),
]
COLLEAGUES = ["Marc Delmas", "Fatou Diarra", "Tomás Silva"]
ORGANISATION = "CCAS de Valmont (démonstration)"


class Command(BaseCommand):
    help = "Creates demonstration accounts in a database that has nobody in it yet."

    def handle(self, *args, **options):
        if User.objects.exists():
            raise CommandError(
                "There are people in this database: demonstration accounts are only "
                "made in an empty one. Nothing was changed."
            )
        passwords = make_demo()
        for role, email, _name in ACCOUNTS:
            self.stdout.write(f"{role:<14} {email:<30} {passwords[email]}")


@transaction.atomic
def make_demo():
    """Create the accounts; returns {e-mail: password}."""
    passwords = {}
    people = {}
    for role, email, name in ACCOUNTS:
        passwords[email] = secrets.token_urlsafe(9)
        people[role] = make_person(email, name, passwords[email])
    people["administrator"].is_superuser = True
    people["administrator"].save(update_fields=["is_superuser"])
    people["trainer"].groups.add(*Group.objects.filter(name__in=[TRAINERS, REVIEWERS]))
    organisation = Organisation.objects.create(
        name=ORGANISATION, help_name="Sylvie Nguyen, accueil du CCAS"
    )
    members = [people["learner"]]
    for number, name in enumerate(COLLEAGUES):
        members.append(make_person(f"collegue{number + 1}@demo.repere", name, None))
    for member in members:
        Membership.objects.create(organisation=organisation, user=member)
    for role in (Membership.Role.MANAGER, Membership.Role.TRAINER):
        Membership.objects.create(
            organisation=organisation, user=people[role.value], role=role
        )
    assign_first_module(organisation, people["manager"])
    return passwords


def make_person(email, name, password):
    person = User.objects.create_user(email, name, password)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def assign_first_module(organisation, manager):
    module = ModulePage.objects.live().filter(code="M04").first()
    if module is None:
        return
    learners = organisation.memberships.filter(role=Membership.Role.LEARNER)
    assign(
        module.translation_key,
        list(learners),
        manager,
        timezone.localdate() + timedelta(days=30),
        "Avant l’ouverture de la permanence téléphonique.",
    )
