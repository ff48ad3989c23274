"""Golden values of a term structure's validation, from lifelines, statsmodels and scikit-survival. Run once: python make.py > golden.json

Versions are recorded in the file. The rows are made by plain formulas, as in golden.test.ts. Time is the step of age in which a row ended; one that is
censored was seen through its last step, so it goes half a step later, and one that left for good stays to the end.
"""
import json
import math
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from sksurv.metrics import cumulative_dynamic_auc
from sksurv.util import Surv
from statsmodels.duration.survfunc import SurvfuncRight

ROWS, LONGEST = 400, 8
step, ended, score = [], [], []
for i in range(ROWS):
    u, v, w = ((i * k) % 1 for k in (0.6180339887498949, 0.7548776662466927, 0.5698402909980532))
    step.append(1 + math.floor(10 * v))
    ended.append(1 if w < 0.15 + 0.4 * u else 2 if w > 0.93 else 0)
    score.append(math.floor(40 * ((u + 0.35 * ((i * 0.3819660112501051) % 1)) / 1.35)))
step, ended, score = map(np.array, (step, ended, score))

default = (ended == 1) & (step <= LONGEST)
time = np.where(ended == 2, LONGEST, np.minimum(step, LONGEST)).astype(float)
later = np.where(default, time, time + 0.5)

kaplan = KaplanMeierFitter().fit(time, default)
greenwood = SurvfuncRight(time, default.astype(int))
by_time = dict(zip(greenwood.surv_times.astype(int), greenwood.surv_prob_se))
surv = Surv.from_arrays(default, later)

horizons = []
for h in range(1, LONGEST + 1):
    # The hazards of the model rise with the score at every age, so its PD over each horizon ranks as the score does.
    auc, _ = cumulative_dynamic_auc(surv, surv, score, [h])
    # Its interval, by the definition: inverse probability of censoring weights by lifelines, each row's deviation by its weight.
    censoring = KaplanMeierFitter().fit(later, ~default)
    case, control = default & (time <= h), later > h
    weight = 1 / np.array([censoring.predict(t - 0.25) for t in later[case]])
    above = (score[case][:, None] > score[control][None, :]) + 0.5 * (score[case][:, None] == score[control][None, :])
    of_case, of_control = above.mean(1), np.average(above, axis=0, weights=weight)
    area = np.average(of_case, weights=weight)
    m, n = case.sum(), control.sum()
    variance = m / (m - 1) * ((weight * (of_case - area)) ** 2).sum() / weight.sum() ** 2 + of_control.var(ddof=1) / n
    horizons.append({"step": h, "survival": float(kaplan.predict(h)), "greenwood": float(by_time[h]), "auc": float(auc[0]),
                     "aucByDefinition": float(area), "aucStandardError": math.sqrt(variance)})

json.dump({
    "from": {"python": sys.version.split()[0], **{name: version(name) for name in
             ("numpy", "pandas", "lifelines", "statsmodels", "scikit-survival")}},
    "rows": ROWS, "longest": LONGEST, "defaults": int(default.sum()), "horizons": horizons,
}, sys.stdout, indent=1)
