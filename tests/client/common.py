"""What the rows share: the client, its version, and how fast it looks."""

import os
import time
import types

import datarobot as dr
from datarobot.utils import waiters

TARGET = "orphaned"
VERSION = tuple(int(n) for n in dr.__version__.split(".")[:2])

# Releases before 3.4 have model.project, model.blueprint and model.featurelist.
HAS_MODEL_LINKS = VERSION < (3, 4)
HAS_MODEL_RECORDS = VERSION >= (3, 4)


def connect():
    return dr.Client(
        endpoint=os.environ["DATAROBOT_ENDPOINT"], token=os.environ["DATAROBOT_API_TOKEN"]
    )


def look_every(seconds):
    """The client looks at jobs every 5 s.  Only that pause is made shorter here."""
    waiters.time = types.SimpleNamespace(
        time=time.time, sleep=lambda pause: time.sleep(min(pause, seconds))
    )


def blueprint_of(model):
    return dr.Blueprint.get(model.project_id, model.blueprint_id)


def parameters_of(model):
    """The tunable parameters by name; of names that occur twice the first."""
    by_name = {}
    for p in model.get_advanced_tuning_parameters()["tuning_parameters"]:
        by_name.setdefault(p["parameter_name"], p)
    return by_name


def tune(model, description=None, **values):
    """One tuning session as the notebooks run it; its job."""
    session = model.start_advanced_tuning_session()
    if description:
        session.description = description
    for name, value in values.items():
        session.set_parameter(parameter_name=name, value=value)
    return session.run()


def option(project, name):
    """An advanced option; old clients keep them in a dictionary."""
    options = project.advanced_options
    return options[name] if isinstance(options, dict) else getattr(options, name)


def score(model, partition="crossValidation", metric="LogLoss"):
    return model.metrics[metric][partition]
