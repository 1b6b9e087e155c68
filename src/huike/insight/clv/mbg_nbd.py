"""MBG/NBD: like BG/NBD, but a customer may leave already after the first purchase."""

from __future__ import annotations

from huike.insight.clv.bg_nbd import BetaGeometricModel


class MBGNBD(BetaGeometricModel):
    """MBG/NBD of Batislam, Denizel and Filiztekin 2007 (Int. J. of Research in Marketing 24:3).

    Parameters, attributes and errors: see `TransactionModel`.  `parameters_`: r, alpha, a, b.
    One-time buyers grow less likely alive as time goes by, which suits most shops better than
    BG/NBD.
    """

    key = "mbg_nbd"
    title = {"zh": "MBG/NBD 购买预测", "en": "MBG/NBD purchase forecast"}
    early = 1
