from django.http import HttpResponse
from django.views.decorators.cache import never_cache


@never_cache
def healthz(request):
    """The process answers. Whether it is ready for readers (database, search) is /readyz' matter."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
