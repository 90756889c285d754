from django.urls import reverse


def test_preferences_of_the_cms_do_not_ask_for_a_first_and_last_name(client, trainer):
    client.force_login(trainer)

    page = client.get(reverse("wagtailadmin_account"))

    assert page.status_code == 200
    names = {
        panel.name
        for panels in page.context["panels_by_tab"].values()
        for panel in panels
    }
    assert names == {"avatar", "notifications", "locale", "theme"}
