"""Templates of documents in the CMS: who may change one, and when it is published."""

from functools import wraps

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.dispatch import receiver
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.defaults import permission_denied
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.admin.ui.tables import LiveStatusTagColumn
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy
from wagtail.signals import published
from wagtail.snippets.action_menu import PublishMenuItem, UnpublishMenuItem
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from certificates import looks, trials
from certificates.models import DocumentTemplate, Signatory
from people.models import Membership, Organisation, User

# Documents rest on the versions of a template: it is unpublished, never deleted.
NEVER = {"delete"}
ACTIONS = {"add", "change", "publish", "view"}


# --- who may --------------------------------------------------------------------------


def is_administrator(user):
    """Return whether a person answers for the documents of all organisations."""
    return user.is_active and user.has_perm("certificates.publish_documenttemplate")


def organisations_of(user):
    """Return the organisations in whose name a person may publish a template."""
    if is_administrator(user):
        return Organisation.objects.all()
    trained = Membership.objects.current().filter(
        user=user, role=Membership.Role.TRAINER
    )
    return Organisation.objects.filter(pk__in=trained.values("organisation"))


class TemplatePolicy(BasePermissionPolicy):
    """Administrators change every template, trainers that of their organisations."""

    def user_has_permission(self, user, action):
        if action in NEVER or not (user.is_authenticated and user.is_active):
            return False
        return is_administrator(user) or organisations_of(user).exists()

    def user_has_permission_for_instance(self, user, action, instance):
        if not self.user_has_permission(user, action):
            return False
        if instance.pk is None or is_administrator(user):
            return True
        return organisations_of(user).filter(pk=instance.organisation_id).exists()

    def instances_user_has_any_permission_for(self, user, actions):
        templates = DocumentTemplate.objects.select_related("organisation")
        if not self.user_has_any_permission(user, actions):
            return templates.none()
        if is_administrator(user):
            return templates
        return templates.filter(organisation__in=organisations_of(user))

    def users_with_any_permission(self, actions):
        if not set(actions) - NEVER:
            return User.objects.none()
        trainers = Membership.objects.current().filter(role=Membership.Role.TRAINER)
        return User.objects.filter(
            Q(is_superuser=True) | Q(pk__in=trainers.values("user")), is_active=True
        )


# --- the form -------------------------------------------------------------------------


class TemplateForm(WagtailAdminModelForm):
    """Lets a draft be unfinished; publishing draws hard documents first."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "organisation" in self.fields:
            self.limit_organisations()

    def limit_organisations(self):
        """Only those in whose name this person publishes; never changed afterwards."""
        chosen = self.fields["organisation"]
        if self.for_user is not None:
            chosen.queryset = organisations_of(self.for_user)
        chosen.required = not self.is_for_administrator()
        if self.instance.pk:
            chosen.disabled = True

    def is_for_administrator(self):
        return self.for_user is not None and is_administrator(self.for_user)

    def clean_organisation(self):
        """Even a draft says whose it is; and the platform has one template only."""
        organisation = self.cleaned_data["organisation"]
        if organisation is None and not self.is_for_administrator():
            raise ValidationError(gettext("Choose your organisation."))
        others = DocumentTemplate.objects.exclude(pk=self.instance.pk)
        if organisation is None and others.filter(organisation=None).exists():
            raise ValidationError(
                gettext("The platform already has a template. Change that one.")
            )
        return organisation

    def is_valid(self):
        valid = super().is_valid()
        if self.is_deferred_validation or not valid:
            return valid
        for name, sentence in trials.problems_of(self.written()):
            self.add_error(name if name in self.fields else None, sentence)
        return not self.errors

    def written(self):
        """Return the template as it was typed, unsaved."""
        names = {field.name for field in DocumentTemplate._meta.fields}
        values = {n: v for n, v in self.cleaned_data.items() if n in names}
        template = DocumentTemplate(**values)
        template.signatories = [
            Signatory(**{n: row[n] for n in ("name", "role_fr", "role_en")})
            for row in self.typed_signatories()
        ]
        return template

    def typed_signatories(self):
        rows = [
            form.cleaned_data
            for form in self.formsets["signatories"].forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        return sorted(rows, key=lambda row: row.get("ORDER") or 0)


WHOSE = MultiFieldPanel(
    [FieldPanel("name"), FieldPanel("organisation")], heading=_("Whose documents")
)
LOGO = MultiFieldPanel(
    [
        FieldPanel(
            "logo",
            help_text=_(
                "PNG, JPEG or SVG, up to 1 MB. It is kept with each published version: "
                "documents that were issued keep theirs."
            ),
        ),
        FieldPanel("logo_alt"),
    ],
    heading=_("Logo"),
)
COLOURS = MultiFieldPanel(
    [
        FieldRowPanel([FieldPanel("ink"), FieldPanel("accent")]),
    ],
    heading=_("Colours"),
    help_text=_("Dark enough to be read on white: a contrast of 4.5 to 1 or more."),
)
WORDING = MultiFieldPanel(
    [
        FieldRowPanel([FieldPanel("title_fr"), FieldPanel("title_en")]),
        FieldPanel("closing_fr"),
        FieldPanel("closing_en"),
    ],
    heading=_("Wording"),
    help_text=_(
        "Plain texts. Left empty, a title is the usual one; the title stands on "
        "statements of modules and paths. In the closing sentence, {name}, {title} and "
        "{date} are filled in."
    ),
)
SIGNATORIES = InlinePanel(
    "signatories",
    label=_("Signatory"),
    heading=_("Signatories (three at most)"),
    max_num=looks.MOST_SIGNATORIES,
    panels=[
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("role_fr"), FieldPanel("role_en")]),
    ],
)
PUBLISHING = HelpPanel(
    template="certificates/admin/template_help.html",
    heading=_("What publishing does"),
)


# --- the pages ------------------------------------------------------------------------


class GuardedViewSet(SnippetViewSet):
    """Asks the policy about the very row, which most of Wagtail's own views do not.

    (Wagtail issue 13314: of fifteen operations on a snippet, three ask for the row.)
    """

    def construct_view(self, view_class, **kwargs):
        view = super().construct_view(view_class, **kwargs)

        @wraps(view)
        def guarded(request, *args, **kwargs):
            if "pk" in kwargs and not self.is_open_to(request.user, kwargs["pk"]):
                request.is_admin_page = False
                return permission_denied(request, None)
            return view(request, *args, **kwargs)

        return guarded

    def is_open_to(self, user, pk):
        row = get_object_or_404(self.model, pk=pk)
        policy = policy_registry.get_by_type(self.model)
        return policy.user_has_any_permission_for_instance(user, ACTIONS, row)

    def get_queryset(self, request):
        policy = policy_registry.get_by_type(self.model)
        return policy.instances_user_has_any_permission_for(request.user, ACTIONS)

    def register_chooser_viewset(self):
        """No page chooses one of these rows, so there is no door to a list of all."""


class TemplateViewSet(GuardedViewSet):
    model = DocumentTemplate
    icon = "doc-full"
    menu_label = _("Document templates")
    menu_order = 230
    add_to_admin_menu = True
    list_display = ["name", "organisation", LiveStatusTagColumn(label=_("State"))]
    # One template an organisation: a copy would have nowhere to go.
    copy_view_enabled = False
    inspect_view_enabled = True
    edit_handler = ObjectList(
        [WHOSE, LOGO, COLOURS, WORDING, SIGNATORIES, PUBLISHING],
        base_form_class=TemplateForm,
    )


@hooks.register("register_bulk_action", order=100)
class DeleteTemplates(DeleteBulkAction):
    """Nobody may; Wagtail's own page would name those of other organisations."""

    models = [DocumentTemplate]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"items_with_no_access": []}


@hooks.register("construct_snippet_action_menu")
def offer_publishing(menu_items, request, context):
    """Wagtail's menu asks for a permission of Django, which trainers do not need."""
    if context["model"] is not DocumentTemplate:
        return
    names = {item.name for item in menu_items}
    instance = context.get("instance")
    if UnpublishMenuItem.name not in names and instance and instance.live:
        menu_items.append(UnpublishMenuItem(order=20))
    if PublishMenuItem.name not in names:
        menu_items.append(PublishMenuItem(order=30))


@receiver(published, sender=DocumentTemplate)
def freeze_published_template(instance, **kwargs):
    """Documents pin a frozen version: Wagtail's own revisions can be rewritten."""
    trials.freeze_published(instance)


register_permission_policy(DocumentTemplate, TemplatePolicy(DocumentTemplate))
register_snippet(TemplateViewSet)
