"""What certificates do in the background: only tasks and commands read a secret."""

import logging

from django_tasks import task

from certificates import seals, signing

logger = logging.getLogger("repere.certificates")
REMEDY = "Nothing is lost. Once that is mended: python manage.py sign_certificates"


@task()
def sign_certificate(certificate_id):
    """Sign a certificate as a credential, once; then seal its document if asked."""
    try:
        signing.sign(certificate_id)
    except (signing.CannotSign, *signing.Waits) as error:
        logger.error("An attestation waits for its signature. %s %s", error, REMEDY)
        raise
    seals.seal_when_on(certificate_id)


@task()
def sign_status_list(status_list_id):
    """Sign a status list again, so that it says which credentials were withdrawn."""
    try:
        signing.sign_list(status_list_id)
    except signing.Waits as error:
        logger.error("A status list waits for its signature. %s %s", error, REMEDY)
        raise
