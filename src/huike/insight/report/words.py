"""The report's words in Chinese and English, and how numbers are written in each."""

from __future__ import annotations

import math
from typing import Any

from huike.insight.estimator import Language

STEPS: dict[str, tuple[str, str]] = {
    "read": ("打开文件", "Opening the file"),
    "clean": ("读取并清理", "Reading and cleaning"),
    "figures": ("关键数字", "Key figures"),
    "abc": ("ABC 分类", "ABC classes"),
    "rfm": ("RFM 分析", "RFM"),
    "pyramid": ("客户金字塔", "Pyramid"),
    "models": ("购买模型", "Models of repeat buying"),
    "holdout": ("模型检验", "Judging the models"),
    "matrix": ("CLV 矩阵", "CLV matrix"),
    "lifecycle": ("生命周期", "Lifecycle"),
    "churn": ("流失预警", "Churn warning"),
    "rules": ("商品搭配", "Goods bought together"),
    "groups": ("客户分群", "Groups"),
    "scorecard": ("计分卡", "Scorecard"),
    "report": ("写报告", "Writing the report"),
}
_REASONS: dict[str, tuple[str, str]] = {
    "no customer": ("没有客户编号", "no customer"),
    "no date": ("日期缺失或读不懂", "no date that can be read"),
    "future date": ("日期在今天之后", "dated after today"),
    "after analysis date": ("日期在分析日之后", "dated after the analysis date"),
    "no amount": ("没有金额", "no amount"),
    "amount is not a number": ("金额不是数字", "amount is not a number"),
    "other currency": ("其他货币", "in another currency"),
    "broken line": ("该行残缺，列数不符", "broken line: the columns do not fit"),
}
_MEASURES: dict[str, tuple[str, str]] = {
    "customers": ("活跃客户", "Active customers"),
    "new": ("新客户", "New customers"),
    "new_rate": ("新客户率", "New, rate"),
    "lost": ("未再购买", "Did not return"),
    "lost_rate": ("未再购买率", "Did not return, rate"),
    "retention_rate": ("保持率", "Retention"),
    "upgraded": ("升级", "Upgraded"),
    "upgraded_rate": ("升级率", "Upgraded, rate"),
    "downgraded": ("降级", "Downgraded"),
    "downgraded_rate": ("降级率", "Downgraded, rate"),
    "revenue": ("净销售额", "Net sales"),
    "profit_per_customer": ("客均贡献", "Contribution per customer"),
    "cross_sell_share": ("交叉销售占比", "Cross-sell share"),
}


def step_in(name: str, lang: Language) -> str:
    """The name of a step."""
    return STEPS.get(name, (name, name))[lang == "en"]


def reason_in(name: str, lang: Language) -> str:
    """Why a line was left out."""
    return _REASONS.get(name, (name, name))[lang == "en"]


def measure_in(name: str, lang: Language) -> str:
    """A line of the scorecard."""
    return _MEASURES.get(name, (name, name))[lang == "en"]


def money(value: Any, lang: Language) -> str:
    """An amount without decimals; in Chinese in 万 from a hundred thousand on."""
    number = float(value) if value is not None else math.nan
    if not math.isfinite(number):
        return "–"
    if lang == "zh" and abs(number) >= 100_000:
        return f"{number / 10_000:,.1f} 万"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.2f}"


def share(value: Any, digits: int = 1) -> str:
    """A share as a percentage."""
    number = float(value) if value is not None else math.nan
    return f"{number:.{digits}%}" if math.isfinite(number) else "–"


def number(value: Any, digits: int = 3) -> str:
    """Any other number, as short as it can be said."""
    known = float(value) if value is not None else math.nan
    if not math.isfinite(known):
        return "–"
    return f"{known:,.0f}" if known == int(known) and abs(known) >= 1 else f"{known:,.{digits}f}"
