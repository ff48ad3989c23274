"""Golden values of measured overrides, from Python's standard library and the share of models/metrics/golden/clusters.py: default rates, the difference of
two by Newcombe's method 10 (1998), profit as a mean with the sandwich variance. Run once from the repository's root:
python3 rating/overrides/golden/measure.py > rating/overrides/golden/measure.json. Rows are a formula of their place, so that the test makes the same ones."""
import json
import platform
import sys
from math import fsum, hypot, sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models" / "metrics" / "golden"))
from clusters import Z, share, variance_of_mean  # noqa: E402

MARGIN = 0.1
at = range(90)
cluster = [i % 45 for i in at]
bad = [float((i * 0.7548776662466927) % 1 < 0.25) for i in at]
amount = [1000 + 100 * (i % 7) for i in at]
lgd = [0.3 + 0.05 * (i % 3) for i in at]
profit = [-lgd[i] * amount[i] if bad[i] else MARGIN * amount[i] for i in at]
mean, error = fsum(profit) / 90, sqrt(variance_of_mean(profit, cluster))

own_bad = [float((i * 0.5698402909980532) % 1 < 0.06) for i in range(400)]
lent, own = share(bad, cluster), share(own_bad, [i // 2 for i in range(400)])
value = lent["value"] - own["value"]
print(json.dumps({
    "from": {"python": platform.python_version()},
    "lent": lent,
    "own": own,
    "againstOwn": {
        "value": value,
        "low": value - hypot(lent["value"] - lent["low"], own["high"] - own["value"]),
        "high": value + hypot(lent["high"] - lent["value"], own["value"] - own["low"]),
    },
    "profit": {"mean": mean, "standardError": error, "low": mean - Z * error, "high": mean + Z * error},
}, indent=2))
