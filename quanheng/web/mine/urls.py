"""Pages of the cadre. One line a page; a view that shows an object takes its UUID."""

from django.urls.resolvers import URLPattern

app_name = "mine"

urlpatterns: list[URLPattern] = []
