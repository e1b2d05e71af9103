"""The rows of the 资格筛查: every reader screens the own scope, an empty one too."""

from tests.matrix_words import NOBODY, READERS, Row, desk, get, post

ALL = desk({200: READERS})

SCREENING: list[Row] = [
    get("desk:screening", ALL),
    get("desk:screening", ALL, query="find=CANARY"),
    get("desk:screening", desk({400: READERS}), query="target=seat:none"),
    get("desk:screening", NOBODY, query="target=post:{absent}"),
    get("desk:screening-count", ALL),
    get("desk:screening-count", NOBODY, query="target=post:{absent}"),
    get("desk:screening-posts", ALL),
    get("desk:screening-posts", NOBODY, query="cadre={absent}"),
    post("desk:screening-export", desk({400: READERS}), {}, query="target=seat:none"),
    post("desk:screening-export", NOBODY, {}, query="target=post:{absent}"),
    get("desk:screening-query", ALL),
    get("desk:screening-query", ALL, query="target=rank:counsel_4"),
    get("desk:screening-query", NOBODY, query="target=post:{absent}"),
    post("desk:screening-query", desk({302: READERS}), {"name": "乡镇正职"}, query="target=rank:counsel_4"),
    post("desk:screening-query-delete", NOBODY, {}, pk="{absent}"),
]
