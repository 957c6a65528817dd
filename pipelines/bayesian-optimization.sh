#!/usr/bin/env bash
#
# bayesian-optimization.sh FOLDER [CSV TARGET] [--on-interrupt=cancel] [-- PARAM=RANGE...]
#
# A model of a project tuned by Bayesian optimisation, from the leaderboard to what goes into
# production: the best setting by cross validation, compared with what the service had
# recommended by itself; then the holdout is unlocked, WHICH CANNOT BE TAKEN BACK, and the
# winner trained again on all rows.
#
# The project is $DR_PROJECT, or a new one of the table CSV.  FOLDER keeps every record, the
# trial log among them: the same command again goes on where it stopped.  What is searched,
# and any option of bayes.sh, such as --trials 50 --parallel 8, may follow a `--'.
#
# Others than these may be tried:
#	SEARCH     which blueprint: an expression that its name must match
#	MODE       of the Autopilot of a new project: auto

set -Eeuo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=pipelines/group.bash
. "$here/group.bash"
# shellcheck source=pipelines/steps.bash
. "$here/steps.bash"

folder=() space=()
while [[ $# -gt 0 && $1 != -- ]]; do
	folder+=("$1")
	shift
done
[[ $# -le 1 ]] || space=("${@:2}")
[[ ${#space[@]} -gt 0 ]] ||
	space=(--trials 10 subsample=0.5..1.0 colsample_bytree=0.25..0.75 max_depth=3..4)
split_arguments "${folder[@]}"
open_folder "${args[@]}"
partition=crossValidation

# winner: the best trial of the log
winner() {
	jq -s -c 'map(select(.state == "completed" and .score)) |
		if length == 0 then "no trial has a score\n" | halt_error(1)
		elif .[0].minimize then min_by(.score) else max_by(.score) end' "$dir/bayes.ndjson"
}

# row NAME FILE: of the table that compares models; none, where the file is not there
row() {
	[[ ! -s $dir/$2 ]] || jq -r --arg name "$1" "$digits"'[$name, .id, .sample_pct,
		(.score | digits), (.metrics[.metric].holdout | digits)] | @tsv' "$dir/$2"
}

# compare NAME FILE ... : a row each
compare() {
	{
		printf '\tmodel_id\tpct\tcrossValidation\tholdout\n'
		while [[ $# -gt 0 ]]; do
			row "$1" "$2"
			shift 2
		done
	} | table -32 -24 6 16 10
}

# What the service recommends has been trained on more rows than the others; its parent is
# the one that can be compared.  Where the Autopilot has not run, there is none.
recommended() {
	local parent status=0

	rm -f -- "$dir/recommended.ndjson" "$dir/parent.ndjson"
	save recommended.ndjson dr-models --recommended || status=$?
	[[ $status != 4 ]] || return 0
	[[ $status == 0 ]] || return "$status"
	parent=$(jq -r '.parent_model_id // .id' "$dir/recommended.ndjson")
	save parent.ndjson dr-models "$parent"
}

tune() {
	local status=0

	"$here/bayes.sh" "$model" "$dir/bayes.ndjson" "${space[@]}" "${on_interrupt[@]}" || status=$?
	# Trials that have failed stand in the log; that a budget or the space is used up is an
	# end like another.
	[[ $status == [0178] ]] || return "$status"
	save winner.ndjson winner
	jq -r "$digits"'"  \(.metric) on \(.partition): \(.score | digits) by \(.params)"' \
		"$dir/winner.ndjson"
}

# The best of the search, of the leaderboard, and of the service.
fetch_best() {
	save tuned.ndjson dr-models "$(jq -r .tuned_model "$dir/winner.ndjson")"
	save top.ndjson dr-models --limit 1
	recommended
}

compare_best() {
	compare "best of the search" tuned.ndjson "top of the leaderboard" top.ndjson \
		"recommended, before retraining" parent.ndjson
}

# On all rows, those of the holdout too: what it scores there is not what tells how good the
# winner is; the scores of the models that have not seen these rows are.
retrain() {
	local id tuned

	tuned=$(jq -r .tuned_model "$dir/winner.ndjson")
	dr-project unlock-holdout | jq -r '"  holdout unlocked: \(.holdout_unlocked)"'
	dr-train --retrain "$tuned" --sample-pct 100 --log "$dir/retrained.ndjson" \
		"${on_interrupt[@]}" |
		dr-collect --log "$dir/retrained.ndjson" "${on_interrupt[@]}" >/dev/null ||
		tolerate "${PIPESTATUS[@]}"
	id=$(trained retrained.ndjson "$tuned")
	save final.ndjson dr-models "$id"
	fetch_best # once more: now with the holdout's scores
	compare "the winner, on all rows" final.ndjson "the recommended model" recommended.ndjson \
		"the winner, as it was tuned" tuned.ndjson \
		"recommended, before retraining" parent.ndjson
}

bayesian_optimization() {
	say "the project"
	open_project
	say "a model, chosen by its name: $search"
	choose_model
	say "its blueprint"
	chart
	say "what there is to read about its learner"
	documents
	say "its processes"
	processes
	say "its parameters"
	parameters

	say "Bayesian optimisation by cross validation: ${space[*]}"
	tune
	say "what it found, and what there was"
	fetch_best
	compare_best
	say "for production: trained on all rows"
	retrain
}
run_group bayesian_optimization
