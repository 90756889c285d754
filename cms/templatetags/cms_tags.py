"""Known to all templates without loading: settings.TEMPLATES names them."""

from django import template

from cms.dates import full_date

register = template.Library()
register.filter(full_date)
