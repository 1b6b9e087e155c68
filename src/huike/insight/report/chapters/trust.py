"""How far to trust the report: back-tests, sample sizes and the quality of the data."""

from __future__ import annotations

from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis
from huike.insight.report.blocks import Block, Grid, Picture, Says
from huike.insight.report.pictures.drawing import ACCENT, WARM
from huike.insight.report.pictures.figures import curve
from huike.insight.report.words import number, reason_in, share, step_in


def trust(found: Analysis, lang: Language) -> list[Block]:
    """Data left out, models judged on later data, what was sampled, what failed."""
    return [*_data(found, lang), *_back_tests(found, lang), *_limits(found, lang)]


def _data(found: Analysis, lang: Language) -> list[Block]:
    cleaned = found.cleaned
    used = cleaned.rows - sum(cleaned.left_out.values())
    part = used / max(cleaned.rows, 1)
    verdict = say(
        lang,
        f"共 {cleaned.rows:,} 行，用了 {used:,} 行（{share(part)}）。",
        f"{cleaned.rows:,} lines, of which {used:,} were used ({share(part)}).",
    )
    if part < 0.8:
        verdict += say(
            lang, " 缺得较多：下面的数字只代表能认出客户的那部分。",
            " Much is missing: the figures stand only for the part with known customers.",
        )  # fmt: skip
    rows = [
        (reason_in(reason, lang), f"{n:,}", share(n / max(cleaned.rows, 1)),
         number(cleaned.left_out_amount.get(reason), 0))
        for reason, n in cleaned.left_out.items()
    ]  # fmt: skip
    head = say(lang, "未计入的原因|行|占比|金额", "Left out because|lines|share|amount").split("|")
    columns = ", ".join(f"{role} = {column}" for role, column in cleaned.roles.items())
    blocks: list[Block] = [Says(verdict, strong=True)]
    blocks += [Grid(head, rows)] if rows else []
    blocks += [Says(note) for note in cleaned.notes]
    blocks.append(Says(say(lang, f"所用的列：{columns}。", f"Columns used: {columns}.")))
    return blocks


def _back_tests(found: Analysis, lang: Language) -> list[Block]:
    blocks: list[Block] = []
    if found.holdout:
        head = say(
            lang,
            "购买模型|客户|实际复购|预测复购|相关|平均误差",
            "Model|customers|repeat purchases|predicted|correlation|mean error",
        ).split("|")
        rows = [
            (name, f"{h.customers:,}", number(h.actual, 0), number(h.predicted, 0),
             number(h.correlation), number(h.mae))
            for name, h in found.holdout.items()
        ]  # fmt: skip
        said = say(
            lang,
            f"用 {found.calibration_end} 以前的数据拟合，对照之后到 {found.analysis_date} 的实际：",
            f"Fitted up to {found.calibration_end}, compared with what came until "
            f"{found.analysis_date}:",
        )  # fmt: skip
        blocks += [Says(said), Grid(head, rows), *_by_week(found, lang)]
    if found.churn is not None and not found.churn.comparison_.empty:
        head = say(
            lang,
            "流失模型|客户|ROC AUC|PR AUC|前一成提升",
            "Churn model|customers|ROC AUC|PR AUC|lift, top tenth",
        ).split("|")
        judged = [
            (r.model, f"{r.n:,.0f}", number(r.roc_auc), number(r.pr_auc),
             number(r.lift_top_decile, 2))
            for r in found.churn.comparison_.itertuples()
        ]  # fmt: skip
        chosen = found.churn.chosen_
        said = say(
            lang, f"流失预警在早一期学习、晚一期检验；采用 {chosen}。0.5 等于瞎猜，1 为全对。",
            f"The churn warning learned on one period, was judged on the next; in use: {chosen}. "
            "0.5 is guessing, 1 is always right.",
        )  # fmt: skip
        blocks += [Says(said), Grid(head, judged)]
    if not blocks:
        blocks.append(Says(say(
            lang, "历史太短，模型无法检验：预测只作参考。",
            "There is too little history to judge the models: take predictions as hints."),
            strong=True))  # fmt: skip
    return blocks


def _by_week(found: Analysis, lang: Language) -> list[Block]:
    """Repeat purchases as they came and as the model had them, cumulated by week."""
    weeks = found.holdout["bg_nbd"].by_week if "bg_nbd" in found.holdout else None
    if weeks is None or len(weeks) < 2:
        return []
    lines = [
        (name, list(zip(weeks["week"], weeks[column].astype(float), strict=True)), colour)
        for name, column, colour in (
            (say(lang, "实际", "actual"), "actual", ACCENT),
            (say(lang, "预测", "predicted"), "predicted", WARM),
        )
    ]  # fmt: skip
    picture = curve(
        say(lang, "复购：实际与预测", "Repeat purchases, actual and predicted"), lines,
        x_label=say(lang, "周", "weeks"), percent=False,
        y_label=say(lang, "累计复购次数", "repeat purchases so far"),
    )  # fmt: skip
    caption = say(
        lang,
        f"BG/NBD 只见过 {found.calibration_end} 以前的数据；之后两条线离得越近越可信。",
        f"BG/NBD saw nothing after {found.calibration_end}; the closer the lines stay, the better.",
    )
    return [Picture(picture, caption)]


def _limits(found: Analysis, lang: Language) -> list[Block]:
    blocks: list[Block] = []
    if found.figures.get("buyers", 0) < 100:
        blocks.append(Says(say(
            lang, "客户不到 100 位：分类可用，概率和预测的误差会很大。",
            "Fewer than 100 customers: classes can be used, probabilities hardly."),
            strong=True))  # fmt: skip
    for step, part in found.sampled.items():
        blocks.append(
            Says(
                say(
                    lang,
                    f"{step_in(step, lang)}：客户很多，模型由其中 {part} 的固定样本学得。",
                    f"{step_in(step, lang)}: many customers, learned on a fixed sample of {part}.",
                )
            )
        )
    for step, error in found.failed.items():
        blocks.append(
            Says(
                say(
                    lang,
                    f"{step_in(step, lang)}没有算出来（{error}）。",
                    f"{step_in(step, lang)} could not be computed ({error}).",
                )
            )
        )
    if found.matrix is not None:
        blocks.append(Says(say(
            lang, "没有成本列时，「利润」即净销售额。未来价值按 36 个月、年折现 10% 计。",
            "Without a cost column profit means net sales. Future value: 36 months, discounted at "
            "10 % a year.")))  # fmt: skip
    return blocks
