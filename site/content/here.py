"""On which site a request came in, and its texts: one query for both, where Wagtail asks once for each."""

from django.db.models import Q
from django.http.request import split_domain_port
from wagtail.models import Site

from content.prepared import prepared_things


@prepared_things
def _sites(shape, hostname):
    known = Q(hostname=hostname) | Q(is_default_site=True)
    return Site.objects.filter(known).order_by("pk").select_related("root_page", "sitetexts")


def site_here(request) -> Site | None:
    """Return the site as `Site.find_for_request` does, and keep it on the request as that does; its texts come along.

    The rule is Wagtail's: the host at this port, the host of the default site, a host that only one site has, else
    the default site.
    """
    if not hasattr(request, "_wagtail_site"):
        # As Wagtail does: a host that is not allowed has been refused before, or is none of ours.
        hostname = split_domain_port(request._get_raw_host())[0]
        request._wagtail_site = _chosen(_sites("", hostname), hostname, request.get_port())
    return request._wagtail_site


def _chosen(sites, hostname, port):
    default = next((site for site in sites if site.is_default_site), None)
    called = [site for site in sites if site.hostname == hostname]
    # Wagtail compares the number in the database, where a port that is written out is a number too.
    at_port = [site for site in called if site.port == int(port)]
    if at_port:
        return at_port[0]
    if default is None:
        return called[0] if len(called) == 1 else None
    others = [site for site in called if site != default]
    return others[0] if len(others) == 1 and default not in called else default
