"""The sample of the golden values, by plain formulas, so that the tests make the same one."""
import numpy as np


def sample(n, ties):
    """The same numbers as `sample` in metrics.test.ts."""
    pd, other, bad, weight, cluster = [], [], [], [], []
    for i in range(n):
        u = (i * 0.6180339887498949) % 1
        v = (i * 0.7548776662466927) % 1
        w = (i * 0.5698402909980532) % 1
        p = 0.02 + 0.6 * u * u
        q = 0.5 * p + 0.3 * w
        if ties:
            p = round(p * 20) / 20 + 0.01
        pd.append(p)
        other.append(q)
        bad.append(1 if v < 0.02 + 0.5 * u * u else 0)
        weight.append(0.5 + w)
        cluster.append(i // 3)
    return map(np.array, (pd, other, bad, weight, cluster))
