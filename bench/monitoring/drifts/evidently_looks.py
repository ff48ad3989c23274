"""Evidently's default, look by look: reads one JSON line a look from stdin, answers one.

A look names two files of doubles (rows by columns, NaN: missing). The answer says which columns Evidently calls drifted, and whether it calls the whole table so: its
preset's own tests, thresholds and share, none of them set here.
"""
import json
import os
import sys

os.environ.setdefault("DO_NOT_TRACK", "1")
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset


def frame(path, columns):
    table = pd.DataFrame(np.fromfile(path).reshape(-1, len(columns)), columns=columns)
    numbers = [name for name in columns if name != "bad"]
    return Dataset.from_pandas(
        table, data_definition=DataDefinition(numerical_columns=numbers, categorical_columns=["bad"])
    )


def look(reference, current):
    found = json.loads(Report([DataDriftPreset()]).run(current, reference).json())
    drifted, table, methods = [], None, {}
    for metric in found["metrics"]:
        config, value = metric["config"], metric["value"]
        if config["type"].endswith("DriftedColumnsCount"):
            table = value["share"] >= config["drift_share"]
        else:
            methods[config["column"]] = config["method"]
            distance = "p_value" not in config["method"]
            if value >= config["threshold"] if distance else value < config["threshold"]:
                drifted.append(config["column"])
    return {"drifted": drifted, "table": table, "methods": methods}


for line in sys.stdin:
    asked = json.loads(line)
    answer = look(*(frame(asked[side], asked["columns"]) for side in ("reference", "current")))
    print(json.dumps(answer), flush=True)
