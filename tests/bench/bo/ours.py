#!/usr/bin/env python3
"""bo-propose as a filter that is asked and told (peer.py has the protocol): what the
bench measures is the command, through its pipe.  $BO_PROPOSE is the command, with more
options if need be."""
import json
import os
import shlex
import subprocess
import sys
import tempfile


def values(p):
    if p[1] == "c":
        return p[2]
    return {"min": p[2], "max": p[3], "type": "int" if p[1] == "i" else "float", "log": bool(p[4])}


def main():
    first = json.loads(sys.stdin.readline())
    space = first["space"]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({p[0]: values(p) for p in space}, file)
        file.flush()
        bo = subprocess.Popen(
            shlex.split(os.environ.get("BO_PROPOSE", "bo-propose")) +
            ["--quiet", "--follow", "--parallel", str(first["parallel"]), "--trials", "10000000",
             "--seed", str(first["seed"]), "--space", file.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        pending = {}
        for line in sys.stdin:
            message = json.loads(line)
            if "ask" in message:
                record = json.loads(bo.stdout.readline())
                v = [p[2].index(record["params"][p[0]]) if p[1] == "c" else record["params"][p[0]]
                     for p in space]
                pending[json.dumps(v)] = record
                print(json.dumps(v), flush=True)
            else:
                record = pending.pop(json.dumps(message["tell"]))
                record.update(state="completed", score=message["y"])
                bo.stdin.write(json.dumps(record) + "\n")
                bo.stdin.flush()
        bo.kill()
        bo.wait()


main()
