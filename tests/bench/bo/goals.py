#!/usr/bin/env python3
"""What bo-propose's goals are worth, on made-up functions, through the command.

    goals.py WHAT [SEEDS [BO-PROPOSE]]

WHAT    compared
two     hypervolume of two objectives: --objective twice; one score by random weights anew for
        each proposal (ParEGO); random settings
three   the same with three
bound   regret of the best that keeps a constraint: --constraint; infeasible trials as failed ones;
        random
cost    regret for a sum of costs: --cost; without; random
sample  regret after 40 trials at a quarter of the rows: sample_pct in the log; that log by
        --prior-log; without it
noise   true regret of the setting with the best score, and last of the best setting tried: scores
        with their five folds; without.  The process does not look at folds (so far)

One row for each way: the mean over problems and seeds, and its standard error, after 15, 30
and 50 trials (cost: after 60, 120 and 240 seconds; sample: 5, 15 and 30 trials).  Of two and
three more is better, of the others less.  Needs nothing but Python.
"""
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile

BO = "bo-propose"
AT = (15, 30, 50)


def ask(space, log, options, seed):
    text = "".join(json.dumps(r) + "\n" for r in log)
    args = ["%s=0.0..1.0" % p for p in space]
    out = subprocess.run([BO, "-q", "--seed", str(seed), *options, *args], input=text,
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(out)


def completed(record, **fields):
    record.update(state="completed", metric="M", minimize=True, **fields)
    return record


def random_record(space, rng, number):
    return {"trial": "%016x" % rng.getrandbits(64), "number": number,
            "params": {p: rng.random() for p in space}}


# ------------------------------------------------------------- functions of [0, 1]^d


def branin(x):
    a, b = 15 * x[0] - 5, 15 * x[1]
    return ((b - 5.1 / (4 * math.pi**2) * a * a + 5 / math.pi * a - 6)**2 +
            10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


A6 = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P6 = [[.1312, .1696, .5569, .0124, .8283, .5886], [.2329, .4135, .8307, .3736, .1004, .9991],
      [.2348, .1451, .3522, .2883, .3047, .6650], [.4047, .8828, .8732, .5743, .1091, .0381]]


def hartmann(x):
    return -sum(c * math.exp(-sum(a * (v - p)**2 for a, v, p in zip(A6[i], x, P6[i])))
                for i, c in enumerate((1, 1.2, 3, 3.2)))


def tuned(x):
    """Like a learner: rate, depth, rows, columns; more of it helps, and costs."""
    rate, depth, rows, columns = x
    return (0.3 + 0.5 * (rate - 0.35)**2 + 0.3 * (depth - 0.6)**2 + 0.1 * (1 - rows)**2 +
            0.05 * (columns - 0.5)**2 + 0.1 * math.exp(-3 * rate - 2 * depth))


def seconds(x):
    rate, depth, rows, columns = x
    return 2 * math.exp(2.5 * depth + 1.2 * rows + 0.5 * columns - 1.5 * rate)


def zdt(x):
    g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
    return [x[0], g * (1 - math.sqrt(x[0] / g))]


def sphere(x, k):
    """DTLZ2: k objectives, their front a part of a sphere."""
    g = sum((v - 0.5)**2 for v in x[k - 1:])
    out = []
    for i in range(k):
        v = 1 + g
        for a in x[:k - 1 - i]:
            v *= math.cos(a * math.pi / 2)
        out.append(v * math.sin(x[k - 1 - i] * math.pi / 2) if i else v)
    return out


# ------------------------------------------------------------- several objectives

TWO = {"zdt1": (4, zdt, (1.1, 10)), "sphere2": (5, lambda x: sphere(x, 2), (1.5, 1.5)),
       "learner": (4, lambda x: [tuned(x), math.log(seconds(x))], (0.8, 5.5)),
       "branin-currin": (2, lambda x: [branin(x), currin(x)], (150, 15))}
THREE = {"sphere3": (5, lambda x: sphere(x, 3), (1.5, 1.5, 1.5)),
         "learner3": (4, lambda x: [tuned(x), math.log(seconds(x)), -x[0] * x[3] + x[1]**2], (0.8, 5.5, 1.1))}


def currin(x):
    a, b = x
    return ((1 - math.exp(-1 / (2 * b)) if b else 1) *
            (2300 * a**3 + 1900 * a * a + 2092 * a + 60) / (100 * a**3 + 500 * a * a + 4 * a + 20))


def volume(points, ref):
    points = [p for p in points if all(a < b for a, b in zip(p, ref))]
    if not points:
        return 0
    if len(ref) == 1:
        return ref[0] - min(p[0] for p in points)
    levels = sorted({p[0] for p in points}) + [ref[0]]
    return sum((hi - lo) * volume([p[1:] for p in points if p[0] <= lo], ref[1:])
               for lo, hi in zip(levels, levels[1:]))


def scalarised(log, k, rng):
    """Augmented Tchebycheff with random weights (Knowles 2006), objectives scaled to [0, 1]."""
    w = [rng.expovariate(1) for _ in range(k)]
    w = [v / sum(w) for v in w]
    lo = [min(r["o"][i] for r in log) for i in range(k)]
    hi = [max(r["o"][i] for r in log) for i in range(k)]
    for r in log:
        z = [a * (v - b) / ((c - b) or 1) for a, v, b, c in zip(w, r["o"], lo, hi)]
        r["score"] = max(z) + 0.05 * sum(z)
    return log


def objectives(problems, seed, way):
    for d, fn, ref in problems.values():
        space, rng, log, curve = ["p%d" % i for i in range(d)], random.Random(seed), [], []
        options = [a for i in range(len(ref)) for a in ("--objective", ".o[%d]" % i)] if way == "ours" else []
        for n in range(AT[-1]):
            if way == "random":
                r = random_record(space, rng, n)
            else:
                r = ask(space, scalarised(log, len(ref), rng) if way == "parego" and log else log, options, seed)
            o = fn([r["params"][p] for p in space])
            log.append(completed(r, score=o[0], o=o))
            if n + 1 in AT:
                curve.append(volume([r["o"] for r in log], ref))
        yield curve


# ------------------------------------------------------------- one objective


def townsend(x):
    a, b = 4.5 * x[0] - 2.25, 4.25 * x[1] - 2.5
    t = math.atan2(a, b)
    g = (a * a + b * b - (2 * math.cos(t) - .5 * math.cos(2 * t) - .25 * math.cos(3 * t) - .125 * math.cos(4 * t))**2 -
         (2 * math.sin(t))**2)
    return -math.cos((a - .1) * b)**2 - a * math.sin(3 * a + b), g


BOUND = {"townsend": (2, townsend, 0, -2.0239884, 2), "learner": (4, lambda x: (tuned(x), seconds(x)), 6, 0.33187, 0.3),
         "hartmann": (6, lambda x: (hartmann(x), sum(x)), 2.2, -3.3008, 3.3)}


def bound(seed, way):
    for d, fn, limit, best, scale in BOUND.values():
        space, rng, log, curve = ["p%d" % i for i in range(d)], random.Random(seed), [], []
        options = ["--constraint", ".c <= %g" % limit] if way == "ours" else []
        for n in range(AT[-1]):
            r = random_record(space, rng, n) if way == "random" else ask(space, log, options, seed)
            f, c = fn([r["params"][p] for p in space])
            log.append(completed(r, score=f if way != "failed" or c <= limit else None, f=f, c=c))
            if n + 1 in AT:
                kept = [r["f"] for r in log if r["c"] <= limit]
                curve.append(min(1, (min(kept) - best) / scale) if kept else 1)
        yield curve


def cost(seed, way):
    space, rng, log, curve, spent = ["p%d" % i for i in range(4)], random.Random(seed), [], [], 0
    options, budgets = (["--cost", ".seconds"] if way == "ours" else []), [60, 120, 240]
    while budgets:
        r = random_record(space, rng, len(log)) if way == "random" else ask(space, log, options, seed)
        x = [r["params"][p] for p in space]
        spent += seconds(x)
        while budgets and spent > budgets[0]:
            curve.append((min([r["score"] for r in log] + [1]) - 0.3082) / 0.1)
            budgets.pop(0)
        log.append(completed(r, score=tuned(x), seconds=seconds(x)))
    yield curve


SAMPLE = {"branin": (2, branin, lambda x: 1.3 * branin([0.9 * x[0] + 0.02, x[1]]) + 20, 0.397887, 50),
          "hartmann": (6, hartmann, lambda x: 0.8 * hartmann([0.95 * v + 0.03 for v in x]) + 0.4, -3.32237, 3),
          "learner": (4, tuned, lambda x: tuned([min(1, x[0] + .08)] + x[1:]) + 0.05, 0.3082, 0.1)}


def sample(seed, way):
    for d, fn, cheap, best, scale in SAMPLE.values():
        space, log, small, curve = ["p%d" % i for i in range(d)], [], [], []
        for n in range(40 if way != "without" else 0):
            r = ask(space, small, [], seed + 1000)
            small.append(completed(r, score=cheap([r["params"][p] for p in space])))
        for r in small:
            if way == "sample":
                r["fidelity"] = {"sample_pct": 16}
                r["trial"] = r["trial"][::-1]
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("".join(json.dumps(r) + "\n" for r in small))
            file.flush()
            for n in range(30):
                r = ask(space, small * (way == "sample") + log,
                        ["--prior-log", file.name] if way == "prior-log" else [], seed)
                log.append(completed(r, score=fn([r["params"][p] for p in space])))
                if n + 1 in (5, 15, 30):
                    curve.append(min(1, (min(r["score"] for r in log) - best) / scale))
        yield curve


NOISE = {"branin": (2, branin, 0.397887, 50, 15), "hartmann": (6, hartmann, -3.32237, 3, 0.6),
         "learner": (4, tuned, 0.3082, 0.1, 0.02)}


def noise(seed, way):
    """Folds: an effect that all trials share, and a deviation of their own, of the last column."""
    for d, fn, best, scale, sd in NOISE.values():
        space, rng, log, curve = ["p%d" % i for i in range(d)], random.Random(seed), [], []
        shared = [rng.gauss(0, 3 * sd) for _ in range(5)]
        for n in range(AT[-1]):
            r = ask(space, log, [], seed)
            f = fn([r["params"][p] for p in space])
            folds = [f + s + rng.gauss(0, sd) for s in shared]
            completed(r, score=sum(folds) / 5, true=f)
            if way == "folds":
                r["folds"] = folds
            log.append(r)
            if n + 1 in AT:
                chosen = min(log, key=lambda r: r["score"])
                curve.append(min(1, (chosen["true"] - best) / scale))
        yield curve + [min(1, (min(r["true"] for r in log) - best) / scale)]


WHAT = {"two": (("ours", "parego", "random"), lambda s, w: objectives(TWO, s, w)),
        "three": (("ours", "parego", "random"), lambda s, w: objectives(THREE, s, w)),
        "bound": (("ours", "failed", "random"), bound), "cost": (("ours", "without", "random"), cost),
        "sample": (("sample", "prior-log", "without"), sample), "noise": (("folds", "without"), noise)}


def main():
    global BO
    what, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    BO = sys.argv[3] if len(sys.argv) > 3 else BO
    ways, run = WHAT[what]
    rows = {w: [c for s in range(seeds) for c in run(s, w)] for w in os.environ.get("WAYS", ",".join(ways)).split(",")}
    if what in ("two", "three"):  # hypervolumes in units of the best seen of that problem
        n = len(TWO if what == "two" else THREE)
        top = [max(c[-1] for curves in rows.values() for c in curves[i::n]) for i in range(n)]
        rows = {w: [[v / top[i % n] for v in c] for i, c in enumerate(curves)] for w, curves in rows.items()}
    for w, curves in rows.items():
        print("%-10s" % w, "  ".join("%.3f (%.3f)" % (statistics.mean(c), statistics.pstdev(c) / max(1, len(c) - 1)**.5)
                                     for c in zip(*curves)), len(curves))


main()
