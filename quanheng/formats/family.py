"""What a family line says beyond its words."""

from quanheng.formats.appointment import FamilyItem

_DECEASED = ("去世", "死亡", "逝世", "已逝", "已故", "病故", "离世")


def is_deceased(item: FamilyItem) -> bool:
    """The age of the deceased is left blank on the form."""
    return any(word in item.work for word in _DECEASED)
