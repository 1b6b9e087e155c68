"""huike analyze on real files: the published CDNOW figures, and the retail file's known sums."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from huike.cli.commands.analyze import command

pytestmark = pytest.mark.data


def figures(*arguments: object) -> dict[str, Any]:
    result = CliRunner().invoke(command, [*map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["failed"] == {}
    return found


def test_cdnow_gives_the_published_parameters(data_folder: Path, tmp_path: Path) -> None:
    lines = (data_folder / "cdnow" / "CDNOW_sample.txt").read_text().split("\n")
    rows = [line.split() for line in lines if line.strip()]
    file = tmp_path / "cdnow.csv"
    text = "\n".join(f"{r[1]},{r[2][:4]}-{r[2][4:6]}-{r[2][6:]},{r[3]},{r[4]}" for r in rows)
    file.write_text("customer,date,cds,amount\n" + text)
    found = figures(file, "--calibration-end", "1997-09-30", "--time-unit", "week")
    assert found["customers"] == 2357
    bg, pareto, gamma = (found["models"][name] for name in ("bg_nbd", "pareto_nbd", "gamma_gamma"))
    for name, value in {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}.items():
        assert bg[name] == pytest.approx(value, abs=0.001)
    assert bg["log_likelihood"] == pytest.approx(-9582.429, abs=0.01)
    for name, value in {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}.items():
        assert pareto[name] == pytest.approx(value, abs=0.005)
    assert gamma["p"] == pytest.approx(6.25, abs=0.01)
    # 0.6256: the 0.626 of the papers before rounding
    assert found["holdout"]["bg_nbd"]["correlation"] == pytest.approx(0.626, abs=0.0006)
    assert found["holdout"]["pareto_nbd"]["correlation"] == pytest.approx(0.630, abs=0.0006)
    assert found["holdout"]["pareto_nbd"]["mae"] <= 0.756
    assert found["holdout"]["bg_nbd"]["mae"] <= 0.786


def test_a_listing_without_header_is_read_by_its_content(data_folder: Path) -> None:
    found = figures(data_folder / "cdnow" / "CDNOW_sample.txt")
    assert found["customers"] == 2357
    assert found["first"] == "1997-01-01"
    assert found["rows"] == 6919


@pytest.mark.long
def test_the_retail_file_keeps_its_sums(data_folder: Path) -> None:
    found = figures(data_folder / "online_retail.csv.gz")
    assert found["customers"] == 4372
    assert found["rows"] == 541_909
    assert found["left_out"] == {"no customer": 135_080}
    total = found["revenue"] + found["left_out_amount"]["no customer"]
    assert total == pytest.approx(9_747_747.93, abs=0.5)
    assert found["abc"]["top20_share"] == pytest.approx(0.735, abs=0.005)
    assert found["churn"]["boosted"]["roc_auc"] > found["churn"]["rule"]["roc_auc"]
