"""What an import would change: two forms laid side by side, the one in the register and the one in the file.

A blank in the file never erases what the register holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from quanheng.formats import dates, elements, resume
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.people.fields import BY_KEY
from quanheng.people.form import STATED

STUDIES: Mapping[str, tuple[str, ...]] = {
    prefix: tuple(f"{prefix}_{part}" for part in ("education", "degree", "education_school", "degree_school"))
    for prefix in ("full_time", "on_job")
}
# Every group that is accepted or left as one, in the order of the form.
GROUPS: tuple[str, ...] = (*BY_KEY, *STUDIES, "professional_title", "resume", "family", *STATED, "photo")


@dataclass(frozen=True, slots=True)
class Change:
    group: str
    before: str
    after: str


# When, by whom and for whom the form was filled: of the form, not of the person.
FILLING = frozenset({"reporting_unit", "age_computed_on", "filled_on", "filled_by"})
NOTHING = "无"  # a form says so of rewards; a register says it by holding nothing


def changes(
    old: AppointmentForm, new: AppointmentForm, *, is_known: bool, has_posts: bool, photo_changed: bool
) -> tuple[Change, ...]:
    """Groups in which the file says something else than the register.

    `is_known`: the person is registered; a form that was only filled anew then says nothing new.
    `has_posts`: the register prints present posts from its records, so the file's text cannot replace them.
    """
    found = _differences(old, new, has_posts=has_posts, photo_changed=photo_changed)
    if not is_known:
        return found
    found = tuple(change for change in found if change.before or change.after != NOTHING)
    return found if {change.group for change in found} - FILLING else ()


def _differences(
    old: AppointmentForm, new: AppointmentForm, *, has_posts: bool, photo_changed: bool
) -> tuple[Change, ...]:
    left_out = {"current_post"} if has_posts else set()
    found = [
        Change(group, before, after)
        for group in GROUPS
        if group not in left_out and group != "photo"
        for before, after in [(text_of(old, group), text_of(new, group))]
        if after and after != before
    ]
    return (*found, Change("photo", "", "photo")) if photo_changed else tuple(found)


def text_of(form: AppointmentForm, group: str) -> str:
    """A group as one text, for comparing and for showing."""
    if group == "family":
        return "\n".join(_relative_text(item) for item in form.family)
    if group in STUDIES:
        texts = dict.fromkeys(getattr(form, attribute) for attribute in STUDIES[group])
        return " ".join(text for text in texts if text)
    value: str = getattr(form, group)
    if group == "resume":
        return resume.render(resume.parse(value)[0])  # other dashes and blanks are no difference
    return _normal_month(value) if group in _MONTHS else value


_MONTHS = frozenset(item.attribute for item in elements.ELEMENTS if item.kind is elements.Kind.MONTH)


def _normal_month(text: str) -> str:
    """1985.03 and 198503 are no difference."""
    month = dates.parse_month(text)
    return month.replace("-", "") if month and len(text) < 8 else text


def _relative_text(item: FamilyItem) -> str:
    texts = (item.relation, item.name, item.birth, item.political_affiliation, item.work)
    return " ".join(text for text in texts if text)


def posts_differ(old: AppointmentForm, new: AppointmentForm, *, has_posts: bool) -> bool:
    """The file names other present posts than the records hold: for a person to look at, nothing is replaced."""
    return has_posts and bool(new.current_post) and new.current_post != old.current_post


def group_of_place(place: str) -> str:
    """The group that an element path of a finding belongs to; the element itself where none does."""
    tag = place.split("/")[0].split("[")[0]
    attribute = elements.BY_TAG[tag].attribute if tag in elements.BY_TAG else tag
    for prefix, attributes in STUDIES.items():
        if attribute in attributes:
            return prefix
    return attribute
