"""What belongs to no audience: the front door, signing in and out, the language, the story page."""

from django.conf import settings
from django.urls import path
from django.urls.resolvers import URLPattern
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from quanheng.web.shared import census, front, help_page, settings_page, sign_in, stories
from quanheng.web.shared.gate import public

app_name = "web"

urlpatterns: list[URLPattern] = [
    path("", front.front_door, name="front-door"),
    path("language/", public(require_POST(set_language)), name="language"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", settings_page.change_password, name="change-password"),
    path("help/", help_page.show_help, name="help"),
    path("settings/", settings_page.show_settings, name="settings"),
    path("census/refresh/", census.refresh_census, name="census-refresh"),
    path("settings/shortcuts/", settings_page.switch_shortcuts, name="settings-shortcuts"),
]

if settings.DEMO:  # invented data only; absent, not forbidden, on a real installation
    urlpatterns += [
        path("stories/", stories.show_stories, name="stories"),
        path("stories/evidence/<slug:key>/", stories.show_evidence, name="story-evidence"),
        path("stories/children/", stories.show_children, name="story-children"),
        path("stories/search/", stories.show_search, name="story-search"),
        path("stories/job/", stories.show_job, name="story-job"),
    ]
