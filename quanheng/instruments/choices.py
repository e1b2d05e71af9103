"""How a rule stands with its sign-off on a day."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SignOffState(TextChoices):
    UNSIGNED = "unsigned", _("未签认")
    VOID = "void", _("条款已改，须重签")
    AWAITING = "awaiting", _("待第二人签认")
    SCHEDULED = "scheduled", _("已签认，未到启用日")
    SIGNED = "signed", _("已签认")
