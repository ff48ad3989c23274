"""Golden values of the monitoring statistics, from scipy, statsmodels and scikit-learn. Run once: python make.py > golden.json

CBPE is worked out by its definition over all pairs. Versions are recorded in the file.
"""
import json
import sys
from importlib.metadata import version

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance
from sklearn.metrics import log_loss, roc_auc_score
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20261127)
a = np.round(rng.normal(size=40), 3)
b = np.round(rng.normal(0.5, 1.5, size=25), 1)
counts = [[12, 0, 30, 7, 51], [3, 4, 40, 0, 9]]
p_values = [0.001, 0.02, 0.03, 0.04, 0.5, 0.9, 0.0003, 0.03]
pd = np.round(rng.beta(1, 6, size=60), 2)
bad = (rng.uniform(size=60) < pd).astype(int)
weight = np.round(rng.uniform(0.2, 3, size=60), 2)

n = len(pd)
off = ~np.eye(n, dtype=bool)
pair = np.outer(pd, 1 - pd) * off
ordered = (pd[:, None] > pd[None, :]) + 0.5 * (pd[:, None] == pd[None, :])
entropy = [0 if p in (0, 1) else -(p * np.log(p) + (1 - p) * np.log(1 - p)) for p in pd]
json.dump(
    {
        "versions": {name: version(name) for name in ["numpy", "scipy", "scikit-learn", "statsmodels"]},
        "a": a.tolist(),
        "b": b.tolist(),
        "wasserstein": wasserstein_distance(a, b),
        "counts": counts,
        "jensenShannon": jensenshannon(*counts, base=2),
        "pValues": p_values,
        "adjusted": multipletests(p_values, method="fdr_bh")[1].tolist(),
        "pd": pd.tolist(),
        "bad": bad.tolist(),
        "weight": weight.tolist(),
        "cbpe": {
            "badRate": pd.mean(),
            "auc": (pair * ordered).sum() / pair.sum(),
            "logLoss": float(np.mean(entropy)),
        },
        "reweighted": {
            "badRate": np.average(bad, weights=weight),
            "auc": roc_auc_score(bad, pd, sample_weight=weight),
            "logLoss": log_loss(bad, np.clip(pd, 1e-15, 1 - 1e-15), sample_weight=weight),
            "effectiveRows": weight.sum() ** 2 / (weight**2).sum(),
        },
    },
    sys.stdout,
    indent=1,
)
