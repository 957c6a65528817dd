#!/usr/bin/env bash
#
# core-concepts.sh FOLDER [CSV TARGET] [--on-interrupt=cancel]
#
# Hyperparameter tuning from its beginnings, step by step on a project: what there is, one
# model of it and what can be tuned there, one setting tried by hand, a search inside one
# model, and brute force: a model for every point of a grid, over preprocessing and model at
# once.  In the end, what it has brought.
#
# The project is $DR_PROJECT, or a new one of the table CSV.  FOLDER keeps every record, the
# trial logs among them: the same command again goes on where it stopped.
#
# Others than these may be tried (grids are JSON: a list of values for each parameter):
#	SEARCH     which blueprint: an expression that its name must match
#	PARTITION  what models are judged by: validation, crossValidation
#	ROWS       how many of the best tuned models are shown: 5
#	KEEP       how many models of each brute force are kept, the others deleted: all
#	ONE, GRID, SINGLE, MIXED, RATES  the five searches, as they stand below
#	MODE       of the Autopilot of a new project: auto

set -Eeuo pipefail

here=$(dirname "$0")
# shellcheck source=pipelines/group.bash
. "$here/group.bash"
# shellcheck source=pipelines/steps.bash
. "$here/steps.bash"
split_arguments "$@"
open_folder "${args[@]}"

partition=${PARTITION:-validation}
rows=${ROWS:-5}
one=${ONE:-'{"colsample_bytree": [0.4], "learning_rate": [0.045]}'}
grid=${GRID:-'{"subsample": [0.5, 0.7, 1], "colsample_bytree": [0.4, 0.6, 0.8, 1],
	"max_depth": [4, 6, 8, 10]}'}
single=${SINGLE:-'{"smooth_interval": [50, 100, 200]}'}
mixed=${MIXED:-'{"method": ["resp", "freq", "lex"], "binary": ["True", "False"],
	"analyzer": ["word", "char"], "tree_method": ["exact", "approx", "hist"],
	"max_depth": [4, 6, 8, 10]}'}
rates=${RATES:-'{"learning_rate": [0.02, 0.03, 0.04], "subsample": [0.5, 0.7],
	"colsample_bytree": [0.4, 0.6], "max_depth": [4, 6]}'}

# try NAME SPACE: every setting of the space, one model each; NAME.ndjson is the log
try() {
	local log=$dir/$1.ndjson

	gridgen --space - --model "$model" --log "$log" <<<"$2" |
		dr-submit --log "$log" --model "$model" "${on_interrupt[@]}" |
		dr-collect --log "$log" --partition "$partition" "${on_interrupt[@]}" >/dev/null ||
		tolerate "${PIPESTATUS[@]}"
}

# ended NAME: the last records of the log's trials
ended() { jq -s -c 'group_by(.trial)[] | last' "$dir/$1.ndjson"; }

# brute_force NAME SPACE: the same, summed up
brute_force() {
	local from=$SECONDS

	echo "  hyperparameter combinations to evaluate: $(gridgen --count --space - <<<"$2")"
	try "$1" "$2"
	ended "$1" | jq -rs --argjson s "$((SECONDS - from))" '
		group_by(.state)[] | "  \(length) \(.[0].state) (\($s) s)"'
	ended "$1" | jq -rs "$digits"'map(select(.score)) |
		if length == 0 then empty else
			(if .[0].minimize then min_by(.score) else max_by(.score) end) |
			"  best on \(.partition): \(.score | digits) by \(.params)" end'
	prune "$1"
}

# prune NAME: of the models of brute force the best stay, if $KEEP says how many
prune() {
	local tell='map(select(.deleted)) | length' command

	command=(dr-prune --log "$dir/$1.ndjson" --keep "${KEEP:-5}")
	if [[ -n ${KEEP-} ]]; then
		"${command[@]}" --yes | jq -rs "\"  deleted, but for the best $KEEP: \\($tell)\""
	else
		"${command[@]}" | jq -rs --arg command "${command[*]} --yes" '
			select(length > 0) | "  \(length) of them can be deleted: \($command)"'
	fi
}

# listed SPACE: the space as lists of one model, where dr-submit says, before anything is
# asked for, of which parameter this cannot be.
listed() {
	local status=0

	try listed "$(jq 'map_values([.])' <<<"$1")" 2>&1 | sed 's/^/  /' || status=${PIPESTATUS[0]}
	[[ $status == 3 ]] || return "$status"
}

# The chosen model, then the best of those that differ from it by parameters only, with
# those that are not the same in all.
tuned_parameters() {
	save similar.ndjson dr-params --tuned --like "$model" --partition "$partition"
	echo "  similar models found: $(wc -l <"$dir/similar.ndjson")"
	jq -rs --argjson rows "$rows" --arg partition "$partition" "$digits"'
		(.[0].params | keys_unsorted) as $names |
		(["model_id", $partition, ($names[] | sub(".*/"; ""))],
		 (.[0], (.[1:] | map(select(.score))[:$rows])[] |
			[.id, (.score | digits), .params[$names[]]])) | @tsv' "$dir/similar.ndjson" |
		table -24 15 17
}

# improvement PARTITION: of all models that differ from the chosen one by parameters only
improvement() {
	dr-models --like "$model" --partition "$1" | jq -rs --arg base "$model" --arg on "$1" '
		map(select(.score)) | map(select(.id == $base))[0] as $base |
		if $base == null then "  on \($on) the model has no score" else
			(map(select(if .minimize then .score < $base.score
				else .score > $base.score end)) | length) as $better |
			"  on \($on): \($better) of \(length - 1) are better than the model itself,"
			+ " the best by \((($base.score - .[0].score) / .[0].score | fabs) * 1e6
				| round / 1e4) %" end'
}

core_concepts() {
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
	say "its tasks that can be tuned"
	task_names

	say "one tuned model: $(jq -c . <<<"$one")"
	try one "$one"
	ended one | jq -c '{(.metric // "failed"): .metrics[.metric // ""]}' | sed 's/^/  /'

	say "a search inside one model, which scores by parts of its own"
	try inside "$(jq 'map_values([.])' <<<"$grid")"
	ended inside | jq -r "$digits"'"  \(.metric) on \(.partition): \(.score | digits)"'
	ended inside | jq -r '.chosen // {} | to_entries[] | "  \(.key): \(.value)"'

	say "brute force: a model for each setting"
	brute_force grid "$grid"

	say "a parameter that takes one value in one model"
	listed "$single"
	brute_force single "$single"

	say "preprocessing and model at once"
	brute_force mixed "$mixed"

	say "what differs, the model itself first"
	tuned_parameters
	improvement "$partition"

	say "learning rates, too"
	brute_force rates "$rates"
	improvement validation
	improvement crossValidation
}
run_group core_concepts
