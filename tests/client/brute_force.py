"""A model for each combination, as the shared module of the notebooks does it, and a
search by another library."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import datarobot as dr
from datarobot.errors import ClientError, JobAlreadyRequested
from datarobot.models.job import Job

from common import TARGET, parameters_of, score, tune
from tap import equal, row

GRID = {"subsample": [0.5, 0.7, 1], "colsample_bytree": [0.3, 0.4, 0.6, 0.8], "max_depth": [2, 3, 4, 5]}
FAST = {"learning_rate": 0.2}  # fewer rounds for each of them
KEPT = 5


@row("brute force: dr.Project.get(model.project_id)")
def project_of_model(t):
    project = dr.Project.get(t.model.project_id)
    equal((project.metric, project.target), ("LogLoss", TARGET), "metric and target")
    equal(project.unsupervised_mode, False, "unsupervised_mode")


@row("brute force: 48 combinations are submitted, with duplicates among them")
def submit(t):
    t.jobs = []
    combinations = [dict(zip(GRID, values)) for values in itertools.product(*GRID.values())]
    t.combinations = [[*values.values(), *FAST.values()] for values in combinations]
    for values in combinations + combinations[:2]:
        try:
            t.jobs.append(int(tune(t.model, **FAST, **values).id))
        except JobAlreadyRequested as error:
            equal(int(error.json["previousJob"]["id"]) in t.jobs, True, "the previous job is one of these")
    equal(len(set(t.jobs)), 48, "the number of jobs")


@row("brute force: every job is waited for and reported as COMPLETED")
def wait(t):
    for job in [Job.get(t.project.id, n) for n in t.jobs]:
        job.wait_for_completion()
    equal({Job.get(t.project.id, n).status for n in t.jobs}, {"COMPLETED"}, "the statuses")


@row("brute force: results, the best by project.get_metrics()")
def results(t):
    t.found = [Job.get(t.project.id, n).get_result() for n in t.jobs]
    t.scores = [score(m) for m in t.found]
    details = t.project.get_metrics(feature_name=TARGET)["metric_details"]
    ascending = next(d["ascending"] for d in details if d["metric_name"].startswith("LogLoss"))
    t.found.sort(key=lambda m: score(m, "validation"), reverse=not ascending)
    assert len({score(m) for m in t.found}) > 20, "the combinations make no difference"
    values = [tuple(parameters_of(m)[n]["default_value"] for n in GRID) for m in t.found[:KEPT]]
    equal(len(set(values)), KEPT, "different settings among the best")


@row("brute force: model.delete() in parallel")
def clean_up(t):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda m: m.delete(), t.found[KEPT:]))
    left = {m.id for m in t.project.get_models()}
    equal([m.id in left for m in t.found], [True] * KEPT + [False] * (48 - KEPT), "the models left")
    try:
        t.found[-1].delete()
    except ClientError as error:
        equal(error.status_code, 404, "status of a second deletion")
    else:
        raise AssertionError("a deleted model can be deleted again")


@row("the table of tuned models")
def tuned_table(t):
    def kin(m):
        return m.model_type.split(" (")[0], m.sample_pct, m.featurelist_id, frozenset(m.processes)

    models = [m for m in t.project.get_models() if kin(m) == kin(t.model)]
    ids = {m.id for m in models}
    assert t.model.id in ids and t.tuned.id in ids, "the base or a tuned model is missing"
    values = {}
    for m in models:
        for name, p in parameters_of(m).items():
            values.setdefault(name, set()).add(p["default_value"])
    tuned = {name for name, found in values.items() if len(found) > 1}
    assert {"subsample", "colsample_bytree", "max_depth", "learning_rate"} <= tuned, tuned
    equal("n_estimators" in tuned, False, "n_estimators is among the tuned ones")


def evaluate(t, values):
    """Cross validation of one point; a point met before is read, not trained again."""
    try:
        job = tune(t.model, **{name: [value] for name, value in values.items()})
    except JobAlreadyRequested as error:
        job = Job.get(t.project.id, error.json["previousJob"]["id"])
    return score(job.get_result_when_complete())


def by_hyperopt(loss, evaluations):
    import hyperopt
    import numpy

    space = {
        "subsample": hyperopt.hp.uniform("subsample", 0.5, 1),
        "colsample_bytree": hyperopt.hp.uniform("colsample_bytree", 0.25, 0.75),
        "max_depth": hyperopt.hp.choice("max_depth", [3, 4]),
    }
    trials = hyperopt.Trials()
    hyperopt.fmin(loss, space, hyperopt.tpe.suggest, evaluations, trials=trials,
                  rstate=numpy.random.default_rng(1), show_progressbar=False, verbose=False)
    return trials.losses()


def by_chance(loss, evaluations):
    draw = random.Random(1)
    return [
        loss({"subsample": draw.uniform(0.5, 1), "colsample_bytree": draw.uniform(0.25, 0.75),
              "max_depth": draw.choice([3, 4])})
        for _ in range(evaluations)
    ]


@row("a search by another library, by cross validation")
def other_library(t):
    try:
        import hyperopt  # pylint: disable=unused-import
        search = by_hyperopt
    except ImportError:
        search = by_chance
    losses = search(lambda values: evaluate(t, values), 4)
    equal(len(losses), 4, "the number of evaluations")
    assert all(0 < loss < 1 for loss in losses), losses
