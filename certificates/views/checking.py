"""The page on which anybody checks a code or a file."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_from_request, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from certificates.forms import CodeForm, FileForm
from certificates.inspection import LARGEST, inspect
from certificates.limits import SECONDS, is_over
from certificates.models import Certificate
from certificates.presentation import readable, standing_of, verdict_of

FACTS = "certificates/components/facts.html"


@never_cache
def check(request, code=""):
    """Say to anybody whether a code is ours, and what its document claims.

    The same time whether it is ours or not: for a code that nobody has, the same
    queries are made and the same card is drawn, of a stand-in that is thrown away.
    """
    typed = code or request.GET.get("code")
    if typed is None:
        return answer(request)
    if is_over(request, "check"):
        return too_many(request)
    form = CodeForm({"code": typed})
    if not form.is_valid():
        return answer(request, status=404, form=form, is_mistyped=True)
    certificates = Certificate.objects.with_changes()
    found = certificates.filter(code=form.cleaned_data["code"]).first()
    context = card_of(found or stand_in())
    if found is None:
        return answer(request, status=404, form=form, is_unknown=True)
    return answer(request, **context)


def card_of(certificate):
    """Return what the page needs to show a certificate: its state, and its facts."""
    prefetch_related_objects([certificate], "events")
    language = get_language()
    said = readable(certificate, language)
    is_there = certificate.erased_at is None
    return {
        "certificate": certificate,
        "standing": standing_of(certificate, language),
        "card": render_to_string(FACTS, said) if is_there else "",
        **said,
    }


def answer(request, status=200, **context):
    blank = {
        "form": CodeForm(),
        "file_form": FileForm(),
        "certificate": None,
        "card": "",
        "verdict": None,
        "is_mistyped": False,
        "is_unknown": False,
        "is_over": False,
        "checked_at": timezone.now(),
    }
    return render(request, "certificates/check.html", blank | context, status=status)


def too_many(request):
    response = answer(request, status=429, is_over=True)
    response["Retry-After"] = SECONDS
    return response


def stand_in():
    """Return a certificate that is nobody's, to spend the same time on."""
    nobodys = Certificate(pk=uuid.uuid4(), facts=STAND_IN, language="fr")
    nobodys.has_changes = False
    return nobodys


STAND_IN = {
    "name": "Prénom Nom",
    "module_code": "M00",
    "module_title": "Un module de longueur moyenne",
    "module_version": "2026-1",
    "objectives": ["un premier objectif", "un deuxième", "un troisième"],
    "competences": [{"code": "A1", "name": "Une compétence"}],
    "framework": "Référentiel de compétences Repère",
    "duration_minutes": 60,
    "score_percent": 80,
    "started_on": "2026-01-01",
    "finished_on": "2026-01-02",
    "issued_on": "2026-01-02",
    "issuer": "Repère",
    "language": "fr",
}


# --- files ----------------------------------------------------------------------------


class InMemory(FileUploadHandler):
    """Keeps a file in memory, never on the disk, and nothing beyond the limit."""

    def __init__(self, request):
        super().__init__(request)
        self.content = bytearray()
        self.start = 0
        self.is_too_large = False

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.start = len(self.content)

    def receive_data_chunk(self, raw_data, start):
        if len(self.content) + len(raw_data) > LARGEST:
            self.is_too_large = True
            self.content.clear()
            # The rest is read and dropped, so that the browser gets an answer.
            raise StopUpload(connection_reset=False)
        self.content += raw_data

    def file_complete(self, file_size):
        return SimpleUploadedFile(self.file_name, bytes(self.content[self.start :]))


@csrf_exempt  # changes nothing and knows nobody; the token is read after the whole file
@never_cache
def check_file(request):
    """Say to anybody what a file is worth. Nothing of it is kept."""
    if request.method != "POST":  # the page in another language: there is no file left
        return redirect("certificates:check")
    handler = InMemory(request)
    request.upload_handlers = [handler]
    form = FileForm(request.POST, request.FILES)
    if is_over(request, "check"):
        return too_many(request)
    if handler.is_too_large:
        form.say_too_large()
    if not form.is_valid():
        return answer(request, status=400, file_form=form)
    inspection = inspect(form.cleaned_data["document"].read())
    certificate = inspection.certificate
    context = card_of(certificate) if certificate else {"standing": None}
    verdict = verdict_of(inspection, context["standing"])
    return answer(request, verdict=verdict, **context)


def short(request, code=""):
    """Lead from the address on paper to the check, in the visitor's language."""
    with override(get_language_from_request(request)):
        return redirect("certificates:check", *([code] if code else []))
