"""Ours and Python's side by side; see learners.sh."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import reference
import tables

MISSING = {"", "na", "n/a", "#na", "#n/a", "nan", "null", "none", "inf", "?", "."}
ROW = "{:<48.48} {:>10} {:>10} {:>10} {:>9} {:>6} {:>6}  {}"


def options():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(prog="learners.sh")
    parser.add_argument("--bin", default=os.path.join(here, "../../../bin"))
    parser.add_argument("--partitions", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--reference")
    parser.add_argument("--diabetes")
    parser.add_argument("table", nargs="*")
    return parser.parse_args()


def job(bin_dir, what):
    """One job of dr-worker: its result, and the seconds it took."""
    before = os.times()
    done = subprocess.run(
        [os.path.join(bin_dir, "dr-worker")],
        input=json.dumps(what) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    after = os.times()
    seconds = after.children_user + after.children_system
    seconds -= before.children_user + before.children_system
    if done.returncode:
        sys.exit(f"learners: dr-worker: {done.stdout or done.stderr}")
    return json.loads(done.stdout), seconds


def score(table, y, p):
    """RMSE, or the mean of what the probabilities of the right classes lose."""
    if table.kind == "Regression":
        return float(np.sqrt(np.mean((y - p) ** 2)))
    if p.ndim == 1:
        p = np.stack([1 - p, p], axis=1)
    right = p[np.arange(len(y)), y.astype(int)]
    return float(-np.mean(np.log(np.clip(right, 1e-15, 1 - 1e-15))))


class Partition:
    """One way to part a table's rows, prepared for both."""

    def __init__(self, table, seed, bin_dir, folder):
        self.table, self.bin, self.dir, self.seed = table, bin_dir, folder, seed
        path = os.path.join(folder, "table.csv")
        self.fold = np.array(table.folds(seed))
        table.write(path, self.fold)
        aim = {"job": "aim", "csv": path, "dir": folder, "target": table.target}
        aim.update(cv_method="user", column=tables.FOLD, target_type=table.kind, seed=seed)
        self.aim, _ = job(bin_dir, aim)
        os.unlink(path)
        self.made = self.columns()

    def columns(self):
        """The columns as Python's learners take them, of the types that ours found."""
        header = self.table.header
        used = set(self.aim["featurelists"]["Informative Features"]) - {self.table.target}
        kind = {f["name"]: f["feature_type"] for f in self.aim["features"]}
        cells = {n: [row[header.index(n)] for row in self.table.rows] for n in header if n in used}
        number, category, text = [], [], []
        for name, values in cells.items():
            values = [None if v.strip().lower() in MISSING else v.strip() for v in values]
            if kind[name] == "Numeric":
                number.append([np.nan if v is None else float(v) for v in values])
            elif kind[name] == "Text":
                text.append(["" if v is None else v for v in values])
            else:
                category.append(["(missing)" if v is None else v for v in values])
        n = len(self.table.rows)
        y = self.table.y
        if self.table.kind == "Regression":
            y = np.array(y, dtype=float)
        elif self.table.kind == "Binary":
            positive = str(self.aim["positive_class"]).lower()
            y = np.array([float(v.lower() == positive) for v in y])
        else:
            places = {str(c): i for i, c in enumerate(self.aim["classes"])}
            y = np.array([float(places[v]) for v in y])
        return (
            np.array(number, dtype=float).T.reshape(n, -1),
            np.array(category, dtype=object).T.reshape(n, -1),
            np.array(text, dtype=object).T.reshape(n, -1),
            y,
        )

    def parts(self):
        numbers, categories, texts, y = self.made
        for k in range(tables.FOLDS):
            train, apply = np.flatnonzero(self.fold != k), np.flatnonzero(self.fold == k)
            yield reference.Part(
                self.table.kind, self.seed, numbers, categories, texts, y, train, apply
            )

    def ours(self, what):
        result, seconds = job(
            self.bin, {"job": "fit", "dir": self.dir, "holdout": False, "cache": False, **what}
        )
        return statistics.mean(result["metrics"][self.table.metric]["folds"]), seconds


def theirs_of(name, texts):
    """Python's learner for a blueprint, or None."""
    if " - " in name:
        return reference.text_alone(texts[name.split(" - ", 1)[1]])
    for pattern, fit in reference.BY_NAME:
        if re.search(pattern, name):
            return fit
    return None


class Known:
    """Python's scores of earlier runs, in a file."""

    def __init__(self, path):
        self.path, self.all = path, {}
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                self.all = json.load(f)

    def keep(self, key, value):
        self.all[key] = value
        if self.path:
            with open(self.path + ".tmp", "w", encoding="utf-8") as f:
                json.dump(self.all, f, indent=1)
            os.rename(self.path + ".tmp", self.path)


def compare(table, o, known):
    """Scores of all models over all partitions: {name: ([ours], [theirs], seconds, ...)}."""
    found = {}
    for seed in range(o.partitions):
        with tempfile.TemporaryDirectory() as folder:
            partition = Partition(table, seed, o.bin, folder)
            one_partition(partition, seed, o, known, found)
    return found


def one_partition(partition, seed, o, known, found):
    table, predictions = partition.table, {}
    parts = list(partition.parts())
    texts = [f["name"] for f in partition.aim["features"] if f["feature_type"] == "Text"]
    texts = {name: i for i, name in enumerate(texts)}
    blueprints = [b for b in partition.aim["blueprints"] if re.search(o.only, b["model_type"])]

    def theirs(name):
        fit, begin = theirs_of(name, texts), time.process_time()
        predictions[name] = [fit(part) for part in parts]
        return time.process_time() - begin

    def mean_score(said):
        y = partition.made[3]
        return statistics.mean(score(table, y[part.apply], p) for part, p in zip(parts, said))

    def note(name, what, make, of=""):
        ours, seconds = partition.ours(what)
        key = f"{table.name} {seed} {name}{of}"
        if key not in known.all:
            spent = make()
            known.keep(key, [mean_score(predictions[name]), spent])
        row = found.setdefault(name, ([], [], [], []))
        for to, value in zip(row, (ours, known.all[key][0], seconds, known.all[key][1])):
            to.append(value)

    for b in blueprints:
        name = b["model_type"]
        note(name, {"blueprint": b["id"]}, lambda name=name: theirs(name))
    if o.only:
        return
    best = sorted(blueprints, key=lambda b: found[b["model_type"]][0][seed])[:3]
    names = [b["model_type"] for b in best]

    def blend():
        spent = sum(theirs(n) for n in names if n not in predictions)
        said = [np.mean(p, axis=0) for p in zip(*(predictions[n] for n in names))]
        predictions["AVG Blender"] = said
        return spent

    members = {"blend": [{"blueprint": b["id"]} for b in best]}
    note("AVG Blender", members, blend, f" of {', '.join(sorted(names))}")


def spread(values):
    return statistics.stdev(values) if len(values) > 1 else 0.0


def report(table, found, partitions):
    """Print the table; how many of ours are worse?"""
    noises = [spread(v) for row in found.values() for v in row[:2] if spread(v) > 0]
    common = statistics.median(noises) if noises else 0.0
    worse = 0
    print(f"\n{table.name}: {table.kind}, {len(table.rows)} rows, {tables.FOLDS} folds, "
          f"{partitions} partitions, {table.metric}")
    print(ROW.format("", "ours", "Python", "difference", "noise", "s", "s", ""))
    for name, (ours, theirs, seconds, spent) in found.items():
        difference = [a - b for a, b in zip(ours, theirs)]
        mean = statistics.mean(difference)
        noise = max(common, spread(difference))
        verdict = "WORSE" if mean > noise else "better" if mean < -noise else "same"
        worse += verdict == "WORSE"
        print(ROW.format(name.replace("eXtreme Gradient Boosted Trees", "XGBoost"),
                         f"{statistics.mean(ours):.5g}", f"{statistics.mean(theirs):.5g}",
                         f"{mean:+.5f}", f"{noise:.5f}", f"{statistics.mean(seconds):.1f}",
                         f"{statistics.mean(spent):.1f}", verdict), flush=True)
    return worse


def main():
    o = options()
    if unknown := set(o.table) - set(tables.ALL):
        sys.exit(f"learners.sh: no table {sorted(unknown)[0]}")
    if o.partitions < 2:
        sys.exit("learners.sh: the noise needs --partitions 2 or more")
    chosen = [tables.ALL[name]() for name in (o.table or ([] if o.diabetes else tables.ALL))]
    if o.diabetes:
        chosen.append(tables.diabetes(o.diabetes))
    known, worse = Known(o.reference), 0
    for table in chosen:
        worse += report(table, compare(table, o, known), o.partitions)
    print(f"\n{worse} worse than Python's")
    sys.exit(worse > 0)


main()
