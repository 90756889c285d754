"""What happens in attempts and matters to rooms that stand further down."""

from django.dispatch import Signal

# Sent in the transaction that ends a check; `attempt` is the finished attempt.
check_finished = Signal()
