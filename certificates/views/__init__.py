from certificates.views.asking import history, placement, problem
from certificates.views.checking import check, check_file, short
from certificates.views.shares import (
    share_end,
    share_new,
    shared,
    shared_pdf,
    shares,
)
from certificates.views.wallet import (
    all_documents,
    detail,
    download,
    for_module,
    issue_module,
    mine,
)

__all__ = [
    "all_documents",
    "check",
    "check_file",
    "detail",
    "download",
    "for_module",
    "history",
    "issue_module",
    "mine",
    "placement",
    "problem",
    "share_end",
    "share_new",
    "shared",
    "shared_pdf",
    "shares",
    "short",
]
