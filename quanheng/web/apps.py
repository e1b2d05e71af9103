"""The web layer as a Django app: template tags and management commands live here, no models."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "quanheng.web"
    label = "web"
