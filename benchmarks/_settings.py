"""Settings of the server that is measured: the product's own, with the queries of an answer in a header."""

from quanheng.settings import *  # noqa: F403  all of them, as an installation has them
from quanheng.settings import MIDDLEWARE as OUTER

MIDDLEWARE = ["benchmarks._counting.count_queries", *OUTER]
