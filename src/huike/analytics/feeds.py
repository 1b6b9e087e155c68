"""What the analysis gives back to the warehouse: the classes of customers, day by day.

A class of a day holds for the facts from that day until the next, so that figures can be told by
class. The scores are written without a journal, hence they are read whole at each load.
"""

from __future__ import annotations

from huike.analytics.models import PastScore
from huike.kernel.feeds import Feed, Given, register

CLASSES = ("abc", "rfm_class", "pyramid", "profit_tier", "matrix", "relation", "stage", "loyalty",
           "churn_level")  # fmt: skip
SCORES = ("churn_risk", "p_alive", "clv")  # to filter by

# The newest scores are among the past ones: each run writes those of its own day too
register(
    Feed(
        "customer_score",
        lambda: PastScore.everything.filter(binned_at=None),
        "customer",
        {
            "customer": Given("party_id", "integer"),
            "as_of": Given("on", "date"),
            **{name: Given(name) for name in CLASSES},
            **{name: Given(name, "number") for name in SCORES},
        },
    )
)
