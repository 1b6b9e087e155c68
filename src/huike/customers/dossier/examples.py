"""Paper originals of the demo firm, some lent, one overdue; makers for tests."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.dossier.models import DossierOriginal, Loan, Volume
from huike.customers.models import Party
from huike.kernel.records.bulk import create_all
from huike.staff.models import User

SEED = 20261125
_numbers = count(1)
PAPERS = (
    ("购车合同", "contract", 3, 12),
    ("身份证复印件", "licence", 1, 1),
    ("营业执照副本复印件", "licence", 1, 1),
    ("索赔协议书", "claim", 4, 3),
    ("上门走访报告", "report", 1, 4),
    ("增值税发票存根", "invoice", 2, 1),
)


def fill() -> None:
    """Give the companies and some people papers in the archive room, five of them lent."""
    rng, today = Random(SEED), timezone.localdate()
    firms = list(Party.objects.filter(kind="organisation").order_by("pk")[:120])
    people = list(Party.objects.filter(kind="person", is_customer=True).order_by("pk")[:80])
    papers: list[DossierOriginal] = []
    for n, party in enumerate([*firms, *people]):
        for name, kind, part, sheets in rng.sample(PAPERS, rng.choice((1, 2, 2, 3))):
            papers.append(
                DossierOriginal(
                    party=party,
                    name=name,
                    number=f"YJ{len(papers) + 1:05d}",
                    kind=kind,
                    part=str(part),
                    sheets=sheets,
                    dated=today - timedelta(days=rng.randrange(20, 900)),
                    place=f"档案室 {n % 4 + 1} 号柜 {n % 6 + 1} 层",
                )
            )
    create_all(papers)
    staff = list(User.objects.filter(username__in=("sales", "manager", "service", "care")))
    loans = [
        Loan(
            original=papers[n * 7],
            borrower=rng.choice(staff),
            purpose=rng.choice(("办理续保", "客户要求核对", "法务审阅")),
            lent_on=today - timedelta(days=10 + n),
            due_on=today + timedelta(days=n * 3 - 5),
        )
        for n in range(5)
    ]
    create_all(loans)


def make_original(**given: Any) -> DossierOriginal:
    """Return an unsaved paper original, for tests and docs."""
    number = f"YJ-{next(_numbers)}"
    return DossierOriginal(
        **{"name": "购车合同", "number": number, "place": "档案室 1 号柜", **given}
    )


def make_loan(**given: Any) -> Loan:
    """Return an unsaved loan that is back already, for tests and docs."""
    today = timezone.localdate()
    back = {"lent_on": today, "due_on": today + timedelta(days=7), "returned_on": today}
    return Loan(**{"outside": "张律师", **back, **given})


def make_volume(**given: Any) -> Volume:
    """Return an unsaved volume, for tests and docs."""
    return Volume(**{"year": 2024, "pages": 3, **given})


MAKERS = {DossierOriginal: make_original, Loan: make_loan, Volume: make_volume}
