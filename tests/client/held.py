"""Rows for a service that reports no job as finished within two seconds; the client
keeps its own pauses here."""

import os
import sys
import time

import datarobot as dr
from datarobot.models.job import Job

import common
import tap
from common import TARGET, parameters_of, tune
from tap import equal, row


@row("2 s rule: a project with one model, trained by hand")
def model(t):
    common.connect()
    t.project = dr.Project.create(os.environ["SMALL_TABLE"], project_name="held")
    t.project.analyze_and_model(target=TARGET, mode=dr.enums.AUTOPILOT_MODE.MANUAL)
    trees = next(b for b in t.project.get_blueprints() if "Boosted Trees" in b.model_type)
    begun = time.monotonic()
    t.number = t.project.train(trees.id)
    t.model = Job.get(t.project.id, t.number).get_result_when_complete()
    assert time.monotonic() - begun >= 2, "the job was over before"


@row("2 s rule: session.run() sees its job open")
def run(t):
    job = tune(t.model, max_depth=2, n_estimators=5)
    assert job.status in ("queue", "inprogress"), job.status
    t.tuned = job.get_result_when_complete()
    equal(parameters_of(t.tuned)["n_estimators"]["default_value"], 5, "n_estimators")


@row("2 s rule: dr.ModelJob.get() of a new job is an open one with its blueprint")
def model_job(t):
    number = t.model.train(sample_pct=45)
    job = dr.ModelJob.get(t.project.id, number)
    equal((str(job.id), job.project_id), (number, t.project.id), "id and project_id")
    equal(job.model_type, t.model.model_type, "model_type")
    equal((job.blueprint.id, job.processes), (t.model.blueprint_id, t.model.processes), "blueprint and processes")
    job.wait_for_completion()


@row("2 s rule: model.train(sample_pct) is among project.get_model_jobs() a second later")
def listed(t):
    number = t.tuned.train(sample_pct=50)
    time.sleep(1)
    jobs = [j for j in t.project.get_model_jobs() if str(j.id) == number]
    equal(len(jobs), 1, "jobs with this id")
    again = jobs[0].get_result_when_complete()
    equal(parameters_of(again)["n_estimators"]["default_value"], 5, "n_estimators")


@row("2 s rule: model.cross_validate() sees its job open, also where nothing is to be done")
def cross_validate(t):
    job = t.tuned.cross_validate()
    assert job.status in ("queue", "inprogress"), job.status
    job.wait_for_completion()


@row("2 s rule: a job is over for both routes at the same time")
def both_routes(t):
    equal(Job.get(t.project.id, t.number).status, "COMPLETED", "status of jobs/")
    equal(dr.ModelJob.get_model(t.project.id, t.number).id, t.model.id, "model of modelJobs/")


sys.exit(1 if tap.run(common.dr.__version__, tap.State()) else 0)
