import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from certificates import trials
from certificates.models import DocumentTemplate, Signatory, TemplateVersion
from courses.roles import TRAINERS
from people.models import Membership
from tests.factories import make_member, make_organisation, make_person

SPACE = "wagtailsnippets_certificates_documenttemplate"
DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">\
<path fill="#0f4c5c" d="M0 0h40v10z"/></svg>"""


def make_trainer_of(organisation):
    trainer = make_person("Aïcha Moreau", language="en")
    trainer.groups.add(Group.objects.get(name=TRAINERS))
    make_member(trainer, organisation, Membership.Role.TRAINER)
    return trainer


def make_template(organisation=None, **fields):
    template = DocumentTemplate(
        name=fields.pop("name", "Ours"), organisation=organisation, live=False, **fields
    )
    template.signatories = [Signatory(name="Sylvie Nguyen", role_fr="Directrice")]
    template.save()
    template.save_revision()
    return template


def make_logo(data=DRAWING, name="logo.svg"):
    return Image.objects.create(title="Logo", file=ContentFile(data, name))


def typed(organisation=None, publish=False, signatories=(), **fields):
    """Return what the form sends."""
    values = {
        "name": "Ours",
        "organisation": organisation.pk if organisation else "",
        "logo": "",
        "logo_alt": "",
        "ink": "#1d2830",
        "accent": "#0f4c5c",
        "title_fr": "",
        "title_en": "",
        "closing_fr": "",
        "closing_en": "",
        "signatories": inline_formset(
            [{"name": n, "role_fr": r, "role_en": ""} for n, r in signatories]
        ),
        **fields,
    }
    if publish:
        values["action-publish"] = "1"
    return nested_form_data(values)


@pytest.fixture
def nothing_drawn(monkeypatch):
    """Stands for the drawing of hard documents, which has its own tests."""
    verdict = trials.Verdict((), {"documents": 40, "standards": []})
    monkeypatch.setattr(trials, "verdict_on", lambda look: verdict)


@pytest.fixture
def ours(db):
    return make_organisation()


@pytest.fixture
def theirs(db):
    return make_organisation("Maison des solidarités")


@pytest.fixture
def trainer_of_ours(ours):
    return make_trainer_of(ours)


@pytest.fixture
def administrator(db):
    return make_person("Nadia Cohen", is_superuser=True, language="en")


def address(name, *args):
    return reverse(f"{SPACE}:{name}", args=args)


def of_one_row(template):
    """Return every operation of the CMS on one template, with a method for each."""
    revision = template.latest_revision_id
    return {
        "edit": ("get", address("edit", template.pk)),
        "save": ("post", address("edit", template.pk)),
        "delete": ("get", address("delete", template.pk)),
        "delete it": ("post", address("delete", template.pk)),
        "usage": ("get", address("usage", template.pk)),
        "history": ("get", address("history", template.pk)),
        "history results": ("get", address("history_results", template.pk)),
        "inspect": ("get", address("inspect", template.pk)),
        "preview": ("get", address("preview_on_edit", template.pk)),
        "send a preview": ("post", address("preview_on_edit", template.pk)),
        "unpublish": ("get", address("unpublish", template.pk)),
        "unpublish it": ("post", address("unpublish", template.pk)),
        "see a revision": ("get", address("revisions_view", template.pk, revision)),
        "revert": ("get", address("revisions_revert", template.pk, revision)),
        "compare": (
            "get",
            address("revisions_compare", template.pk, "earliest", "latest"),
        ),
        "unschedule": ("post", address("revisions_unschedule", template.pk, revision)),
    }


OPERATIONS = [
    *("edit", "save", "delete", "delete it", "usage", "history", "history results"),
    *("inspect", "preview", "send a preview", "unpublish", "unpublish it"),
    *("see a revision", "revert", "compare", "unschedule"),
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_another_organisations_trainer_is_refused(
    client, trainer_of_ours, theirs, operation
):
    template = make_template(theirs, name="Theirs")
    client.force_login(trainer_of_ours)
    method, url = of_one_row(template)[operation]
    response = getattr(client, method)(url)
    assert response.status_code == 403
    assert "Theirs" not in response.content.decode()


def test_every_operation_on_one_row_is_in_the_list():
    viewset = DocumentTemplate.snippet_viewset
    routes = {
        pattern.name
        for pattern in viewset.get_urlpatterns()
        if "pk" in str(pattern.pattern)
    }
    assert routes == {
        *("edit", "delete", "usage", "history", "history_results", "inspect"),
        *("preview_on_edit", "unpublish", "revisions_view", "revisions_revert"),
        *("revisions_compare", "revisions_unschedule"),
    }


@pytest.mark.parametrize(
    "operation", ["edit", "history", "usage", "inspect", "compare", "see a revision"]
)
def test_the_organisations_own_trainer_enters(client, trainer_of_ours, ours, operation):
    template = make_template(ours)
    client.force_login(trainer_of_ours)
    method, url = of_one_row(template)[operation]
    assert getattr(client, method)(url).status_code == 200


@pytest.mark.parametrize("is_live", [True, False])
def test_the_editor_offers_to_publish(client, trainer_of_ours, ours, is_live):
    template = make_template(ours)
    DocumentTemplate.objects.update(live=is_live)
    client.force_login(trainer_of_ours)
    for url in [address("add"), address("edit", template.pk)]:
        said = client.get(url).content.decode()
        assert said.count('name="action-publish"') == 1
        is_shown = is_live and url != address("add")
        assert (address("unpublish", template.pk) in said) is is_shown


def test_a_list_holds_what_one_may_change(client, trainer_of_ours, ours, theirs):
    make_template(ours, name="Template of ours")
    make_template(theirs, name="Template of theirs")
    make_template(None, name="Template of the platform")
    client.force_login(trainer_of_ours)
    for url in [address("list"), address("list_results")]:
        said = client.get(url).content.decode()
        assert re.findall(r"Template of \w+(?: \w+)?", said)[0] == "Template of ours"
        assert "Template of theirs" not in said
        assert "Template of the platform" not in said


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_sheet_holds_a_name_that_a_program_would_run(client, administrator, kind):
    make_template(name='=HYPERLINK("https://example.org")')
    client.force_login(administrator)
    page = client.get(address("list")).content
    sheet = b"".join(client.get(address("list") + f"?export={kind}"))
    assert b"HYPERLINK" in page
    assert b"export=" not in page
    if kind == "xlsx":
        with ZipFile(BytesIO(sheet)) as parts:
            sheet = b"".join(map(parts.read, parts.namelist()))
    assert b"HYPERLINK" not in sheet


@pytest.mark.parametrize("chosen", ["all", "one"])
def test_the_page_of_many_names_no_template_of_others(
    client, trainer_of_ours, theirs, chosen
):
    template = make_template(theirs, name="Template of theirs")
    client.force_login(trainer_of_ours)
    where = reverse(
        "wagtail_bulk_action", args=["certificates", "documenttemplate", "delete"]
    )
    chosen = {"all": "all", "one": template.pk}[chosen]
    for ask in (client.get, client.post):
        answer = ask(f"{where}?id={chosen}&next=/admin/", follow=True)
        assert "Template of theirs" not in answer.text
    assert DocumentTemplate.objects.filter(pk=template.pk).exists()


def test_administrators_see_all(client, administrator, ours, theirs):
    make_template(ours, name="Template of ours")
    make_template(theirs, name="Template of theirs")
    client.force_login(administrator)
    said = client.get(address("list")).content.decode()
    assert "Template of ours" in said
    assert "Template of theirs" in said


def test_nothing_chooses_a_template_so_no_door_lists_them(client, trainer_of_ours):
    client.force_login(trainer_of_ours)
    url = "/admin/snippets/choose/certificates/documenttemplate/"
    assert client.get(url, follow=True).status_code == 404


@pytest.mark.parametrize("role", [Membership.Role.MANAGER, Membership.Role.LEARNER])
def test_a_member_who_does_not_train_is_refused(client, ours, role):
    member = make_person("Marc Delmas", language="en")
    member.groups.add(Group.objects.get(name=TRAINERS))
    make_member(member, ours, role)
    template = make_template(ours, name="Theirs")
    client.force_login(member)
    for url in [address("edit", template.pk), address("list"), address("add")]:
        response = client.get(url)
        assert response.status_code in (302, 403)
        assert b"Theirs" not in response.content


def test_a_trainer_who_has_left_is_refused(client, ours):
    former = make_trainer_of(ours)
    former.memberships.update(joined_on="2026-01-01", left_on="2026-06-30")
    client.force_login(former)
    assert client.get(address("edit", make_template(ours).pk)).status_code == 403


def test_a_trainer_writes_for_her_own_organisation_only(
    client, trainer_of_ours, ours, theirs
):
    client.force_login(trainer_of_ours)
    response = client.post(address("add"), typed(theirs))
    assert "organisation" in response.context["form"].errors
    response = client.post(address("add"), typed(None))
    assert "organisation" in response.context["form"].errors
    client.post(address("add"), typed(ours))
    assert [t.organisation for t in DocumentTemplate.objects.all()] == [ours]


def test_a_template_stays_with_its_organisation(client, administrator, ours, theirs):
    template = make_template(ours)
    client.force_login(administrator)
    client.post(address("edit", template.pk), typed(theirs, publish=False))
    template.refresh_from_db()
    assert template.organisation == ours
    assert template.get_latest_revision_as_object().organisation == ours


def test_the_platform_has_one_template(client, administrator):
    make_template(None)
    client.force_login(administrator)
    response = client.post(address("add"), typed(None))
    assert "organisation" in response.context["form"].errors
    assert DocumentTemplate.objects.count() == 1


@pytest.mark.parametrize("person", ["trainer_of_ours", "administrator"])
def test_templates_are_not_deleted(client, request, ours, person):
    template = make_template(ours)
    client.force_login(request.getfixturevalue(person))
    client.post(address("delete", template.pk))
    bulk = reverse(
        "wagtail_bulk_action", args=["certificates", "documenttemplate", "delete"]
    )
    client.post(f"{bulk}?id={template.pk}")
    assert DocumentTemplate.objects.filter(pk=template.pk).exists()


# --- drafts and publishing ------------------------------------------------------------


def test_a_draft_may_be_unfinished(client, trainer_of_ours, ours):
    client.force_login(trainer_of_ours)
    response = client.post(address("add"), typed(ours, accent="#ffff00"))
    assert response.status_code == 302
    assert not DocumentTemplate.objects.get().live
    assert not TemplateVersion.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"accent": "#ffdd00"}, "accent", "its contrast is 1.3 to 1"),
        ({"ink": "#888888"}, "ink", "its contrast is 3.5 to 1"),
        ({"ink": "red"}, "ink", "# and six characters"),
        ({"closing_fr": "Bravo 🎉"}, "closing_fr", "cannot print"),
        ({"title_en": "證明"}, "title_en", "證 明"),
    ],
)
def test_publishing_says_what_to_mend(
    client, trainer_of_ours, ours, nothing_drawn, fields, name, said
):
    client.force_login(trainer_of_ours)
    response = client.post(address("add"), typed(ours, publish=True, **fields))
    assert said in str(response.context["form"].errors[name])
    assert not TemplateVersion.objects.exists()


def test_a_logo_needs_words(client, trainer_of_ours, ours, nothing_drawn):
    client.force_login(trainer_of_ours)
    logo = make_logo()
    response = client.post(address("add"), typed(ours, publish=True, logo=logo.pk))
    assert "logo_alt" in response.context["form"].errors


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (DRAWING + b" " * 20 * 1024 * 1024, "logo.svg", "20.0 MB"),
        (DRAWING.replace(b"/>", b"/>" + b"<g/>" * 7000), "logo.svg", "too detailed"),
        (
            DRAWING.replace(b"<path", b'<image href="http://x/"/><path'),
            "logo.svg",
            "“image”",
        ),
    ],
    ids=["20 MB", "bomb", "address"],
)
def test_a_bad_logo_is_refused(
    client, trainer_of_ours, ours, nothing_drawn, data, name, said
):
    client.force_login(trainer_of_ours)
    logo = make_logo(data, name)
    fields = {"logo": logo.pk, "logo_alt": "Valmont"}
    response = client.post(address("add"), typed(ours, publish=True, **fields))
    assert said in str(response.context["form"].errors["logo"])


def test_publishing_freezes_a_version(client, trainer_of_ours, ours, nothing_drawn):
    client.force_login(trainer_of_ours)
    response = client.post(
        address("add"),
        typed(
            ours,
            publish=True,
            logo=make_logo().pk,
            logo_alt="Valmont",
            accent="#8A1C5B",
            title_fr="Attestation de Valmont",
            closing_fr="Délivrée à {name}.",
            signatories=[
                ("Sylvie Nguyen", "Directrice"),
                ("Aïcha Moreau", "Formatrice"),
            ],
        ),
    )
    assert response.status_code == 302
    version = TemplateVersion.objects.get()
    assert version.number == 1
    assert version.logo_type == "image/svg+xml"
    assert version.content == {
        "ink": "#1d2830",
        "accent": "#8a1c5b",
        "title": {"fr": "Attestation de Valmont", "en": ""},
        "closing": {"fr": "Délivrée à {name}.", "en": ""},
        "logo_alt": "Valmont",
        "signatories": [
            {"name": "Sylvie Nguyen", "role": {"fr": "Directrice", "en": ""}},
            {"name": "Aïcha Moreau", "role": {"fr": "Formatrice", "en": ""}},
        ],
        "checked": {"documents": 40, "standards": []},
    }


def test_publishing_the_same_again_makes_no_version(
    client, trainer_of_ours, ours, nothing_drawn
):
    client.force_login(trainer_of_ours)
    client.post(address("add"), typed(ours, publish=True))
    url = address("edit", DocumentTemplate.objects.get().pk)
    client.post(url, typed(ours, publish=True))
    assert TemplateVersion.objects.count() == 1
    client.post(url, typed(ours, publish=True, title_fr="Attestation"))
    assert [v.number for v in TemplateVersion.objects.order_by("pk")] == [1, 2]


def test_what_the_hard_documents_show_is_said(
    client, trainer_of_ours, ours, monkeypatch
):
    verdict = trials.Verdict(("“one” runs into “other”.",), {})
    monkeypatch.setattr(trials, "verdict_on", lambda look: verdict)
    client.force_login(trainer_of_ours)
    response = client.post(address("add"), typed(ours, publish=True))
    errors = response.context["form"].non_field_errors()
    assert list(errors) == ["“one” runs into “other”."]
    assert not TemplateVersion.objects.exists()


# --- the preview ----------------------------------------------------------------------


def preview(client, template, mode="module-fr", **fields):
    """Do as the editor: send what is typed, then ask for the picture of it."""
    url = address("preview_on_edit", template.pk)
    sent = client.post(url, typed(template.organisation, **fields))
    assert sent.json() == {"is_valid": True, "is_available": True}
    return client.get(f"{url}?mode={mode}&in_preview_panel=true")


@pytest.mark.parametrize(
    "mode", [f"{kind}-{language}" for kind in trials.KINDS for language in ("fr", "en")]
)
def test_the_preview_shows_the_document(client, trainer_of_ours, ours, mode):
    client.force_login(trainer_of_ours)
    response = preview(client, make_template(ours), mode)
    said = response.content.decode()
    assert response.status_code == 200
    assert 'src="data:image/png;base64,' in said
    assert 'href="data:application/pdf;base64,' in said


def test_the_preview_keeps_to_the_strict_policy(client, trainer_of_ours, ours):
    client.force_login(trainer_of_ours)
    response = preview(client, make_template(ours))
    said = response.content.decode()
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "img-src 'self' data:" in response["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", said)


def test_a_kind_that_does_not_exist_shows_the_first(client, trainer_of_ours, ours):
    client.force_login(trainer_of_ours)
    template = make_template(ours)
    first = preview(client, template).content
    assert preview(client, template, "diploma-fr").content == first
    assert preview(client, template, "history-fr").content != first


def test_the_preview_says_what_to_mend(client, trainer_of_ours, ours):
    client.force_login(trainer_of_ours)
    response = preview(client, make_template(ours), accent="#ffdd00")
    assert "its contrast is 1.3 to 1" in response.content.decode()


def test_the_preview_shows_what_is_typed(client, trainer_of_ours, ours):
    template = make_template(ours)
    client.force_login(trainer_of_ours)
    before = preview(client, template).content
    assert preview(client, template).content == before
    assert preview(client, template, title_fr="Tout autre chose").content != before


def test_the_list_says_what_is_published_and_what_a_template_is_for(client, trainer):
    organisation = make_organisation()
    client.force_login(make_trainer_of(organisation))
    empty = client.get(reverse(f"{SPACE}:list")).content.decode()
    assert "Make the first template" in empty

    make_template(organisation)
    listed = client.get(reverse(f"{SPACE}:list")).content.decode()
    assert "Make the first template" not in listed
    assert "draft" in listed.lower()
