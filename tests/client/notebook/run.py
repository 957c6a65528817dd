"""run.py PROJECT MODEL WHAT RESULTS FIGURES: the notebooks' logic, measured.

WHAT is a grid as a JSON object, or the number of evaluations of a search.  Each setting with
its scores becomes a line of RESULTS, as drtune's trials have them; FIGURES gets the seconds of
the clock and of the processor, without those for starting Python and the imports.
"""

import json
import os
import sys
import time

import datarobot as dr

METRIC = "LogLoss"


def main():
    project, number, what, results, figures = sys.argv[1:]
    what = json.loads(what)
    if isinstance(what, dict):
        from helpers import brute_force

        def work(model):
            return brute_force(model, what, "crossValidation")
    else:
        from search import search

        def work(model):
            return search(model, what, METRIC, 1)

    started = time.process_time()
    begun = time.monotonic()
    dr.Client(endpoint=os.environ["DATAROBOT_ENDPOINT"], token=os.environ["DATAROBOT_API_TOKEN"])
    found = work(dr.Model.get(project, number))
    wall, processor = time.monotonic() - begun, time.process_time() - started
    with open(results, "w", encoding="utf-8") as f:
        for values, model in found:
            metrics = {METRIC: model.metrics[METRIC]}
            print(json.dumps({"params": values, "score": metrics[METRIC]["crossValidation"], "metrics": metrics}), file=f)
    with open(figures, "w", encoding="utf-8") as f:
        print(json.dumps({"wall": wall, "processor": processor, "start": started}), file=f)


main()
