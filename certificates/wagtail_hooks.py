"""Certificates in the CMS. Each module registers its own pages."""

from certificates import seals_admin, staff, templates_admin  # noqa: F401
