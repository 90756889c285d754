from django.conf import settings
from django.utils.cache import add_never_cache_headers, patch_cache_control


class PrivatePagesMiddleware:
    """No page of a signed-in person stays in a cache, nor behind the back button."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # request.user is lazy: a page that never asked who is there stays public.
        if request.session.accessed and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            patch_cache_control(response, private=True, no_store=True)
        return response


class SharedDeviceMiddleware:
    """On a shared computer, a session ends after a while without activity."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # Only where the page asked who is there: the others stay public.
        if request.session.accessed and request.session.get("is_shared_device"):
            request.session.set_expiry(settings.SHARED_DEVICE_SECONDS)
        return response
