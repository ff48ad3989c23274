"""Golden values of stability, concentration and trend, from scipy, statsmodels and numpy. Run once: python stability.py > stability.json

Versions are recorded in the file.
"""
import json
import math
import sys
from importlib.metadata import version

import numpy as np
import scipy.stats as st
from statsmodels.stats.contingency_tables import Table
from statsmodels.tools.numdiff import approx_fprime_cs


def psi(shares):
    """Both distributions in one vector, so that it can be differentiated."""
    e, a = shares[: len(shares) // 2], shares[len(shares) // 2:]
    return ((a - e) * np.log(a / e)).sum()


def standard_error(expected, actual):
    """Delta method: a gradient by complex steps, the covariance of two multinomials, and the spread that chi-squared has where nothing changed."""
    n, m = sum(expected), sum(actual)
    e, a = np.array(expected) / n, np.array(actual) / m
    gradient = approx_fprime_cs(np.concatenate([e, a]), psi)
    zero = np.zeros((len(e), len(a)))
    covariance = np.block([[(np.diag(e) - np.outer(e, e)) / n, zero], [zero, (np.diag(a) - np.outer(a, a)) / m]])
    return math.sqrt(gradient @ covariance @ gradient + st.chi2.var(len(e) - 1) * (1 / n + 1 / m) ** 2)


def exceeded(expected, rows, draws):
    """How often the PSI of two samples of one population exceeds its critical value."""
    rng = np.random.default_rng(20261127)
    n, m = rows
    p = np.array(expected) / sum(expected)
    critical = (1 / n + 1 / m) * st.chi2.ppf(0.95, len(p) - 1)
    e, a = rng.multinomial(n, p, draws) / n, rng.multinomial(m, p, draws) / m
    return float((((a - e) * np.log(a / e)).sum(1) > critical).mean())


def growth(initial, current):
    """European Central Bank 2019, 2.5.5.3: coefficients of variation of the shares, a normal test of the null that concentration is not higher."""
    first, now = (np.std(np.array(c) / sum(c)) / np.mean(np.array(c) / sum(c)) for c in (initial, current))
    return float(st.norm.sf(math.sqrt(len(current) - 1) * (now - first) / math.sqrt(now**2 * (0.5 + now**2))))


def trend(rows, bads):
    """Cochran-Armitage: the squared correlation of outcome and order times the rows. statsmodels has the same statistic with rows - 1."""
    table = Table(np.array([np.array(rows) - bads, bads]).T, shift_zeros=False)
    n = sum(rows)
    z = table.test_ordinal_association().zscore
    order = np.repeat(np.arange(len(rows)), rows)
    outcome = np.concatenate([[1] * b + [0] * (r - b) for r, b in zip(rows, bads)])
    squared = n * st.pearsonr(order, outcome).statistic ** 2
    assert abs(z**2 * n / (n - 1) - squared) < 1e-9 or abs(z**2 - squared) < 1e-9
    return float(squared)


PSI = [([100, 200, 300, 250, 150], [90, 230, 280, 300, 120]), ([40, 60, 80, 20], [400, 900, 500, 300]), ([50] * 10, [50] * 10)]
GROWTH = [([40, 30, 20, 10], [55, 25, 15, 5]), ([10, 20, 40, 20, 10], [12, 19, 38, 21, 10]), ([100, 300, 300, 100], [60, 420, 280, 40])]
TREND = [([100, 120, 90, 110], [10, 14, 13, 22]), ([500, 500, 500, 500], [50, 48, 52, 51]), ([30, 60], [3, 20])]
json.dump({
    "from": {"python": sys.version.split()[0], **{name: version(name) for name in ("numpy", "scipy", "statsmodels")}},
    "psi": [{"expected": e, "actual": a, "value": float(psi(np.concatenate([np.array(e) / sum(e), np.array(a) / sum(a)]))),
             "standardError": standard_error(e, a), "critical": float((1 / sum(e) + 1 / sum(a)) * st.chi2.ppf(0.95, len(e) - 1))} for e, a in PSI],
    "exceeded": {"expected": [100, 200, 300, 250, 150], "rows": [4000, 2500], "share": exceeded([100, 200, 300, 250, 150], (4000, 2500), 100000)},
    "growth": [[first, now, growth(first, now)] for first, now in GROWTH],
    "trend": [[rows, bads, trend(rows, bads)] for rows, bads in TREND],
}, sys.stdout, indent=1)
