from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The address and the password do not go together. You can leave the "
            "password empty: a code comes by e-mail."
        ),
        "incorrect_code": _(
            "This is not quite the code of the last e-mail. Compare them, or ask for "
            "a new one."
        ),
        "incorrect_password": _("This is not quite your password. Try once more."),
        "too_many_login_attempts": _(
            "Many tries in a short time. Wait a few minutes, then try again."
        ),
        "rate_limited": _(
            "Many tries in a short time. Wait a few minutes, then try again."
        ),
    }

    def get_login_redirect_url(self, request):
        """A learner lands on her dashboard, in her own language."""
        with translation.override(request.user.language):
            return reverse("courses:dashboard")

    def get_signup_redirect_url(self, request):
        return self.get_login_redirect_url(request)

    def get_logout_redirect_url(self, request):
        return f"/{translation.get_language()}/"
