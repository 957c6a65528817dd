"""Projects beside the first: partitions, options, the autopilot by hand, deletion."""

import os

import pandas as pd

import datarobot as dr
from datarobot.errors import ClientError

from common import TARGET, option
from tap import equal, raises, row


def small_project(t, name, manual=True, **how):
    """A project of the small table; unless manual is false, also a model of constants in it."""
    project = dr.Project.create(os.environ["SMALL_TABLE"], project_name=name)
    project.analyze_and_model(target=how.pop("target", TARGET), mode=dr.enums.AUTOPILOT_MODE.MANUAL, **how)
    if not manual:
        return project
    constant = min(project.get_blueprints(), key=lambda b: len(b.processes))
    model = dr.models.Job.get(project.id, project.train(constant.id)).get_result_when_complete()
    return project, model


@row("project.set_options(), get_options()")
def options(t):
    project = dr.Project.create(os.environ["SMALL_TABLE"], project_name="options")
    project.set_options(dr.AdvancedOptions(blueprint_threshold=2))
    equal(project.get_options().blueprint_threshold, 2, "blueprint_threshold")
    project.analyze_and_model(target=TARGET, mode=dr.enums.AUTOPILOT_MODE.MANUAL)
    equal(option(project, "blueprint_threshold"), 2, "blueprint_threshold of the project")
    project.delete()
    error = raises(ClientError, lambda: dr.Project.get(project.id))
    equal(error.status_code, 404, "status of a deleted project")


@row("partitioning_method: RandomCV, StratifiedTVH")
def own_partitions(t):
    project, model = small_project(
        t, "random", partitioning_method=dr.RandomCV(holdout_pct=10, reps=3, seed=4)
    )
    equal((project.partition["cv_method"], project.partition["reps"]), ("random", 3), "cv_method and reps")
    equal(round(model.sample_pct), 60, "sample_pct")
    project, model = small_project(
        t, "tvh", partitioning_method=dr.StratifiedTVH(holdout_pct=20, validation_pct=16, seed=4)
    )
    equal(project.partition["validation_type"], "TVH", "validation_type")
    equal(round(model.sample_pct), 64, "sample_pct")
    equal(model.metrics["LogLoss"]["crossValidation"], None, "crossValidation")


@row("partitioning_method: GroupCV, UserCV")
def partitions_by_column(t):
    project, model = small_project(
        t, "group", partitioning_method=dr.GroupCV(20, 4, partition_key_cols=["section"], seed=0)
    )
    equal(project.partition["cv_method"], "group", "cv_method")
    assert model.metrics["LogLoss"]["validation"], "no validation score"
    table = pd.read_csv(os.environ["SMALL_TABLE"])
    table["part"] = [f"part {i % 4}" for i in range(len(table))]
    project = dr.Project.create(table, project_name="user")
    project.analyze_and_model(
        target=TARGET, mode=dr.enums.AUTOPILOT_MODE.MANUAL,
        partitioning_method=dr.UserCV("part", "part 3"),
    )
    equal(project.partition["user_partition_col"], "part", "user_partition_col")


@row("a project of numbers: regression with RMSE, tuned like the other")
def regression(t):
    project = small_project(t, "sizes", manual=False, target="installed_kb")
    equal((project.target_type, project.metric), ("Regression", "RMSE"), "target_type and metric")
    trees = next(b for b in project.get_blueprints() if "Boosted Trees Regressor" in b.model_type)
    model = dr.models.Job.get(project.id, project.train(trees.id)).get_result_when_complete()
    assert model.metrics["RMSE"]["validation"] > 0 and "R Squared" in model.metrics, list(model.metrics)


@row("project.start_autopilot(), pause_autopilot(), unpause_autopilot()")
def autopilot(t):
    project = small_project(t, "by hand", manual=False)
    lists = {fl.name: fl.id for fl in project.get_featurelists()}
    project.start_autopilot(lists["Informative Features"], mode=dr.enums.AUTOPILOT_MODE.QUICK)
    project.pause_autopilot()
    project.unpause_autopilot()
    project.wait_for_autopilot(check_interval=1, verbosity=dr.enums.VERBOSITY_LEVEL.SILENT)
    assert len(project.get_models()) >= 3, "few models"


@row("project.rename(), set_worker_count(), delete()")
def change_project(t):
    t.second.rename("another name")
    t.second.set_worker_count(1)
    equal(dr.Project.get(t.second.id).project_name, "another name", "project_name")
    t.second.delete()
    raises(ClientError, lambda: dr.Project.get(t.second.id))
