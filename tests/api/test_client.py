"""The typed client that the server hands out, against that server."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huike.api.access.tokens import issue_token
from huike.api.openapi.document import description
from huike.customers.models import Party
from tests.cast import SYSTEM, Cast, Make


@pytest.fixture(scope="module")
def source() -> str:
    from huike.api.client.writing import client

    return client(description("en"))


def test_it_is_handed_out(source: str, client: Client) -> None:
    answer = client.get("/api/client/")
    assert answer.status_code == 200
    assert answer.content.decode() == source


@pytest.mark.django_db(transaction=True)
def test_from_token_to_customer_and_back(
    source: str, live_server: Any, cast: Cast, make: Make
) -> None:
    made: Any = types.ModuleType("huike_client")
    sys.modules["huike_client"] = made  # where the types look for one another
    exec(compile(source, "huike_client.py", "exec"), made.__dict__)
    _token, secret = issue_token(SYSTEM, cast.users["mona"], "test", ["*:write"])
    huike = made.Huike(live_server.url, secret)
    first = huike.customers_party.create({"name": "王小明", "kind": "person"})
    huike.customers_party.create({"name": "李雷", "kind": "person"})
    names = {row["name"] for row in huike.customers_party.each(size=1, sort="name")}
    assert names == {"王小明", "李雷"}
    changed = huike.customers_party.update(first["id"], {"name": "王大明"}, if_match='"1"')
    assert (changed["name"], changed["version"]) == ("王大明", 2)
    with pytest.raises(made.Refused) as refused:
        huike.customers_party.update(first["id"], {"name": "王"}, if_match='"1"')
    assert refused.value.status == 412
    with pytest.raises(made.Refused) as wrong:
        huike.customers_party.create({"name": "x", "level": "emperor"})
    assert "level" in wrong.value.errors
    kept = huike.customers_party.add_file(first["id"], ("合同.txt", "你好".encode()))
    assert huike.files.download_file(kept["id"]) == "你好".encode()
    huike.customers_party.delete(first["id"])
    assert not Party.objects.filter(pk=first["id"]).exists()
    stranger = made.Huike(live_server.url, "wrong", tries=1)
    with pytest.raises(made.Refused, match="401"):
        stranger.house.me()


@pytest.mark.long
@pytest.mark.once("types are the same on every database")
def test_its_types_hold(source: str, tmp_path: Path) -> None:
    (tmp_path / "huike_client.py").write_text(source, "utf8")
    words = [sys.executable, "-m", "mypy", "--strict", "huike_client.py"]
    told = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
