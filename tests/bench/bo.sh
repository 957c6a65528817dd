#!/usr/bin/env bash
#
# bo.sh [BIN]: bo-propose, through its pipe, beside other optimisers.
#
# `make bench-bo` runs it.  The problems are those of the harness in $BENCH
# (../shared/bench), the peers those that `bin/setup --peers` could install.  Runs are
# kept in build/bench-bo.ndjson, one a line, and not repeated: an interrupted bench goes
# on, and peers are measured once; bo-propose's runs are thrown away first.  The tables
# go to tests/bench/bo.md.
#
# SEEDS (0-9), PROBS (all of the harness), OPTS (all), IN_FLIGHT (1,4,8): less of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH="$(cd "${1-bin}" && pwd):$PATH"
export PATH BENCH=${BENCH:-../shared/bench} PEERS=build/peers LC_ALL=C.UTF-8
python=build/peers/main/bin/python runs=build/bench-bo.ndjson
opts=${OPTS:-random,ours,optuna-gp,optuna-tpe,optuna-cma,hyperopt,dlib,cma,bayesian-optimization,botorch,hebo,smac,scikit-optimize}

[[ -e $BENCH/bench_peers.py ]] || { echo "skipped: no harness in $BENCH (set BENCH)"; exit 0; }
[[ -x $python ]] || { echo "skipped: no peers here: bin/setup --peers installs them"; exit 0; }

if [[ -e $runs ]]; then
	grep -v '^{"opt": "ours"' "$runs" >"$runs.new" || true
	mv "$runs.new" "$runs"
fi
for flight in ${IN_FLIGHT:-1,4,8}; do
	"$python" tests/bench/bo/run.py run --out "$runs" --opts "$opts" --seeds "${SEEDS:-0-9}" \
		--in-flight "$flight" ${PROBS:+--probs "$PROBS"}
done
"$python" tests/bench/bo/run.py show --out "$runs" --families | tee build/bench-bo.md
{
	sed '/^## Figures/q' tests/bench/bo.md
	cat build/bench-bo.md
} >tests/bench/bo.md.new
mv tests/bench/bo.md.new tests/bench/bo.md
