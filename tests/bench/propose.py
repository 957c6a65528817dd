#!/usr/bin/env python3
"""What a proposal of bo-propose costs, and the memory it takes.

    propose.py [--bin DIR] [--dims 10] [--trials 50,200,1000,10000] [--open 1,8] [--repeat 5]

The trials are made here, always the same: settings that close in on the optimum of a rugged
bowl, as those of a search do.  Three figures, all of the processor's time (user and system),
in milliseconds, for each number of trials in the log:

    start    from the start of the command to its end, with no trial (-n 1)
    batch    the same with the log on standard input: read, learn, propose once
    follow   one step of --follow --parallel OPEN --log: a result in, a proposal out; the mean
             of so many steps as make the number of trials grow by a twentieth (20 to 60), which
             is how often the parameters are learnt.  Results come back in random order.

Memory is the greatest resident set of the batch command.
"""
import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile


def score(x, noise):
    bowl = sum((v - .3 - .04 * j) ** 2 * (j + 1) + .3 * math.cos(9 * (v - .3 - .04 * j))
               for j, v in enumerate(x))
    return bowl + .05 * noise.gauss(0, 1)


def log_of(n, dims):
    r = random.Random(n)
    lines = []
    for i in range(n):
        width = max(.02, .5 * (1 - i / max(n, 100))) if i % 4 else 1
        x = [min(1, max(0, .3 + .04 * j + width * r.uniform(-1, 1))) for j in range(dims)]
        params = {"x%d" % j: v for j, v in enumerate(x)}
        lines.append(json.dumps({"trial": "%016x" % r.getrandbits(64), "state": "completed",
                                 "params": params, "number": i, "score": score(x, r)}))
    return lines


def run_once(command, log):
    """CPU ms and MB of one run."""
    with open(log) as stdin:
        p = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(p.pid, 0)
    if status:
        sys.exit("propose.py: bo-propose ended with status %d" % status)
    return 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024


def cpu(pid):
    with open("/proc/%d/schedstat" % pid) as f:
        return int(f.read().split()[0]) / 1e6


def steps(command, log, n, flight):
    r, noise = random.Random(1), random.Random(2)
    p = subprocess.Popen(command + ["--follow", "--trials", "10000000", "--log", log,
                                    "--parallel", str(flight)],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pending = [json.loads(p.stdout.readline()) for _ in range(flight)]
    before, count = cpu(p.pid), min(60, max(20, n // 20))
    for _ in range(count):
        rec = pending.pop(r.randrange(flight))
        rec.update(state="completed", score=score(rec["params"].values(), noise))
        p.stdin.write(json.dumps(rec) + "\n")
        p.stdin.flush()
        pending.append(json.loads(p.stdout.readline()))
    took = (cpu(p.pid) - before) / count
    p.kill()
    p.wait()
    return took


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--bin", default="bin")
    a.add_argument("--dims", type=int, default=10)
    a.add_argument("--trials", default="50,200,1000,10000")
    a.add_argument("--open", default="1,8")
    a.add_argument("--repeat", type=int, default=5)
    a = a.parse_args()
    command = [os.path.join(a.bin, "bo-propose"), "--quiet"]
    command += ["x%d=0.0..1.0" % j for j in range(a.dims)]
    flights = [int(f) for f in a.open.split(",") if f]
    start = [run_once(command, os.devnull)[0] for _ in range(4 * a.repeat)]
    print("start %.1f ms" % statistics.median(start))
    print("%8s %8s %6s" % ("trials", "batch", "MB"),
          *("%12s" % ("follow, %d" % f) for f in flights), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for n in map(int, a.trials.split(",")):
            log = os.path.join(folder, "log")
            with open(log, "w") as f:
                f.write("\n".join(log_of(n, a.dims)) + "\n")
            runs = [run_once(command, log) for _ in range(a.repeat)]
            print("%8d %8.1f %6.1f" % (n, statistics.median(t for t, _ in runs), max(m for _, m in runs)),
                  *("%12.1f" % steps(command, log, n, f) for f in flights), flush=True)


main()
