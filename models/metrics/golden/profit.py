"""Golden values of profit at the cutoff, from statsmodels: the paired difference as a weighted least squares fit of a constant with
cluster-robust errors. Run once: python profit.py > profit.json. The sample is that of sample.py."""
import json
import sys
from importlib.metadata import version

import numpy as np
import statsmodels.api as sm
from scipy.stats import norm
from statsmodels.stats.power import NormalIndPower

from sample import sample

cases = []
for n, ties, gain, lgd, weighted, clustered in [
    (400, False, 0.1, 0.45, False, False), (400, False, 0.1, 0.45, True, True), (1000, True, 0.05, 0.2, False, True), (1000, True, 0.3, 0.6, True, False)]:
    p, other, y, w, cluster = sample(n, ties)
    exposure = 100 + 900 * ((np.arange(n) * 0.3247179572447460) % 1)
    w = w if weighted else np.ones(n)
    cutoff = gain / (gain + lgd)
    value = exposure * np.where(y == 1, -lgd, gain)
    a, b = (p < cutoff), (other < cutoff)
    model = sm.WLS(value * a - value * b, np.ones(n), weights=w)
    groups = cluster if clustered else np.arange(n)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=False)
    low, high = fit.conf_int(0.05)[0]
    apart = a != b
    cases.append({"n": n, "ties": ties, "gain": gain, "lossGivenDefault": lgd, "weighted": weighted, "clustered": clustered, "cutoff": cutoff,
                  "accepted": float(np.average(a, weights=w)), "perApplication": float(np.average(value * a, weights=w)),
                  "difference": float(fit.params[0]), "standardError": float(fit.bse[0]), "low": float(low), "high": float(high),
                  "pValue": float(fit.pvalues[0]),
                  "good": len(set(groups[apart & (y == 0)])), "bad": len(set(groups[apart & (y == 1)]))})

# A z test of one mean with standard error s has the power of an effect of size d at n = (size / s)^2 observations.
power = [[s, d, float(NormalIndPower(ddof=0).power(d / s, 1, 0.05, ratio=0)),
          float(s * (norm.ppf(0.975) + norm.ppf(0.8)))] for s, d in ((0.002, 0.005), (0.01, 0.005), (0.004, -0.01), (1.5, 0))]

json.dump({"from": {"python": sys.version.split()[0], **{k: version(k) for k in ("numpy", "scipy", "statsmodels")}},
           "cases": cases, "power": power}, sys.stdout, indent=1)
