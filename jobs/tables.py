"""Every table there is, in the order of the walk."""

from features.tables import FEATURE
from feeds.registry import FEEDS
from fusion.party_tables import TABLES as PARTIES
from fusion.tables import TABLES as FUSION
from jobs.decision import TABLES as DECIDED
from lakehouse.ops import CHECK, FILE, HOLD, REPLAY, RUN
from lakehouse.table import Table
from models.tables import TABLES as MODELS

TABLES: tuple[Table, ...] = (
    *(table for feed in FEEDS for table in (feed.bronze, feed.silver, feed.quarantine)),
    *FUSION, *PARTIES, FEATURE, *MODELS, *DECIDED, FILE, CHECK, HOLD, REPLAY, RUN,
)
BY_NAME = {table.full_name: table for table in TABLES}
