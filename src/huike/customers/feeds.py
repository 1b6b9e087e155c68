"""What the customers room gives the warehouse: customers as analysis may know them, categories.

Birthday, phone, address and identity number stay here: the year of birth and the city will do.
"""

from __future__ import annotations

from django.db.models.functions import ExtractYear

from huike.customers.models import Category, Party
from huike.kernel.feeds import Feed, Given, register

register(
    Feed(
        "customer_category",
        Category.everything.all,
        "category",
        {
            "category": Given("pk", "integer"),
            "name": Given("name"),
            "parent": Given("parent_id", "integer"),
            "position": Given("position", "integer"),
        },
        journal=Category.label(),
    )
)

_customers = register(
    Feed(
        "customer",
        Party.everything.all,
        "customer",
        {
            "customer": Given("pk", "integer"),
            "name": Given("name"),
            "code": Given("code"),
            "kind": Given("kind"),
            "is_customer": Given("is_customer", "flag"),
            "sex": Given("sex"),
            "born": Given(ExtractYear("birthday"), "integer"),
            "education": Given("education"),
            "marital_status": Given("marital_status"),
            "job": Given("job"),
            "industry": Given("industry"),
            "size": Given("size", "integer"),
            "country": Given("country"),
            "region": Given("region"),
            "province": Given("province"),
            "city": Given("city"),
            "district": Given("district"),
            "level": Given("level"),
            "category": Given("category_id", "integer"),
            "source": Given("source"),
            "owner": Given("owner_id", "integer"),
            "department": Given("department_id", "integer"),
            "created_at": Given("created_at", "time"),
            "changed_at": Given("changed_at", "time"),
            "binned_at": Given("binned_at", "time"),
        },
        journal=Party.label(),
    )
)


def journal_mark() -> str:
    """Return where the journal of customers ends now."""
    return _customers.mark()


def changed_parties(since: str) -> set[int] | None:
    """Return the customers that changed after `since` (a former mark); None for all of them."""
    keys = _customers.changed(since)
    return None if keys is None else set(keys)
