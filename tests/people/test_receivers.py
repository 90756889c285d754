import pytest
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_the_log_of_the_cms_forgets_the_name_of_who_leaves():
    administrator, stays = make_person("Odile Roux"), make_person("Marc Delmas")
    leaves = make_person("Awa Ndiaye")
    for person in (leaves, stays):
        log(
            person,
            "wagtail.edit",
            user=administrator,
            data={"email": person.email},
        )

    leaves.delete()

    assert set(ModelLogEntry.objects.values_list("action", "label")) == {
        ("wagtail.edit", ""),
        ("wagtail.edit", str(stays)),
    }
    assert ModelLogEntry.objects.get(label="").data == {}
    assert ModelLogEntry.objects.exclude(label="").get().data == {"email": stays.email}
