"""Seconds of peers on one fold, one answer a line, for `npm run bench:speed`; it waits for its orders on stdin, so that both sides take turns.

    python peer_speed.py PEERS FOLDER FOLD

Orders: `ebm` fits EBM as train_peers.py does and answers the seconds of the bare fit. `tune` tunes and fits LightGBM once.
`predict IN OUT` and `contrib IN OUT` read a Parquet file of features, predict (with contributions), and write a Parquet file.
"""
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import pandas as pd
import train_peers
import yaml

folder, fold = Path(sys.argv[2]), sys.argv[3]
spec = yaml.safe_load((folder / "spec.yaml").read_text())
train, y, categorical = train_peers.read(folder, spec, "train", fold)
test, _, _ = train_peers.read(folder, spec, "test", fold)
booster = None


def tune():
    """train_peers.lightgbm answers predictions only: the model of its final fit is the last that lightgbm.train returns."""
    global booster
    import lightgbm
    fits, fit = [], lightgbm.train
    lightgbm.train = lambda *a, **k: fits.append(fit(*a, **k)) or fits[-1]
    train_peers.lightgbm(train, y, test, categorical)
    lightgbm.train = fit
    booster = fits[-1]
    return {"trees": booster.num_trees(), "leaves": booster.params.get("num_leaves")}


def score(source, target, contributions):
    started = time.time()
    rows = pd.read_parquet(source, columns=list(train.columns))
    for c in categorical:
        rows[c] = pd.Categorical(rows[c], categories=sorted(train[c].dropna().astype(str).unique()))
    found = booster.predict(rows, pred_contrib=contributions, num_threads=train_peers.THREADS)
    columns = [*train.columns, "expected"] if contributions else ["raw"]
    pd.DataFrame(found, columns=columns).to_parquet(target)
    return {"seconds": time.time() - started, "rows": len(rows)}


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    order, *paths = line.rstrip("\n").split("\t")
    if order == "ebm":
        answer = {"seconds": train_peers.ebm(train, y, test, categorical)[1]}
    elif order == "tune":
        answer = tune()
    else:
        answer = score(*paths, order == "contrib")
    print(json.dumps(answer), flush=True)
