"""Golden values of the validation statistics, from scipy, statsmodels, scikit-learn, hmeasure, pandas. Run once: python validation.py > validation.json

Versions are recorded in the file. The samples are those of sample.py.
"""
import json
import math
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
import scipy.integrate as integrate
import scipy.special as special
import scipy.stats as st
import statsmodels.stats.proportion as prop
from hmeasure import h_score
from sklearn.metrics import roc_curve

from sample import sample


def h_by_quadrature(y, scores):
    """Hand's definition, with the least loss at each cost searched over all thresholds."""
    fpr, tpr, _ = roc_curve(y, scores, drop_intermediate=False)
    pi = y.mean()
    density = st.beta(1 + pi, 2 - pi)
    loss = lambda c: np.min(c * (1 - pi) * fpr + (1 - c) * pi * (1 - tpr)) * density.pdf(c)
    worst = lambda c: min(c * (1 - pi), (1 - c) * pi) * density.pdf(c)
    cuts = np.linspace(0, 1, 2001)
    total = lambda f: sum(integrate.quad(f, a, b, epsabs=1e-13)[0] for a, b in zip(cuts, cuts[1:]))
    return 1 - total(loss) / total(worst)


def obuchowski(scores, y, cluster):
    """Obuchowski (1997), by its definition, O(bads * goods)."""
    x, z = scores[y == 1], scores[y == 0]
    psi = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
    frame = pd.DataFrame({"bad": y == 1, "v": 0.0, "cluster": cluster})
    frame.loc[y == 1, "v"] = psi.mean(1)
    frame.loc[y == 0, "v"] = psi.mean(0)
    area = psi.mean()
    bads = frame[frame.bad].groupby("cluster").v.agg(["sum", "size"])
    goods = frame[~frame.bad].groupby("cluster").v.agg(["sum", "size"])
    m, n = (y == 1).sum(), (y == 0).sum()
    s10 = len(bads) / ((len(bads) - 1) * m) * ((bads["sum"] - bads["size"] * area) ** 2).sum()
    s01 = len(goods) / ((len(goods) - 1) * n) * ((goods["sum"] - goods["size"] * area) ** 2).sum()
    both = bads.merge(goods, left_index=True, right_index=True)
    all_clusters = frame.cluster.nunique()
    s11 = all_clusters / (all_clusters - 1) * (
        (both.sum_x - both.size_x * area) * (both.sum_y - both.size_y * area)).sum()
    return math.sqrt(s10 / m + s01 / n + 2 * s11 / (m * n))


def deciles(p, y, bins=10):
    """Bins of equal count by pandas; the sample without ties has as many rows in each."""
    frame = pd.DataFrame({"p": p, "y": y, "bin": pd.qcut(p, bins, labels=False)})
    return frame.groupby("bin").agg(p=("p", "mean"), y=("y", "mean"), n=("y", "size"), d=("y", "sum")), frame


samples = []
for n, ties in [(400, False), (1000, True)]:
    p, other, y, w, cluster = sample(n, ties)
    case = {"n": n, "ties": ties, "h": h_score(y, p, severity_ratio=-1), "hQuadrature": h_by_quadrature(y, p),
            "obuchowskiSe": obuchowski(p, y, cluster)}
    z = ((y - p) * (1 - 2 * p)).sum() / math.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    case["spiegelhalterZ"], case["spiegelhalterP"] = z, float(2 * st.norm.sf(abs(z)))
    if not ties:
        table, frame = deciles(p, y)
        statistic = float(((table.d - table.n * table.p) ** 2 / (table.n * table.p * (1 - table.p))).sum())
        case["hosmerLemeshow"], case["hosmerLemeshowP"] = statistic, float(st.chi2.sf(statistic, 10))
        case["reliability"] = float((table.n * (table.p - table.y) ** 2).sum() / n)
        case["resolution"] = float((table.n * (table.y - y.mean()) ** 2).sum() / n)
        case["ece"] = float((table.n * (table.p - table.y).abs()).sum() / n)
        top = pd.Series(y).iloc[np.argsort(-p)[: n // 10]]
        case["lift"] = float(top.mean() / y.mean())
    samples.append(case)


def hanley_mcneil(theta, m, n):
    half = (m + n) / 2 - 1
    return math.sqrt(theta * (1 - theta) * (1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n))


def newcombe(theta, m, n):
    """Newcombe (2006) method 5, its two equations solved by scipy."""
    from scipy.optimize import brentq
    z = st.norm.ppf(0.975)
    low = brentq(lambda t: theta - t - z * hanley_mcneil(t, m, n), 0, theta - 1e-9, xtol=1e-14)
    high = 1.0 if theta == 1 else brentq(lambda t: t - theta - z * hanley_mcneil(t, m, n), theta, 1, xtol=1e-14)
    return [theta, m, n, low, high]


def z_migration(counts):
    out = []
    for i, row in enumerate(counts):
        total = sum(row)
        for j in range(len(row)):
            if j == i:
                continue
            near, far = row[j - 1 if j > i else j + 1] / total, row[j] / total
            covariance = np.diag([near, far]) - np.outer([near, far], [near, far])
            variance = np.array([1, -1]) @ covariance @ np.array([1, -1]) / total
            if variance > 0:
                out.append([i, j, (near - far) / math.sqrt(variance), float(st.norm.cdf((near - far) / math.sqrt(variance)))])
    return out


def concentration(counts):
    share = np.array(counts) / sum(counts)
    return float((share ** 2).sum()), float(np.std(share) / np.mean(share))


def detectable(n, p):
    critical = int(st.binom.isf(0.05, n, p)) + 1
    from scipy.optimize import brentq
    return [n, p, critical, brentq(lambda q: st.binom.sf(critical - 1, n, q) - 0.8, p, 1, xtol=1e-14),
            float(st.binom.sf(critical - 1, n, min(1, 1.5 * p)))]


# The count matrix of the documentation of MathWorks' risk.validation.matrixWeightedBandwidth, which answers 0.3306 and 0.6066.
MATRIX = [[10, 8, 15, 9, 10], [11, 9, 13, 9, 8], [0, 10, 10, 11, 10], [0, 0, 9, 11, 11], [0, 0, 0, 11, 10]]
SHARES = [((0, 20), (3, 50)), ((15, 40), (22, 90)), ((200, 1000), (310, 1100)), ((50, 50), (49, 50))]
# statsmodels searches no bound of the ratio where everybody succeeded on a side: that case is left to the differences.
RATIOS = [*SHARES[:3], ((48, 50), (49, 50))]
PSI = ([100, 200, 300, 250, 150], [90, 230, 280, 300, 120])
jeffreys = [(0, 50, 0.01), (3, 100, 0.02), (30, 400, 0.05), (1, 10, 0.5), (5200, 100000, 0.05)]
e, a = (np.array(x) / sum(x) for x in PSI)

json.dump({
    "from": {"python": sys.version.split()[0], **{name: version(name) for name in
             ("numpy", "scipy", "statsmodels", "scikit-learn", "pandas", "hmeasure")}},
    "samples": samples,
    "betaCdf": [[x, p, q, float(special.betainc(p, q, x))] for x, p, q in
                ((0.1, 0.5, 0.5), (0.3, 2, 5), (0.95, 30.5, 1.5), (0.02, 20.5, 980.5), (0.5, 4000.5, 4100.5), (1e-4, 0.5, 200))],
    "betaQuantile": [[p, a_, b_, float(st.beta.ppf(p, a_, b_))] for p, a_, b_ in
                     ((0.025, 0.5, 50.5), (0.975, 3.5, 97.5), (0.5, 2, 2), (0.95, 5200.5, 94800.5))],
    "grades": [[d, n, p, float(st.beta.cdf(p, d + 0.5, n - d + 0.5)), float(st.binomtest(d, n, p, alternative="greater").pvalue),
                *map(float, prop.proportion_confint(d, n, method="jeffreys"))] for d, n, p in jeffreys],
    "detectable": [detectable(n, p) for n, p in ((200, 0.05), (5000, 0.01), (30, 0.1))],
    "wilson": [[c, n, *map(float, prop.proportion_confint(c, n, method="wilson"))] for c, n in ((0, 20), (7, 40), (500, 900), (50, 50))],
    "difference": [[x, y, *map(float, prop.confint_proportions_2indep(x[0], x[1], y[0], y[1], compare="diff", method="newcomb"))] for x, y in SHARES],
    "ratio": [[x, y, *map(float, prop.confint_proportions_2indep(x[0], x[1], y[0], y[1], compare="ratio", method="score", correction=False))] for x, y in RATIOS],
    "newcombe": [newcombe(t, m, n) for t, m, n in ((0.8, 40, 160), (0.55, 10, 30), (1, 5, 20), (0.97, 300, 3000))],
    "migration": {"counts": MATRIX, "lower": 41 / 124, "upper": 202 / 333, "published": [0.3306, 0.6066], "steps": z_migration(MATRIX)},
    "concentration": [[counts, *concentration(counts)] for counts in ([10, 20, 30, 40], [5, 5, 5], [100, 0, 3, 7, 12])],
    "psi": {"expected": PSI[0], "actual": PSI[1], "value": float((special.rel_entr(a, e) + special.rel_entr(e, a)).sum()),
            "critical": float((1 / 1000 + 1 / 1020) * st.chi2.ppf(0.95, 4))},
}, sys.stdout, indent=1)
