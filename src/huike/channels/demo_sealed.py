"""What is locked and sealed in the demo firm, and the second secret that opens it."""

from __future__ import annotations

from huike.channels.sealing import write_sealed_note
from huike.customers.models import Party
from huike.customers.protection.locking import lock
from huike.kernel.change.work import change
from huike.kernel.sealing import contents, opening, readers
from huike.kernel.sealing.fields import REMARK
from huike.staff.demo import SECOND_SECRET
from huike.staff.models import User
from huike.staff.rights.acting import actor_of

READERS = ("admin", "boss", "manager")  # the first makes the key and admits the others
SECRETS = (
    ("年底换车队，预算约三百万，先别外传。", "采购总监下月离职，新人与我们较熟。"),
    ("客户正在办理离婚，来电只找本人，不要打家里电话。", "付款要分两笔，发票抬头另告。"),
)
REASON = "战略大客户，合同期内不得删除或合并"


def fill() -> None:
    """Give three people the second secret, seal two customers with a note each, lock one."""
    users = {u.username: actor_of(u) for u in User.objects.filter(username__in=READERS)}
    if len(users) < len(READERS):
        return
    admin = users[READERS[0]]
    with change(admin, "customers.demo_sealed"):
        readers.set_secret(admin, SECOND_SECRET)
        opened = opening.open_with(admin, SECOND_SECRET)
        for name in READERS[1:]:
            readers.admit(admin, opened, readers.set_secret(users[name], SECOND_SECRET))
        firm = Party.objects.filter(kind="organisation", is_customer=True).order_by("pk").first()
        person = Party.objects.filter(kind="person", is_customer=True).order_by("pk").first()
        for party, (remark, note) in zip((firm, person), SECRETS, strict=True):
            if party is not None:
                contents.seal(admin, opened, party, (), {REMARK: remark})
                write_sealed_note(admin, opened, party, note)
        if firm is not None:
            lock(admin, Party.objects.get(pk=firm.pk), REASON)
