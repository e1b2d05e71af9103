"""The sentence of each refusal on the command line. What a page words too is worded there (`web.shared.refusals`)."""

from collections.abc import Mapping

from quanheng.cli import calibrate_words, rules_check_words, rules_eligible, rules_words
from quanheng.kernel.errors import Refused

Words = Mapping[str, Mapping[str, str]]
_KEPT = "没有生成新快照，原有快照照常使用。"
_AGAIN = "再运行 quanheng census refresh。"

# By the name of the exception, so that `formats` needs no Django to say a sentence.
SENTENCES: Words = {
    "NotPrepared": {
        "no-database": "连不上数据库：{why}。请核对 QUANHENG_DATABASE，并看数据库是否在运行。",
        "database-lost": "数据库中断，或不答复（{why}），没有办成。请看数据库是否在运行、磁盘是否已满，再运行一次。",
        "not-migrated": "数据库还没有建表，或是较早的版本。先运行 quanheng serve 或 manage.py migrate。",
        "not-owner": "这个数据库角色不能改表（{why}）。请用表的所有者运行一次 manage.py migrate。",
    },
    "NotFound": {"not-found": "没有这个账号或单位，或不在这个账号的授权范围内。"},
    "CannotExport": {"nobody": "这个账号在这个单位没有可导出的人，没有写入任何文件。请核对单位编码和授权。"},
    "CannotImport": {
        "unknown-category": "没有“{category}”这个管理类别。可用：{known}。",
        "no-unit": "这个账号没有所在单位。请用 --unit 给出新增人员的单位编码。",
    },
    "CannotBackUp": {
        "weak-passphrase": "备份口令不少于 {minimum} 个字符。口令丢失则备份打不开，请另处保管。",
        "exists": "{file} 已经存在，没有覆盖。请换一个文件名。",
    },
    "CannotOpenBackup": {
        "not-a-backup": "这不是铨衡的备份文件。",
        "wrong-passphrase": "口令不对，或文件开头已损坏。数据库没有变动。",
        "damaged": "备份文件已损坏或不完整：第 {piece} 段打不开。数据库没有变动。请用另一份备份。",
        "of-another-version": "这份备份是别的版本的格式。请用做备份时的版本恢复，再升级。",
    },
    "CannotRestore": {
        "not-empty": "数据库里已有记录（{tables}）。备份只恢复到空的数据库。",
        "other-columns": "备份里的表 {table} 与本版本不同（备份来自 {release} 版）。请用做备份时的版本恢复，再升级。",
        "other-tables": "备份里的表与本版本不同（{tables}）。请用做备份时的版本恢复（{release} 版），再升级。",
        "cut-off": "备份的内容中断了。数据库没有变动。请用另一份备份。",
        "counts-differ": "备份里的行数与记载不符。数据库没有变动。请用另一份备份。",
        "other-keys": "{file} 是另一套密钥，没有覆盖。请把它移到别处妥善保存，或改用空的 QUANHENG_DATA，再恢复。",
    },
    "KeysLost": {"keys-lost": "数据库里有记录，而密钥文件 {file} 不见了。请找回密钥文件，或从备份恢复。"},
    "CannotLoadKeys": {
        "key-file-missing": "没有密钥文件 {path}。请找回密钥文件，或从备份恢复。",
        "key-file-open-to-others": "密钥文件 {path} 其他用户也能读（{mode}）。请 chmod 600，并更换密钥。",
        "key-file-damaged": "密钥文件 {path} 已损坏。请从备份恢复密钥。",
    },
    "CannotUnwrap": {
        "wrong-passphrase": "备份里的密钥用这个口令打不开。",
        "not-wrapped-keys": "备份里没有密钥。",
    },
    "CannotRetire": {
        "key-current-or-unknown": "密钥 {key} 正在使用，或没有这个密钥。quanheng keys status 列出全部。",
        "key-in-use": "还有 {cells} 个格子用密钥 {key} 加密。请再运行一次。",
    },
    "CannotTrustNote": {
        "not-signed-by-this-ledger": "检查点文件不是本台账签发的。",
        "signature-does-not-hold": "检查点文件的签名不成立：内容被改过。",
        "unreadable-note": "检查点文件读不出。",
    },
    "CannotCheckpoint": {
        "frontier-altered": "库内第 {checkpoint} 号检查点被改过，没有签发新的。请运行 quanheng ledger verify。",
        "differs-from-checkpoint": "台账 {stream} 第 {seq} 号与上一个检查点不符，没有签发新的。"
        "请运行 quanheng ledger verify。",
    },
    "CannotHarden": {
        "not-postgresql": "SQLite 没有角色。请对 PostgreSQL 运行（QUANHENG_DATABASE 用表的所有者）。",
        "weak-password": "角色的口令不少于 {minimum} 个字符。",
        "is-owner": "{role} 是表的所有者，收不回它的权限。请给应用另起一个角色名。",
    },
    "CannotExtract": {
        "not-given": "数据库没有给出 {table} 的记录（{error}），没有生成新快照，原有快照照常使用。"
        "请看数据库是否在运行、表结构是否被改过，再运行 quanheng census refresh。",
        "not-taken": "{table} 的记录写不进快照（{error}），没有生成新快照，原有快照照常使用。"
        "请看磁盘空间和数据库里这一类记录，再运行 quanheng census refresh。",
        "column-not-taken": "{table} 的 {column} 栏有写不进快照的值（{error}），没有生成新快照，原有快照照常使用。"
        "请查明数据库里这一栏的值，再运行 quanheng census refresh。",
    },
    "CannotRefresh": {
        "snapshot-disk-full": f"磁盘已满，或超出配额、文件大小的上限（{{place}}，{{error}}），{_KEPT}"
        f"请腾出空间，{_AGAIN}",
        "snapshot-no-folder": f"快照的文件夹不在了（{{place}}，{{error}}），{_KEPT}请看数据盘是否挂上，{_AGAIN}",
        "snapshot-no-permission": f"快照的文件夹不许写（{{place}}，{{error}}），{_KEPT}"
        f"请把它交还给运行铨衡的用户，{_AGAIN}",
        "snapshot-held": f"快照文件被别的程序打开着（{{place}}，{{error}}），{_KEPT}请关掉那个程序，{_AGAIN}",
        "snapshot-damaged": f"快照文件读写出错（{{place}}，{{error}}），{_KEPT}"
        "请检查磁盘，再运行 quanheng census refresh --whole。",
        "snapshot-no-memory": f"内存不够（{{place}}，{{error}}），{_KEPT}请腾出内存，{_AGAIN}",
        "snapshot-no-database": f"数据库中断，或不答复（{{error}}），{_KEPT}请看数据库是否在运行，{_AGAIN}",
        "snapshot-unforeseen": f"出了没有料到的错（{{place}}，{{error}}），{_KEPT}"
        "请把这一行告诉维护的人，并试一次 quanheng census refresh --whole。",
    },
    "NoSnapshot": {
        "snapshot-disk-full": "磁盘已满，快照读不出（{place}，{error}）。请腾出空间再试。",
        "snapshot-no-folder": "快照文件不在了（{place}，{error}）。请看数据盘是否挂上，再运行 census refresh。",
        "snapshot-no-permission": "快照文件不许读（{place}，{error}）。请把它交还给运行铨衡的用户。",
        "snapshot-held": "快照文件被别的程序打开着（{place}，{error}）。请关掉那个程序再试。",
        "snapshot-damaged": "快照文件已损坏（{place}，{error}）。请检查磁盘，再运行 quanheng census refresh --whole。",
        "snapshot-no-memory": "内存不够，快照读不出（{place}，{error}）。请腾出内存再试。",
        "snapshot-unforeseen": "快照读不出（{place}，{error}）。请运行 quanheng census refresh --whole。",
    },
    "CannotServe": {
        "address-taken": "{bind} 已被别的程序占用。请停掉它，或用 --bind 换一个端口。",
        "unusable-address": "{bind} 不能用来提供服务：{why}。",
        "checks-failed": "没有启动：\n{checks}",
    },
    **calibrate_words.SENTENCES,
    **rules_words.SENTENCES,
    **rules_check_words.SENTENCES,
    **rules_eligible.SENTENCES,
}


def sentence(refusal: Refused) -> str:
    words = SENTENCES.get(type(refusal).__name__, {}).get(refusal.code)
    if words:
        facts = rules_check_words.in_words(refusal.facts) if "expected" in refusal.facts else refusal.facts
        return words.format(**{name: _text(value) for name, value in facts.items()})
    return _of_formats(refusal) or _of_pages(refusal)


def _of_formats(refusal: Refused) -> str:
    from quanheng.formats import archives, lrmx, report

    known = (archives.CannotUnpack, lrmx.CannotRead, lrmx.CannotWrite)
    return report.error_sentence(refusal) if isinstance(refusal, known) else ""


def _of_pages(refusal: Refused) -> str:
    from quanheng.web.shared.refusals import sentence as of_page

    return of_page(refusal)


def _text(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
