"""The pages of imports, as a browser without JavaScript uses them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from huike.customers.models import Party
from huike.kernel.exchange.importing import running
from huike.kernel.exchange.importing.incoming import uploads
from huike.kernel.exchange.importing.models import BadRow, ImportRun
from huike.kernel.jobs.models import Job
from tests.cast import Cast
from tests.importing import work_on

PEOPLE = "客户姓名,手机号,客户编号\n王伟,13812345678,A1\n李娜,13912345678,A2\n,13712345678,A3\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def upload(client: Client, text: str | bytes, name: str = "people.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post("/import/", {"file": SimpleUploadedFile(name, data)})


def chosen(run: ImportRun, do: str, **more: str) -> dict[str, str]:
    """Return the form as the page offers it for PEOPLE."""
    return {
        "do": do, "was": "customers", "read": "客户姓名|手机号|客户编号", "recipe": "customers",
        "column-0": "name", "column-1": "phone", "column-2": "code", "mode": "both",
        "match": "code", **more,
    }  # fmt: skip


def worked(run: ImportRun, cast: Cast, name: str) -> None:
    """Do what a worker would do."""
    functions = {
        "exchange.import": running.bring_in,
        "exchange.try": running.try_out,
        "exchange.undo": running.take_back,
    }
    Job.objects.filter(name=name, state="waiting").delete()
    work = work_on(cast.actor("mona"), name, run)
    result = functions[name](work, run=run.pk)
    Job.objects.filter(pk=work.id).update(state="done", result=result)
    column = {"exchange.import": "job_id", "exchange.try": "trial_id", "exchange.undo": "undo_id"}
    ImportRun.objects.filter(pk=run.pk).update(**{column[name]: work.id})


def test_from_the_dropped_file_to_the_undo(sign_in: Any, cast: Cast) -> None:
    client = sign_in("mona")
    assert "drop-file" in client.get("/import/").content.decode()
    answer = upload(client, PEOPLE)
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/import/{run.pk}/"
    page = client.get(f"/import/{run.pk}/").content.decode()
    assert "客户姓名" in page
    assert '<option value="name" selected>' in page
    client.post(f"/import/{run.pk}/", chosen(run, "try"))
    assert client.get(f"/import/{run.pk}/").status_code == 200
    worked(run, cast, "exchange.try")
    page = client.get(f"/import/{run.pk}/").content.decode()
    assert "Nothing was written" in page or "Rehearsal" in page
    assert Party.objects.count() == 0
    client.post(f"/import/{run.pk}/", chosen(run, "go"))
    assert client.get(f"/import/{run.pk}/progress/").status_code == 200
    worked(run, cast, "exchange.import")
    assert Party.objects.count() == 2
    page = client.get(f"/import/{run.pk}/").content.decode()
    assert f"/import/{run.pk}/bad/" in page
    assert f"/import/{run.pk}/undo/" in page
    assert 'href="/customers/party/?sort=-created_at"' in page  # to what was brought in
    client.post(f"/import/{run.pk}/undo/")
    worked(run, cast, "exchange.undo")
    assert Party.objects.count() == 0
    assert "undone" in client.get(f"/import/{run.pk}/").content.decode()


def test_bad_rows_are_corrected_on_the_page(sign_in: Any, cast: Cast) -> None:
    client = sign_in("mona")
    upload(client, PEOPLE)
    run = ImportRun.objects.get()
    client.post(f"/import/{run.pk}/", chosen(run, "go"))
    worked(run, cast, "exchange.import")
    bad = BadRow.objects.get(run=run)
    assert "13712345678" in client.get(f"/import/{run.pk}/bad/").content.decode()
    csv = b"".join(client.get(f"/import/{run.pk}/bad.csv").streaming_content).decode("utf-8-sig")
    assert "13712345678" in csv
    form = {f"take-{bad.pk}": "1", f"cell-{bad.pk}-0": "赵六"}
    form |= {f"cell-{bad.pk}-1": "13712345678", f"cell-{bad.pk}-2": "A3"}
    client.post(f"/import/{run.pk}/bad/", form)
    new = ImportRun.objects.exclude(pk=run.pk).get()
    assert new.group == run.group
    worked(new, cast, "exchange.import")
    assert Party.objects.get(code="A3").name == "赵六"
    assert not BadRow.objects.exists()


def test_the_reading_is_corrected(sign_in: Any) -> None:
    client = sign_in("mona")
    upload(client, "姓名;城市\n王伟;北京\n".encode("gb18030"))
    run = ImportRun.objects.get()
    form = {"do": "look", "recipe": "customers", "encoding": "gb18030", "separator": ","}
    page = client.post(f"/import/{run.pk}/", form).content.decode()
    assert "姓名;城市" in page


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02", b"PK\x03\x04broken", gzip.compress(b"a,b\n" + b"1" * 200_000)],
)
def test_what_is_no_table_is_told_in_words_and_not_kept(sign_in: Any, content: bytes) -> None:
    answer = upload(sign_in("mona"), content)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not list(uploads.folder().iterdir())


def test_others_may_not_see_an_import(sign_in: Any) -> None:
    upload(sign_in("mona"), PEOPLE)
    pk = ImportRun.objects.get().pk
    for name in ("alice", "dora", "iris"):
        for page in ("", "progress/", "bad/", "bad.csv"):
            assert sign_in(name).get(f"/import/{pk}/{page}").status_code == 403
        assert sign_in(name).post(f"/import/{pk}/undo/").status_code == 403
    assert sign_in("root").get(f"/import/{pk}/").status_code == 200
    assert sign_in("iris").get("/import/").status_code == 403


def test_markup_in_a_file_stays_text(sign_in: Any) -> None:
    client = sign_in("mona")
    upload(client, "<script>x</script>,name\n<img src=x>,<b>bold</b>\n", '"><script>.csv')
    page = client.get(f"/import/{ImportRun.objects.get().pk}/").content.decode()
    assert "<script>x" not in page
    assert "<img src=x>" not in page
    assert "<b>bold</b>" not in page
