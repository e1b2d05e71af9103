"""What the options of `quanheng calibrate` may hold. No numpy here: every command builds this parser."""

import argparse


def weights(text: str) -> dict[str, float]:
    """A=.35,B=.35,C=.30"""
    found: dict[str, float] = {}
    for part in text.replace("，", ",").split(","):
        name, equals, value = part.partition("=")
        if not equals or not name.strip() or name.strip() in found:
            raise argparse.ArgumentTypeError(f"“{part}”不是 组=权重，例如 A=.35,B=.35,C=.30")
        found[name.strip()] = _number(value)
    return found


def points(text: str) -> tuple[float, ...]:
    """0,60,80,95: rising, one for each category from the lowest."""
    found = tuple(_number(part) for part in text.replace("，", ",").split(","))
    if len(found) < 2 or list(found) != sorted(set(found)):
        raise argparse.ArgumentTypeError(f"“{text}”不是由低到高的分值，例如 0,60,80,95")
    return found


def scale(text: str) -> tuple[float, float]:
    found = points(text)
    if len(found) != 2:
        raise argparse.ArgumentTypeError(f"“{text}”不是最低分和最高分，例如 1,4")
    return found[0], found[1]


def names(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是数字") from None
