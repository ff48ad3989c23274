"""Golden values of proxies, from pandas, scikit-learn and scipy. Run once: python make.py > golden.json

Versions are recorded in the file. The rows are made by plain formulas, as in proxies.test.ts; the folds are those of groupedFolds, given as they are.
"""
import json
import sys
from importlib.metadata import version

import numpy as np
import scipy.stats as st
from sklearn.linear_model import Ridge

FOLDS = (
    "1121020202102202101101211110021021211210010212000002121110012210001112120222212021211112112011102100"
    "0212012002222111121111001200221022202020122100012012101200012212122011222122100212210020021200201010"
    "2201201010222010001022202200122120122201221110000001002121120221110211120001022211102000201001010002"
)
ROWS = len(FOLDS)
i = np.arange(ROWS)
u, v, w = ((i * k) % 1 for k in (0.6180339887498949, 0.7548776662466927, 0.5698402909980532))
older, noise = u + 0.5 * w, v
age = 20 + np.floor(45 * u + 5 * v)
folds = np.array([int(each) for each in FOLDS])


def indicators(values):
    """Five bins from the values at the fifths of the ranks, one column for each but the fullest (of equal ones, the first)."""
    ordered = np.sort(values)
    cuts = np.unique([ordered[int(np.floor((k + 1) / 5 * ROWS))] for k in range(4)])
    bins = np.searchsorted(cuts, values, side="right")
    counts = np.bincount(bins)
    fullest = np.flatnonzero(counts == counts.max())[0]
    return [(bins == b).astype(float) for b in range(len(counts)) if b != fullest]


x = np.column_stack(indicators(older) + indicators(noise))


def out_of_fold(model, y, predict):
    scores = np.zeros(ROWS)
    for fold in range(3):
        fitted = model.fit(x[folds != fold], y[folds != fold])
        scores[folds == fold] = predict(fitted, x[folds == fold])
    return scores


number = out_of_fold(Ridge(alpha=10, solver="cholesky"), age, lambda m, rows: m.predict(rows))
r = st.pearsonr(number, age)
low, high = r.confidence_interval(0.95)
json.dump({
    "from": {"python": sys.version.split()[0], **{name: version(name) for name in ("numpy", "scipy", "scikit-learn")}},
    "folds": FOLDS,
    "r2": {"value": r.statistic**2, "low": low**2, "high": high**2},
}, sys.stdout, indent=1)
