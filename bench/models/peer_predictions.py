"""Lay the portfolios out (fixed folds and fresh repeats) and keep every peer's predictions, so that systems can be compared row by row.

    python peer_predictions.py PEERS OUT layout [--repeats 101,102,103,104,105]
    python peer_predictions.py PEERS OUT fit PORTFOLIO FOLD [PEER ...]

PEERS is the folder of portfolios.py and train_peers.py. `layout` writes OUT/<portfolio>/ with the fixed folds and OUT/<portfolio>@<seed>/
with the same rows split anew. `fit` trains peers on one fold and writes OUT/<portfolio>/peers/<fold>/<peer>.csv (one PD a line, in the order
of test_<fold>.csv) beside <peer>.json (measures, seconds). What is there already is not fitted again.
Needs what PEERS/requirements.txt lists.
"""
import argparse
import json
import sys
from pathlib import Path

import numpy as np

cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
cli.add_argument("peers", type=Path)
cli.add_argument("out", type=Path)
cli.add_argument("action", choices=["layout", "fit"])
cli.add_argument("rest", nargs="*")
cli.add_argument("--repeats", default="101,102,103,104,105")
args = cli.parse_args()
sys.path.insert(0, str(args.peers))

if args.action == "layout":
    import portfolios
    from sklearn.model_selection import StratifiedKFold

    for name, lay in portfolios.ALL.items():
        if not (args.out / name / "spec.yaml").exists():
            lay(args.out)
    fixed = portfolios.lay_out
    for seed in args.repeats.split(","):
        # The same rows, split anew: portfolios.py fixes the seed of its splits, so the splitter and the folder's name are replaced.
        portfolios.StratifiedKFold = lambda folds, shuffle, random_state, seed=int(seed): StratifiedKFold(folds, shuffle=shuffle, random_state=seed)
        portfolios.lay_out = lambda out, name, *a, seed=seed, **k: fixed(out, f"{name}@{seed}", *a, **k)
        for name in ("german", "taiwan", "gmsc"):  # Lending Club is split by time: there is nothing to repeat
            if not (args.out / f"{name}@{seed}" / "spec.yaml").exists():
                portfolios.ALL[name](args.out)
else:
    import train_peers
    import yaml

    portfolio, fold, *wanted = args.rest
    folder = args.out / portfolio
    spec = yaml.safe_load((folder / "spec.yaml").read_text())
    train, y, categorical = train_peers.read(folder, spec, "train", fold)
    test, bad, _ = train_peers.read(folder, spec, "test", fold)
    into = folder / "peers" / fold
    into.mkdir(parents=True, exist_ok=True)
    for peer in wanted or train_peers.PEERS:
        if (into / f"{peer}.json").exists():
            continue
        try:
            pd_, fit, score, more = train_peers.PEERS[peer](train, y, test, categorical)
            pd_ = np.asarray(pd_, float)
            row = {**{k: float(v) for k, v in train_peers.measures(bad, pd_).items()}, "train_seconds": fit, "score_seconds": score, "rows": len(y), **more}
            np.savetxt(into / f"{peer}.csv", pd_, fmt="%.17g", header="pd", comments="")
        except Exception as e:  # a peer that cannot run is reported, not hidden
            row = {"error": f"{type(e).__name__}: {e}"[:300]}
        (into / f"{peer}.json").write_text(json.dumps({"portfolio": portfolio, "fold": fold, "peer": peer, **row}) + "\n")
        print(json.dumps({"portfolio": portfolio, "fold": fold, "peer": peer, **row}), flush=True)
