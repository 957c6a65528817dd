#!/usr/bin/env python3
"""tests/bench/text.py CSV AIM SETTINGS: the work of text.sh with scikit-learn and xgboost.

Boosted trees with early stopping over ordinal codes, imputed numbers and, for each text, the
out-of-fold log odds of an elastic net of its words: what dr-worker does for its blueprint
"with text", told again with Python's own parts.  AIM is what dr-worker made of CSV: it says
which column is what.  SETTINGS is a list of objects, the learner's parameters of one
evaluation each.  Prints an object a line for each: seconds of the clock and the processor
for encoding (of the first one only; the others take its columns) and for learning, and the
mean LogLoss of the five folds.

The partitions are those of dr-worker to the row (data/partition.c), so that what differs
between the two is the model of the words.  scikit-learn solves the same elastic net with
SOLVER=saga only, many times slower than the lasso of liblinear, which predicts as well and is
therefore the default here.
"""

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import xgboost
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

FOLDS, INNER_FOLDS = 5, 5
STEPS, STEP_RATIO, PATIENCE = 40, 0.6, 2  # of lambda, as in learners/enet_auto.c
MISSING, MIN_SUPPORT, MIN_COUNT_NA = -9999, 5, 5
DEFAULTS = {
    "max_depth": 3, "learning_rate": 0.05, "colsample_bytree": 0.3, "colsample_bylevel": 1,
    "subsample": 1, "min_child_weight": 1, "min_split_loss": 0.01, "max_delta_step": 0,
    "reg_alpha": 0, "reg_lambda": 1, "max_bin": 256, "num_parallel_tree": 1,
    "scale_pos_weight": 1,
}
SOLVER = os.environ.get("SOLVER", "liblinear")
SOLVERS = {
    "liblinear": {"solver": "liblinear", "penalty": "l1", "tol": 1e-3, "intercept_scaling": 10},
    "saga": {"solver": "saga", "penalty": "elasticnet", "l1_ratio": 0.5, "tol": 1e-2,
             "warm_start": True, "max_iter": 1000},
}
L1_SHARE = {"liblinear": 1, "saga": 0.5}
ROUNDS, INTERVAL, SMOOTH_INTERVAL, RANDOM_STATE = 2500, 10, 200, 153


def splitmix64(state):
    z = state + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def mix(seed, i):
    return splitmix64(splitmix64(np.array([seed], dtype=np.uint64)) ^ np.uint64(i))


def partition(level, folds, holdout, seed):
    """The fold of each row, -1 for the holdout; stratified by level."""
    n = len(level)
    order = np.lexsort((mix(seed, np.arange(n, dtype=np.uint64)), level))
    i = np.arange(n)
    held = np.floor((i + 1) * holdout + 1e-9) > np.floor(i * holdout + 1e-9)
    fold = np.empty(n, dtype=int)
    fold[order[held]] = -1
    fold[order[~held]] = np.arange(np.count_nonzero(~held)) % folds
    return fold


def encode_category(column, train):
    """The rank of each level by falling frequency; rare ones -1, missing ones -2."""
    count = column[train].value_counts()
    levels = sorted(count[count >= MIN_SUPPORT].items(), key=lambda kv: (-kv[1], kv[0]))
    codes = {level: i for i, (level, _) in enumerate(levels)}
    return [column.map(codes).fillna(-1).where(column.notna(), -2).to_numpy("float32")]


def encode_number(column, train):
    missing = column.isna().to_numpy()
    out = [column.fillna(MISSING).to_numpy("float32")]
    if np.count_nonzero(missing[train]) >= MIN_COUNT_NA:
        out.append(missing.astype("float32"))
    return out


class Path:
    """One linear model that walks down the lambdas, each from where the last one ended."""

    def __init__(self, x, y):
        self.x, self.y = x, y
        share = y.mean()
        self.constant = np.log(share / (1 - share))
        self.model = LogisticRegression(random_state=0, **SOLVERS[SOLVER])
        self.fitted = False

    def lambda_max(self):
        residual = self.y - self.y.mean()
        return np.abs(self.x.T @ residual).max() / len(self.y) / L1_SHARE[SOLVER]

    def solve(self, lam):
        self.model.C = 1 / (len(self.y) * lam)  # theirs is a sum over the rows, not a mean
        self.model.fit(self.x, self.y)
        self.fitted = True

    def predict(self, x):
        if not self.fitted:
            return np.full(x.shape[0], self.constant)
        return self.model.decision_function(x)


def encode_text(column, y, train):
    words = TfidfVectorizer(use_idf=False, binary=True, norm="l2", min_df=2, max_df=0.8)
    text = column.fillna("")
    words.fit(text[train])
    everything = words.transform(text)
    x, target = everything[train], y[train]
    fold = partition(target, INNER_FOLDS, 0, 0)
    inner = [Path(x[fold != k], target[fold != k]) for k in range(INNER_FOLDS)]
    whole = Path(x, target)
    start = lam = whole.lambda_max()

    def unseen():
        eta = np.empty(len(target))
        for k, path in enumerate(inner):
            eta[fold == k] = path.predict(x[fold == k])
        return np.logaddexp(0, eta).sum() - (target * eta).sum(), eta

    (least, kept), best, step = unseen(), 0, 1
    while step <= min(STEPS, best + PATIENCE):
        lam *= STEP_RATIO
        for path in inner:
            path.solve(lam)
        loss, eta = unseen()
        if loss < least:
            least, kept, best = loss, eta, step
        step += 1
    for step in range(1, best + 1):
        whole.solve(start * STEP_RATIO**step)
    out = whole.predict(everything)
    out[train] = kept
    return [out.astype("float32")]


def encode(table, kinds, y, train):
    blocks = {"category": [], "number": [], "text": []}
    for name, kind in kinds.items():
        if kind == "category":
            blocks[kind] += encode_category(table[name], train)
        elif kind == "number":
            blocks[kind] += encode_number(table[name], train)
        else:
            blocks[kind] += encode_text(table[name], y, train)
    return np.column_stack(blocks["category"] + blocks["number"] + blocks["text"])


def learn(x, y, train, test, settings):
    aside = partition(y[train], 1, 0.15, mix(0, RANDOM_STATE)[0]) < 0
    learn, watch = train[~aside], train[aside]

    def matrix(rows, label=None):
        return xgboost.DMatrix(x[rows], label=label, missing=MISSING, nthread=1)

    dlearn, dwatch = matrix(learn, y[learn]), matrix(watch, y[watch])
    booster = xgboost.Booster(
        {**DEFAULTS, **settings, "objective": "binary:logistic", "eval_metric": "logloss",
         "tree_method": "hist", "nthread": 1, "seed": RANDOM_STATE, "verbosity": 0,
         "base_score": 0.5}, [dlearn, dwatch])
    recent, best, least = [], 0, np.inf
    for i in range(1, ROUNDS + 1):
        booster.update(dlearn, i - 1)
        if i % INTERVAL and i < ROUNDS:
            continue
        loss = float(booster.eval_set([(dwatch, "watch")], i - 1).rsplit(":", 1)[1])
        if loss < least:
            best, least = i, loss
        recent.append(loss)
        window = SMOOTH_INTERVAL // INTERVAL
        if len(recent) > window and loss >= recent[-1 - window]:
            break
    p = booster.predict(matrix(test), iteration_range=(0, best))
    return p, best


def clocks():
    return np.array([time.perf_counter(), time.process_time()])


def main():
    csv, aim, settings = sys.argv[1:4]
    aim = json.load(open(aim))
    table = pd.read_csv(csv, dtype=str, keep_default_na=True, na_values=["?"],
                        encoding="utf-8-sig")
    target = next(f["name"] for f in aim["features"] if f["importance"] == 1)
    kinds = {}
    for f in aim["features"]:
        if f["low_information"] or f["name"] == target:
            continue
        kind = {"Text": "text", "Categorical": "category", "Boolean": "category"}
        kinds[f["name"]] = kind.get(f["feature_type"], "number")
        if kinds[f["name"]] == "number":
            table[f["name"]] = pd.to_numeric(table[f["name"]])
    y = (table[target] == str(aim["positive_class"])).to_numpy(float)
    outer = partition(y, FOLDS, 0.2, 0)
    encoded = [None] * FOLDS
    for one in json.loads(settings):
        encoding, learning, losses, rounds = np.zeros(2), np.zeros(2), [], []
        for k in range(FOLDS):
            train = np.flatnonzero((outer != k) & (outer >= 0))
            test = np.flatnonzero(outer == k)
            start = clocks()
            if encoded[k] is None:
                encoded[k] = encode(table, kinds, y, train)
                encoding += clocks() - start
            start = clocks()
            p, best = learn(encoded[k], y, train, test, one)
            learning += clocks() - start
            rounds.append(best)
            losses.append(log_loss(y[test], p.astype(float)))
        print(json.dumps({
            "settings": one, "encode_wall": encoding[0], "encode_cpu": encoding[1],
            "learn_wall": learning[0], "learn_cpu": learning[1], "rounds": rounds,
            "folds": losses, "logloss": float(np.mean(losses))}), flush=True)


main()
