from django.urls import path

from home import share, tags

urlpatterns = [
    path("emneord/", tags.tags, name="tags"),
    path("emneord/<slug:slug>/", tags.tag, name="tag"),
    path("del/<slug:service>/", share.share, name="share"),
]
