"""What the analysis worked out about a person goes with the person."""

from __future__ import annotations

from huike.analytics.models import PastScore, Score
from huike.customers.privacy.places import Place, add_place

for model in (Score, PastScore):
    add_place(Place(model.label(), ("party",)))
