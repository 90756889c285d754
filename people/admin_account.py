from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel


class PreferencesView(AccountView):
    """One's preferences in the CMS, without a name: it is changed in "My account"."""

    def get_panels(self):
        return [
            panel
            for panel in super().get_panels()
            if not isinstance(panel, NameEmailSettingsPanel)
        ]
