"""What surveys give the warehouse: every answer with its score, without the words."""

from __future__ import annotations

from huike.kernel.feeds import Feed, Given, register
from huike.surveys.models import Answer

register(
    Feed(
        "survey_answer",
        Answer.everything.all,
        "answer",
        {
            "answer": Given("pk", "integer"),
            "customer": Given("party_id", "integer"),
            "kind": Given("kind"),
            "score": Given("score", "number"),
            "level": Given("level", "number"),
            "verdict": Given("verdict"),
            "topic": Given("about"),
            "product": Given("product_id", "integer"),
            "at": Given("at", "time"),
            "changed_at": Given("changed_at", "time"),
            "binned_at": Given("binned_at", "time"),
        },
        journal=Answer.label(),
        sums=("score",),
    )
)
