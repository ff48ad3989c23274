"""Golden values of optimal binning, WoE, IV and scorecard points, from optbinning. Run once: python make.py german.data > golden.json

german.data: UCI Machine Learning Repository, "Statlog (German Credit Data)", CC BY 4.0; three of its columns are kept as counts by value.
The other samples are made here from a fixed seed. Versions are recorded in the file. Fine bins are given to optbinning as `user_splits`,
so that it solves the same problem as we do; `auto` is its own choice of a trend on them.
"""
import json
import sys

import numpy as np
import optbinning
import ortools
import pandas as pd
import sklearn
from optbinning import BinningProcess, OptimalBinning, Scorecard
from sklearn.linear_model import LogisticRegression

SPECIAL = -9.0


def by_value(x, y):
    """[value or null, goods, bads] for each distinct value."""
    frame = pd.DataFrame({"x": x, "y": y})
    rows = []
    for value, group in frame.groupby("x", dropna=False):
        bads = int(group.y.sum())
        missing = isinstance(value, float) and np.isnan(value)
        rows.append([None if missing else value if isinstance(value, str) else float(value), len(group) - bads, bads])
    return rows


def fine_splits(x):
    """At most 24 equal-frequency splits, halfway between neighbouring values."""
    values = np.sort(x[~np.isnan(x) & (x != SPECIAL)])
    distinct = np.unique(values)
    splits = set()
    for k in range(1, 25):
        at = values[k * len(values) // 25]
        i = np.searchsorted(distinct, at)
        if 0 < i < len(distinct):
            splits.add(float((distinct[i - 1] + distinct[i]) / 2))
    return sorted(splits)


def table(binning):
    t = binning.binning_table.build()
    body = t[t.index != "Totals"]
    return {
        "goods": [int(v) for v in body["Non-event"]],
        "bads": [int(v) for v in body["Event"]],
        "woe": [float(v) for v in body["WoE"]],
        "iv": [float(v) for v in body["IV"]],
        "totalIv": float(t.loc["Totals", "IV"]),
    }


def solve(x, y, splits, trend, **more):
    b = OptimalBinning(
        dtype="numerical", solver="cp", monotonic_trend=trend, user_splits=splits, special_codes=[SPECIAL],
        min_bin_size=0.05, time_limit=600, **more,
    )
    b.fit(x, y)
    return b


def number(name, x, y):
    splits = fine_splits(x)
    solved = {}
    for trend in ["ascending", "descending", "peak", "valley", None, "auto"]:
        b = solve(x, y, splits, trend)
        solved[trend or "none"] = {"status": b.status, "splits": [float(v) for v in b.splits], **table(b)}
    few = solve(x, y, splits, "ascending", max_n_bins=3)
    solved["ascending, 3 bins"] = {"status": few.status, "splits": [float(v) for v in few.splits], **table(few)}
    return {"name": name, "values": by_value(x, y), "fine": splits, "solved": solved}


def category(name, x, y):
    b = OptimalBinning(dtype="categorical", solver="cp", monotonic_trend="auto_asc_desc", max_n_prebins=100,
                       min_prebin_size=0.001, min_bin_size=0.05, time_limit=600)
    b.fit(x, y)
    return {"name": name, "values": by_value(x, y), "status": b.status,
            "groups": [sorted(str(v) for v in group) for group in b.splits], **table(b)}


def card(frame, y):
    """A scorecard on WoE, with the points of every bin: PDO 20, 600 points at 30 to 1."""
    process = BinningProcess(list(frame.columns), binning_fit_params={
        c: {"monotonic_trend": "auto_asc_desc", "user_splits": fine_splits(frame[c].to_numpy()), "min_bin_size": 0.05} for c in frame.columns})
    model = Scorecard(process, LogisticRegression(C=1e6, max_iter=10_000, tol=1e-10), scaling_method="pdo_odds",
                      scaling_method_params={"pdo": 20, "odds": 30, "scorecard_points": 600})
    model.fit(frame, y)
    t = model.table(style="detailed")
    variables = []
    for name, rows in t.groupby("Variable", sort=False):
        rows = rows[~rows.Bin.isin(["Special", "Missing"])]
        variables.append({"name": name, "splits": [float(v) for v in model.binning_process_.get_binned_variable(name).splits],
                          "woe": [float(v) for v in rows["WoE"]], "coefficient": float(rows["Coefficient"].iloc[0]),
                          "points": [float(v) for v in rows["Points"]]})
    rows = frame.head(20)
    return {"pdo": 20, "odds": 30, "scorecard_points": 600, "intercept": float(model.estimator_.intercept_[0]),
            "variables": variables, "rows": rows.to_numpy().tolist(),
            "pd": [float(v) for v in model.predict_proba(rows)[:, 1]], "score": [float(v) for v in model.score(rows)]}


def main():
    german = pd.read_csv(sys.argv[1], sep=r"\s+", header=None)
    y = (german[20] == 2).astype(int).to_numpy()
    numbers = {"duration": german[1], "credit_amount": german[4], "age": german[12]}
    frame = pd.DataFrame({k: v.astype(float) for k, v in numbers.items()})
    samples = [number(k, frame[k].to_numpy(), y) for k in frame]
    rng = np.random.default_rng(20261123)
    for name, shape in [("hump", lambda u: -1.8 + 5 * u * (1 - u)), ("bowl", lambda u: -1 - 6 * u * (1 - u)),
                        ("noise", lambda u: -1.5 + 0 * u), ("wave", lambda u: -1.6 + 1.2 * np.sin(9 * u))]:
        u = rng.random(2000)
        bad = (rng.random(2000) < 1 / (1 + np.exp(-shape(u)))).astype(int)
        x = np.round(100 * u)
        if name == "hump":
            x[rng.random(2000) < 0.08] = np.nan
            x[rng.random(2000) < 0.04] = SPECIAL
        samples.append(number(name, x, bad))
    categories = [category("purpose", german[3].to_numpy(dtype=object), y),
                  category("checking_status", german[0].to_numpy(dtype=object), y)]
    versions = {"optbinning": optbinning.__version__, "ortools": ortools.__version__, "scikit-learn": sklearn.__version__,
                "numpy": np.__version__, "pandas": pd.__version__, "python": sys.version.split()[0]}
    json.dump({"versions": versions, "numbers": samples, "categories": categories, "card": card(frame, y)}, sys.stdout)


main()
