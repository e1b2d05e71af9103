"""The rulebook as Markdown for an officer: an index, one page an instrument, one of sources. Chinese first.

`pages(book)` gives every file of docs/rules by name; `quanheng rules docs` writes them, a test proves they are current.
"""

from collections.abc import Iterable, Iterator, Mapping

from quanheng.rulebook import labels
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.instrument import NEVER, Check, Choice, Instrument, Parameter, RuleText, Switch, Words
from quanheng.rulebook.words import Line

GENERATED = (
    "<!-- Written by `quanheng rules docs`. Do not edit: change quanheng/rulebook/instruments and run it again. -->"
)
WARNING = (
    "> 文字是项目组根据网上的转载自己写的转述，不是原文。转载不是依据：**以签认时所附的正式文本为准**，"
    "没有签认的规则最多提醒，不拦阻任何人。\n"
    ">\n"
    "> *Paraphrases made from copies on the web. The official text, attached at sign-off, decides; "
    "an unsigned rule warns at most.*"
)
INDEX, SOURCES = "README.md", "sources.md"


Said = Mapping[RuleText, tuple[Line, ...]]


def pages(book: Rulebook, said: Said | None = None) -> dict[str, str]:
    """File name -> Markdown, each ending in a newline. `said`: expressions in plain words (`words.shipped`)."""
    made = {INDEX: _index(book), SOURCES: _sources(book)}
    for instrument in book.instruments:
        made[f"{instrument.code}.md"] = _instrument(instrument, book, said or {})
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


def _index(book: Rulebook) -> Iterator[str]:
    yield from (GENERATED, "", "# 规则手册 Rulebook", "", WARNING, "")
    checks = book.counts()["check"]
    told = "、".join(f"{labels.label(check).zh} {checks[check.value]}" for check in _checks(book))
    yield f"文件 {len(book.instruments)} 份，规则 {len(book.texts)} 条（{told}），口径 {len(book.switches)} 项。"
    yield f"出处记号见[出处]({SOURCES})。"
    yield "破格的批复现在没有地方登记：批准以后，资格和筛查仍显示不符合。"
    yield "`quanheng rules check` 的情形可以写明批复（waivers）。"
    yield from ("", "## 文件 Instruments", "", *_instruments(book))
    yield from ("", "## 规则 Rules", "", *_families(book))
    yield from ("", "## 口径 Switches of interpretation", "")
    yield "条文没有说清、由单位定的问题。没有另定时用“默认”。"
    for switch in book.switches:
        yield from ("", *_switch(switch, book))


def _checks(book: Rulebook) -> list[Check]:
    return [check for check in Check if book.by_check(check)]


def _instruments(book: Rulebook) -> Iterator[str]:
    yield from _header("代号", "文件", "发文机关", "施行", "状态", "规则")
    for one in book.instruments:
        title = f"[{one.title.zh}]({one.code}.md)<br>*{one.title.en}*"
        yield _row(
            one.code, title, one.issuer, labels.period(one.in_force), labels.label(one.status).zh, len(one.rules)
        )


def _families(book: Rulebook) -> Iterator[str]:
    yield from _header("类", "数", "规则")
    for family, words in labels.FAMILIES.items():
        rules = book.family(family)
        yield _row(f"{family} {words.zh}<br>*{words.en}*", len(rules), " · ".join(map(_link, rules)))


def _link(rule: RuleText) -> str:
    return f"[{rule.id}]({rule.instrument}.md#{anchor(rule.id)})"


def anchor(id: str) -> str:
    return id.lower()


def _switch(switch: Switch, book: Rulebook) -> Iterator[str]:
    yield from (_heading(3, switch.id, switch.question.zh), "", f"*{switch.question.en}*", "")
    yield f"- 决定者 Owner：{_both(labels.OWNERS[switch.owner])}"
    yield f"- 默认 Default：{_choice(switch.default)}，自 {switch.since} 起"
    for choice in switch.alternatives:
        yield f"- 另一种 Alternative：{_choice(choice)}"
    yield f"- 缘由 Why：{_both(switch.why)}"
    rules = " · ".join(_link(rule) for rule in book.texts if switch.id in rule.switches)
    yield f"- 关系到 Bears on：{rules}"


def _choice(choice: Choice) -> str:
    return f"`{labels.scalar(choice.value)}` {_both(choice.words)}"


def _sources(book: Rulebook) -> Iterator[str]:
    yield from (GENERATED, "", "# 出处 Sources", "", WARNING, "", *_header("记号", "出处"))
    for mark, place in book.sources.items():
        yield _row(mark, place)


def _instrument(one: Instrument, book: Rulebook, said: Said) -> Iterator[str]:
    yield from (GENERATED, "", f"# {one.title.zh}", "", f"*{one.title.en}*", "", WARNING, "")
    yield from _header("", "")
    yield _row("代号 Code", one.code)
    yield _row("种类 Kind", _both(labels.label(one.kind)))
    yield _row("发文机关 Issuer", one.issuer)
    yield _row("文号 Number", one.number or "签认时填入")
    yield _row("施行 In force", labels.period(one.in_force))
    yield _row("状态 Status", f"{_both(labels.label(one.status))}{_aside(one.status_note)}")
    yield _row("所见 Seen", f"[{one.seen}]({SOURCES})")
    if one.note:
        yield _row("备注 Note", one.note)
    yield from ("", f"规则 {len(one.rules)} 条。[全部文件]({INDEX})", "")
    if one.rules:
        yield from _summary(one.rules)
    for rule in one.rules:
        yield from ("", *_rule(rule, book))
        yield from _in_words(said.get(rule, ()))
        yield from _expressions(rule)


def _summary(rules: Iterable[RuleText]) -> Iterator[str]:
    yield from _header("规则", "名称", "条", "检查", "不符时", "核实", "状态")
    for rule in rules:
        yield _row(
            f"[{rule.id}](#{anchor(rule.id)})",
            rule.title.zh,
            rule.article or "—",
            labels.label(rule.check).zh,
            labels.label(rule.on_fail).zh,
            labels.SEEN[rule.is_verified].zh,
            labels.label(rule.state).zh,
        )


def _rule(rule: RuleText, book: Rulebook) -> Iterator[str]:
    yield from (_heading(2, rule.id, rule.title.zh), "", f"*{rule.title.en}*", "")
    yield from (rule.text.zh, "", f"*{rule.text.en}*", "")
    yield f"- 依据 Legal basis：{rule.citation}{_aside(article_words(rule))}"
    yield f"- 施行 In force：{labels.period(rule.in_force)}"
    yield f"- 种类 Kind：{_both(labels.label(rule.kind))}；对象 Subject：{_both(labels.SUBJECTS[rule.subject])}"
    yield f"- 检查 Check：{_both(labels.label(rule.check))}；不符时 On failure：{_both(labels.label(rule.on_fail))}"
    if rule.evidence:
        yield "- 证据 Evidence：" + "、".join(f"{book.evidence[name]} `{name}`" for name in rule.evidence)
    yield from _ties(rule, book)
    yield f"- 核实 Verified：{labels.verified(rule.is_verified, rule.seen_version)}，{rule.basis}"
    for name, words in (("未见部分 Not seen", rule.unverified_parts), ("备注 Note", rule.note)):
        if words:
            yield f"- {name}：{_both(words)}"
    yield f"- 状态 State：{_both(labels.label(rule.state))}"
    if rule.parameters:
        yield from ("", *_parameters(rule.parameters))


def article_words(rule: RuleText) -> str:
    """Whether the number of the article was seen, and what is to be said about it."""
    return "，".join(
        filter(None, ("条号已见" if rule.is_article_verified else "条号未核对", _distinct(rule.article_note)))
    )


def _distinct(note: str) -> str:
    return "" if note == "条号未核对" else note


def _ties(rule: RuleText, book: Rulebook) -> Iterator[str]:
    """Other rules and switches that bear on this one."""
    if rule.waiver == NEVER:
        yield f"- 破格 Waiver：{labels.waiver(NEVER)}"
    elif rule.waiver:
        yield f"- 破格 Waiver：可按 {_links([rule.waiver], book)} 报批"
    if rule.switches:
        yield "- 口径 Switches：" + "、".join(f"[{id}]({INDEX}#{anchor(id)})" for id in rule.switches)
    if rule.see:
        yield f"- 参见 See：{_links(rule.see, book)}"
    if rule.replaces:
        yield f"- 接替 Replaces：{_links([rule.replaces], book)}"


def _links(ids: Iterable[str], book: Rulebook) -> str:
    return "、".join(_link(book.versions(id)[-1]) for id in ids)


def _parameters(parameters: Iterable[Parameter]) -> Iterator[str]:
    yield from _header("参数", "值", "条", "见过", "说明")
    for one in parameters:
        seen = labels.TRUTHS[one.is_seen].zh
        value = labels.value(one).replace("；", "<br>")
        yield _row(f"`{one.name}`", value, one.citation, seen, one.note)


def _in_words(lines: Iterable[Line]) -> Iterator[str]:
    made = [f"- {line.name.zh}：{line.said.zh}<br>*{line.name.en}: {line.said.en}*" for line in lines]
    if made:
        yield from ("", "**算法 In words**", "", *made)


def _expressions(rule: RuleText) -> Iterator[str]:
    expressions = list(rule.expressions())
    if expressions:
        yield from ("", "```", *(f"{name}: {one.text}" for name, one in expressions), "```")


def _heading(level: int, id: str, title: str) -> str:
    return f'{"#" * level} <a id="{anchor(id)}"></a>{id} {title}'


def _both(words: Words) -> str:
    return f"{words.zh} *{words.en}*"


def _aside(words: str) -> str:
    return f"（{words}）" if words else ""


def _header(*names: str) -> tuple[str, str]:
    return _row(*names), "|" + "---|" * len(names)


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
