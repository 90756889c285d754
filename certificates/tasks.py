"""What certificates do in the background: only these tasks read a secret."""

from django_tasks import task


@task()
def sign_certificate(certificate_id):
    """Sign a certificate as a credential, unless it is signed already."""


@task()
def sign_status_list(status_list_id):
    """Sign a status list again, so that it says which credentials were withdrawn."""
