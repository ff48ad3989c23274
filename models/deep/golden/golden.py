"""Golden values for models/deep, from scipy and numpy: python golden.py > golden.json (scipy 1.x, numpy 2.x)."""
import json

import numpy as np
from scipy.stats import false_discovery_control

p = [0.001, 0.02, 0.04, 0.04, 0.2, 0.75, 0.011, 0.9]

# AdamW of Loshchilov and Hutter 2019, algorithm 2, with schedule multiplier 1: theta - lr * (m / (sqrt(v) + eps) + decay * theta).
rng = np.random.default_rng(11)
theta = rng.normal(size=4)
start = theta.copy()
gradients = rng.normal(size=(5, 4))
m = np.zeros(4)
v = np.zeros(4)
lr, decay, b1, b2, eps = 0.01, 0.1, 0.9, 0.999, 1e-8
for t, g in enumerate(gradients, start=1):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    theta = theta - lr * ((m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps) + decay * theta)

# Piecewise-linear encoding (Gorishniy et al. 2022, equation 1) of x for points b, by interpolation of each piece's ramp.
points = [0.0, 1.0, 3.0, 10.0]
values = [-5.0, 0.0, 0.25, 1.0, 2.0, 9.3, 10.0, 42.0]
ple = [[float(np.interp(x, [lo, hi], [0.0, 1.0])) for lo, hi in zip(points, points[1:])] for x in values]

print(json.dumps({
    "benjaminiHochberg": {"p": p, "adjusted": false_discovery_control(p).tolist()},
    "adamW": {"start": start.tolist(), "gradients": gradients.tolist(), "learningRate": lr, "decay": decay, "end": theta.tolist()},
    "piecewise": {"points": points, "values": values, "encoded": ple},
}))
