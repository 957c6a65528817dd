"""After the search: recommendation, holdout, retraining, predictions."""

import io
import math
import os

import pandas as pd

import datarobot as dr
from datarobot.errors import ClientError

from common import TARGET, score, tune
from tap import Skip, equal, raises, row


@row("project.recommended_model(): its parent has cross validation")
def recommended(t):
    model = t.project.recommended_model()
    assert model, "no model is recommended"
    equal(dr.ModelRecommendation.get(t.project.id).recommendation_type, "Recommended for Deployment", "type")
    assert model.parent_model_id, "it has no parent"
    assert isinstance(score(model, "validation"), float), f"its metrics are {model.metrics}"
    assert score(dr.Model.get(t.project.id, model.parent_model_id)), "the parent has no cross validation"
    assert len(dr.ModelRecommendation.get_all(t.project.id)) >= 1, "get_all() is empty"


@row("project.unlock_holdout()")
def unlock(t):
    t.project.unlock_holdout()
    equal(t.project.holdout_unlocked, True, "holdout_unlocked")
    holdout = score(dr.Model.get(t.project.id, t.tuned.id), "holdout")
    assert isinstance(holdout, float), f"holdout is {holdout!r}"


@row("tuned.train(sample_pct=100), project.get_model_jobs() has it by its id")
def retrain_fully(t):
    number = t.tuned.train(sample_pct=100)
    equal(type(number), str, "type of the job's id")
    jobs = [j for j in t.project.get_model_jobs() if str(j.id) == number]
    equal(len(jobs), 1, "jobs listed with this id")
    t.full = jobs[0].get_result_when_complete()
    equal(t.full.sample_pct, 100.0, "sample_pct")
    assert isinstance(score(t.full), float), "no cross validation at 100 %"
    values = {p["parameter_name"]: p["default_value"]
              for p in t.full.get_advanced_tuning_parameters()["tuning_parameters"]}
    equal((values["colsample_bytree"], values["learning_rate"]), (0.4, 0.045), "the tuned values")


@row("model.cross_validate(), job.wait_for_completion(): accepted with and without scores")
def cross_validate(t):
    job = t.tuned.cross_validate()
    job.wait_for_completion()
    equal(job.get_result().id, t.tuned.id, "the model")
    number = t.project.train(t.model.blueprint_id, sample_pct=40, scoring_type="validation")
    model = dr.models.Job.get(t.project.id, number).get_result_when_complete()
    equal(score(model), None, "crossValidation before")
    again = model.cross_validate().get_result_when_complete()
    equal(again.id, model.id, "the model")
    assert score(again), "no cross validation afterwards"


@row("model.get_cross_validation_scores(): their mean is crossValidation")
def fold_scores(t):
    folds = t.tuned.get_cross_validation_scores()["cvScores"]["LogLoss"]
    equal(sorted(folds), [f"{k}.0" for k in range(5)], "the partitions")
    equal(folds["0.0"], score(t.tuned, "validation"), "the first fold")
    assert abs(sum(folds.values()) / 5 - score(t.tuned)) < 1e-9, folds


@row("model.request_training_predictions(DATA_SUBSET.ALL)")
def request_training_predictions(t):
    job = t.tuned.request_training_predictions(dr.enums.DATA_SUBSET.ALL)
    t.predicted = job.get_result_when_complete()
    assert t.predicted.prediction_id, "no id"


@row("training predictions asked for twice: 422")
def training_predictions_twice(t):
    error = raises(ClientError, lambda: t.tuned.request_training_predictions(dr.enums.DATA_SUBSET.ALL))
    equal(error.status_code, 422, "status")


@row("TrainingPredictions.list(project_id)")
def list_training_predictions(t):
    found = [p for p in dr.TrainingPredictions.list(t.project.id) if p.model_id == t.tuned.id]
    equal([p.data_subset for p in found], ["all"], "data_subset")
    equal(found[0].prediction_id, t.predicted.prediction_id, "the id")


def log_loss(frame, truth):
    share = frame["class_yes"].clip(1e-15, 1 - 1e-15)
    loss = [math.log(p if y == "yes" else 1 - p) for p, y in zip(share, truth)]
    return -sum(loss) / len(loss)


@row("predictions.get_all_as_dataframe(): out of fold, with the scores of the leaderboard")
def training_prediction_frame(t):
    frame = t.predicted.get_all_as_dataframe()
    equal(len(frame), len(t.table), "the number of rows")
    for column in ("row_id", "partition_id", "prediction", "class_yes", "class_no"):
        assert column in frame, f"no column {column} in {list(frame)}"
    folds = t.tuned.get_cross_validation_scores()["cvScores"]["LogLoss"]
    folds["Holdout"] = score(dr.Model.get(t.project.id, t.tuned.id), "holdout")
    for partition, part in frame.groupby("partition_id"):
        mine = log_loss(part, t.table[TARGET].loc[part["row_id"]])
        assert abs(mine - folds[str(partition)]) < 2e-5, f"fold {partition}: {mine}, not {folds[str(partition)]}"
    equal(frame.partition_id.nunique(), 6, "partitions")


@row("project.target, .target_type, .get_dataset()")
def project_attributes(t):
    equal((t.project.target, t.project.target_type), (TARGET, "Binary"), "target and its type")
    try:
        t.project.get_dataset()
    except Exception:  # pylint: disable=broad-except
        pass  # the notebook then reads its own copy


@row("project.upload_dataset(), model.request_predictions(): the same from frame and file")
def new_predictions(t):
    new = pd.read_csv(os.environ["NEW_TABLE"])
    dataset = t.project.upload_dataset(new)
    equal((dataset.num_rows, dataset.num_columns), new.shape, "rows and columns")
    frame = t.tuned.request_predictions(dataset.id).get_result_when_complete()
    equal(len(frame), len(new), "the number of rows")
    assert ((frame.positive_probability >= 0) & (frame.positive_probability <= 1)).all()
    again = t.project.upload_dataset(io.BytesIO(new.to_csv(index=False).encode()))
    other = t.tuned.request_predictions(again.id).get_result_when_complete()
    equal(other.positive_probability.tolist(), frame.positive_probability.tolist(), "the probabilities")
    assert dataset.id in [d.id for d in t.project.get_datasets()], "get_datasets() does not list it"


@row("model.request_frozen_model(sample_pct)")
def frozen(t):
    model = t.tuned.request_frozen_model(sample_pct=80).get_result_when_complete()
    equal((model.is_frozen, model.parent_model_id), (True, t.tuned.id), "frozen, and its parent")
    equal(round(model.sample_pct), 80, "sample_pct")


@row("model.retrain(featurelist_id)")
def retrain(t):
    model = t.model.retrain(sample_pct=64, featurelist_id=t.short_list.id).get_result_when_complete()
    equal(model.featurelist_name, "short", "featurelist_name")
    assert set(model.get_features_used()) <= set(t.short_list.features), model.get_features_used()


@row("project.blend(), get_blenders(), check_blendable(), BlenderModel.get()")
def blend(t):
    made = t.project.get_blenders()
    assert made and made[0].blender_method == "AVG", "the autopilot has blended nothing"
    pair = [m.id for m in t.project.get_models()
            if m.model_category == "model" and round(m.sample_pct) == 64
            and m.featurelist_name == "Informative Features"][:2]
    possible = t.project.check_blendable(pair, dr.enums.BLENDER_METHOD.AVERAGE)
    assert possible.supported, possible.reason
    nested = t.project.check_blendable([made[0].id, pair[0]], dr.enums.BLENDER_METHOD.AVERAGE)
    assert not nested.supported and "blend itself" in nested.reason, nested.reason
    model = t.project.blend(pair, dr.enums.BLENDER_METHOD.AVERAGE).get_result_when_complete()
    equal((model.model_category, model.model_type), ("blend", "AVG Blender"), "category and type")
    assert isinstance(score(model), float), "no cross validation"
    of_it = dr.BlenderModel.get(t.project.id, model.id)
    equal(sorted(of_it.model_ids), sorted(pair), "model_ids")
    error = raises(ClientError, model.get_advanced_tuning_parameters)
    equal(error.status_code, 422, "status of a blend's parameters")


@row("a job is cancelled: its status is an aborted one")
def cancel(t):
    jobs = [tune(t.model, max_delta_step=n) for n in (1, 2, 3, 4)]
    jobs[-1].cancel()
    status = dr.models.Job.get(t.project.id, jobs[-1].id).status
    equal(status.lower(), "aborted", "status")
    for job in jobs[:-1]:
        job.wait_for_completion()


@row("model.get_pareto_front() of a Eureqa model")
def pareto_front(t):
    models = [m for m in t.project.get_models() if "Eureqa" in m.model_type]
    if not models:
        raise Skip("dr-sandbox has no Eureqa models")
    assert dr.Model.get(t.project.id, models[0].id).get_pareto_front().solutions
