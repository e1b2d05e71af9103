"""Every rule signed by one officer, the blocking ones by a leader too: made up, as all of the city is.

Two rules wait, one for a signature, one for the second: of rooms that are not built yet, so that nothing hangs on it.
"""

from datetime import date, datetime
from uuid import UUID

from quanheng.demo.chance import KeyMaker
from quanheng.instruments.models import SignOff
from quanheng.instruments.texts import central, digest_of, needs_paper, needs_second
from quanheng.papers.actions import build_file
from quanheng.papers.models import StoredFile
from quanheng.rulebook.instrument import RuleText

SIGNER, SECOND = "lin", "wang"
DOCUMENT = "演示文号（不是正式文件）"
PAPER = "这是演示城市的附件，不是正式文本。在正式的系统里，这里是签认人对照过的文件。\n"
UNSIGNED, AWAITING = "ARC-E", "REP-CONF"
SINCE = date(2024, 1, 1)  # of rules whose first day is not known, or set by the office


def add_sign_offs(seed: int, accounts: dict[str, UUID], at: datetime) -> int:
    """Each version from its own first day, so that earlier days read as later ones do. Gives their number."""
    keys, paper = KeyMaker(seed, "sign-off"), _paper(seed, at)
    signed = [text for text in central().texts if text.id != UNSIGNED]
    made = [_sign_off(keys.key(number), text, paper, accounts, at) for number, text in enumerate(signed, 1)]
    SignOff.objects.bulk_create(made)
    return len(made)


def _paper(seed: int, at: datetime) -> StoredFile:
    """One for all whose text nobody of the project has seen."""
    file = build_file(name="演示附件.txt", media_type="text/plain; charset=utf-8", content=PAPER.encode(), at=at)
    file.pk = KeyMaker(seed, "sign-off-paper").key(1)
    file.save(force_insert=True)
    return file


def _sign_off(key: UUID, text: RuleText, paper: StoredFile, accounts: dict[str, UUID], at: datetime) -> SignOff:
    second = accounts[SECOND] if needs_second(text) and text.id != AWAITING else None
    return SignOff(
        id=key,
        rule=text.id,
        version_from=text.in_force.start,
        digest=digest_of(text),
        document=DOCUMENT,
        paper=paper if needs_paper(text) else None,
        used_from=text.in_force.start or SINCE,
        signed_by=accounts[SIGNER],
        signed_at=at,
        countersigned_by=second,
        countersigned_at=at if second else None,
    )
