"""What an account may change about itself: the password and the single-letter keys."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quanheng.accounts.actions import CannotSetPassword, change_own_password, set_shortcuts
from quanheng.web.shared.gate import ActorRequest, signed_in, signed_in_at_once
from quanheng.web.shared.parts import error_lines
from quanheng.web.shared.refusals import sentence
from quanheng.web.shared.sign_in import MODEL_BACKEND

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _password(label: "StrPromise", complete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"class": "form-control", "autocomplete": complete})
    return forms.CharField(label=label, max_length=1000, strip=False, widget=widget)


class PasswordForm(forms.Form):
    old = _password(gettext_lazy("原密码"), "current-password")
    new = _password(gettext_lazy("新密码"), "new-password")
    again = _password(gettext_lazy("新密码，再输一次"), "new-password")

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("两次输入的新密码不同。"))
        return again


@signed_in_at_once
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: ActorRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = change_own_password(
                actor=request.actor, old=form.cleaned_data["old"], new=form.cleaned_data["new"], at=request.now
            )
        except CannotSetPassword as refusal:
            form.add_error("old" if refusal.code == "wrong-password" else "new", sentence(refusal))
        else:
            login(request, account, backend=MODEL_BACKEND)  # this browser stays; all others are signed out
            messages.success(request, _("密码已改。其他地方的登录已退出。"))
            return redirect("web:front-door")
    context = {"form": form, "errors": error_lines(form), "is_initial": request.has_initial_password}
    return render(request, "shared/change_password.html", context)


@signed_in
@require_safe
def show_settings(request: ActorRequest) -> HttpResponse:
    return render(request, "shared/settings.html", {"has_shortcuts": request.has_shortcuts})


@signed_in
@require_POST
def switch_shortcuts(request: ActorRequest) -> HttpResponse:
    is_on = request.POST.get("shortcuts") == "on"
    set_shortcuts(actor=request.actor, has_shortcuts=is_on, at=request.now)
    messages.success(request, _("单键快捷键已打开。") if is_on else _("单键快捷键已关闭。"))
    return redirect("web:settings")
