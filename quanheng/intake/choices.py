"""Words of an import."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ImportState(TextChoices):
    UPLOADED = "uploaded", _("待读取")
    READING = "reading", _("读取中")
    REVIEW = "review", _("待核对")
    APPLYING = "applying", _("生效中")
    APPLIED = "applied", _("已生效")
    UNDONE = "undone", _("已撤销")
    FAILED = "failed", _("未能完成")
    DISCARDED = "discarded", _("已放弃")


class ImportMatch(TextChoices):
    NEW = "new", _("新增")
    CHANGED = "changed", _("有变化")
    UNCHANGED = "unchanged", _("无变化")
    DUPLICATE = "duplicate", _("疑似重复")
    OUT_OF_SCOPE = "out_of_scope", _("不在管理范围")
    UNREADABLE = "unreadable", _("读不出")


class ImportDecision(TextChoices):
    PENDING = "pending", _("待定")
    ACCEPT = "accept", _("采用")
    SKIP = "skip", _("跳过")
