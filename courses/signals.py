"""What happens in modules and matters to rooms that stand further down."""

from django.dispatch import Signal

# Sent in the transaction that ends a module; `learner`, `module` (a page), `attempt`
# (of its check, or None).
module_completed = Signal()
