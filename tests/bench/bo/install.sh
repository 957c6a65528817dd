#!/bin/sh
#
# bin/setup --peers: the optimisers that bo-propose is measured against, in virtual
# environments under build/peers.  No part of the product.  They do not agree on what
# they need, hence four; one that cannot be had is said and left out.
#
# HEBO asks for a numpy that no wheel is left for and for models that it does not use
# here: it is installed without its dependencies, with what its default needs.
set -u
cd "$(dirname "$0")/../../.." || exit 6
python=${PYTHON:-python3}

"$python" -c 'import venv, ensurepip' 2>/dev/null || {
	echo "setup: no peers: $python lacks venv; install python3-venv" >&2
	exit 6
}
mkdir -p build/peers

# environment NAME PIP-ARGUMENTS...
environment() {
	at=build/peers/$1
	shift
	[ -x "$at/bin/python" ] || "$python" -m venv "$at" || return
	"$at/bin/pip" install -q --disable-pip-version-check "$@" >"$at/log" 2>&1 || {
		echo "setup: left out: $(tail -n 1 "$at/log")" >&2
		return 1
	}
}

# The first is also what runs the bench: numpy, and onnx to read some of its problems.
environment main numpy scipy onnx scikit-learn xgboost 'setuptools<81' optuna cmaes cma \
	hyperopt scikit-optimize bayesian-optimization smac || exit 6
environment torch numpy scipy optuna torch botorch
environment dlib dlib-bin
environment hebo numpy scipy torch gpytorch pymoo pandas scikit-learn disjoint-set &&
	environment hebo --no-deps HEBO
for at in build/peers/*/; do
	"$at/bin/python" tests/bench/bo/peer.py --list
done | sort -u
