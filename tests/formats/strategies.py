"""Made-up forms and résumés for property tests."""

from hypothesis import strategies as st

from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.dates import Month, month_of
from quanheng.formats.resume import Inside, ResumeEntry

# Awkward on purpose: markup, marks of names and dates, spaces of all widths, rare characters.
MARKS = "·?？。 　\t\n\r<>&'];；０１.．-—\u200b\ufeff\x85\ufdd0\ufffd" + '"'
ALPHABET = st.sampled_from(list("张三古丽县委书记𠮷㐂xX2008年Ab" + MARKS))
texts = st.text(ALPHABET, max_size=12)
anything = st.text(max_size=8)
months = st.builds(month_of, st.integers(1900, 2099), st.integers(1, 12))

UNKNOWN = (
    "<Foo/>",
    "<Foo>值</Foo>",
    "<Foo a='1'><Bar>/></Bar><!-- x --></Foo>",
    "<Foo><![CDATA[<b>]]></Foo>",
    "<Foo >\n  x</Foo >",
)
unknown = st.lists(st.sampled_from(UNKNOWN).map(lambda xml: ("Foo", xml)), max_size=2).map(tuple)

relatives = st.builds(
    FamilyItem,
    relation=texts,
    name=texts,
    birth=texts,
    political_affiliation=texts,
    work=texts,
    unknown=unknown,
)
TEXT_FIELDS = [
    field for field in AppointmentForm.__dataclass_fields__ if field not in ("family", "photo", "unknown", "version")
]
forms = st.builds(
    lambda values, family, photo, extra: AppointmentForm(**values, family=family, photo=photo, unknown=extra),
    st.fixed_dictionaries({}, optional=dict.fromkeys(TEXT_FIELDS, texts)),
    st.lists(relatives, max_size=3).map(tuple),
    st.binary(max_size=40),
    unknown,
)

words = st.text(st.sampled_from(list("云岭市水利局科员、副县长；学习 AB（）")), min_size=1, max_size=15).filter(
    lambda text: text == text.strip() and text.count("（") == text.count("）") and _is_nested(text)
)


def _is_nested(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "（") - (character == "）")
        if depth < 0:
            return False
    return True


def _ends(period: tuple[Month, Month | None] | None) -> tuple[Month | None, Month | None]:
    return period or (None, None)


def _inside(period: tuple[Month, Month | None] | None, text: str) -> Inside:
    return Inside(*_ends(period), text.lstrip("、") or "学习")


periods = st.tuples(months, st.none() | months)
insides = st.builds(_inside, st.none() | periods, words)
entries = st.builds(
    lambda period, text, inside: ResumeEntry(*_ends(period), text, tuple(inside)),
    st.none() | periods,
    words,
    st.lists(insides, max_size=2),
)
resumes = st.lists(entries, max_size=6).map(tuple)
