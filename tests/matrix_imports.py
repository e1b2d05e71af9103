"""Rows of the matrix for imports and for the ledger. The words are those of tests/matrix_words.py."""

from tests.matrix_words import (
    AWAY,
    EDITORS,
    EVERYBODY_IN,
    NO_EDITOR,
    NO_NUMBER,
    NOBODY,
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

# Imports: an officer's own, for nobody else; leaders and supervisors have none.
LINS = desk({200: "lin", 403: NO_EDITOR, 404: f"zhao low tang selector wen {UNGRANTED}"})
ZHAOS = desk({200: "zhao", 403: NO_EDITOR, 404: f"lin low tang selector wen {UNGRANTED}"})
NO_IMPORT = desk({403: NO_EDITOR, 404: f"lin zhao low tang selector wen {UNGRANTED}"})
REASON = {"reason": "按年度集中采集的要求更新"}


def lins(status: int) -> Groups:
    return desk({status: "lin", 403: NO_EDITOR, 404: f"zhao low tang selector wen {UNGRANTED}"})


def per_batch(name: str, query: str = "") -> list[Row]:
    batches = {"{batch_lin}": LINS, "{batch_zhao}": ZHAOS, "{absent}": NO_IMPORT}
    return [get(name, groups, query=query, pk=key) for key, groups in batches.items()]


def step(name: str, status: int, data: dict[str, str], **kwargs: str) -> list[Row]:
    """A step of lin's import, and the same of one that does not exist."""
    missing = dict.fromkeys(kwargs, "{absent}")
    return [
        post(name, lins(status), data, pk="{batch_lin}", **kwargs),
        post(name, NO_IMPORT, data, pk="{absent}", **kwargs),
        *([post(name, NO_IMPORT, data, pk="{batch_lin}", **missing)] if kwargs else []),
        *([post(name, NO_IMPORT, data, pk="{batch_lin}", item="{item_zhao}")] if kwargs else []),
    ]


UPLOAD = {"upload": "@lrmx", "unit": "{code_a}", "category": "city", "sender": "甲局"}
CORRECTION = {"value:birth": "198501"}
IMPORTS = [
    get("desk:imports", desk({200: EDITORS, 403: NO_EDITOR})),
    get("desk:imports-new", desk({200: EDITORS, 403: NO_EDITOR})),
    post(
        "desk:imports-new", desk({302: "lin tang wen", 400: f"zhao low selector {UNGRANTED}", 403: NO_EDITOR}), UPLOAD
    ),
    post(
        "desk:imports-new",
        desk({302: "zhao", 400: f"lin low tang selector wen {UNGRANTED}", 403: NO_EDITOR}),
        {**UPLOAD, "unit": "{code_b}"},
    ),
    *(row for query in ("", "step=findings", "step=review", "step=apply") for row in per_batch("desk:import", query)),
    *per_batch("desk:import-progress"),
    *(
        get(name, groups, pk=batch, item=item)
        for name in ("desk:import-item",)
        for batch, item, groups in (
            ("{batch_lin}", "{item_lin}", LINS),
            ("{batch_lin}", "{item_twin}", LINS),
            ("{batch_lin}", "{item_moved}", LINS),
            ("{batch_zhao}", "{item_zhao}", ZHAOS),
            ("{batch_lin}", "{item_zhao}", NO_IMPORT),
            ("{batch_zhao}", "{item_lin}", NO_IMPORT),
            ("{batch_lin}", "{absent}", NO_IMPORT),
            ("{absent}", "{absent}", NO_IMPORT),
        )
    ),
    get("desk:import-photo", LINS, pk="{batch_lin}", item="{item_lin}"),
    get("desk:import-photo", NO_IMPORT, pk="{batch_lin}", item="{item_zhao}"),
    get("desk:import-photo", NO_IMPORT, pk="{batch_lin}", item="{absent}"),
    *step("desk:import-read", 409, {}),  # read already
    *step("desk:import-decide", 302, {"list": "look", "skip": "{item_lin}"}),
    *step("desk:import-decide", 302, {"list": "look", "accept": "{item_lin}"}),
    *step("desk:import-apply", 409, {"reason": "太短"}),
    *step("desk:import-undo", 409, REASON),  # not applied yet
    *per_batch("desk:import-undo"),
    *step("desk:import-discard", 302, REASON),
    *per_batch("desk:import-discard"),
    *step("desk:import-correct", 302, CORRECTION, item="{item_lin}"),
    *step("desk:import-same", 302, {"cadre": "{cadre_chen}"}, item="{item_twin}"),
    *(
        post("desk:import-same", NO_IMPORT, {"cadre": cadre}, pk="{batch_lin}", item="{item_twin}")
        for cadre in ("{cadre_zhou}", "{cadre_county}", "{absent}", "nonsense")
    ),
    *step("desk:import-item-decide", 302, {"decision": "skip"}, item="{item_lin}"),
]

# A cadre's own pages, for whoever has a file and the role.
OWN = joined(AWAY, {200: "chen wen", 404: without(EVERYBODY_IN, "chen wen")})
NO_OWN = joined(AWAY, {404: EVERYBODY_IN})
MINE = [
    get("mine:dossier", OWN),
    get("mine:dossier-photo", OWN),
    get("mine:readings", OWN),
    get("mine:evidence", OWN, kind="age"),
    get("mine:evidence", joined(AWAY, {200: "chen", 404: without(EVERYBODY_IN, "chen")}), kind="record-post",
        query="record={holding_chen}"),
    *(
        get("mine:evidence", NO_OWN, kind="record-post", query=f"record={record}")
        for record in ("{holding_zhou}", "{absent}", "nonsense")
    ),
    get("mine:evidence", NO_OWN, kind="nonsense"),
    get("mine:eligibility", OWN),
    get("mine:eligibility", OWN, query="target=post:{position_a}"),  # no post is named: as if none was asked for
    get("mine:rule-evidence", OWN, query="target=rank:counsel_1", rule="RNK-BAN"),
    *(
        get("mine:rule-evidence", NO_OWN, query=f"target={target}", rule=rule)
        for target, rule in (
            ("rank:counsel_1", "PMR-KEY"), ("rank:counsel_1", "SAN-CASE"), ("rank:counsel_1", "NONSENSE"),
            ("post:{position_a}", "AVO-KIN"), ("pool:young", "SAN-PTY-W"), ("nonsense", "RNK-BAN"),
        )
    ),
]  # fmt: skip
DAY = [
    get("desk:today", desk({200: READERS})),
    *(get("desk:today-due", desk({200: READERS}), kind=kind) for kind in ("kin", "inconsistent", "missing", "flagged")),
    get("desk:today-due", NOBODY, kind="nonsense"),
    get("desk:today", desk({200: READERS}), query="day=overdue"),
    *(get("desk:today-items", desk({200: READERS}), kind=kind) for kind in ("all", "retirement", "rank", "training")),
    get("desk:today-items", desk({200: READERS}), query="rule=RNK-Y-05&when=later&page=2", kind="rank"),
    get("desk:today-items", NOBODY, kind="nonsense"),
    get("desk:search", desk({200: READERS}), query="q=CANARY"),
    get("web:help", joined(AWAY, {200: EVERYBODY_IN})),
]

# The ledger: of persons in the reader's scope, without a word about the own file, kin's, or a supervisor's reading.
LEDGER = [
    get("desk:ledger", desk({200: READERS})),
    *(
        get("desk:ledger-entry", groups, pk=entry)
        for entry, groups in (
            ("{entry_chen}", desk({200: ON_A, 404: f"zhao low {UNGRANTED}"})),
            ("{entry_county}", desk({200: "lin wang he selector wen", 404: f"zhao low tang {UNGRANTED}"})),
            ("{entry_own}", desk({200: "lin wang he tang selector", 404: f"zhao low wen {UNGRANTED}"})),
            ("{entry_spouse}", desk({200: "lin wang he tang selector", 404: f"zhao low wen {UNGRANTED}"})),
            ("{entry_zhou}", desk({200: "zhao wang he", 404: f"lin low tang selector wen {UNGRANTED}"})),
            ("{entry_supervised}", desk({200: "he", 404: READERS.replace("he ", "")})),
            ("{entry_import}", desk({200: "lin", 404: READERS.replace("lin ", "")})),
            (NO_NUMBER, NOBODY),
        )
    ),
    get("console:ledger", only("qian")),
    get("console:ledger-entry", only("qian"), pk="{entry_chen}"),
    get("console:ledger-entry", only("qian"), pk="{entry_supervised}"),
    get("console:ledger-entry", only("nobody", 404), pk=NO_NUMBER),
    get("console:ledger-proof", only("qian", 302)),
    post("console:ledger-prove", only("qian", 302), {}),
    post("console:ledger-checkpoint", only("qian"), {}),
    post("console:ledger-package", only("qian"), {}),
]
