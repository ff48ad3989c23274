"""Golden values of the metrics, from scikit-learn, scipy and statsmodels. Run once: python make.py > golden.json

Versions are recorded in the file. The samples are those of sample.py.
"""
import json
import math
import sys

import numpy as np
import scipy
import scipy.stats as st
import sklearn
import sklearn.metrics as m
import statsmodels
import statsmodels.api as sm

from sample import sample


def delong_covariance(scores, y):
    """DeLong's covariance by its definition, O(bads * goods)."""
    v10, v01 = [], []
    for s in scores:
        psi = (s[y == 1][:, None] > s[y == 0][None, :]) + 0.5 * (s[y == 1][:, None] == s[y == 0][None, :])
        v10.append(psi.mean(1))
        v01.append(psi.mean(0))
    return np.cov(v10, ddof=1) / (y == 1).sum() + np.cov(v01, ddof=1) / (y == 0).sum()


cases = []
for n, ties in [(400, False), (1000, True)]:
    pd, other, y, w, cluster = sample(n, ties)
    cov = delong_covariance([pd, other], y)
    fpr, tpr, _ = m.roc_curve(y, pd)
    logit = np.log(pd / (1 - pd))
    fit = sm.Logit(y, sm.add_constant(logit)).fit(disp=0, tol=1e-14, maxiter=200)
    robust = sm.Logit(y, sm.add_constant(logit)).fit(
        disp=0, tol=1e-14, maxiter=200, cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False})
    offset = sm.GLM(y, np.ones((n, 1)), family=sm.families.Binomial(), offset=logit).fit(tol=1e-14)
    groups = len(set(cluster))
    cases.append({
        "n": n, "ties": ties,
        "auc": m.roc_auc_score(y, pd), "aucWeighted": m.roc_auc_score(y, pd, sample_weight=w),
        "ks": float(np.max(tpr - fpr)) if not ties else float(np.max(np.abs(tpr - fpr))),
        "ks2samp": float(st.ks_2samp(pd[y == 1], pd[y == 0]).statistic),
        "logLoss": m.log_loss(y, pd), "logLossWeighted": m.log_loss(y, pd, sample_weight=w),
        "brier": m.brier_score_loss(y, pd), "brierWeighted": m.brier_score_loss(y, pd, sample_weight=w),
        "delongSe": math.sqrt(cov[0, 0]), "difference": m.roc_auc_score(y, pd) - m.roc_auc_score(y, other),
        "differenceSe": math.sqrt(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]),
        "slope": fit.params[1], "slopeSe": fit.bse[1], "intercept": fit.params[0], "interceptSe": fit.bse[0],
        "inTheLarge": offset.params[0], "inTheLargeSe": offset.bse[0],
        "clusteredSlopeSe": robust.bse[1] * math.sqrt(groups / (groups - 1)),
        "precision": m.precision_score(y, pd >= 0.3), "recall": m.recall_score(y, pd >= 0.3),
    })

json.dump({
    "from": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
             "scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__},
    "cases": cases,
    "normalCdf": [[z, float(st.norm.cdf(z))] for z in (-8, -3.2, -1, -0.1, 0, 0.4, 1.96, 5)],
    "normalQuantile": [[p, float(st.norm.ppf(p))] for p in (1e-10, 0.001, 0.02, 0.3, 0.5, 0.8, 0.975, 0.9999)],
    "chiSquaredTail": [[x, k, float(st.chi2.sf(x, k))] for x, k in ((0.1, 1), (3.84, 1), (12.3, 8), (15, 10), (40, 10), (180, 200))],
    "chiSquaredQuantile": [[p, k, float(st.chi2.ppf(p, k))] for p, k in ((0.95, 1), (0.95, 9), (0.99, 10), (0.5, 3), (0.01, 5))],
}, sys.stdout, indent=1)
