"""The rows of the 规则库: every reader reads, only a grant for rules decides."""

from tests.matrix_words import NOBODY, OFFICERS, READERS, Groups, Row, desk, get, post, without

READ = desk({200: READERS})
NO_OFFICER = without(READERS, OFFICERS)


def decided(status: int) -> Groups:
    """Su alone has the purpose; a leader could, but here none is granted it."""
    return desk({status: "su", 403: without(READERS, "su")})


# Whose role opens the step gets 404 for what does not exist; to the others the step itself is closed.
ABSENT_TO_OFFICERS = desk({404: OFFICERS, 403: NO_OFFICER})
ABSENT_TO_LEADERS_TOO = desk({404: f"{OFFICERS} wang", 403: without(NO_OFFICER, "wang")})
WHY = {"reason": "市委组织部部务会议定"}
SIGN = {"document": "中办发〔2019〕1号", "used_from": "2026-11-20", "is_confirmed": "on"}
LOCAL = {**WHY, "parameter": "min_years", "value": "3", "document": "示组发〔2026〕12号", "valid_from": "2026-11-20"}
SWITCH = {**WHY, "value": "half_up", "document": "", "valid_from": "2026-11-20"}


def step(name: str, data: dict[str, str], absent: Groups, **kwargs: str) -> list[Row]:
    """The form and the step, and both for a rule that does not exist."""
    none = {**kwargs, "rule": "RNK-NONE"}
    return [
        get(name, decided(200), **kwargs),
        post(name, decided(302), data, **kwargs),
        get(name, absent, **none),
        post(name, absent, data, **none),
    ]


RULES = [
    get("desk:rules", READ),
    get("desk:rules", READ, query="q=SEL&state=unsigned&page=2"),
    get("desk:rule", READ, rule="RNK-Y-04"),
    get("desk:rule", NOBODY, rule="RNK-NONE"),
    *step("desk:rule-sign", SIGN, ABSENT_TO_OFFICERS, rule="RNK-Y-03"),
    *step("desk:rule-countersign", {"is_confirmed": "on"}, ABSENT_TO_LEADERS_TOO, rule="RNK-Y-04"),
    *step("desk:rule-withdraw", WHY, ABSENT_TO_LEADERS_TOO, rule="RNK-Y-04"),
    *step("desk:rule-local-add", LOCAL, ABSENT_TO_OFFICERS, rule="RNK-Y-06"),
    *step(
        "desk:rule-local-end", {**WHY, "valid_to": "2026-11-20"}, ABSENT_TO_OFFICERS, rule="RNK-Y-05", pk="{local_rule}"
    ),
    *(
        get("desk:rule-local-end", ABSENT_TO_OFFICERS, rule=rule, pk=pk)
        for rule, pk in (("RNK-Y-05", "{absent}"), ("RNK-Y-06", "{local_rule}"))
    ),
    get("desk:rule-paper", READ, rule="RNK-Y-04", pk="{sign_off}"),
    *(
        get("desk:rule-paper", NOBODY, rule=rule, pk=pk)
        for rule, pk in (("RNK-Y-04", "{absent}"), ("RNK-Y-03", "{sign_off}"), ("RNK-NONE", "{sign_off}"))
    ),
    get("desk:rule-switches", READ),
    get("desk:rule-switch", READ, switch="SW-ROUND"),
    get("desk:rule-switch", NOBODY, switch="SW-NONE"),
    get("desk:rule-switch-set", decided(200), switch="SW-ROUND"),
    post("desk:rule-switch-set", decided(302), SWITCH, switch="SW-ROUND"),
    get("desk:rule-switch-set", ABSENT_TO_OFFICERS, switch="SW-NONE"),
]
