"""Golden coefficients of ridge logistic regressions, from scikit-learn. Run once: python make.py > golden.json"""
import json
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression


def sample(n):
    """The same numbers as in benchmark.test.ts."""
    i = np.arange(n)
    u, v, w, z = ((i * k) % 1 for k in (0.6180339887498949, 0.7548776662466927, 0.5698402909980532, 0.4142135623730950))
    x = np.column_stack([4 * u - 2, (w > 0.7).astype(float), u * w])
    y = (z < 1 / (1 + np.exp(1 - 1.5 * u - 2 * w))).astype(int)
    return x, y, 0.5 + v


x, y, w = sample(600)
cases = []
for ridge, weights in ((1.0, None), (1.0, w), (25.0, None)):
    fit = LogisticRegression(C=1 / ridge, tol=1e-12, max_iter=10000, solver="newton-cholesky").fit(x, y, sample_weight=weights)
    cases.append({"ridge": ridge, "weighted": weights is not None, "intercept": fit.intercept_[0], "coefficients": list(fit.coef_[0])})
json.dump({"from": {"python": sys.version.split()[0], "numpy": np.__version__, "scikit-learn": sklearn.__version__}, "cases": cases}, sys.stdout, indent=1)
