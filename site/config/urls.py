from allauth.account.views import logout
from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import TemplateView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

from accounts.views import admin_door
from config.health import healthz
from config.sitemaps import sitemap

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain"), name="robots"),
    path("admin/login/", admin_door, name="admin_login"),
    path("admin/logout/", logout, name="admin_logout"),
    path("admin/", include(admin_urls)),
    path("dokumenter/", include(document_urls)),
    path("konto/", include("accounts.urls")),
    path("", include("network.urls")),
    path("", include("search.urls")),
    path("", include("home.urls")),
    path("", include(wagtail_urls)),
]

if settings.ANYMAIL.get("WEBHOOK_SECRET"):
    urlpatterns.insert(0, path("mail/ind/", include("anymail.urls")))

if settings.DEV_MAIL:
    urlpatterns.insert(0, path("dev/mail/", include("accounts.dev_urls")))

if settings.SERVE_MEDIA:
    urlpatterns.insert(
        0,
        re_path(r"^media/(?P<path>images/.*)$", serve, {"document_root": settings.MEDIA_ROOT}, name="media"),
    )

handler404 = "home.errors.not_found"
handler403 = "home.errors.refused"
handler400 = "home.errors.bad_request"
handler429 = "accounts.limits.too_many"  # asked for by allauth
handler500 = "home.errors.failed"
