"""Rows of the matrix for one person's file: reading and changing it. The words are those of tests/matrix_table.py."""

from tests.matrix_words import (
    EDITORS,
    NO_EDITOR,
    NO_NUMBER,
    NOBODY,
    ON_A,
    UNGRANTED,
    Groups,
    Row,
    desk,
    get,
    joined,
    post,
)

# Without a purpose in the address a file is opened for what the grants are for.
OF_CHEN = desk({200: ON_A, 404: f"zhao low {UNGRANTED}"})
OF_COUNTY = desk({200: "lin wang he selector wen", 404: f"zhao low tang {UNGRANTED}"})
OF_KIN = desk({200: "lin wang he tang selector", 403: "wen", 404: f"zhao low {UNGRANTED}"})
OF_DEEP = desk({200: f"{ON_A} low", 404: f"zhao {UNGRANTED}"})
OF_ZHOU = desk({200: "zhao wang he", 404: f"lin low tang selector wen {UNGRANTED}"})
FILES: dict[str, Groups] = {
    "{cadre_chen}": OF_CHEN,
    "{cadre_county}": OF_COUNTY,
    "{cadre_own}": OF_KIN,
    "{cadre_spouse}": OF_KIN,
    "{cadre_cousin}": OF_CHEN,  # a tie that nobody has confirmed recuses nobody
    "{cadre_deep}": OF_DEEP,
    "{cadre_zhou}": OF_ZHOU,
    "{cadre_gone}": NOBODY,
    "{absent}": NOBODY,
}
# Of chen's file, by the purpose that the address names.
PURPOSES: dict[str, Groups] = {
    "management": desk({200: "lin wang tang wen", 403: "he selector", 404: f"zhao low {UNGRANTED}"}),
    "selection": desk({200: "lin wang tang selector wen", 403: "he", 404: f"zhao low {UNGRANTED}"}),
    "assessment": desk({200: "lin tang wen", 403: "wang he selector", 404: f"zhao low {UNGRANTED}"}),
    "supervision": desk({200: "he", 403: "lin wang tang selector wen", 404: f"zhao low {UNGRANTED}"}),
    "subject_access": NOBODY,
    "nonsense": NOBODY,
}
TABS = (
    "overview",
    "resume",
    "posts",
    "education",
    "family",
    "rewards",
    "grades",
    "training",
    "forms",
    "readings",
    "eligibility",
)
EVIDENCE = ("field-birth", "field-identity-number")
WORK_YEARS = "SEL-QUAL-08-1a"  # a condition of posts of the county level
AVOID = "AVO-KIN"


def per_file(name: str, query: str = "", **kwargs: str) -> list[Row]:
    """A page of one file, for each file and for one that does not exist."""
    return [get(name, groups, query=query, pk=key, **kwargs) for key, groups in FILES.items()]


DOSSIER = [
    *per_file("desk:dossier"),
    get("desk:dossier", OF_CHEN, query="on=2020-01-01", pk="{cadre_chen}"),
    *per_file("desk:dossier-photo"),
    *per_file("desk:dossier-form", kind="lrmx"),
    *(
        get("desk:dossier-form", groups, query="anyway=1", pk=key, kind=kind)
        for kind in ("pdf", "docx")
        for key, groups in (("{cadre_chen}", OF_CHEN), ("{cadre_zhou}", OF_ZHOU))
    ),
    *per_file("desk:evidence", kind="age"),
    *(get("desk:evidence", OF_KIN, pk="{cadre_own}", kind=kind) for kind in EVIDENCE),
    get("desk:evidence", OF_CHEN, query="record={holding_chen}", pk="{cadre_chen}", kind="record-post"),
    *(
        get("desk:evidence", NOBODY, query=f"record={record}", pk="{cadre_chen}", kind="record-post")
        for record in ("{holding_zhou}", "{holding_county}", "{absent}", "nonsense")
    ),
    get("desk:evidence", NOBODY, pk="{cadre_chen}", kind="nonsense"),
    *per_file("desk:rule-evidence", query="target=post:county_deputy", rule=WORK_YEARS),
    get("desk:rule-evidence", OF_CHEN, query="target=post:{position_a}&on=2024-01-01", pk="{cadre_chen}", rule=AVOID),
    *(
        get("desk:rule-evidence", NOBODY, query=f"target={target}", pk="{cadre_chen}", rule=rule)
        for target, rule in (
            ("post:county_deputy", "NONSENSE"),
            ("post:county_deputy", "RNK-BAN"),  # a rule, but no condition of a post
            ("post:{absent}", AVOID),
            ("nonsense", WORK_YEARS),
            ("", WORK_YEARS),
        )
    ),
    *per_file("desk:rule-evidence", rule="SAN-PTY-W"),  # what is due for a person aims at no target
    get("desk:rule-evidence", NOBODY, pk="{cadre_chen}", rule=WORK_YEARS),
    get("desk:dossier-form", NOBODY, pk="{cadre_chen}", kind="exe"),
    *(get("desk:dossier", OF_CHEN, query=f"tab={tab}", pk="{cadre_chen}") for tab in TABS),
    get("desk:dossier", OF_CHEN, query="tab=eligibility&target=post:{position_b}", pk="{cadre_chen}"),
    *(
        get("desk:dossier", groups, query=f"purpose={purpose}", pk="{cadre_chen}")
        for purpose, groups in PURPOSES.items()
    ),
]  # fmt: skip

# Changing asks for an editor's role first, then for the file, then for management and for nobody's recusal.
REASON = "按审核意见更正这一项"
SAME = {"reason": REASON, "expected_revision": "0"}
EDIT: dict[str, tuple[str, str]] = {  # file: who changes it, who is refused in scope
    "{cadre_chen}": ("lin tang wen", "selector"),
    "{cadre_county}": ("lin wen", "selector"),
    "{cadre_own}": ("lin tang", "selector wen"),
    "{cadre_spouse}": ("lin tang", "selector wen"),
    "{cadre_zhou}": ("zhao", ""),
    "{cadre_gone}": ("", ""),
    "{absent}": ("", ""),
}
NO_RECORD = desk({403: f"{NO_EDITOR} selector", 404: EDITORS.replace("selector ", "")})  # of chen's file


def edit(file: str, status: int) -> Groups:
    who, refused = (group.split() for group in EDIT[file])
    rest = " ".join(name for name in EDITORS.split() if name not in (*who, *refused))
    return desk(joined({status: " ".join(who)}, {403: " ".join([*NO_EDITOR.split(), *refused]), 404: rest}))


def change(name: str, data: dict[str, str], status: int = 302, **kwargs: str) -> list[Row]:
    """The panel and the step, for each file; `{record}` in the keys is that file's own."""
    rows = []
    for key in EDIT:
        own = {name: value.replace("_own}", f"_{key[7:]}") for name, value in kwargs.items()}
        own = {name: "{absent}" if key == "{absent}" and "{" in value else value for name, value in own.items()}
        rows += [get(name, edit(key, 200), pk=key, **own), post(name, edit(key, status), data, pk=key, **own)]
    return rows


def foreign(name: str, **kwargs: str) -> list[Row]:
    """Something of another file, or of none, below chen's."""
    return [Row(name, method, NO_RECORD, {"pk": "{cadre_chen}", **kwargs}, "", SAME) for method in ("GET", "POST")]


POST = {
    **SAME, "unit": "{code_a}", "position": "{position_a}", "title": "局长", "tier": "county_principal",
    "kind": "appointment", "valid_from": "2024.01", "order": "0", "source_field": "任免文件",
}  # fmt: skip
LINE = {
    **SAME,
    "valid_from": "2010.01",
    "text": "甲局科员",
    "setting": "unknown",
    "inside": "{resume_chen}",
    "order": "2",
    "source_field": "本人自述",
}
SPECIALTY = {**SAME, "name": "公文写作", "source_field": "本人自述"}
CHANGES = [
    *change("desk:dossier-field", {**SAME, "raw": "霁州松涧"}, key="native-place"),
    *foreign("desk:dossier-field", key="nonsense"),
    *change("desk:dossier-record-add", SPECIALTY, kind="specialty"),
    post("desk:dossier-record-add", edit("{cadre_chen}", 302), POST, pk="{cadre_chen}", kind="post"),
    post("desk:dossier-record-add", edit("{cadre_chen}", 302), LINE, pk="{cadre_chen}", kind="resume"),
    *foreign("desk:dossier-record-add", kind="nonsense"),
    *change("desk:dossier-record-change", SPECIALTY, kind="specialty", record="{specialty_own}"),
    *change("desk:dossier-record-withdraw", SAME, kind="specialty", record="{specialty_own}"),
    *(
        row
        for name in ("desk:dossier-record-change", "desk:dossier-record-withdraw")
        for kind, record in (
            ("specialty", "{specialty_zhou}"),
            ("specialty", "{specialty_county}"),
            ("specialty", "{holding_chen}"),
            ("specialty", "{absent}"),
            ("nonsense", "{specialty_chen}"),
        )
        for row in foreign(name, kind=kind, record=record)
    ),
    *change("desk:dossier-verify", {**SAME, "result": "verified", "materials": "入党志愿书"}, item="birth"),
    *foreign("desk:dossier-verify", item="nonsense"),
    *foreign("desk:dossier-undo", entry="{entry_zhou}"),
    *foreign("desk:dossier-undo", entry=NO_NUMBER),
    get("desk:dossier-field", edit("{cadre_chen}", 403), pk="{cadre_chen}", key="native-place", query="on=2020-01-01"),
    get(
        "desk:dossier-field",
        desk({403: f"{NO_EDITOR} lin tang wen selector", 404: f"zhao low {UNGRANTED}"}),
        pk="{cadre_chen}", key="native-place", query="purpose=selection",
    ),
]  # fmt: skip
KIN = {**SAME, "state": "confirmed"}
TIES = [
    # A tie is shown only with both files: not to wen, whose own file is the other side, nor across scopes.
    *(
        Row("desk:dossier-kin", method, groups, {"pk": "{cadre_cousin}", "tie": "{tie_cousin}"}, "", KIN)
        for method, groups in (
            ("GET", desk({200: "lin tang", 403: f"{NO_EDITOR} selector", 404: f"zhao low wen {UNGRANTED}"})),
            ("POST", desk({302: "lin tang", 403: f"{NO_EDITOR} selector", 404: f"zhao low wen {UNGRANTED}"})),
        )
    ),
    *foreign("desk:dossier-kin", tie="{tie_far}"),
    *foreign("desk:dossier-kin", tie="{tie_cousin}"),
    *foreign("desk:dossier-kin", tie="{absent}"),
]
