"""Who may write and who may publish, made once; administrators may change it after."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowTask,
)

from assessments.models import (
    Area,
    Competence,
    Level,
    LevelDescriptor,
    Question,
    Statement,
)
from cms.models import HomePage

TRAINERS = "Formateurs"
REVIEWERS = "Relecteurs"
WRITES = ["add", "change"]
PUBLISHES = ["add", "change", "publish", "lock", "unlock"]


def make_roles(**kwargs):
    """Create the groups and the approval workflow. Does nothing when they exist."""
    if Group.objects.filter(name=TRAINERS).exists() or not HomePage.objects.exists():
        return
    trainers = Group.objects.create(name=TRAINERS)
    reviewers = Group.objects.create(name=REVIEWERS)
    for group, page_actions, question_actions in [
        (trainers, WRITES, WRITES),
        (reviewers, PUBLISHES, PUBLISHES),
    ]:
        group.permissions.add(
            Permission.objects.get(
                content_type__app_label="wagtailadmin", codename="access_admin"
            )
        )
        allow_pages(group, page_actions)
        allow_models(group, [Question], question_actions)
        allow_pictures(group)
    allow_models(
        reviewers, [Area, Competence, Level, LevelDescriptor, Statement], ["change"]
    )
    workflow = Workflow.objects.create(name="Relecture")
    task = GroupApprovalTask.objects.create(name="Relecture")
    task.groups.add(reviewers)
    WorkflowTask.objects.create(workflow=workflow, task=task)
    for home in HomePage.objects.all():
        WorkflowPage.objects.create(workflow=workflow, page=home)
    WorkflowContentType.objects.create(
        workflow=workflow,
        content_type=ContentType.objects.get_for_model(Question),
    )


def allow_pages(group, actions):
    names = [f"{action}_page" for action in actions]
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore",
        content_type__model="page",
        codename__in=names,
    )
    for home in HomePage.objects.all():
        for permission in permissions:
            GroupPagePermission.objects.create(
                group=group, page=home, permission=permission
            )


def allow_models(group, models, actions):
    names = [f"{action}_{m._meta.model_name}" for m in models for action in actions]
    group.permissions.add(
        *Permission.objects.filter(
            content_type__app_label="assessments", codename__in=names
        )
    )


def allow_pictures(group):
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label=Image._meta.app_label,
        codename__in=["add_image", "change_image", "choose_image"],
    ):
        GroupCollectionPermission.objects.create(
            group=group, collection=root, permission=permission
        )
