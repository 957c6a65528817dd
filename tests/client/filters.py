"""drtune's own tools against the same service: the same numbers as the client's."""

import json
import os
import subprocess

import datarobot as dr

from brute_force import FAST, GRID
from common import parameters_of, score
from tap import equal, row


def records(t, command, lines=()):
    """What a tool writes, as a list; for the project of these rows."""
    told = "".join(json.dumps(one) + "\n" for one in lines)
    environment = {**os.environ, "DR_PROJECT": t.project.id}
    done = subprocess.run(command, input=told, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr}"
    return [json.loads(line) for line in done.stdout.splitlines()]


@row("dr-models: the leaderboard of project.get_models()")
def leaderboard(t):
    mine = {m["id"]: m["score"] for m in records(t, ["dr-models"])}
    equal(mine, {m.id: score(m) for m in t.project.get_models()}, "the scores")


@row("dr-params: the parameters of model.get_advanced_tuning_parameters()")
def parameters(t):
    mine = {p["id"]: p["default"] for p in records(t, ["dr-params", "--model", t.tuned.id])}
    theirs = t.tuned.get_advanced_tuning_parameters()["tuning_parameters"]
    equal(mine, {p["parameter_id"]: p["default_value"] for p in theirs}, "the values in use")


@row("dr-submit, dr-collect: what the client has asked for already is the same model")
def same_model(t):
    best = t.found[0]
    now = parameters_of(best)
    values = [f"{n}={now[n]['default_value']}" for n in (*GRID, *FAST)]
    proposed = records(t, ["gridgen", *values])
    submitted = records(t, ["dr-submit", "--model", t.model.id], proposed)
    done = records(t, ["dr-collect"], submitted)
    equal([(d["state"], d["tuned_model"], d["score"]) for d in done], [("completed", best.id, score(best))], "the trial")


@row("dr-submit, dr-collect: a new model has the score that the client reads")
def new_model(t):
    proposed = records(t, ["gridgen", "min_child_weight=3"])
    submitted = records(t, ["dr-submit", "--model", t.model.id], proposed)
    done = records(t, ["dr-collect"], submitted)[0]
    model = dr.Model.get(t.project.id, done["tuned_model"])
    equal(done["score"], score(model), "the score")
    equal(parameters_of(model)["min_child_weight"]["default_value"], 3, "min_child_weight")
