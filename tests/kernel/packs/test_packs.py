"""Packs applied twice, renewed over what the firm changed, taken back without losing a value."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from django.core.exceptions import PermissionDenied

from huike.customers.models import Category, Party, Tag
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.defining import edit_field
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import write
from huike.kernel.layouts.models import FieldRule, Layout
from huike.kernel.lists.models import SavedView
from huike.kernel.lists.view import ListView
from huike.kernel.packs.applying import apply, remove
from huike.kernel.packs.models import AppliedPack, PackEvent
from huike.kernel.packs.planning import What, plan
from huike.kernel.packs.reading import FOLDER, Pack, pack_called, packs, read
from tests.cast import SYSTEM, Cast, Make
from tests.contract.people import browser

# a sample is brought in by a job with a lease, which other connections must see
LEASED = pytest.mark.django_db(transaction=True)
NAMES = [pytest.param(p.name, marks=[LEASED] if p.part("samples") else []) for p in packs()]
ONE = """
version = {version}
label = "试用"
[[fields]]
record = "customers.party"
name = "room"
label = "{label}"
kind = "choice"
choices = ["大床", "双床"{more}]
[[fields]]
record = "customers.party"
name = "floor"
label = "楼层"
kind = "number"
[[layouts]]
record = "customers.party"
name = "宾客"
when = ["extra.room", "filled"]
sections = [{{ title = "宾客", fields = ["name", "extra.room"{placed}] }}]
[[views]]
record = "customers.party"
name = "有房型"
filter = '["extra.room","filled"]'
[[records]]
record = "customers.category"
rows = [{{ name = "宾客" }}, {{ name = "贵宾", parent = "宾客" }}]
[[records]]
record = "customers.tag"
rows = [{{ name = "无烟", colour = "grey" }}]
{rest}
"""


def made(folder: Path, version: int = 1, **given: str) -> Pack:
    """Return an invented pack."""
    folder.mkdir(exist_ok=True)
    parts = {"label": "房型", "more": "", "placed": "", "rest": "", **given}
    (folder / "pack.toml").write_text(ONE.format(version=version, **parts), "utf-8")
    return read(folder)


def counted() -> dict[str, int]:
    """Return how many things there are of each kind that packs bring."""
    return {
        "fields": CustomField.objects.count(),
        "layouts": Layout.objects.count(),
        "rules": FieldRule.objects.filter(removed_at=None).count(),
        "views": SavedView.objects.count(),
        "categories": Category.objects.count(),
        "tags": Tag.objects.count(),
        "customers": Party.objects.count(),
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_pack_comes_and_goes(name: str, cast: Cast) -> None:
    """Applied with its sample, again without any change, its views open, and taken back whole."""
    root, pack, before = cast.actor("root"), pack_called(name), counted()
    told = apply(root, pack, with_sample=True)
    assert told.counts["make"] == sum(1 for _step in plan(pack))
    assert {step.what for step in plan(pack)} == {What.SAME}
    again = apply(root, pack, with_sample=True)
    assert set(+again.counts) == {"same"}
    assert PackEvent.objects.count() == 1
    entity = entity_of(Party)
    for view in SavedView.objects.all():
        held = ListView.read(entity, dict(parse_qsl(view.query)))
        assert len(held.shown(entity.fields(root))) == len(held.columns)
        list(held.matching(root)[:3])
    for sample in pack.part("samples"):
        rows = (FOLDER / name / str(sample["file"])).read_text("utf-8").splitlines()
        assert Party.objects.count() == len(rows) - 1
    told = remove(root, AppliedPack.objects.get())
    assert told.kept == []
    assert counted() == before
    assert apply(root, pack, with_sample=True).counts["make"], "and it can come again"
    remove(root, AppliedPack.objects.get())
    assert counted() == before, "and go again, what came out of the bin too"


@pytest.mark.long
def test_renewing_keeps_what_the_firm_changed(cast: Cast, tmp_path: Path) -> None:
    root = cast.actor("root")
    apply(root, made(tmp_path / "trial"))
    floor = CustomField.objects.get(name="floor")
    edit_field(root, floor, {"label": "喜欢的楼层"})
    SavedView.objects.get().delete()
    rest = """
[[fields]]
record = "customers.party"
name = "pillow"
label = "枕头"
kind = "text"
"""
    newer = made(
        tmp_path / "trial",
        2,
        label="偏好房型",
        more=', "套房"',
        placed=', "extra.pillow"',
        rest=rest,
    )
    told = apply(root, newer)
    assert (told.counts["make"], told.counts["change"], told.counts["keep"]) == (1, 2, 2)
    room = CustomField.objects.get(name="room")
    assert (room.label, room.choices) == ("偏好房型", ["大床", "双床", "套房"])
    floor.refresh_from_db()
    assert floor.label == "喜欢的楼层"
    assert Layout.objects.get().sections[0]["fields"][-1] == "extra.pillow"
    assert not SavedView.objects.exists(), "what the firm took away does not come back"
    assert AppliedPack.objects.get().version == 2


def test_taking_back_keeps_what_is_used(cast: Cast, make: Make, tmp_path: Path) -> None:
    """A value, a customer in a category and what was there before stay; all else goes."""
    root = cast.actor("root")
    with change(SYSTEM, "test"):
        Tag(name="无烟").save()  # the firm had this before
    apply(root, made(tmp_path / "trial"))
    row = make(Party, cast.alice, category=Category.objects.get(name="贵宾"))
    write(root, entity_of(Party), row, {"extra.room": "大床"})
    told = remove(root, AppliedPack.objects.get())
    assert sorted(CustomField.objects.values_list("name", flat=True)) == ["room"]
    assert sorted(Category.objects.values_list("name", flat=True)) == ["宾客", "贵宾"]
    assert Tag.objects.filter(name="无烟").exists()
    assert len(told.kept) == 4
    assert not Layout.objects.exists()
    assert Party.objects.get().extra["room"] == "大床"


def test_only_administrators_and_only_good_packs(cast: Cast, tmp_path: Path) -> None:
    pack = made(tmp_path / "trial", rest='[[rules]]\nrecord="customers.party"\nfield="nothing"\n')
    with pytest.raises(PermissionDenied):
        apply(cast.actor("mona"), pack)
    with pytest.raises(Exception, match="nothing"):
        apply(cast.actor("root"), pack)
    assert not CustomField.objects.exists(), "all or nothing"
    with pytest.raises(LookupError):
        pack_called("../hotel")


def test_packs_on_screen(cast: Cast, make: Make) -> None:
    root = browser(cast, "root")
    assert "酒店" in root.get("/settings/packs/").content.decode()
    assert "贵宾级别" in root.get("/settings/packs/hotel/").content.decode()
    assert root.post("/settings/packs/hotel/apply/").status_code == 302
    undo = 'action="/settings/packs/hotel/remove/"'  # beside what was applied
    assert undo in root.get("/settings/packs/").content.decode()
    guest = make(Party, cast.alice, extra={"vip_grade": "VA"})
    assert "客房偏好" in root.get(f"/customers/party/{guest.pk}/").content.decode()
    assert root.post("/settings/packs/hotel/remove/").status_code == 302
    assert list(CustomField.objects.values_list("name", flat=True)) == ["vip_grade"]
    assert undo not in root.get("/settings/packs/").content.decode()
    assert browser(cast, "mona").get("/settings/packs/").status_code == 403
