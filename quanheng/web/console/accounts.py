"""Pages of the security administrator: accounts with their roles and grants. Never a dossier."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quanheng.accounts import actions
from quanheng.accounts.access import account_for, grant_for, role_for
from quanheng.accounts.choices import RoleChoice
from quanheng.accounts.models import Account
from quanheng.accounts.queries import grantable_units, names_of, visible_accounts, visible_grants, visible_roles
from quanheng.kernel.actor import Actor, Role
from quanheng.kernel.errors import Refused
from quanheng.web.console.account_forms import AccountForm, GrantForm, RoleForm
from quanheng.web.console.account_parts import Confirmation, grant_rows, moment, role_rows
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Condition, Link, Option, Pager, error_lines
from quanheng.web.shared.refusals import sentence
from quanheng.web.shared.wording import listed

PAGE = 50
ROLE_ID = "role_%s"  # two forms with fields of the same names stand on one page


@roles(Role.SECURITY_ADMIN)
@require_GET
def list_accounts(request: ActorRequest) -> HttpResponse:
    text, role = request.GET.get("text", "").strip(), request.GET.get("role", "")
    found = visible_accounts(request.actor, on=request.today, text=text, role=role if role in RoleChoice.values else "")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "accounts": [(account, _role_names(account), moment(account.last_login)) for account in page],
        "conditions": _conditions(text, role),
        "primary": Link(_("新建账号"), reverse("console:account-add")),
        "pager": _pager(request, page),
    }
    return render(request, "console/accounts/list.html", context)


def _pager(request: ActorRequest, page: Page[Account]) -> Pager:
    return Pager(
        total=page.paginator.count,
        first=page.start_index(),
        last=page.end_index(),
        number=page.number,
        pages=page.paginator.num_pages,
        previous_url=_page_url(request, page.previous_page_number()) if page.has_previous() else "",
        next_url=_page_url(request, page.next_page_number()) if page.has_next() else "",
        unit=_("个账号"),
    )


def _role_names(account: Account) -> str:
    return listed(str(RoleChoice(held.role).label) for held in account.roles_now)  # type: ignore[attr-defined]


def _page_url(request: ActorRequest, number: int) -> str:
    parameters = request.GET.copy()
    parameters["page"] = str(number)
    return f"?{parameters.urlencode()}"


def _conditions(text: str, role: str) -> tuple[Condition, ...]:
    any_role = Option("", _("不限"), not role)
    options = (any_role, *(Option(each.value, each.label, each.value == role) for each in RoleChoice))
    chosen = next((option.label for option in options if option.is_chosen), any_role.label)
    return (
        Condition("text", _("找"), value=text, is_set=bool(text), hint=_("账号、姓名、单位")),
        Condition("role", _("角色"), kind="choice", value=chosen, is_set=bool(role), options=options),
    )


@roles(Role.SECURITY_ADMIN)
@never_cache
@require_http_methods(["GET", "POST"])
def add_account(request: ActorRequest) -> HttpResponse:
    """The initial password is shown once, in the answer, and nowhere else."""
    form = AccountForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("username", "name", "office", "unit")}
        password = actions.make_initial_password()
        try:
            account = actions.create_account(actor=request.actor, password=password, at=request.now, **values)
        except actions.CannotCreateAccount as refusal:
            form.add_error("username", sentence(refusal))
        else:
            return render(request, "console/accounts/password.html", {"account": account, "password": password})
    return render(request, "console/accounts/add.html", {"form": form, "errors": error_lines(form)})


@roles(Role.SECURITY_ADMIN)
@require_GET
def show_account(request: ActorRequest, pk: UUID) -> HttpResponse:
    """`?close`, `?reopen`, `?end_role=` and `?revoke=` open the panel that asks for the reason."""
    account = account_for(request.actor, pk)
    return _account_page(request, account, confirmation=_asked(request, account))


def _asked(request: ActorRequest, account: Account) -> Confirmation | None:
    if "close" in request.GET:
        return Confirmation.to_close(account)
    if "reopen" in request.GET:
        return Confirmation.to_reopen(account)
    if "end_role" in request.GET:
        return Confirmation.to_end_role(role_for(request.actor, key_of(request.GET["end_role"])))
    if "revoke" in request.GET:
        return Confirmation.to_revoke(grant_for(request.actor, key_of(request.GET["revoke"])))
    return None


def key_of(text: str) -> UUID:
    """A key from the address; what is none finds nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _account_page(
    request: ActorRequest,
    account: Account,
    *,
    role_form: RoleForm | None = None,
    grant_form: GrantForm | None = None,
    confirmation: Confirmation | None = None,
) -> HttpResponse:
    first = {"valid_from": request.today}
    context = {
        **_rows(request.actor, account, request.today),
        "account": account,
        "is_own": account.pk == request.actor.key,
        "role_form": role_form or RoleForm(initial=first, auto_id=ROLE_ID),
        "grant_form": grant_form or GrantForm(actor=request.actor, initial=first),
        "errors": [line for form in (role_form, grant_form) if form for line in error_lines(form)],
        "confirmation": confirmation,
    }
    return render(request, "console/accounts/account.html", context)


def _rows(actor: Actor, account: Account, on: date) -> dict[str, object]:
    grants = list(visible_grants(actor, account))
    keys = {key for grant in grants for key in (grant.granted_by, grant.revoked_by) if key}
    closed = "" if account.is_active else _("已停用")
    return {
        "facts": [fact for fact in (account.office, account.unit and account.unit.name, closed) if fact],
        "roles": role_rows(visible_roles(actor, account), on=on),
        "grants": grant_rows(grants, names_of(keys), on=on),
    }


@roles(Role.SECURITY_ADMIN)
@require_POST
def assign_account_role(request: ActorRequest, pk: UUID) -> HttpResponse:
    account = account_for(request.actor, pk)
    form = RoleForm(request.POST, auto_id=ROLE_ID)
    if form.is_valid():
        values = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            actions.assign_role(actor=request.actor, account=pk, at=request.now, **values)
        except actions.CannotAssignRole as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("角色已登记。下一次点击起生效。"))
            return redirect("console:account", pk)
    return _account_page(request, account, role_form=form)


@roles(Role.SECURITY_ADMIN)
@require_POST
def grant_account_scope(request: ActorRequest, pk: UUID) -> HttpResponse:
    account = account_for(request.actor, pk)
    form = GrantForm(request.POST, actor=request.actor)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "unit_text"}
        try:
            actions.grant_scope(actor=request.actor, account=pk, at=request.now, **values)
        except actions.CannotGrant as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("授权已登记。下一次点击起生效。"))
            return redirect("console:account", pk)
    return _account_page(request, account, grant_form=form)


@roles(Role.SECURITY_ADMIN)
@require_POST
def end_account_role(request: ActorRequest, pk: UUID) -> HttpResponse:
    role = role_for(request.actor, pk)
    reason = request.POST.get("reason", "")
    try:
        actions.end_role(actor=request.actor, assignment=pk, on=request.today, reason=reason, at=request.now)
    except actions.CannotEndRole as refusal:
        return _refused(request, role.account, Confirmation.to_end_role(role), refusal)
    messages.success(request, _("角色已结束。"))
    return redirect("console:account", role.account_id)


@roles(Role.SECURITY_ADMIN)
@require_POST
def revoke_account_grant(request: ActorRequest, pk: UUID) -> HttpResponse:
    grant = grant_for(request.actor, pk)
    try:
        actions.revoke_grant(actor=request.actor, grant=pk, reason=request.POST.get("reason", ""), at=request.now)
    except actions.CannotRevoke as refusal:
        return _refused(request, grant.account, Confirmation.to_revoke(grant), refusal)
    messages.success(request, _("授权已收回。"))
    return redirect("console:account", grant.account_id)


@roles(Role.SECURITY_ADMIN)
@require_POST
def close_account(request: ActorRequest, pk: UUID) -> HttpResponse:
    account = account_for(request.actor, pk)
    try:
        actions.deactivate_account(
            actor=request.actor, account=pk, reason=request.POST.get("reason", ""), at=request.now
        )
    except actions.CannotDeactivate as refusal:
        return _refused(request, account, Confirmation.to_close(account), refusal)
    messages.success(request, _("账号已停用，它的登录已全部退出。"))
    return redirect("console:account", pk)


@roles(Role.SECURITY_ADMIN)
@require_POST
def reopen_account(request: ActorRequest, pk: UUID) -> HttpResponse:
    account = account_for(request.actor, pk)
    try:
        actions.reactivate_account(
            actor=request.actor, account=pk, reason=request.POST.get("reason", ""), at=request.now
        )
    except actions.CannotReactivate as refusal:
        return _refused(request, account, Confirmation.to_reopen(account), refusal)
    messages.success(request, _("账号已恢复。"))
    return redirect("console:account", pk)


def _refused(request: ActorRequest, account: Account, confirmation: Confirmation, refusal: Refused) -> HttpResponse:
    asked = confirmation.refused(request.POST.get("reason", ""), sentence(refusal))
    return _account_page(request, account, confirmation=asked)


@roles(Role.SECURITY_ADMIN)
@never_cache
@require_POST
def reset_password(request: ActorRequest, pk: UUID) -> HttpResponse:
    password = actions.make_initial_password()
    try:
        account = actions.set_password(actor=request.actor, account=pk, password=password, at=request.now)
    except actions.CannotSetPassword as refusal:
        messages.error(request, sentence(refusal))
        return redirect("console:account", pk)
    return render(request, "console/accounts/password.html", {"account": account, "password": password})


@roles(Role.SECURITY_ADMIN)
@require_GET
def find_units(request: ActorRequest) -> HttpResponse:
    """Fragment: the units that the text of the form finds, to choose one."""
    text = request.GET.get("unit_text", "")
    found = grantable_units(request.actor, text)
    return render(request, "console/accounts/_units.html", {"units": found, "text": text})
