"""Evidently's default, look by look: reads one JSON line a look from stdin, answers one.

A look names two files of doubles (rows by columns, NaN: missing). The answer says which columns Evidently calls drifted, and whether it calls the whole table so. Test and
threshold of each column are those that Evidently chooses itself, as `DataDriftPreset` asks for them; its plots, which take most of its time, are not drawn. The
first look is also put to the preset itself, and the process ends where the two disagree.
"""
import json
import os
import sys

os.environ.setdefault("DO_NOT_TRACK", "1")
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.legacy.calculations.stattests import get_stattest
from evidently.presets import DataDriftPreset

DRIFT_SHARE = DataDriftPreset().drift_share


def frame(path, columns):
    return pd.DataFrame(np.fromfile(path).reshape(-1, len(columns)), columns=columns)


def look(reference, current):
    drifted = []
    for column in reference.columns:
        kind = "cat" if column == "bad" else "num"
        then, now = reference[column].dropna(), current[column].dropna()
        if get_stattest(then, now, kind, None)(then, now, kind, None).drifted:
            drifted.append(column)
    return {"drifted": drifted, "table": len(drifted) / len(reference.columns) >= DRIFT_SHARE}


def count_by_preset(reference, current):
    numbers = [name for name in reference.columns if name != "bad"]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=["bad"])
    tables = [Dataset.from_pandas(table, data_definition=definition) for table in (current, reference)]
    found = json.loads(Report([DataDriftPreset()]).run(*tables).json())
    return next(int(each["value"]["count"]) for each in found["metrics"] if "DriftedColumnsCount" in each["metric_name"])


checked = False
for line in sys.stdin:
    asked = json.loads(line)
    reference, current = (frame(asked[side], asked["columns"]) for side in ("reference", "current"))
    answer = look(reference, current)
    if not checked:
        found = count_by_preset(reference, current)
        if found != len(answer["drifted"]):
            sys.exit(f"Evidently's preset finds {found} drifted columns, its tests one by one {answer['drifted']}.")
        checked = True
    print(json.dumps(answer), flush=True)
