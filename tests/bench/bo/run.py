#!/usr/bin/env python3
"""Measure optimisers side by side, through their pipes.

    run.py run  --out FILE --opts A,B --seeds 0-9 [--probs P,Q] [--in-flight 1,4,8] [--trials 100]
    run.py show --out FILE [--opts A,B] [--probs P,Q] [--markdown]

The problems are those of $BENCH/bench_peers.py, a harness that is no part of drtune.  An
optimiser is `random`, `ours` (bo-propose), `ours:NAME` (the command line in $BO_NAME), or
a peer of peer.py; $PEERS is a folder with virtual environments, each of which is asked for
its peers.  What FILE has is not run again.  With more than one trial in flight the one that
finishes is drawn by the seed, the same for all.

Regret is (best found - best known) / (median of random search - best known), clipped at 2;
rank is that among all, for each problem and seed; intervals are 95 % bootstrap intervals over
problems and seeds.  CPU is what the filter took, children included, for a proposal.
"""
import argparse
import glob
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
AT = (25, 50, 100)


def harness():
    folder = os.environ.get("BENCH", os.path.join(HERE, "../../../../shared/bench"))
    os.environ.setdefault("BENCH_DATA", os.path.join(folder, "data"))
    spec = importlib.util.spec_from_file_location("harness", os.path.join(folder, "bench_peers.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def environments():
    """Peer -> the Python that has it, and its version."""
    found = {}
    for python in sorted(glob.glob(os.path.join(os.environ.get("PEERS", ""), "*/bin/python"))):
        r = subprocess.run([python, os.path.join(HERE, "peer.py"), "--list"],
                           stdout=subprocess.PIPE, text=True, check=True)
        for line in r.stdout.splitlines():
            name, version = line.split()
            found.setdefault(name, (python, version))
    return found


def command(opt, peers):
    if opt == "ours" or opt.startswith("ours:"):
        return [sys.executable, os.path.join(HERE, "ours.py")]
    return [peers[opt][0], os.path.join(HERE, "peer.py"), opt]


class Filter:
    def __init__(self, opt, peers, space, seed, parallel, trials):
        env = dict(os.environ)
        if opt.startswith("ours:"):
            env["BO_PROPOSE"] = env["BO_" + opt[5:]]
        self.pipe = subprocess.Popen(command(opt, peers), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE if not os.environ.get("VERBOSE") else None,
                                     text=True, env=env)
        self.say({"space": [list(p) for p in space], "seed": seed, "parallel": parallel, "trials": trials})

    def say(self, message):
        self.pipe.stdin.write(json.dumps(message) + "\n")
        self.pipe.stdin.flush()

    def ask(self):
        self.say({"ask": 1})
        return json.loads(self.pipe.stdout.readline())

    def tell(self, setting, y):
        self.say({"tell": setting, "y": y})

    def close(self):
        self.pipe.stdin.close()
        self.pipe.stdout.close()
        self.pipe.wait()


class Random:
    def __init__(self, space, seed):
        self.space, self.rng = space, random.Random(seed)

    def draw(self, p):
        if p[1] == "c":
            return self.rng.randrange(len(p[2]))
        low, high = p[2], p[3]
        if p[1] == "i":
            low, high = max(low - 0.5, 0.5) if p[4] else low - 0.5, high + 0.5
        v = low * (high / low) ** self.rng.random() if p[4] else self.rng.uniform(low, high)
        return min(max(round(v), p[2]), p[3]) if p[1] == "i" else v

    def ask(self):
        return [self.draw(p) for p in self.space]

    def tell(self, setting, y):
        pass

    def close(self):
        pass


def one(module, peers, opt, name, seed, flight, trials):
    space, fn, _ = module.problem(name)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    o = Random(space, seed) if opt == "random" else Filter(opt, peers, space, seed, flight, trials)
    order, pending, ys = random.Random(seed), [], []
    while len(ys) < trials:
        while len(pending) < flight:
            pending.append(o.ask())
        setting = pending.pop(order.randrange(len(pending)))
        y = float(fn({p[0]: p[2][int(v)] if p[1] == "c" else v for p, v in zip(space, setting)}))
        ys.append(y if abs(y) < 1e9 else 1e9)
        o.tell(setting, ys[-1])
    o.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"opt": opt, "prob": name, "seed": seed, "flight": flight, "y": ys, "cpu": round(cpu / trials, 5)}


def numbers(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def read(path):
    runs = {}
    if os.path.exists(path):
        with open(path) as file:
            for line in file:
                r = json.loads(line)
                runs[r["opt"], r["prob"], r["seed"], r["flight"]] = r
    return runs


def run(a):
    module, peers = harness(), environments()
    done = read(a.out)
    for opt in a.opts:
        if opt != "random" and not opt.startswith("ours") and opt not in peers:
            print("skipped: %s is not installed; bin/setup --peers installs the peers" % opt, file=sys.stderr)
    opts = [o for o in a.opts if o == "random" or o.startswith("ours") or o in peers]
    for seed in numbers(a.seeds):
        for flight in numbers(a.in_flight):
            for name in a.probs or module.PROBS:
                for opt in opts:
                    if (opt, name, seed, flight) in done:
                        continue
                    try:
                        r = one(module, peers, opt, name, seed, flight, a.trials)
                    except (ValueError, OSError, ImportError) as error:
                        print("%s on %s, seed %d: %s" % (opt, name, seed, error), file=sys.stderr)
                        continue
                    with open(a.out, "a") as file:
                        file.write(json.dumps(r) + "\n")


# ---------------------------------------------------------------- the table


def interval(np, values, rounds=2000):
    rng = np.random.default_rng(0)
    v = np.asarray(values, float)
    means = v[rng.integers(len(v), size=(rounds, len(v)))].mean(1)
    return v.mean(), np.percentile(means, 2.5), np.percentile(means, 97.5)


def best_known(module, runs, probs):
    best = {}
    for p in probs:
        known = module.problem(p)[2]
        seen = min(min(r["y"]) for k, r in runs.items() if k[1] == p)
        best[p] = seen if known is None else min(known, seen)
    return best


def regrets(np, runs, best, at):
    """(opt, prob, seed, flight) -> regret after `at` trials."""
    cells = {}
    for p in best:
        base = [min(r["y"][:at]) for k, r in runs.items() if k[0] == "random" and k[1] == p and len(r["y"]) >= at]
        if not base:
            continue
        scale = max(np.median(base) - best[p], 1e-12)
        for k, r in runs.items():
            if k[1] == p and len(r["y"]) >= at:
                cells[k] = min(max((min(r["y"][:at]) - best[p]) / scale, 0), 2)
    return cells


def ranks(cells, opts, instances, flight):
    for i in instances:
        row = {o: cells[o, i[0], i[1], flight] for o in opts}
        for o, mine in row.items():
            yield o, 1 + sum(v < mine - 1e-12 for v in row.values()) + \
                0.5 * (sum(abs(v - mine) <= 1e-12 for v in row.values()) - 1)


def table(np, module, runs, a, flight, probs, title):
    opts = [o for o in a.opts or dict.fromkeys(k[0] for k in runs)
            if any(k[0] == o and k[3] == flight and k[1] in probs for k in runs)]
    if not opts:
        return
    best, columns, instances = best_known(module, runs, probs), {o: [] for o in opts}, []
    for at in AT:
        cells = regrets(np, runs, best, at)
        instances = sorted({k[1:3] for k in cells if k[3] == flight})
        instances = [i for i in instances if all((o, *i, flight) in cells for o in opts)]
        if not instances:
            print("%s: no problem and seed that all of %s have" % (title, ", ".join(opts)))
            return
        rank = {o: [] for o in opts}
        for o, r in ranks(cells, opts, instances, flight):
            rank[o].append(r)
        for o in opts:
            columns[o].append((interval(np, [cells[o, *i, flight] for i in instances]), interval(np, rank[o])))
    print("\n%s: %d in flight, %d problems, %d runs each\n" % (
        title, flight, len({i[0] for i in instances}), len(instances)))
    print("| optimiser | " + " | ".join("regret @%d" % t for t in AT) + " | "
          + " | ".join("rank @%d" % t for t in AT) + " | CPU a proposal |")
    print("|---|" + "--:|" * (2 * len(AT) + 1))
    for o in sorted(opts, key=lambda o: columns[o][1][0][0]):
        cpu = [r["cpu"] for k, r in runs.items() if k[0] == o and k[3] == flight and k[1:3] in set(instances)]
        print("| %s | %s | %s | %.4f s |" % (
            o, " | ".join("%.3f [%.2f, %.2f]" % c[0] for c in columns[o]),
            " | ".join("%.2f [%.2f, %.2f]" % c[1] for c in columns[o]), np.mean(cpu)))


def show(a):
    import numpy as np
    module, runs = harness(), read(a.out)
    probs = a.probs or list(dict.fromkeys(k[1] for k in runs))
    families = {}
    for p in probs:
        families.setdefault(p.split("@")[0] if "@" in p else "functions", []).append(p)
    for flight in sorted({k[3] for k in runs}):
        table(np, module, runs, a, flight, probs, "All problems")
    if a.families:
        for family, members in families.items():
            table(np, module, runs, a, 1, members, family)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=["run", "show"])
    ap.add_argument("--out", required=True)
    ap.add_argument("--opts", type=lambda t: t.split(","), default=[])
    ap.add_argument("--probs", type=lambda t: t.split(","), default=[])
    ap.add_argument("--seeds", default="0-9")
    ap.add_argument("--in-flight", default="1")
    ap.add_argument("--trials", type=int, default=100)
    ap.add_argument("--families", action="store_true")
    a = ap.parse_args()
    run(a) if a.what == "run" else show(a)


main()
