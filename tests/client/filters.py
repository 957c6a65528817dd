"""drtune's own tools against the same service: the same numbers as the client's."""

import itertools
import json
import os
import subprocess
import tempfile

import datarobot as dr

from brute_force import FAST, GRID
from common import TARGET, parameters_of, score
from tap import equal, row
from tuning import SEARCHED


def records(t, command, lines=(), project=None):
    """What a tool writes, as a list; for the project of these rows, or another."""
    told = "".join(json.dumps(one) + "\n" for one in lines)
    environment = {**os.environ, "DR_PROJECT": project or t.project.id}
    done = subprocess.run(command, input=told, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr}"
    return [json.loads(line) for line in done.stdout.splitlines()]


@row("dr-project, dr-train: a project of the tools' has the numbers of the client's")
def same_project(t):
    table = os.environ["SMALL_TABLE"]
    mine = records(t, ["dr-project", "create", table, "--name", "by tools"])[0]["id"]
    started = records(t, ["dr-project", "start", mine, "--target", TARGET, "--mode", "manual", "--wait"])[0]
    trees = [b for b in records(t, ["dr-blueprints"], project=mine) if "Boosted Trees" in b["model_type"]][0]
    submitted = records(t, ["dr-train", "-b", trees["id"]], project=mine)
    done = records(t, ["dr-collect"], submitted, project=mine)[0]
    project = dr.Project.create(table, project_name="by the client")
    project.analyze_and_model(target=TARGET, mode=dr.enums.AUTOPILOT_MODE.MANUAL)
    equal((started["target_type"], started["metric"]), (project.target_type, project.metric), "type and metric")
    blueprint = next(b for b in project.get_blueprints() if b.model_type == trees["model_type"])
    number = project.train(blueprint.id, scoring_type="crossValidation")
    theirs = dr.models.Job.get(project.id, number).get_result_when_complete()
    wanted = {name: {part: at[part] for part in done["metrics"][name]} for name, at in theirs.metrics.items()}
    equal(done["metrics"], wanted, "the metrics")
    project.unlock_holdout()
    records(t, ["dr-project", "unlock-holdout", mine])
    best = records(t, ["dr-models", "--partition", "holdout"], project=mine)[0]
    equal(best["score"], score(dr.Model.get(project.id, theirs.id), "holdout"), "the score on the holdout")


@row("dr-blueprints: those of project.get_blueprints()")
def blueprints(t):
    mine = {b["id"]: (b["model_type"], b["processes"]) for b in records(t, ["dr-blueprints"])}
    equal(mine, {b.id: (b.model_type, b.processes) for b in t.project.get_blueprints()}, "the blueprints")


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


@row("a list of values, dr-submit, dr-collect: the search inside is the one that the client has asked for")
def same_search(t):
    trial = {"trial": "00000000000000aa", "state": "proposed", "by": "check", "params": SEARCHED}
    submitted = records(t, ["dr-submit", "--model", t.model.id], [trial])
    done = records(t, ["dr-collect"], submitted)[0]
    equal((done["tuned_model"], done["score"]), (t.searched.id, score(t.searched)), "model and score")


@row("dr-train --sample-pct 100, dr-collect: the model of model.train(sample_pct=100)")
def same_full_model(t):
    submitted = records(t, ["dr-train", "-b", t.tuned.blueprint_id, "--sample-pct", "100"])
    done = records(t, ["dr-collect"], submitted)[0]
    equal((done["tuned_model"], done["score"]), (t.full.id, score(t.full)), "model and score")


@row("grid.sh: all 48 combinations have the scores of the client's brute force")
def same_grid(t):
    names = (*GRID, *FAST)
    # The client's models that are there still, and those that it has deleted, trained again.
    theirs = {tuple(values): at for values, at in zip(t.combinations, t.scores)}
    values = [f"{n}={','.join(map(str, v))}" for n, v in GRID.items()]
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "grid.ndjson")
        done = records(t, ["pipelines/grid.sh", t.model.id, log, *values, *(f"{n}={v}" for n, v in FAST.items())])
    mine = {tuple(d["params"][n] for n in names): d["score"] for d in done}
    equal(len(mine), len(list(itertools.product(*GRID.values()))), "the number of combinations")
    equal(mine, theirs, "the scores")


@row("bayes.sh: the scores of its trials are those that the client reads")
def same_bayes(t):
    space = ["max_depth=2..6", "learning_rate=0.1..0.3:log"]
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "bayes.ndjson")
        records(t, ["pipelines/bayes.sh", t.model.id, log, "--trials", "8", "--parallel", "2", *space])
        with open(log, encoding="utf-8") as f:
            done = [d for d in map(json.loads, f) if d["state"] == "completed"]
    equal(len(done), 8, "the number of trials")
    for d in done:
        model = dr.Model.get(t.project.id, d["tuned_model"])
        now = parameters_of(model)
        equal(d["score"], score(model), "the score")
        equal(d["params"], {n: now[n]["default_value"] for n in d["params"]}, "the values in use")
