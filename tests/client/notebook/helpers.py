# The notebooks' helper that trains a model for each combination of a grid, until all scores are
# known.  Written anew from its calls, their order and its pauses.  No docstrings, so that lines
# of code can be counted here as in a shell script.

import itertools
import time

import datarobot as dr
from datarobot.errors import ClientError, JobAlreadyRequested
from datarobot.models.job import Job

PAUSE_S = 1
FULL_PAUSE_S = 600
ATTEMPTS = 5


def queue_is_full(error):
    return error.status_code == 502 or "Unable to add jobs to the queue" in str(error)


# The job of one tuned model; the earlier one where there is one.
def request(model, values):
    for _ in range(ATTEMPTS):
        session = model.start_advanced_tuning_session()
        for name, value in values.items():
            session.set_parameter(parameter_name=name, value=value)
        try:
            return session.run()
        except JobAlreadyRequested as error:
            return Job.get(model.project_id, error.json["previousJob"]["id"])
        except ClientError as error:
            if not queue_is_full(error):
                raise
            time.sleep(FULL_PAUSE_S)
    raise RuntimeError("the queue stays full")


def is_ascending(project):
    details = project.get_metrics(feature_name=project.target)["metric_details"]
    return next(d["ascending"] for d in details if d["metric_name"].startswith(project.metric))


# All combinations of the grid: (values, model) pairs, the best first.
def brute_force(model, grid, partition):
    project = dr.Project.get(model.project_id)
    combinations = [dict(zip(grid, values)) for values in itertools.product(*grid.values())]
    numbers = []
    for values in combinations:
        numbers.append(request(model, values).id)
        time.sleep(PAUSE_S)
    jobs = [Job.get(project.id, number) for number in numbers]
    for job in jobs:
        job.wait_for_completion()
    found = []
    for values, number in zip(combinations, numbers):
        job = Job.get(project.id, number)
        if job.status == "COMPLETED":
            found.append((values, job.get_result()))
    found.sort(key=lambda pair: pair[1].metrics[project.metric][partition], reverse=not is_ascending(project))
    return found
