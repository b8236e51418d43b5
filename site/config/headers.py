from csp.constants import NONE, SELF, UNSAFE_INLINE

ADMIN_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "object-src": [NONE],
}


class AdminPolicyMiddleware:
    """Wagtail's admin still holds inline script and style, so it alone answers with a looser policy."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_replace = ADMIN_POLICY
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        elif getattr(request, "is_dummy", False):
            # A page as an editor previews it: under the policy of the site, but in a frame of the admin.
            response._csp_replace = {"frame-ancestors": [SELF]}
        return response


class OwnEyesMiddleware:
    """What is made for someone signed in, and what a view calls so, is kept by no cache, neither a shared one nor the
    browser's own; of the address of the latter no more than our host is told."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "is_unkept", False):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["Referrer-Policy"] = "strict-origin"
            return response
        # Asking the user's session only where the page has asked it keeps anonymous pages free of Vary: Cookie.
        if request.session.accessed and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response
