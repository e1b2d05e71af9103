"""One URL space, split by audience; each audience's list is kept by its pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("quanheng.web.urls")),
    path("desk/", include("quanheng.web.desk.urls")),
    path("mine/", include("quanheng.web.mine.urls")),
    path("console/", include("quanheng.web.console.urls")),
]

handler400 = "quanheng.web.shared.errors.bad_request"
handler403 = "quanheng.web.shared.errors.permission_denied"
handler404 = "quanheng.web.shared.errors.page_not_found"
handler500 = "quanheng.web.shared.errors.server_error"
