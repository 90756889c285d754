from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from people.export import everything_about
from people.forms import DeleteAccountForm, ProfileForm, ReadingForm

ONE_YEAR = 60 * 60 * 24 * 365


@login_required
def account(request):
    """Name and language; and the ways to the e-mail address, password and data."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with override(request.user.language):
            messages.success(request, _("Your account is up to date."))
            return redirect("people:account")
    return render(request, "people/account.html", {"form": form})


def reading(request):
    """How pages look: kept with the account, and on this device for visitors."""
    user = request.user
    initial = {"text_size": "normal", "spacing": "normal", "face": "repere"}
    if user.is_authenticated:
        initial = {name: getattr(user, name) for name in initial}
    else:
        values = request.COOKIES.get("reading", "").split(".")
        initial |= dict(zip(initial, values, strict=False)) if len(values) == 3 else {}
    form = ReadingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        if user.is_authenticated:
            for name, value in chosen.items():
                setattr(user, name, value)
            user.save(update_fields=list(chosen))
        messages.success(request, _("Pages now look the way you chose."))
        response = redirect("people:reading")
        response.set_cookie(
            "reading", ".".join(chosen.values()), max_age=ONE_YEAR, samesite="Lax"
        )
        return response
    return render(request, "people/reading.html", {"form": form})


@login_required
def my_data(request):
    """Everything the site knows of this person, to take away."""
    response = JsonResponse(
        everything_about(request.user),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = 'attachment; filename="repere.json"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def delete_account(request):
    """Erase the account and all that only its owner may see, after a confirmation."""
    form = DeleteAccountForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = request.user
        logout(request)
        user.delete()
        messages.success(request, _("Your account and your answers are erased."))
        return redirect("/")
    return render(request, "people/delete.html", {"form": form})
