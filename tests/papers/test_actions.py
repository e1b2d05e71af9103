"""Keeping files: what stands in the clear beside a sealed content."""

from datetime import datetime

import pytest

from quanheng.papers.actions import build_file, kept_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("林晚00010119911112002612.lrmx", "林晚00010119911112002612.lrmx"),  # 20 digits are no identity number
        ("林晚000101199111120026.lrmx", "林晚＊.lrmx"),
        ("林晚00010119911112002x.lrmx", "林晚＊.lrmx"),
        ("林晚_000101911112002_旧.lrmx", "林晚_＊_旧.lrmx"),
        ("０００１０１１９９１１１１２００２６林晚.lrmx", "＊林晚.lrmx"),
        ("任免表20261120.lrmx", "任免表20261120.lrmx"),
        ("a\0b\nc.lrmx", "a_b_c.lrmx"),
        ("坏\udce5名.lrmx", "坏_名.lrmx"),
        ("甲" * 300, "甲" * 200),
    ],
)
def test_a_name_is_kept_without_identity_number_and_broken_characters(given: str, kept: str) -> None:
    assert kept_name(given) == kept


def test_a_number_that_the_cut_would_halve_is_hidden_first(at: datetime) -> None:
    file = build_file(name=f"000101199111120026{'甲' * 190}", media_type="application/x-lrmx", content=b"1", at=at)
    assert file.name == "＊" + "甲" * 190
