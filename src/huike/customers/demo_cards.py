"""The demo firm works with the pack of its trade: visits on A-cards, cars on C-cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.packs.applying import apply
from huike.kernel.packs.reading import pack_called

SEED = 20261124
MODELS = {
    "锋锐 1.5T": "轿车",
    "锋锐 2.0T": "轿车",
    "途远 SUV": "SUV",
    "途远 PHEV": "新能源",
    "逸行 EV": "新能源",
    "商旅 MPV": "MPV",
}
AREAS = ("本区", "本区", "本市其他区", "周边城市", "外省")
TRADES = ("制造", "贸易", "教育", "医疗", "机关事业", "建筑", "互联网", "个体", "其他")
SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def deal(parties: Sequence[Party]) -> None:
    """Apply the car dealer's pack, and give unsaved parties the cards that they would have."""
    apply(Actor.system("demo"), pack_called("car_dealer"))
    rng = Random(SEED)
    for party in parties:
        below = party.category.name if party.category else ""
        if below == "到店未订":
            party.extra = visit(rng)
        elif party.kind == "person" or rng.random() < 0.6:
            party.extra = car(rng) | (visit(rng) if rng.random() < 0.1 else {})
    dealt = [party for party in parties if party.extra]
    dealt[0].extra["_own"] = [
        {"label": "车位", "kind": "text", "value": "地下二层 B2-117"},
        {"label": "交车礼", "kind": "money", "value": "1280.00"},
    ]


def visit(rng: Random) -> dict[str, Any]:
    """Return the A-card of somebody who came into the showroom."""
    day = timezone.localdate() - timedelta(days=rng.randrange(1, 200))
    reason = rng.choice(("首次看车", "首次看车", "再次来店", "试乘试驾", "询价议价", "订车签约"))
    return {
        "visit_reason": reason,
        "visit_on": day.isoformat(),
        "visit_hour": rng.choice(("上午", "下午", "下午", "晚上")),
        "visit_area": rng.choice(AREAS),
        "model_wanted": rng.choice(tuple(MODELS)),
        "purchase_type": rng.choice(("首次购车", "首次购车", "增购", "换购")),
        "budget": f"{rng.randrange(10, 40) * 10_000}.00",
        "payment": rng.choice(("全款", "按揭", "旧车置换")),
        "buy_within": rng.choice(("一周内", "一个月内", "三个月内", "半年以后")),
        "test_drive": reason == "试乘试驾",
    }


def car(rng: Random) -> dict[str, Any]:
    """Return the C-card of somebody with a car."""
    today = timezone.localdate()
    bought = today - timedelta(days=rng.randrange(30, 2500))
    model = rng.choice(tuple(MODELS))
    service = today + timedelta(days=rng.randrange(-60, 170))
    return {
        "car_type": MODELS[model],
        "car_model": model,
        "plate": "粤A" + "".join(rng.choices(SIGNS, k=5)),
        "vin": "LHK" + "".join(rng.choices(SIGNS, k=14)),
        "bought_on": bought.isoformat(),
        "owner_area": rng.choice(AREAS),
        "owner_trade": rng.choice(TRADES),
        "flow": rng.choice(
            ("本店购车本店保养", "本店购车本店保养", "本店购车外店保养", "外店购车本店保养")
        ),
        "loyalty": rng.choice(("忠诚", "稳定", "稳定", "摇摆", "流失")),
        "next_service_on": service.isoformat(),
        "insured_until": (today + timedelta(days=rng.randrange(5, 365))).isoformat(),
    }
