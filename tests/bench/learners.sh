#!/usr/bin/env bash
#
# tests/bench/learners.sh [OPTION...] [TABLE...]
#
# Every blueprint of dr-worker beside scikit-learn and xgboost in Python doing the same,
# on the same folds: both scores, the noise of the partition, a verdict.  Fails when one
# of ours is worse than Python's by more than the noise: what a score moves by when rows are
# parted and learners draw anew, as a standard deviation; of all models of a table the median,
# or that of the difference where it is larger.
#
#   --bin DIR          where dr-worker is (../../bin)
#   --partitions N     how often the rows are parted anew, into five folds (3)
#   --only REGEX       these models only
#   --reference FILE   keep Python's scores there, for when only ours change
#   --diabetes CSV     take the table `diabetes` from this file (target readmitted) as well
#
# TABLE is packages or sections (the demo's table), waves, skewed, shapes or rare
# (generated), without any all of them; learners/tables.py says what they are.
#
# Needs scikit-learn and xgboost: those of PYTHON where it is set, else Debian's
# (python3-sklearn, python3-xgboost), else, the first time over the network, pip's in a
# virtual environment in build/bench (python3-venv).  Without them everything is skipped,
# which is not a failure.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8

skip() {
	echo "skipped: $*"
	exit 0
}

has_learners() {
	"$1" -c 'import numpy, sklearn, xgboost' 2>/dev/null
}

# Make a virtual environment that has them.
environment() {
	local at=$1 log=$1.log
	mkdir -p "$(dirname "$at")"
	rm -rf "$at"
	/usr/bin/env python3 -m venv "$at" >"$log" 2>&1 ||
		skip "python3 makes no virtual environment (apt-get install python3-venv)"
	"$at/bin/pip" install -q --disable-pip-version-check 'scikit-learn>=1.2' 'xgboost>=1.7' \
		>>"$log" 2>&1 || true
	has_learners "$at/bin/python" ||
		skip "pip cannot install scikit-learn and xgboost: $(tail -n 1 "$log")"
}

venv=$here/../../build/bench/python
python=
for one in ${PYTHON-} /usr/bin/python3 python3 "$venv/bin/python"; do
	if command -v "$one" >/dev/null && has_learners "$one"; then
		python=$one
		break
	fi
done
if [[ -z $python ]]; then
	command -v python3 >/dev/null || skip "there is no python3"
	environment "$venv"
	python=$venv/bin/python
fi
exec "$python" -W ignore "$here/learners" "$@"
