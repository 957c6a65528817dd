#!/usr/bin/env python3
"""One peer optimiser as a filter that is asked and told, one JSON value a line.

    peer.py NAME        we read   {"space": [...], "seed": S, "parallel": Q, "trials": T}
                        then      {"ask": 1}                 and answer [v1, v2, ...]
                        and       {"tell": [...], "y": Y}    and answer nothing
    peer.py --list      the peers that this Python has, with their versions

A space is a list of [name, "f" | "i", low, high, log] and [name, "c", [choices]]; a
category is said by its index.  Less is better.  Up to Q settings are open at a time; the
ways in which peers take open settings into account are their own.  Each has its own
defaults but where a remark says otherwise.
"""
import importlib.metadata
import json
import math
import os
import sys
import warnings

warnings.filterwarnings("ignore")
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"


def widened(p):
    """An integer range with half a step at both ends, so that all values are as likely."""
    low = p[2] - 0.5
    return (max(low, 0.5) if p[4] else low), p[3] + 0.5


def is_category(p):
    return p[1] == "c"


class Box:
    """The space as [0, 1]^d for those that know nothing else: logarithms taken, integers
    widened, one coordinate a category (one-hot)."""

    def __init__(self, space):
        self.space = space
        self.d = sum(len(p[2]) if is_category(p) else 1 for p in space)

    def setting(self, u):
        values, j = [], 0
        for p in self.space:
            if is_category(p):
                k = len(p[2])
                values.append(max(range(k), key=lambda i: u[j + i]))
                j += k
                continue
            low, high = widened(p) if p[1] == "i" else (p[2], p[3])
            t = min(max(float(u[j]), 0.0), 1.0)
            j += 1
            v = low * (high / low) ** t if p[4] else low + t * (high - low)
            values.append(min(max(round(v), p[2]), p[3]) if p[1] == "i" else min(max(v, p[2]), p[3]))
        return values

    def point(self, setting):
        u = []
        for p, v in zip(self.space, setting):
            if is_category(p):
                u += [float(i == v) for i in range(len(p[2]))]
                continue
            low, high = widened(p) if p[1] == "i" else (p[2], p[3])
            u.append(math.log(v / low) / math.log(high / low) if p[4] else (v - low) / (high - low))
        return u


class Open:
    """Settings that were asked for and not yet told, with what the peer calls them."""

    def __init__(self):
        self.tokens = {}

    def put(self, setting, token):
        self.tokens.setdefault(json.dumps(setting), []).append(token)
        return setting

    def take(self, setting):
        return self.tokens[json.dumps(setting)].pop(0)


class Optuna:
    def __init__(self, space, seed, parallel, trials, make):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        d = optuna.distributions
        self.space, self.open = space, Open()
        self.dists = {p[0]: d.CategoricalDistribution(list(range(len(p[2])))) if is_category(p)
                      else d.IntDistribution(p[2], p[3], log=p[4]) if p[1] == "i"
                      else d.FloatDistribution(p[2], p[3], log=p[4]) for p in space}
        self.study = optuna.create_study(sampler=make(optuna.samplers, seed, parallel))

    def ask(self):
        trial = self.study.ask(self.dists)
        return self.open.put([trial.params[p[0]] for p in self.space], trial)

    def tell(self, setting, y):
        self.study.tell(self.open.take(setting), y)


def optuna_tpe(*args):
    # constant_liar is what its authors advise for trials in flight
    return Optuna(*args, lambda s, seed, q: s.TPESampler(seed=seed, constant_liar=q > 1))


def optuna_gp(*args):
    return Optuna(*args, lambda s, seed, q: s.GPSampler(seed=seed))


def optuna_cma(*args):
    return Optuna(*args, lambda s, seed, q: s.CmaEsSampler(seed=seed))


class Skopt:
    def __init__(self, space, seed, parallel, trials):
        from skopt import Optimizer
        from skopt.space import Categorical, Integer, Real
        prior = {True: "log-uniform", False: "uniform"}
        self.space, self.seed = space, seed
        self.optimizer = Optimizer(
            [Categorical(list(range(len(p[2])))) if is_category(p)
             else Integer(p[2], p[3], prior=prior[p[4]]) if p[1] == "i"
             else Real(float(p[2]), float(p[3]), prior=prior[p[4]]) for p in space],
            random_state=seed)
        self.pending, self.parallel = [], parallel

    def ask(self):
        if self.parallel == 1:
            x = self.optimizer.ask()
        else:  # its answer to parallel work: constant liar over as many points as are open
            x = self.optimizer.ask(n_points=len(self.pending) + 1)[-1]
        setting = [float(v) if p[1] == "f" else int(v) for p, v in zip(self.space, x)]
        self.pending.append((setting, x))
        return setting

    def tell(self, setting, y):
        i = next(i for i, (s, _) in enumerate(self.pending) if s == setting)
        self.optimizer.tell(self.pending.pop(i)[1], y)


class Smac:
    def __init__(self, space, seed, parallel, trials):
        import tempfile
        import ConfigSpace as cs
        from smac import HyperparameterOptimizationFacade as Facade, Scenario
        self.folder = tempfile.TemporaryDirectory()
        config = cs.ConfigurationSpace(seed=seed)
        config.add([cs.CategoricalHyperparameter(p[0], list(range(len(p[2])))) if is_category(p)
                    else cs.UniformIntegerHyperparameter(p[0], p[2], p[3], log=p[4]) if p[1] == "i"
                    else cs.UniformFloatHyperparameter(p[0], p[2], p[3], log=p[4]) for p in space])
        scenario = Scenario(config, deterministic=True, n_trials=trials, seed=seed,
                            output_directory=self.folder.name)
        self.space, self.open = space, Open()
        self.smac = Facade(scenario, lambda config, seed=0: 0.0, overwrite=True, logging_level=False,
                           intensifier=Facade.get_intensifier(scenario, max_config_calls=1))

    def ask(self):
        info = self.smac.ask()
        c = dict(info.config)
        return self.open.put([float(c[p[0]]) if p[1] == "f" else int(c[p[0]]) for p in self.space], info)

    def tell(self, setting, y):
        from smac.runhistory.dataclasses import TrialValue
        self.smac.tell(self.open.take(setting), TrialValue(cost=y, time=0.1), save=False)


class Hyperopt:
    def __init__(self, space, seed, parallel, trials):
        import numpy
        from hyperopt import Trials, hp, tpe
        from hyperopt.base import JOB_STATE_DONE, STATUS_OK, Domain
        self.done, self.ok, self.suggest = JOB_STATE_DONE, STATUS_OK, tpe.suggest
        self.space, self.open = space, Open()
        self.rng = numpy.random.default_rng(seed)
        self.domain = Domain(lambda c: 0.0, [self.parameter(hp, p) for p in space])
        self.trials = Trials()

    @staticmethod
    def parameter(hp, p):
        if is_category(p):
            return hp.choice(p[0], list(range(len(p[2]))))
        if p[1] == "i":
            low, high = widened(p)
            return hp.qloguniform(p[0], math.log(low), math.log(high), 1) if p[4] \
                else hp.quniform(p[0], low, high, 1)
        return hp.loguniform(p[0], math.log(p[2]), math.log(p[3])) if p[4] \
            else hp.uniform(p[0], p[2], p[3])

    def ask(self):
        ids = self.trials.new_trial_ids(1)
        self.trials.refresh()
        docs = self.suggest(ids, self.domain, self.trials, int(self.rng.integers(2 ** 31 - 1)))
        self.trials.insert_trial_docs(docs)
        self.trials.refresh()
        values = {k: v[0] for k, v in docs[0]["misc"]["vals"].items()}
        return self.open.put([int(values[p[0]]) if is_category(p)
                              else min(max(int(round(values[p[0]])), p[2]), p[3]) if p[1] == "i"
                              else float(values[p[0]]) for p in self.space], ids[0])

    def tell(self, setting, y):
        tid = self.open.take(setting)
        for doc in self.trials._dynamic_trials:
            if doc["tid"] == tid:
                doc["state"], doc["result"] = self.done, {"loss": y, "status": self.ok}
        self.trials.refresh()


class BayesOpt:
    def __init__(self, space, seed, parallel, trials):
        from bayes_opt import BayesianOptimization
        self.box, self.open, self.left = Box(space), Open(), 5
        self.optimizer = BayesianOptimization(
            f=None, pbounds={"x%04d" % i: (0.0, 1.0) for i in range(self.box.d)}, random_state=seed,
            verbose=0, allow_duplicate_points=True)
        self.start = self.optimizer.random_sample(5)  # what its maximize() starts with

    def ask(self):
        if self.left:
            self.left -= 1
            x = self.start[self.left]
        else:
            x = self.optimizer.suggest()
        return self.open.put(self.box.setting([x["x%04d" % i] for i in range(self.box.d)]), x)

    def tell(self, setting, y):
        self.optimizer.register(self.open.take(setting), -y)


class Cma:
    def __init__(self, space, seed, parallel, trials):
        import cma
        self.box, self.open, self.told = Box(space), Open(), []
        self.es = cma.CMAEvolutionStrategy(self.box.d * [0.5], 0.3, {
            "seed": seed + 1, "bounds": [0, 1], "verbose": -9})
        self.queue = []

    def ask(self):
        if not self.queue:
            self.queue = list(self.es.ask())
        u = self.queue.pop(0)
        return self.open.put(self.box.setting(u), u)

    def tell(self, setting, y):
        self.told.append((self.open.take(setting), y))
        if len(self.told) >= self.es.popsize:
            batch, self.told = self.told[:self.es.popsize], self.told[self.es.popsize:]
            self.es.tell([u for u, _ in batch], [y for _, y in batch])


class Botorch:
    """Its default model (SingleTaskGP) and log expected improvement, pending points as
    X_pending; five Sobol points first."""

    def __init__(self, space, seed, parallel, trials):
        import torch
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.torch, self.box = torch, Box(space)
        self.sobol = torch.quasirandom.SobolEngine(self.box.d, scramble=True, seed=seed)
        self.x, self.y, self.pending = [], [], []

    def model_point(self):
        from botorch.acquisition import qLogNoisyExpectedImprovement
        from botorch.acquisition.analytic import LogExpectedImprovement
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from botorch.optim import optimize_acqf
        from gpytorch.mlls import ExactMarginalLogLikelihood
        t = self.torch
        x = t.tensor(self.x, dtype=t.double)
        y = -t.tensor(self.y, dtype=t.double).unsqueeze(-1)
        model = SingleTaskGP(x, y)
        try:
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        except Exception:  # a fit that did not converge is used as it stands
            pass
        if self.pending:
            acq = qLogNoisyExpectedImprovement(
                model, x, X_pending=t.tensor([self.box.point(s) for s in self.pending], dtype=t.double))
        else:
            acq = LogExpectedImprovement(model, best_f=y.max())
        bounds = t.stack([t.zeros(self.box.d), t.ones(self.box.d)]).double()
        found, _ = optimize_acqf(acq, bounds=bounds, q=1, num_restarts=10, raw_samples=512,
                                 options={"batch_limit": 10, "maxiter": 200})
        return found.detach().numpy()[0]

    def ask(self):
        u = self.sobol.draw(1).double().numpy()[0] if len(self.y) < 5 else self.model_point()
        setting = self.box.setting(u)
        self.pending.append(setting)
        return setting

    def tell(self, setting, y):
        self.pending.remove(setting)
        self.x.append(self.box.point(setting))
        self.y.append(y)


class Hebo:
    def __init__(self, space, seed, parallel, trials):
        import random
        import numpy
        import torch
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        numpy.random.seed(seed)
        random.seed(seed)
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO
        self.numpy, self.space, self.open = numpy, space, Open()
        names = {("i", True): "pow_int", ("i", False): "int", ("f", True): "pow", ("f", False): "num"}
        self.hebo = HEBO(DesignSpace().parse(
            [{"name": p[0], "type": "cat", "categories": list(range(len(p[2])))} if is_category(p)
             else {"name": p[0], "type": names[p[1], p[4]], "lb": p[2], "ub": p[3]} for p in space]),
            scramble_seed=seed)

    def ask(self):
        rows = self.hebo.suggest(1)
        row = rows.iloc[0]
        return self.open.put([float(row[p[0]]) if p[1] == "f" else int(row[p[0]]) for p in self.space], rows)

    def tell(self, setting, y):
        self.hebo.observe(self.open.take(setting), self.numpy.array([[y]]))


class Dlib:
    def __init__(self, space, seed, parallel, trials):
        import dlib
        low, high, integer = [], [], []
        for p in space:
            if is_category(p):
                bounds = (0, len(p[2]) - 1, True)
            elif p[4]:
                bounds = (math.log(p[2]), math.log(p[3]), False)
            else:
                bounds = (p[2], p[3], p[1] == "i")
            low.append(bounds[0]), high.append(bounds[1]), integer.append(bounds[2])
        self.space, self.open = space, Open()
        self.search = dlib.global_function_search(dlib.function_spec(low, high, integer))
        self.search.set_seed(seed)

    def ask(self):
        request = self.search.get_next_x()
        setting = []
        for p, v in zip(self.space, request.x):
            if is_category(p):
                setting.append(int(round(v)))
                continue
            v = math.exp(v) if p[4] else v
            setting.append(min(max(int(round(v)), p[2]), p[3]) if p[1] == "i" else min(max(v, p[2]), p[3]))
        return self.open.put(setting, request)

    def tell(self, setting, y):
        self.open.take(setting).set(-y)


# peer -> what makes it, the packages it needs, the one whose version counts first
PEERS = {
    "optuna-tpe": (optuna_tpe, ["optuna"]), "optuna-gp": (optuna_gp, ["optuna", "torch"]),
    "optuna-cma": (optuna_cma, ["optuna", "cmaes"]), "hyperopt": (Hyperopt, ["hyperopt"]),
    "scikit-optimize": (Skopt, ["scikit-optimize"]), "smac": (Smac, ["smac"]),
    "bayesian-optimization": (BayesOpt, ["bayesian-optimization"]), "cma": (Cma, ["cma"]),
    "botorch": (Botorch, ["botorch"]), "hebo": (Hebo, ["HEBO"]), "dlib": (Dlib, ["dlib-bin"]),
}


def list_peers():
    for name, (_, packages) in PEERS.items():
        try:
            print(name, [importlib.metadata.version(p) for p in packages][0])
        except importlib.metadata.PackageNotFoundError:
            pass


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in (*PEERS, "--list"):
        sys.exit("usage: peer.py NAME | --list")
    if sys.argv[1] == "--list":
        return list_peers()
    answers, sys.stdout = sys.stdout, sys.stderr  # peers that print must not answer
    first = json.loads(sys.stdin.readline())
    peer = PEERS[sys.argv[1]][0](first["space"], first["seed"], first["parallel"], first["trials"])
    for line in sys.stdin:
        message = json.loads(line)
        if "ask" in message:
            print(json.dumps(peer.ask()), file=answers, flush=True)
        else:
            peer.tell(message["tell"], message["y"])


main()
