from itertools import chain, count

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

# Written by hand: building these conditions took a third of a page's processor time.
MANAGES_PEOPLE = """EXISTS (
    SELECT 1 FROM people_membership
    WHERE people_membership.user_id = people_user.id
    AND people_membership.left_on IS NULL AND people_membership.role = 'manager'
)"""
EDITS_CONTENT = """(people_user.is_superuser OR EXISTS (
    SELECT 1 FROM people_user_groups
    JOIN auth_group_permissions
        ON auth_group_permissions.group_id = people_user_groups.group_id
    JOIN auth_permission ON auth_permission.id = auth_group_permissions.permission_id
    WHERE people_user_groups.user_id = people_user.id
    AND auth_permission.codename = 'access_admin'
))"""


class UserQuerySet(models.QuerySet):
    def with_roles(self):
        """Add `manages_people` and `edits_content`, which every page's menu asks."""
        return self.annotate(
            manages_people=RawSQL(
                MANAGES_PEOPLE, [], output_field=models.BooleanField()
            ),
            edits_content=RawSQL(EDITS_CONTENT, [], output_field=models.BooleanField()),
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, name, password=None, **fields):
        user = self.model(email=email.lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, name, password=None, **fields):
        return self.create_user(email, name, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person: the e-mail address signs in, nothing more than needed is asked."""

    class TextSize(models.TextChoices):
        NORMAL = "normal", _("Normal")
        LARGE = "large", _("Large")
        LARGER = "larger", _("Very large")

    class Spacing(models.TextChoices):
        NORMAL = "normal", _("Normal")
        WIDE = "wide", _("Wider")

    class Face(models.TextChoices):
        REPERE = "repere", _("Repère's (made for legibility)")
        SYSTEM = "system", _("My device's")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(
        _("name"), max_length=150, help_text=_("As it will stand on attestations.")
    )
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )
    text_size = models.CharField(
        _("text size"), max_length=10, choices=TextSize, default=TextSize.NORMAL
    )
    spacing = models.CharField(
        _("spacing"), max_length=10, choices=Spacing, default=Spacing.NORMAL
    )
    face = models.CharField(
        _("typeface"), max_length=10, choices=Face, default=Face.REPERE
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    get_short_name = get_full_name


class OrganisationQuerySet(models.QuerySet):
    def of_member(self, user):
        """The organisations that a person belongs to now; none for a visitor."""
        if not user.is_authenticated:
            return self.none()
        current = Membership.objects.current().filter(user=user)
        return self.filter(pk__in=current.values("organisation"))


def free_slug(name):
    """Return a name as a part of an address that no organisation has yet."""
    short = slugify(name)[:50].strip("-") or "organisation"
    taken = set(Organisation.objects.values_list("slug", flat=True))
    numbered = (f"{short}-{number}" for number in count(2))
    return next(slug for slug in chain([short], numbered) if slug not in taken)


class Organisation(ClusterableModel):
    """An employer or a school: it assigns modules to its members."""

    class Kind(models.TextChoices):
        MUNICIPAL = "municipal", _("Town or its social service")
        DEPARTMENT = "department", _("Département")
        ASSOCIATION = "association", _("Association")
        SCHOOL = "school", _("School or training centre")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=200, unique=True)
    # Stands in the addresses of its credentials, which are kept for ever.
    slug = models.SlugField(max_length=60, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OTHER)
    help_name = models.CharField(
        _("who to ask for help"),
        max_length=150,
        blank=True,
        help_text=_("A person or a desk, shown to your members on the help page."),
    )
    help_phone = models.CharField(_("phone for help"), max_length=30, blank=True)
    help_email = models.EmailField(_("e-mail for help"), blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = free_slug(self.name)
        super().save(*args, **kwargs)


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(left_on=None)

    def managed_by(self, user):
        """The current members of the organisations that `user` manages."""
        return self.current().filter(
            organisation__in=Membership.objects.current()
            .filter(user=user, role=Membership.Role.MANAGER)
            .values("organisation")
        )


class Membership(models.Model):
    """A person's place in an organisation, from `joined_on` until `left_on`."""

    class Role(models.TextChoices):
        LEARNER = "learner", _("Learner")
        MANAGER = "manager", _("Manager")
        TRAINER = "trainer", _("Trainer")

    organisation = ParentalKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("person"),
    )
    role = models.CharField(
        _("role"), max_length=10, choices=Role, default=Role.LEARNER
    )
    joined_on = models.DateField(_("joined on"), default=timezone.localdate)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(left_on=None),
                name="one_current_membership_per_organisation",
                violation_error_message=_("This person is already a member."),
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=models.F("joined_on")),
                name="membership_ends_after_it_began",
                violation_error_message=_("A member cannot leave before joining."),
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.organisation}"
