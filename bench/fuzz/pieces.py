"""What each door is first fed with, and the words that mean something there."""

from __future__ import annotations

import gzip
import io

from huike.kernel.exchange.writing import write_xlsx


def lines(text: str) -> list[bytes]:
    """Return one piece for each line; “⏎” stands for a line's end inside a piece."""
    return [line.strip().replace("⏎", "\n").encode() for line in text.strip().splitlines()]


def words(text: str) -> list[str]:
    """Return what stands between spaces."""
    return text.split()


def _workbook() -> bytes:
    out = io.BytesIO()
    write_xlsx(out, ["姓名", "电话"], [["王伟", "13800000000"]])
    return out.getvalue()


TABLE = "姓名,电话,生日\n王伟,13812345678,1990-01-02\n李娜,021-5555,1988年3月\n"
NAMES = words(
    """name code level owner tags created_at credit_limit phone is_supplier orders__total
    category__name extra.car_brand extra.yearly_spend"""
)
PLACES = words("customers/party/ trade/order/ sort= after= filter= limit= fields= columns= face=")
SEEDS: dict[str, list[bytes]] = {
    "file": [
        *(TABLE.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16")),
        *(_workbook(), gzip.compress(TABLE.encode()), b"PAR1", b"a;b\n1;2"),
    ],
    "value": lines(
        """1,234.50
        3.5万
        二〇二六年三月
        2026-02-29 25:00
        是
        a@b.cn
        +86 138 1234 5678
        １２／３／９９
        46000.5"""
    ),
    "filter": lines(
        """["name", "contains", "王"]
        {"all": [["orders__total", "gt", 5], ["tags", "in", [1]]]}
        {"none": [["created_at", "between", ["2026-01-01", "2026-02-01"]]]}
        ["created_at", "last", 30]
        ["extra.car_brand", "in", ["宝马"]]"""
    ),
    "formula": lines(
        """credit_limit * 2
        if(level == 'vip', 1, 0)
        days(created_at, today())
        upper(name) + code
        round(credit_limit / 3, 2)
        age(birthday)
        owner.name
        birthday + 30
        contains(name, "小") and starts(name, "王")"""
    ),
    "search": lines("王\nwangw\n1381\nwwg\n宝马 张\na@b.cn"),
    "api": lines(
        """GET⏎customers/party/?limit=5&sort=-name&fields=name,code
        POST⏎customers/party/⏎{"name": "x", "kind": "person", "phone": "13800000001"}
        PATCH⏎customers/party/5/⏎{"name": "y", "tags": [1], "extra": {"car_brand": "x"}}
        DELETE⏎customers/party/6/
        POST⏎trade/order/⏎{"party": 5, "on": "2026-01-02"}
        POST⏎customers/party/bulk/⏎{"create": [{"name": "z"}]}
        GET⏎insight/value/"""
    ),
    "page": lines(
        """customers/party/?sort=-name&after=2
        customers/party/5/
        today/
        search/?q=a
        customers/party/?face=board&by=level
        customers/party/?columns=name,code&group=level
        customers/party/5/edit/⏎name=x&version=1
        customers/party/add/⏎name=y&kind=person"""
    ),
    "attachment": [
        *lines("合同 2026.pdf⏎%PDF-1.7\n../../x.txt⏎hello"),
        *lines('a";b.csv⏎1,2\na⏎b.txt⏎.'),
        *(b"a.png\n\x89PNG\r\n\x1a\n" + bytes(24), b"x.jpg\n\xff\xd8\xff\xe0"),
    ],
}
WORDS: dict[str, list[str]] = {
    "file": ["PK\x03\x04", "PAR1", "sep=;"],
    "value": words("年 月 万 ¥ 上午 %"),
    "filter": NAMES
    + words("""is not in out contains lacks empty filled gt lte between last next before after yes
    no today mine "all" "any" 1e308 NaN null \\ud800 \\u0000"""),
    "formula": NAMES + words("if today() round max min text and or not birthday 9999999999"),
    "search": ["wang", "138", "@"],
    "api": [*PLACES, *NAMES, "\\ud800"],
    "page": [*PLACES, *NAMES, "calendar", "board", "version="],
    "attachment": [".png", ".pdf", ".txt", "..", "/", "%00", "%PDF-"],
}
