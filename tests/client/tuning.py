"""Advanced tuning: parameters, sessions, the search inside a model, refusals."""

import pandas as pd

import datarobot as dr
from datarobot.errors import ClientError, JobAlreadyRequested

from common import HAS_MODEL_LINKS, parameters_of, score, tune
from tap import Skip, equal, raises, row

SEARCHED = {"subsample": [0.5, 0.7, 1], "colsample_bytree": [0.3, 0.4, 0.6, 0.8], "max_depth": [3, 4, 5, 7]}


@row("model.get_advanced_tuning_parameters()")
def parameters(t):
    t.parameters = t.model.get_advanced_tuning_parameters()["tuning_parameters"]
    ids = [p["parameter_id"] for p in t.parameters]
    equal(len(set(ids)), len(ids), "the number of different ids")
    assert len(ids) >= 30, f"{len(ids)} parameters"
    once = [p["parameter_name"] for p in t.parameters]
    for name in ("max_depth", "subsample", "colsample_bytree", "learning_rate", "smooth_interval"):
        equal(once.count(name), 1, f"number of parameters named {name}")
    for p in t.parameters:
        assert p["task_name"] and p["constraints"], p
        hash(p["default_value"])


@row("the table of parameters by first constraint")
def parameter_table(t):
    rows = []
    for p in t.parameters:
        kind, constraint = next(iter(p["constraints"].items()))
        rows.append({"name": p["parameter_name"], "kind": kind, **constraint})
    table = pd.DataFrame(rows)
    wanted = {"values", "min", "max", "supports_grid_search"}
    assert wanted <= set(table.columns), f"columns {list(table.columns)}"
    by_name = table.drop_duplicates("name").set_index("name")
    equal(by_name.supports_grid_search[["max_depth", "subsample"]].tolist(), [True, True], "grid search")
    equal(by_name.supports_grid_search["smooth_interval"], False, "grid search of smooth_interval")


@row("session.get_task_names(), set_parameter(), get_parameters()")
def session_calls(t):
    session = t.model.start_advanced_tuning_session()
    tasks = session.get_task_names()
    equal(sorted(set(p["task_name"] for p in t.parameters)), sorted(tasks), "task names")
    session.set_parameter(parameter_name="max_depth", value=4)
    values = {p["parameter_name"]: p["value"] for p in session.get_parameters()["tuning_parameters"]}
    equal(values["max_depth"], 4, "the value set")
    equal(values["subsample"], None, "the value of another")


@row("AdvancedTuningSession(model): the same as start_advanced_tuning_session()")
def session_class(t):
    from datarobot.models.advanced_tuning import AdvancedTuningSession

    of_model = t.model.start_advanced_tuning_session().get_parameters()
    equal(AdvancedTuningSession(t.model).get_parameters(), of_model, "the parameters")


@row("session.run(): one tuned model with cross validation")
def single_session(t):
    job = tune(t.model, "slower", colsample_bytree=0.4, learning_rate=0.045)
    equal(job.status in ("queue", "inprogress"), True, "a new job's status is an open one")
    t.tuned = job.get_result_when_complete()
    assert t.tuned.id != t.model.id, "no new model"
    for name in ("model_type", "featurelist_id", "sample_pct", "processes"):
        equal(getattr(t.tuned, name), getattr(t.model, name), name)
    assert score(t.tuned) and score(t.tuned, "validation"), t.tuned.metrics["LogLoss"]
    now = parameters_of(t.tuned)
    for name, value in (("colsample_bytree", 0.4), ("learning_rate", 0.045)):
        equal(now[name]["default_value"], value, f"default_value of {name}")
        equal(now[name]["current_value"], value, f"current_value of {name}")
    equal(t.tuned.get_advanced_tuning_parameters()["tuning_description"], "slower", "description")


@row("scalar, one-element list, bool and string values")
def kinds_of_values(t):
    job = tune(t.model, subsample=[0.9], max_depth=4.0, learning_rate=1, tree_method="hist")
    t.kinds = job.get_result_when_complete()
    now = parameters_of(t.kinds)
    got = {n: now[n]["default_value"] for n in ("subsample", "max_depth", "learning_rate", "tree_method")}
    wanted = {"subsample": 0.9, "max_depth": 4, "learning_rate": 1, "tree_method": "hist"}
    equal(got, wanted, "the values in use")
    session = t.model.start_advanced_tuning_session()
    for p in t.parameters:
        if p["parameter_name"] == "binary":
            session.set_parameter(parameter_id=p["parameter_id"], value=False)
        if p["parameter_name"] == "method":
            session.set_parameter(parameter_id=p["parameter_id"], value="resp")
    now = parameters_of(session.run().get_result_when_complete())
    equal(str(now["binary"]["default_value"]), "False", "binary")
    equal(now["method"]["default_value"], "resp", "method")


@row("the search inside the model: lists of values")
def search_inside(t):
    t.searched = model = tune(t.model, **SEARCHED).get_result_when_complete()
    now = parameters_of(model)
    for name, values in SEARCHED.items():
        assert now[name]["default_value"] in values, f"{name}: {now[name]['default_value']}"
        equal(now[name]["current_value"], values, f"current_value of {name}")
    assert score(model), "no cross validation"
    equal(len([m for m in t.project.get_models() if m.id == model.id]), 1, "models on the leaderboard")


@row("GridSearchArguments: smart, Bayesian and full search")
def search_arguments(t):
    try:
        from datarobot.models.advanced_tuning import GridSearchArguments
        from datarobot.enums import GridSearchAlgorithm, GridSearchSearchType
    except ImportError:
        raise Skip("this client has none") from None
    for kind, algorithm in (
        (GridSearchSearchType.SMART, None),
        (GridSearchSearchType.SMART, GridSearchAlgorithm.ACCELERATED_SEARCH),
        (GridSearchSearchType.BAYESIAN, GridSearchAlgorithm.TPE_SEARCH),
        (GridSearchSearchType.BAYESIAN, GridSearchAlgorithm.GAUSSIAN_SEARCH),
        (GridSearchSearchType.BRUTE_FORCE, GridSearchAlgorithm.EXHAUSTIVE_SEARCH),
    ):
        arguments = GridSearchArguments(search_type=kind, algorithm=algorithm, max_iterations=6, random_state=5)
        session = t.model.start_advanced_tuning_session(arguments)
        session.set_parameter(parameter_name="max_depth", value=[2, 4])
        session.set_parameter(parameter_name="reg_lambda", value=[1, 5, 10])
        now = parameters_of(session.run().get_result_when_complete())
        assert now["max_depth"]["default_value"] in (2, 4), f"{kind}: {now['max_depth']}"
        equal(now["reg_lambda"]["current_value"], [1, 5, 10], f"{kind}: current_value of reg_lambda")


@row("a list for smooth_interval is refused with DataRobot's text")
def list_refused(t):
    error = raises(ClientError, lambda: tune(t.model, smooth_interval=[50, 100, 200]))
    wanted = "422 client error: {'message': 'Only one value allowed for this parameter'}"
    equal(str(error), wanted, "the error")


@row("smooth_interval 50, 100, 200: a model each")
def smooth_intervals(t):
    jobs = [tune(t.model, smooth_interval=n) for n in (50, 100)]
    models = [job.get_result_when_complete() for job in jobs]
    equal([parameters_of(m)["smooth_interval"]["default_value"] for m in models], [50, 100], "the values")


@row("the same tuning twice: JobAlreadyRequested with previousJob")
def duplicate(t):
    error = raises(JobAlreadyRequested, lambda: tune(t.model, smooth_interval=50))
    previous = error.json["previousJob"]
    equal(previous["status"], "COMPLETED", "status of the previous job")
    found = dr.models.Job.get(t.project.id, previous["id"]).get_result_when_complete()
    equal(parameters_of(found)["smooth_interval"]["default_value"], 50, "its smooth_interval")


@row("a value out of range is refused, an unknown id too")
def out_of_range(t):
    error = raises(ClientError, lambda: tune(t.model, max_depth=1000))
    equal(error.status_code, 422, "status")
    error = raises(ClientError, lambda: t.model.advanced_tune({"unknown": 1}))
    equal(error.status_code, 422, "status")


@row("model.project.metric, tuned.metrics[metric][partition]")
def metric_of_project(t):
    if HAS_MODEL_LINKS:
        metric = dr.Model.get(t.project.id, t.tuned.id).project.metric
    else:
        metric = dr.Project.get(t.tuned.project_id).metric
    for partition in ("validation", "crossValidation"):
        assert isinstance(t.tuned.metrics[metric][partition], float), t.tuned.metrics[metric]
    equal(t.tuned.metrics[metric]["holdout"], None, "holdout")


@row("the tuned model's chart and documents")
def tuned_blueprint(t):
    tuned = dr.Blueprint.get(t.project.id, t.tuned.blueprint_id)
    base = dr.Blueprint.get(t.project.id, t.model.blueprint_id)
    equal(tuned.get_chart().to_graphviz(), base.get_chart().to_graphviz(), "the chart")
    assert tuned.get_documents(), "no documents"
