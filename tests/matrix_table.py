"""The permission matrix, by hand: who gets which answer at which URL with which object. Not derived from the code.

A row names the answer of every persona of `tests.access.world`. `DESK_DOOR` and the like are the answers of those who
do not come in at all; the groups of a row are those who do. `{unit_a}` stands for a key of the world.
"""

from collections.abc import Mapping

from tests.access.world import PERSONAS
from tests.matrix_dossier import CHANGES, DOSSIER, TIES
from tests.matrix_imports import DAY, IMPORTS, LEDGER, MINE
from tests.matrix_rules import RULES
from tests.matrix_screening import SCREENING
from tests.matrix_words import (
    AWAY,
    EDITORS,
    EVERYBODY_IN,
    NO_EDITOR,
    NOBODY,
    OFFICERS,
    ON_A,
    READERS,
    UNGRANTED,
    Groups,
    Row,
    desk,
    get,
    joined,
    only,
    post,
    without,
)

OPEN = {200: " ".join(PERSONAS)}
SIGNED_IN = joined(AWAY, {200: EVERYBODY_IN})
EVERYBODY = " ".join(PERSONAS)

NO_AUDIENCE = [
    get("web:front-door", {302: EVERYBODY.replace(" outsider", "").replace(" former", ""), 403: "outsider former"}),
    post("web:language", {302: EVERYBODY}, {"language": "en"}),
    get("web:sign-in", {200: "anonymous closed", 302: f"{EVERYBODY_IN} initial"}),
    post("web:sign-in", {200: EVERYBODY}, {"username": "nobody", "password": "x"}),
    post("web:sign-in", {404: EVERYBODY}, {"persona": "lin"}),  # no demo city here
    post("web:sign-out", {302: EVERYBODY}, {}),
    get("web:change-password", {200: f"{EVERYBODY_IN} initial", 302: "anonymous closed"}),
    post("web:change-password", {200: f"{EVERYBODY_IN} initial", 302: "anonymous closed"}, {"old": "x"}),
    get("web:settings", SIGNED_IN),
    post("web:census-refresh", desk({302: READERS}), {}),
    post("web:settings-shortcuts", {302: EVERYBODY}, {"shortcuts": "on"}),
]

ALL_READ = desk({200: READERS})
OF_A = desk({200: ON_A, 404: f"zhao low {UNGRANTED}"})
OF_A1 = desk({200: f"{ON_A} low", 404: f"zhao {UNGRANTED}"})
OF_B = desk({200: "zhao wang he", 404: f"lin low tang selector wen {UNGRANTED}"})
OF_CITY = desk({200: "wang he", 404: f"lin zhao low tang selector wen {UNGRANTED}"})


def per_unit(name: str, **kwargs: str) -> list[Row]:
    """A page of one unit, for each unit and for one that does not exist."""
    units = {"{unit_a}": OF_A, "{unit_a1}": OF_A1, "{unit_b}": OF_B, "{unit_city}": OF_CITY, "{absent}": NOBODY}
    return [get(name, groups, pk=unit, **kwargs) for unit, groups in units.items()]


def branches(name: str) -> list[Row]:
    """A branch of the tree opens for what is granted and for what stands on the way there."""
    way_to_a = desk({200: f"{ON_A} low", 404: f"zhao {UNGRANTED}"})
    way_to_all = desk({200: f"{ON_A} low zhao", 404: UNGRANTED})
    return [
        get(name, way_to_a, pk="{unit_a}"),
        get(name, OF_A1, pk="{unit_a1}"),
        get(name, OF_B, pk="{unit_b}"),
        get(name, way_to_all, pk="{unit_city}"),
        get(name, NOBODY, pk="{absent}"),
    ]


REASON = {"effective_on": "2026-01-05", "document": "示编〔2026〕1号", "reason": "按机构改革方案办理的变动"}
QUOTA = {**REASON, "principal_quota": "1", "deputy_quota": "3"}
ACTS: dict[str, Mapping[str, str]] = {
    "rename": {**REASON, "name": "甲局新名", "short_name": "甲"},
    "quota": QUOTA,
    "establish": {**QUOTA, "code": "QH0199", "name": "新设中心", "category": "institution", "level": "none",
                  "kind": "legal_person"},
    "group": {**REASON, "name": "甲局党组", "kind": "party_committee"},
    "position": {**REASON, "leading_group": "{group_a}", "group_role": "deputy",
                 "title": "总工程师", "tier": "county_deputy", "quota": "1"},
    "order": {"order": "{code_a1}", "reason": REASON["reason"]},
    "merge": {**REASON, "target": "{code_a1}"},  # into its own branch: refused by the act, said on the page
    "move": {**REASON, "target": "{code_a1}"},
    "abolish": REASON,
}  # fmt: skip
DONE = ("rename", "quota", "establish", "group", "position", "order")
# Reorganizing asks for the officer's role first, then for the unit, then for the purpose.
NO_OFFICER = {403: "zhao wang he"}


def act_groups(status: int) -> Groups:
    return desk(joined(NO_OFFICER, {status: "lin tang wen", 403: "selector", 404: f"low {UNGRANTED}"}))


UNIT_ACTS = [
    row
    for act, data in ACTS.items()
    for row in (
        get("desk:unit-act", act_groups(200), pk="{unit_a}", act=act),
        post("desk:unit-act", act_groups(302 if act in DONE else 200), data, pk="{unit_a}", act=act),
    )
] + [
    post("desk:unit-act", desk(joined(NO_OFFICER, {404: OFFICERS})), ACTS["rename"], pk=unit, act="rename")
    for unit in ("{unit_b}", "{absent}")
]

UNITS = [
    get("desk:units", ALL_READ),
    *(
        get("desk:units", groups, query=f"unit={unit}")
        for unit, groups in (("{unit_a}", OF_A), ("{unit_b}", OF_B), ("{absent}", NOBODY), ("nonsense", NOBODY))
    ),
    get("desk:unit-options", ALL_READ, query="target=QH02"),
    *per_unit("desk:unit"),
    *branches("desk:unit-children"),
    *per_unit("desk:unit-quotas"),
    *per_unit("desk:unit-evidence", cell="total-filled"),
    get("desk:unit-evidence", NOBODY, pk="{unit_a}", cell="nonsense"),
    *UNIT_ACTS,
    get("desk:unit-act", desk(joined(NO_OFFICER, {404: OFFICERS})), pk="{unit_a}", act="nonsense"),
]


def per_position(unit: str, position: str, method: str, status: int) -> Row:
    groups = (
        act_groups(status)
        if unit == "{unit_a}" and position == "{position_a}"
        else desk(joined(NO_OFFICER, {404: OFFICERS}))
    )
    return Row("desk:unit-position-end", method, groups, {"pk": unit, "position": position}, "", REASON)


POSITIONS = [
    per_position("{unit_a}", "{position_a}", "GET", 200),
    per_position("{unit_a}", "{position_a}", "POST", 200),  # somebody holds it: refused on the page
    *(
        per_position(unit, position, method, 404)
        for unit, position in (
            ("{unit_b}", "{position_b}"), ("{unit_a}", "{position_b}"), ("{unit_b}", "{position_a}"),
            ("{unit_a}", "{absent}"), ("{absent}", "{absent}"),
        )
        for method in ("GET", "POST")
    ),
]  # fmt: skip

# Bulk steps: rows out of scope count as not chosen, so somebody who may see none of them has chosen nobody.
TAKES_CHEN = desk({200: "lin wang he tang selector wen", 400: f"zhao low {UNGRANTED}"})
TAKES_ZHOU = desk({200: "zhao wang he", 400: f"lin low tang selector wen {UNGRANTED}"})
TAKES_OWN = desk({200: "lin wang he tang selector", 400: f"zhao low wen {UNGRANTED}"})
TAKES_COUNTY = desk({200: "lin wang he selector wen", 400: f"zhao low tang {UNGRANTED}"})
TAKES_NOBODY = desk({400: READERS})


def done_by(who: str) -> Groups:
    """A form of editors: to everybody else it says on the page why not."""
    return desk(joined({302: who, 403: NO_EDITOR}, {200: without(EDITORS, who)}))


NEW = {
    "name": "林晚", "sex": "女", "birth": "1991.11", "ethnicity": "汉族", "category": "city",
    "reason": "新录用公务员，补录档案基本情况",
}  # fmt: skip
WHY = {"reason": "调离本单位，账号不再使用"}
CHOSEN = {
    "{cadre_chen}": TAKES_CHEN,
    "{cadre_zhou}": TAKES_ZHOU,
    "{cadre_own}": TAKES_OWN,
    "{cadre_spouse}": TAKES_OWN,
    "{cadre_cousin}": TAKES_CHEN,
    "{cadre_county}": TAKES_COUNTY,
    "{cadre_gone}": TAKES_NOBODY,
    "{absent}": TAKES_NOBODY,
    "nonsense": TAKES_NOBODY,
}

PEOPLE = [
    get("desk:people", ALL_READ),
    *(
        get(name, groups, query=f"unit={unit}")
        for name in ("desk:people", "desk:people-columns", "desk:people-query")
        for unit, groups in (("{unit_a}", OF_A), ("{unit_b}", OF_B), ("{absent}", NOBODY), ("nonsense", NOBODY))
    ),
    get("desk:people-columns", ALL_READ),
    post("desk:people-columns", desk({302: READERS}), {"column": "sex", "save": "mine"}),
    get("desk:people-query", ALL_READ),
    post("desk:people-query", desk({302: READERS}), {"name": "女干部"}, query="also=female"),
    post("desk:people-query-delete", desk({302: "lin", 404: READERS.replace("lin ", "")}), {}, pk="{query_lin}"),
    post("desk:people-query-delete", NOBODY, {}, pk="{absent}"),
    *branches("desk:people-children"),
    *(post("desk:people-export", groups, {"pk": key}) for key, groups in CHOSEN.items()),
    post("desk:people-export", TAKES_NOBODY, {}),
    *(
        post("desk:people-forms", groups, {"pk": key, "anyway": "1"}, kind="lrmx")
        for key, groups in CHOSEN.items()
    ),
    *(
        post("desk:people-forms", TAKES_CHEN, {"pk": "{cadre_chen}", "anyway": "1"}, kind=kind)
        for kind in ("pdf", "docx")
    ),
    post("desk:people-forms", NOBODY, {"pk": "{cadre_chen}"}, kind="exe"),
    get("desk:people-new", desk({200: EDITORS, 403: NO_EDITOR})),
    *(
        post("desk:people-new", done_by(who), {**NEW, **place})
        for place, who in (
            ({"unit": "{code_a}"}, "lin tang wen"),
            ({"unit": "{code_b}"}, "zhao"),
            ({"unit": "QH99"}, ""),
            ({"unit": "{code_a}", "category": "county"}, "lin wen"),
        )
    ),
    *(
        post(
            "desk:people-move",
            done_by(who),
            {"pk": key, "move": "1", "reason": WHY["reason"], **place},
        )
        for key, place, who in (
            ("{cadre_chen}", {"status": "retired"}, "lin tang wen"),
            ("{cadre_own}", {"status": "retired"}, "lin tang"),
            ("{cadre_county}", {"status": "retired"}, "lin wen"),
            ("{cadre_zhou}", {"status": "retired"}, "zhao"),
            ("{absent}", {"status": "retired"}, ""),
            ("{cadre_chen}", {"unit": "{code_b}"}, ""),
            ("{cadre_chen}", {"category": "county"}, "lin wen"),
            ("{cadre_chen}", {"unit": "{code_a1}"}, "lin tang wen"),
        )
    ),
]  # fmt: skip

XU, WU = only("xu"), only("wu")
GRANT = {
    "unit_text": "QH01", "unit": "{unit_a}", "categories": "city", "purposes": "management",
    "valid_from": "2026-11-20", "reason": "干部一科新到岗，分管甲局",
}  # fmt: skip
ACCOUNT_STEPS: dict[str, tuple[str, str, Mapping[str, str], int]] = {
    "console:account-close": ("{account_lin}", "{absent}", WHY, 302),
    "console:account-reopen": ("{account_closed}", "{absent}", WHY, 302),
    "console:account-password": ("{account_lin}", "{absent}", {}, 200),
    "console:account-role": (
        "{account_outsider}", "{absent}",
        {"role": "leader", "valid_from": "2026-11-20", "reason": GRANT["reason"]}, 302,
    ),
    "console:account-grant": ("{account_lin}", "{absent}", GRANT, 302),
    "console:account-role-end": ("{role_lin}", "{absent}", WHY, 302),
    "console:account-grant-revoke": ("{grant_lin}", "{absent}", WHY, 302),
}  # fmt: skip
MISSING = joined(AWAY, {404: EVERYBODY_IN})

CONSOLE = [
    get("console:running", WU),
    get("console:codes", WU),
    get("console:code-table", WU, key="degrees"),
    get("console:code-table", MISSING, key="nonsense"),
    get("console:accounts", XU),
    get("console:account-add", XU),
    post("console:account-add", XU, {"username": "sun", "name": "孙行知", "office": "干部一科", "unit_text": "QH01"}),
    get("console:account-units", XU, query="unit_text=QH01"),
    get("console:account", XU, pk="{account_lin}"),
    get("console:account", MISSING, pk="{absent}"),
    get("console:account", MISSING, pk="{account_lin}", query="revoke={absent}"),
    get("console:account", XU, pk="{account_lin}", query="revoke={grant_lin}"),
    get("console:account", XU, pk="{account_lin}", query="end_role={role_lin}"),
    *(
        post(name, only("xu", status), data, pk=key)
        for name, (key, _missing, data, status) in ACCOUNT_STEPS.items()
    ),
    post("console:account-role-end", MISSING, WHY, pk="{grant_lin}"),
    post("console:account-grant-revoke", MISSING, WHY, pk="{role_lin}"),
    *(post(name, MISSING, data, pk=missing) for name, (_key, missing, data, _status) in ACCOUNT_STEPS.items()),
    get("console:sessions", XU),
    post("console:session-end", MISSING, {"account": "{absent}", "session": "x"}),
    post("console:session-end", only("xu", 302), {"account": "{account_lin}", "session": "gone"}),
]  # fmt: skip

READING = (NO_AUDIENCE, UNITS, PEOPLE, DOSSIER, MINE, DAY, LEDGER)
CHANGING = (POSITIONS, CHANGES, TIES, IMPORTS, RULES, SCREENING, CONSOLE)
ROWS: list[Row] = [row for rows in (*READING, *CHANGING) for row in rows]
