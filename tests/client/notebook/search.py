# The search of the notebook on Bayesian optimisation: hyperopt asks for one point after the
# other.  Written anew, and without docstrings, as helpers.py.

import hyperopt
import numpy

from helpers import request

SPACE = {
    "subsample": hyperopt.hp.uniform("subsample", 0.5, 1),
    "colsample_bytree": hyperopt.hp.uniform("colsample_bytree", 0.25, 0.75),
    "max_depth": hyperopt.hp.choice("max_depth", [3, 4]),
}


def search(model, evaluations, metric, seed):
    found = []

    def loss(values):
        job = request(model, {name: [value] for name, value in values.items()})
        tuned = job.get_result_when_complete()
        found.append((values, tuned))
        return tuned.metrics[metric]["crossValidation"]

    hyperopt.fmin(loss, SPACE, hyperopt.tpe.suggest, evaluations, rstate=numpy.random.default_rng(seed),
                  show_progressbar=False, verbose=False)
    return found
