"""How often one network address may look something up: counted, never kept.

The count stands in the cache under a hash of the address, the minute and the secret of
the installation, for a minute: nobody can read the address from it, and the next minute
has another hash. Two processes asked at the very same moment may count as one.
"""

import ipaddress
import threading
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.utils.crypto import salted_hmac

PER_MINUTE = 10
SECONDS = 60
DAY = 24 * 60 * 60
one_at_a_time = threading.Lock()  # of a process: its threads count together


def is_over(request, action, most=PER_MINUTE):
    """Count one more deed of this address, and tell whether it was one too many."""
    network = network_of(get_adapter().get_client_ip(request))
    return is_one_too_many(f"{action} {network}", most, SECONDS)


def is_over_for(user, action, most):
    """The same for a person, in a day."""
    return is_one_too_many(f"{action} {user.pk}", most, DAY)


def is_one_too_many(what, most, seconds):
    key = key_of(what, seconds)
    with one_at_a_time:
        count = cache.get(key, 0) + 1
        cache.set(key, count, timeout=seconds)
    return count > most


def key_of(what, seconds):
    value = f"{what} {int(time.time() // seconds)}"
    digest = salted_hmac("certificates.limits", value, algorithm="sha256").hexdigest()
    return f"certificates-limit-{digest}"


def network_of(address):
    """Return an IPv4 address, or the network of an IPv6 one: a home has 2⁶⁴ of them."""
    known = ipaddress.ip_address(address)
    known = getattr(known, "ipv4_mapped", None) or known  # ::ffff:192.0.2.7
    return known if known.version == 4 else ipaddress.ip_network((known, 64), False)
