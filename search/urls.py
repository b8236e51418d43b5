from django.urls import path

from search import insight_views, views

urlpatterns = [
    path("soeg/", views.find, name="search"),
    path("soeg/forslag/", views.suggestions, name="search-suggestions"),
    path("soeg/hoert/", insight_views.heard, name="search-heard"),
]
