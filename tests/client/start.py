"""From a table to a leaderboard, and what a blueprint tells of itself."""

import os
import tempfile

import pandas as pd

import datarobot as dr
from datarobot.errors import ClientError
from datarobot.models.job import Job

from common import HAS_MODEL_LINKS, HAS_MODEL_RECORDS, TARGET, blueprint_of, connect, option, parameters_of
from tap import Skip, equal, raises, row

LEARNED = "Unsupervised Learning Features"


@row("dr.Client(endpoint, token)")
def client(t):
    t.client = connect()
    assert dr.Project.list() is not None, "no list of projects"


@row("dr.Client() refuses a wrong token")
def wrong_token(t):
    # ValueError in 3.1, ClientError from 3.2 on
    raises((ValueError, ClientError), lambda: dr.Client(endpoint=t.client.endpoint, token="wrong"))
    dr.client.set_client(t.client)


@row("dr.Client(config_path)")
def config_file(t):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write(f"endpoint: {os.environ['DATAROBOT_ENDPOINT']}\n")
        f.write(f"token: {os.environ['DATAROBOT_API_TOKEN']}\n")
        f.flush()
        t.client = dr.Client(config_path=f.name)


@row("dr.Project.create(DataFrame, project_name)")
def create_from_frame(t):
    t.table = pd.read_csv(os.environ["TABLE"])
    t.project = dr.Project.create(t.table, project_name="packages")
    equal(t.project.project_name, "packages", "project_name")
    equal(t.project.stage, "aim", "stage")
    equal(t.project.target, None, "target")
    found = dr.Project.list(search_params={"project_name": "packages"})
    assert t.project.id in [p.id for p in found], "Project.list does not find it"


@row("dr.Project.create(url)")
def create_from_url(t):
    t.second = dr.Project.create("file:" + os.environ["SMALL_TABLE"], project_name="packages by URL")
    equal(t.second.stage, "aim", "stage")


@row("project.analyze_and_model(target, worker_count=-1, mode=FULL_AUTO)")
def analyze_and_model(t):
    project = t.project.analyze_and_model(
        target=TARGET, worker_count=-1, mode=dr.enums.AUTOPILOT_MODE.FULL_AUTO
    )
    equal(project.stage, "modeling", "stage")
    equal(project.mode, 0, "mode")
    equal((project.target, project.metric), (TARGET, "LogLoss"), "target and metric")
    equal(project.partition["cv_method"], "stratified", "cv_method")
    equal(round(project.max_train_pct), 64, "max_train_pct")


@row("project.set_target(mode=QUICK, advanced_options)")
def set_target(t):
    project = t.second.set_target(
        target=TARGET,
        mode=dr.enums.AUTOPILOT_MODE.QUICK,
        advanced_options=dr.AdvancedOptions(seed=7),
    )
    equal(project.mode, 3, "mode")
    equal(option(project, "seed"), 7, "seed")


@row("project.wait_for_autopilot(verbosity=SILENT)")
def wait_silently(t):
    t.project.wait_for_autopilot(check_interval=1, verbosity=dr.enums.VERBOSITY_LEVEL.SILENT)


@row("project.wait_for_autopilot(verbosity=VERBOSE)")
def wait_loudly(t):
    t.second.wait_for_autopilot(check_interval=1, verbosity=dr.enums.VERBOSITY_LEVEL.VERBOSE)


@row("project.get_models(): three at 64 % with cross validation, best first")
def get_models(t):
    models = t.project.get_models()
    scores = [m.metrics["LogLoss"]["validation"] for m in models]
    equal(scores, sorted(scores), "the order by validation")
    t.board = [m for m in models if round(m.sample_pct) == 64]
    crossed = [m for m in t.board if m.metrics["LogLoss"]["crossValidation"]]
    assert len(crossed) >= 3, f"{len(crossed)} models at 64 % have cross validation"
    for m in models:
        assert isinstance(m.processes, list) and m.model_type and m.blueprint_id and m.featurelist_name
        equal(m.is_frozen and m.parent_model_id is None, False, "frozen without a parent")
        equal(m.metrics["LogLoss"]["holdout"], None, "holdout while it is locked")
    if HAS_MODEL_LINKS:
        equal(models[0].featurelist.id, models[0].featurelist_id, "featurelist.id")


@row("project.get_blueprints(): one with " + LEARNED)
def get_blueprints(t):
    t.blueprints = t.project.get_blueprints()
    for b in t.blueprints:
        assert b.processes and all(b.processes), f"{b.model_type} has no processes"
        equal(len(b.id), 32, "length of the id")
    t.to_train = next((b for b in t.blueprints if LEARNED in b.model_type), None)
    assert t.to_train, f"none of {[b.model_type for b in t.blueprints]}"


@row("project.train(blueprint_id), Job.get(), job.get_result_when_complete()")
def train(t):
    assert t.to_train, "needs the blueprint of the row before"
    job = Job.get(t.project.id, t.project.train(t.to_train.id))
    equal(job.job_type, "model", "job_type")
    t.trained = model = job.get_result_when_complete()
    equal(model.blueprint_id, t.to_train.id, "blueprint_id")
    equal(round(model.sample_pct), 64, "sample_pct")
    assert model.metrics["LogLoss"]["validation"], "no validation score"


@row("dr.Model.get(project, model_id)")
def get_model(t):
    model = tunable(t)
    t.model = dr.Model.get(t.project.id, model.id)
    equal(t.model.metrics, model.metrics, "metrics")
    equal(t.model.processes, model.processes, "processes")


def tunable(t):
    """The model that is tuned: the one just trained, or else the best that can be."""
    wanted = {"subsample", "colsample_bytree", "max_depth", "learning_rate", "smooth_interval"}
    wanted |= {"tree_method", "method", "binary", "analyzer"}
    first = getattr(t, "trained", None)
    for m in ([first] if first else []) + t.board:
        try:
            names = parameters_of(m)
        except ClientError:
            continue
        if wanted <= set(names):
            return m
    raise AssertionError(f"no model at 64 % has the parameters {sorted(wanted)}")


@row("blueprint.get_chart().to_graphviz()")
def chart(t):
    charts = [blueprint_of(t.model).get_chart()]
    if HAS_MODEL_LINKS:
        charts.append(t.model.blueprint.get_chart())
    else:
        charts.append(t.model.get_model_blueprint_chart())
    for c in charts:
        text = c.to_graphviz()
        assert text.startswith("digraph"), text
        assert "Data" in text and "Prediction" in text and "->" in text, text
        ends = {n for edge in c.edges for n in edge}
        equal(ends, {n["id"] for n in c.nodes}, "the nodes at an edge")


@row("blueprint.get_documents()[-1].links, .task")
def documents(t):
    for papers in (blueprint_of(t.model).get_documents(), t.model.get_model_blueprint_documents()):
        last = papers[-1]
        assert last.task and last.title and last.description, repr(last)
        assert last.links and all(link["name"] and link["url"] for link in last.links), repr(last.links)
        assert any(p["name"] == "max_depth" for p in last.parameters), "no word on max_depth"


@row("model.blueprint.processes")
def processes(t):
    of_model = t.model.blueprint if HAS_MODEL_LINKS else blueprint_of(t.model)
    equal(of_model.processes, t.model.processes, "processes")


@row("project.get_model_records(): as the leaderboard")
def model_records(t):
    if not HAS_MODEL_RECORDS:
        raise Skip("from 3.4 on")
    wanted = {m.id: m.metrics["LogLoss"] for m in t.project.get_models()}
    got = {m.id: m.metrics["LogLoss"] for m in t.project.get_model_records(limit=0)}
    equal(got, wanted, "the models' scores")
    page = t.project.get_model_records(sort_by_metric="LogLoss", limit=1, offset=1)
    equal([m.id for m in page], [t.project.get_models()[1].id], "a page of one")
    records = t.project.get_models(use_new_models_retrieval=True)
    equal({m.id for m in records}, set(wanted), "get_models(use_new_models_retrieval=True)")


@row("model.get_features_used(), .get_supported_capabilities(), .get_num_iterations_trained()")
def model_extras(t):
    assert set(t.model.get_features_used()) <= set(t.table.columns), "unknown columns are used"
    assert t.model.get_num_iterations_trained()["data"], "no number of iterations"
    able = t.model.get_supported_capabilities()
    equal((able["supportsEarlyStopping"], able["supportsBlending"]), (True, True), "early stopping, blending")


@row("model.star_model(), .set_prediction_threshold()")
def change_model(t):
    t.model.star_model()
    t.model.set_prediction_threshold(0.4)
    starred = t.project.get_models(search_params={"is_starred": True})
    equal([m.id for m in starred], [t.model.id], "the starred models")
    equal(dr.Model.get(t.project.id, t.model.id).prediction_threshold, 0.4, "prediction_threshold")


@row("project.get_features(), get_featurelists(), create_featurelist()")
def feature_lists(t):
    features = t.project.get_features()
    equal({f.name for f in features}, set(t.table.columns), "the features")
    names = {fl.name for fl in t.project.get_featurelists()}
    assert {"Raw Features", "Informative Features"} <= names, names
    t.short_list = t.project.create_featurelist("short", ["section", "installed_kb", "n_depends"])
    equal(dr.Featurelist.get(t.project.id, t.short_list.id).name, "short", "name")


@row("project.get_metrics(feature_name)")
def metrics(t):
    details = t.project.get_metrics(TARGET)["metric_details"]
    direction = {d["metric_name"]: d["ascending"] for d in details}
    equal(direction.get("LogLoss"), True, "ascending of LogLoss")
    equal(direction.get("AUC"), False, "ascending of AUC")
    assert set(t.model.metrics) <= set(direction), "a score of no metric"
