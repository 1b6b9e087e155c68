"""The page of the category tree, with and without scripts."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from huike.customers.models import Category, Party
from huike.kernel.access.models import FieldLimit
from huike.kernel.change.models import Change
from tests.cast import Cast, Make
from tests.web.lists.conftest import SignIn

HERE = "/customers/category/tree/"
PART = {"HX-Request": "true"}


def view(*leaves: Any) -> str:
    return urlencode({"filter": json.dumps(leaves[0] if len(leaves) == 1 else {"all": leaves})})


def test_the_list_beside_holds_the_branch(cast: Cast, make: Make, sign_in: SignIn) -> None:
    top = make(Category, name="Fleet")
    low = make(Category, name="Taxi", parent=top)
    make(Party, cast.alice, name="Inside", category=low)
    make(Party, cast.alice, name="Outside")
    make(Party, cast.carol, name="Hidden", category=low)
    client = sign_in("alice")
    page = client.get(f"{HERE}?{view(['category', 'below', [top.pk]])}").content.decode()
    assert "Inside" in page
    assert "Outside" not in page
    assert "Hidden" not in page
    assert "Outside" in client.get(HERE).content.decode()
    assert sign_in("iris").get(HERE).status_code == 403
    assert "/customers/category/tree/" in client.get("/customers/party/").content.decode()


def test_edited_without_scripts(cast: Cast, make: Make, sign_in: SignIn) -> None:
    client = sign_in("mona")
    assert client.post(HERE, {"name": "A"}).status_code == 302
    a = Category.objects.get(name="A")
    client.post(HERE, {"name": "B", "parent": a.pk})
    b = Category.objects.get(name="B")
    assert b.parent == a
    assert client.get(f"{HERE}{b.pk}/").status_code == 200
    client.post(f"{HERE}{b.pk}/", {"name": "B2"})
    client.post(f"{HERE}{b.pk}/move/", {"parent": ""})
    b.refresh_from_db()
    assert (b.name, b.parent) == ("B2", None)
    client.post(f"{HERE}{a.pk}/move/", {"parent": a.pk})
    row = make(Party, cast.alice, category=b)
    client.post(f"{HERE}{b.pk}/bin/")
    assert Category.objects.filter(pk=b.pk).exists()
    client.post(f"{HERE}{b.pk}/bin/", {"heir": a.pk})
    assert not Category.objects.filter(pk=b.pk).exists()
    assert Party.objects.get(pk=row.pk).category == a


def test_dragging_answers_with_the_page_and_an_undo(
    cast: Cast, make: Make, sign_in: SignIn
) -> None:
    category, rows = make(Category), [make(Party, cast.alice) for _ in range(2)]
    client = sign_in("alice")
    keys = {"key": [row.pk for row in rows], "view": ""}
    answer = client.post(f"{HERE}{category.pk}/take/", keys, headers=PART)
    assert answer.status_code == 200
    assert answer.content.decode().count('id="filing"') == 1
    (notice,) = json.loads(answer.headers["HX-Trigger"])["notices"]
    assert set(Party.objects.values_list("category", flat=True)) == {category.pk}
    assert client.post(f"/undo/{notice['undo']}/").status_code in {200, 204, 302}
    assert set(Party.objects.values_list("category", flat=True)) == {None}


def test_who_may_only_look_changes_nothing(cast: Cast, make: Make, sign_in: SignIn) -> None:
    category, row = make(Category), make(Party, cast.alice)
    client, before = sign_in("bob"), Change.objects.count()
    assert client.post(HERE, {"name": "x"}).status_code == 403
    for name in ("", "move/", "bin/"):
        assert client.post(f"{HERE}{category.pk}/{name}", {"name": "x"}).status_code == 403
    client.post(f"{HERE}{category.pk}/take/", {"key": [row.pk]})
    assert Party.objects.get(pk=row.pk).category is None
    page = client.get(HERE).content.decode()
    assert "data-take" not in page
    assert Change.objects.filter(entries__isnull=False).distinct().count() <= before


def test_letters_of_surnames(cast: Cast, make: Make, sign_in: SignIn) -> None:
    for name in ("单志强", "曾丽华", "仇健", "Zed", "9号店"):
        make(Party, cast.alice, name=name)
    client = sign_in("alice")

    def shown(letter: str) -> set[str]:
        page = client.get(f"/customers/party/?{urlencode({'letter': letter})}").content.decode()
        return {n for n in ("单志强", "曾丽华", "仇健", "Zed", "9号店") if f">{n}</a>" in page}

    assert shown("S") == {"单志强"}
    assert shown("Z") == {"曾丽华", "Zed"}
    assert shown("Q") == {"仇健"}
    assert shown("#") == {"9号店"}
    assert len(shown("nonsense")) == 5
    assert 'class="letters"' in client.get("/customers/party/").content.decode()
    assert 'class="letters"' not in client.get("/office/task/").content.decode()


def test_a_masked_name_has_no_letters(cast: Cast, make: Make, sign_in: SignIn) -> None:
    make(Party, cast.alice, name="单志强")
    role = cast.alice.roles.get()
    FieldLimit.objects.create(role=role, record="customers.party", field="name", right="masked")
    page = sign_in("alice").get("/customers/party/?letter=S").content.decode()
    assert 'class="letters"' not in page
    assert "/customers/party/1/" not in page


def test_what_is_at_hand(cast: Cast, make: Make, sign_in: SignIn) -> None:
    a, b, c = (make(Party, cast.alice, name=n) for n in ("Ann", "Ben", "Cat"))
    client = sign_in("alice")
    for row in (b, a, b, a, a):
        client.get(f"/customers/party/{row.pk}/")

    def listed(desk: str) -> list[str]:
        page = client.get(f"/customers/party/?desk={desk}").content.decode()
        found = [(page.find(f">{n}</a>"), n) for n in ("Ann", "Ben", "Cat")]
        return [n for place, n in sorted(found) if place >= 0]

    assert listed("recent") == ["Ann", "Ben"]
    assert listed("most")[0] == "Ann"
    assert listed("pinned") == []
    assert c.pk
    page = client.get("/customers/party/?desk=recent&group=level").content.decode()
    assert page
