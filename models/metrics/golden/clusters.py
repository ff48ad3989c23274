"""Golden values of a clustered share, from Python's standard library: the sandwich variance of a constant (Liang and Zeger 1986), written as a sum over
pairs of rows of one customer, and Wilson's bounds as the roots of (p - x)^2 = z^2 x (1 - x) / n, found by bisection. Run once:
python3 clusters.py > clusters.json. Rows are a formula of their place, so that the test makes the same ones."""
import json
import platform
from math import fsum, sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)


def variance_of_mean(values, cluster):
    n, groups = len(values), len(set(cluster))
    mean = fsum(values) / n
    pairs = fsum((values[i] - mean) * (values[j] - mean) for i in range(n) for j in range(n) if cluster[i] == cluster[j])
    return pairs / n**2 * groups / (groups - 1)


def root(f, low, high):
    for _ in range(200):
        middle = (low + high) / 2
        if (f(middle) > 0) == (f(low) > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def wilson(p, n):
    apart = lambda x: (p - x) ** 2 - Z**2 * x * (1 - x) / n
    return root(apart, 0, p), root(apart, p, 1)


def share(bad, cluster):
    n = len(bad)
    p = fsum(bad) / n
    effective = min(n, p * (1 - p) / variance_of_mean(bad, cluster))
    low, high = wilson(p, effective)
    return {"value": p, "effectiveRows": effective, "low": low, "high": high}


def rows(n, customers, limit):
    cluster = [(i * 7919) % customers for i in range(n)]
    # Customers differ: their rows are bad together more often than rows of others.
    lean = [((cluster[i] * 0.6180339887498949) % 1) * 0.7 + ((i * 0.7548776662466927) % 1) * 0.3 for i in range(n)]
    return [float(x < limit) for x in lean], cluster


if __name__ == "__main__":
    cases = []
    for n, customers, limit in [(120, 40, 0.3), (500, 100, 0.12), (60, 60, 0.5), (300, 12, 0.4)]:
        bad, cluster = rows(n, customers, limit)
        cases.append({"n": n, "customers": customers, "share": limit, "bad": int(fsum(bad)), **share(bad, cluster)})
    print(json.dumps({"from": {"python": platform.python_version()}, "cases": cases}, indent=2))
