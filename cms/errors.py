from django.shortcuts import render


def csrf_failure(request, reason=""):
    """Nothing was saved: say so, and how to send it again."""
    return render(request, "403_csrf.html", status=403)
