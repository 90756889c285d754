import pytest

from tests.cms.test_addresses import help_page
from tests.factories import make_member, make_organisation, make_person


@pytest.fixture
def organisation(db):
    organisation = make_organisation()
    organisation.help_name = "Accueil du CCAS"
    organisation.help_phone = "01 99 00 00 00"
    organisation.help_email = "aide@example.org"
    organisation.save()
    return organisation


def test_the_help_page_names_who_helps_in_ones_organisation(
    client, learner, organisation
):
    help_page()
    make_member(learner, organisation)
    client.force_login(learner)

    page = client.get("/fr/aide/").content.decode()

    for words in ["Accueil du CCAS", "01 99 00 00 00", "aide@example.org"]:
        assert words in page


def test_others_do_not_see_who_helps_there(client, learner, organisation):
    help_page()
    make_member(make_person("Marc Delmas"), organisation)

    assert "Accueil du CCAS" not in client.get("/fr/aide/").content.decode()
    client.force_login(learner)
    assert "Accueil du CCAS" not in client.get("/fr/aide/").content.decode()


def test_no_password_can_be_put_on_a_page(db):
    page = help_page()

    assert type(page).private_page_options == []
    assert not page.get_view_restrictions().exists()
