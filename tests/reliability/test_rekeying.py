"""Re-keying killed with kill -9 in the middle: everything stays readable, and it goes on."""

from __future__ import annotations

import time

import pytest

from tests.reliability.conftest import Firm

COMMON = """
import io
from django.core.files.uploadedfile import SimpleUploadedFile
from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang
from huike.kernel.files import StoredFile, keep
from huike.kernel.sealing import cipher, contents, opening, readers, rekeying
from huike.kernel.sealing.files import filing
from huike.kernel.sealing.models import DataKey, Handed, Sealed
from huike.staff.rights.acting import actor_of
from huike.staff.models import User
cipher.MEMORY, rekeying.BATCH, SECRET = 64, 3, "a second secret of root"
def root():
    return actor_of(User.objects.get(username="root"))
"""
MAKE = (
    COMMON
    + """
from huike.kernel.access.models import Role
from huike.kernel.actor import Actor
with change(Actor.system("t"), "t.make"):
    user = User(username="root", name="root")
    user.save()
user.roles.add(Role.objects.create(name="root", is_administrator=True))
readers.set_secret(root(), SECRET)
opened = opening.open_with(root(), SECRET)
with change(root(), "t.make"):
    for n in range(60):
        party = Party(name=f"n{n}", about=f"secret {n}")
        party.save()
        upload = SimpleUploadedFile("x.txt", f"file {n} ".encode() * 40000, "text/plain")
        stored = keep(root(), upload)
        hang(stored, party)
        contents.seal(root(), opened, party, ["about"])
        filing.seal_file(root(), opened, party, stored)
"""
)
REKEY = (
    COMMON
    + """
import time
batch = rekeying._batch
def slowly(opened):
    done = batch(opened)
    print("batch", flush=True)
    time.sleep({pause})
    return done
rekeying._batch = slowly
opened = opening.open_with(root(), SECRET)
if DataKey.objects.count() == 1 or {anew}:
    opened = rekeying.begin(root(), opened)
while rekeying.go_on(root(), opened):
    pass
"""
)
READ = (
    COMMON
    + """
opened = opening.open_with(root(), SECRET)
texts = [contents.read(root(), opened, p)["about"] for p in Party.objects.order_by("pk")]
files = StoredFile.objects.order_by("pk")
found = [b"".join(filing.read_file(root(), opened, f)[1]) for f in files]
assert texts == [f"secret {n}" for n in range(60)], texts
assert found == [f"file {n} ".encode() * 40000 for n in range(60)]
print(rekeying.left(), DataKey.objects.count(), Handed.objects.count())
"""
)


@pytest.mark.long
def test_a_rekeying_that_is_killed_loses_nothing_and_goes_on(firm: Firm) -> None:
    firm.run(MAKE)
    assert firm.run(READ) == "0 1 1"
    for after in (2, 5):
        process = firm.start(REKEY.format(pause=0.05, anew=False))
        assert process.stdout is not None
        for _n in range(after):
            assert process.stdout.readline() == "batch\n"
        time.sleep(0.06 if after == 2 else 0.055)  # into the next batch
        process.kill()
        process.wait()
        left, keys, handed = map(int, firm.run(READ).split())
        assert 0 < left < 120
        assert (keys, handed) == (2, 2)
    firm.run(REKEY.format(pause=0, anew=False))
    assert firm.run(READ) == "0 1 1"
