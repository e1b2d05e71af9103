"""Pages of the three administrators. One line a page; a view that shows an object takes its UUID."""

from django.urls.resolvers import URLPattern

app_name = "console"

urlpatterns: list[URLPattern] = []
