#!/usr/bin/env bash
#
# grid.sh MODEL LOG PARAM=VALUES... [--folds] [BUDGET...] [--on-interrupt=cancel] [gridgen options]
#
# Try every point of a grid on a model of the project $DR_PROJECT, keeping
# every trial in LOG and writing the results to standard output.
#
#	gridgen -> dr-submit -> dr-collect -> results
#	   ^           |            |
#	   +---------- LOG <--------+
#
# Run the same command again to go on where it stopped: what LOG holds finished
# is not tried again, what runs on the server is waited for.  A signal leaves its
# jobs running; with --on-interrupt=cancel those of this run are cancelled.  With --folds trials
# get the scores of their folds.
#
# Budgets (drtune(7), "Budgets"): --trials, --max-failures, --time-limit, --deadline,
# --trial-timeout, --cost-limit with --cost-per-hour.  Where one stops the run the status
# is 7, and what was not tried is among the results as proposed.

set -Eeuo pipefail

usage() {
	echo "usage: ${0##*/} MODEL LOG PARAM=VALUES... [--folds] [BUDGET...]" \
		"[--on-interrupt=cancel] [gridgen options]" >&2
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
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

# The model's own parameters bring the bounds that every value is checked against.
dr-params --model "$model" >"$tmp/params.ndjson"

grid() {
	gridgen --space "$tmp/params.ndjson" --log "$log" "${args[@]}" |
		dr-submit --log "$log" --model "$model" "${trials_limit[@]}" "${submit_limits[@]}" \
			"${on_interrupt[@]}" |
		dr-collect --log "$log" "${folds[@]}" "${collect_limits[@]}" "${on_interrupt[@]}" ||
		gravest "${PIPESTATUS[@]}"
}
run_group grid
