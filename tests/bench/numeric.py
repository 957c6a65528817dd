#!/usr/bin/python3
"""numeric.py CSV TARGET ROUNDS DEPTH: five folds of boosted trees over numbers and ordinal
codes by xgboost in Python, one thread, as dr-worker does them: codes by frequency from the
training rows, 15 % of those watched every tenth round, at most ROUNDS rounds.  Prints a line of
JSON: seconds of the processor, mean LogLoss, rounds of all folds."""
import json
import resource
import sys

import numpy as np
import pandas as pd
import xgboost as xgb

MISSING, SMOOTH, INTERVAL = -9999, 200, 10


def encode(table, train):
    out = []
    for name, column in table.items():
        if column.dtype == object:
            counts = column[train].value_counts()
            code = {level: i for i, level in enumerate(counts.index[counts >= 5])}
            out.append(column.map(code).fillna(-1).to_numpy(np.float32))
            continue
        out.append(column.fillna(MISSING).to_numpy(np.float32))
        if column[train].isna().sum() >= 5:
            out.append(column.isna().to_numpy(np.float32))
    return np.column_stack(out)


def boost(x, y, train, apply, rounds, depth, rng):
    train = rng.permutation(train)
    cut = int(len(train) * 0.85)
    learn, watch = (xgb.DMatrix(x[rows], y[rows], missing=MISSING, nthread=1)
                    for rows in (train[:cut], train[cut:]))
    booster = xgb.Booster({
        "objective": "binary:logistic", "eval_metric": "logloss", "tree_method": "hist",
        "max_depth": depth, "eta": 0.05, "colsample_bytree": 0.3, "gamma": 0.01,
        "nthread": 1, "verbosity": 0}, [learn, watch])
    losses = []
    for i in range(1, rounds + 1):
        booster.update(learn, i - 1)
        if i % INTERVAL == 0 or i == rounds:
            losses.append(float(booster.eval(watch).rsplit(":", 1)[1]))
            keep = SMOOTH // INTERVAL
            if len(losses) > keep and (np.mean(losses[-keep:]) >=
                                       np.mean(losses[-keep - 1:-1])):
                break
    best = min((int(np.argmin(losses)) + 1) * INTERVAL, i)
    what = xgb.DMatrix(x[apply], missing=MISSING, nthread=1)
    return booster.predict(what, iteration_range=(0, best)), i


def main():
    csv, target, rounds, depth = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    table = pd.read_csv(csv)
    y = (table.pop(target) == "yes").to_numpy(np.float32)
    rng = np.random.default_rng(0)
    part = rng.integers(0, 10, len(y)) // 2  # five folds of the 80 % that are not held out
    fold = np.where(rng.random(len(y)) < 0.2, -1, part)
    losses, total = [], 0
    for k in range(5):
        train, apply = np.flatnonzero((fold >= 0) & (fold != k)), np.flatnonzero(fold == k)
        if k == 0:  # its model is scored on the holdout too
            apply = np.concatenate([apply, np.flatnonzero(fold == -1)])
        p, n = boost(encode(table, train), y, train, apply, rounds, depth, rng)
        p, truth = np.clip(p[fold[apply] == k], 1e-15, 1 - 1e-15), y[apply[fold[apply] == k]]
        losses.append(-np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p)))
        total += n
    use = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": use.ru_utime + use.ru_stime, "loss": float(np.mean(losses)),
                      "rounds": total, "kb": use.ru_maxrss}))


main()
