from certificates.models.batches import Batch, BatchRow
from certificates.models.certificates import (
    AchievementVersion,
    Certificate,
    CertificateFile,
    CertificateFrozen,
    Event,
    Listing,
)
from certificates.models.credentials import Credential, SigningKey, StatusList
from certificates.models.salts import HolderSalt
from certificates.models.seals import Seal
from certificates.models.sharing import ShareLink
from certificates.models.templates import DocumentTemplate, Signatory, TemplateVersion

__all__ = [
    "AchievementVersion",
    "Batch",
    "BatchRow",
    "Certificate",
    "CertificateFile",
    "CertificateFrozen",
    "Credential",
    "DocumentTemplate",
    "Event",
    "HolderSalt",
    "Listing",
    "Seal",
    "ShareLink",
    "Signatory",
    "SigningKey",
    "StatusList",
    "TemplateVersion",
]
