#!/usr/bin/env bash
#
# bayes.sh MODEL LOG PARAM=RANGE... [--folds] [BUDGET...] [--on-interrupt=cancel] [bo-propose options]
#
# Tune a model of the project $DR_PROJECT by asynchronous Bayesian optimisation
# until the budget (--trials, 50 unless said; --parallel, 4 unless said) is
# spent, keeping every trial in LOG.
#
#	bo-propose -> dr-submit -> dr-collect
#	     ^            |  LOG  |    |
#	     +------------- FIFO ------+
#
# bo-propose closes its output after the last proposal; the tools after it see
# end of file one after the other, and the closing FIFO ends bo-propose.  Run the
# same command again to go on where it stopped.  A signal leaves its jobs running;
# with --on-interrupt=cancel those of this run are cancelled.  With --folds trials
# get the scores of their folds, from which bo-propose knows the noise.
#
# Budgets (drtune(7), "Budgets"): --trials, --max-failures, --time-limit, --deadline,
# --trial-timeout, --cost-limit with --cost-per-hour.  Where one stops the run the status
# is 7.

set -Eeuo pipefail

usage() {
	echo "usage: ${0##*/} MODEL LOG PARAM=RANGE... [--folds] [BUDGET...]" \
		"[--on-interrupt=cancel] [bo-propose options]" >&2
	echo "${0##*/}: DR_PROJECT names the project" >&2
	exit 2
}
[[ $# -ge 3 && -n ${DR_PROJECT-} ]] || usage
model=$1 log=$2
shift 2

# shellcheck source=pipelines/group.bash
. "$(dirname "$0")/group.bash"
split_arguments "$@"
split_budgets
[[ ${#trials_limit[@]} -gt 0 ]] || trials_limit=(--trials=50)
: >>"$log" || exit 6 # fail here, not inside the loop, where nobody would open the FIFO
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

# The model's own parameters bring the bounds, and the defaults to start from.
dr-params --model "$model" >"$tmp/params.ndjson"
mkfifo "$tmp/loop"

bayes() {
	# shellcheck disable=SC2094 # one FIFO, read and written: that is the loop
	bo-propose --follow --parallel 4 "${trials_limit[@]}" --space "$tmp/params.ndjson" --log "$log" \
		"${args[@]}" <"$tmp/loop" |
		dr-submit --log "$log" --model "$model" "${submit_limits[@]}" "${on_interrupt[@]}" |
		dr-collect --log "$log" "${folds[@]}" "${collect_limits[@]}" "${on_interrupt[@]}" >"$tmp/loop" ||
		gravest "${PIPESTATUS[@]}"
}
run_group bayes
