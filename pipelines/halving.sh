#!/usr/bin/env bash
#
# halving.sh MODEL LOG PARAM=RANGE... [--settings N] [--sizes P,P,...] [--keep N]
#            [--async] [--parallel N] [--more N] [--on-interrupt=cancel]
#
# Cheap first, dear later: try many settings (--settings, 27 unless said) of a model of the
# project $DR_PROJECT on few rows, the best third (--keep 3) on twice as many, and so on up to
# the size of the model itself, which alone is cross validated.  LOG keeps every trial.
#
#	  halve -> dr-submit -> dr-collect
#	     ^        |  LOG  |    |
#	     +---------- FIFO -----+
#
# --sizes are percents of the rows, unless said a quarter and a half of the model's, and the
# model's own, which is the last in any case.  What is tuned has the size of the model that
# it is made from, so each size gets a base model first: its trials stand in LOG.bases.
# With --async nobody waits for the slowest of a size.  With --more N as many trials follow
# at the largest size, by Bayesian optimisation that knows what was learnt on the others.
#
# Run the same command again to go on where it stopped.

set -Eeuo pipefail

usage() {
	echo "usage: ${0##*/} MODEL LOG PARAM=RANGE... [--settings N] [--sizes P,P] [--keep N]" \
		"[--async] [--parallel N] [--more N] [--on-interrupt=cancel]" >&2
	echo "${0##*/}: DR_PROJECT names the project" >&2
	exit 2
}
[[ $# -ge 3 && -n ${DR_PROJECT-} ]] || usage
model=$1 log=$2
shift 2

# shellcheck source=pipelines/group.bash
. "$(dirname "$0")/group.bash"
split_arguments "$@"
set -- "${args[@]}"
settings=27 sizes='' keep=3 parallel=4 more=0 space=() how=()
while [[ $# -gt 0 ]]; do
	option=$1
	shift
	case $option in
	--settings=* | --sizes=* | --keep=* | --parallel=* | --more=*) value=${option#*=} ;;
	--settings | --sizes | --keep | --parallel | --more)
		[[ $# -gt 0 ]] || usage
		value=$1
		shift
		;;
	esac
	case $option in
	--settings*) settings=$value ;;
	--sizes*) sizes=$value ;;
	--keep*) keep=$value ;;
	--parallel*) parallel=$value ;;
	--more*) more=$value ;;
	--async) how=(--async) ;;
	-*) usage ;;
	*) space+=("$option") ;;
	esac
done
[[ ${#space[@]} -gt 0 && $settings =~ ^[1-9][0-9]*$ && $more =~ ^[0-9]+$ ]] || usage
[[ $sizes =~ ^([0-9.]+(,[0-9.]+)*)?$ ]] || usage

: >>"$log" || exit 6 # fail here, not inside the loop, where nobody would open the FIFO
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

dr-models -q "$model" >"$tmp/model"
dr-params --model "$model" >"$tmp/params.ndjson"
own=$(jq .sample_pct "$tmp/model")
[[ -n $sizes ]] || sizes=$(jq -r '"\(.sample_pct / 4),\(.sample_pct / 2)"' "$tmp/model")
mkfifo "$tmp/loop"

# base PERCENT: the id of a model like the given one on so many percent of the rows
base() {
	dr-train --blueprint "$(jq -r .blueprint_id "$tmp/model")" \
		--featurelist "$(jq -r .featurelist_id "$tmp/model")" \
		--sample-pct "$1" --no-cv --log "$log.bases" "${on_interrupt[@]}" |
		dr-collect --log "$log.bases" "${on_interrupt[@]}" >/dev/null ||
		gravest "${PIPESTATUS[@]}" || return
	jq -e -r -s --argjson pct "$1" 'map(select(.state == "completed" and
		.fidelity.sample_pct == $pct)) | last | .tuned_model // empty' "$log.bases"
}

halve_them() {
	# shellcheck disable=SC2094 # one FIFO, read and written: that is the loop
	halve "${rungs[@]}" --keep "$keep" --parallel "$parallel" --log "$log" "${how[@]}" \
		"$tmp/settings.ndjson" <"$tmp/loop" |
		dr-submit --log "$log" "${on_interrupt[@]}" |
		dr-collect --log "$log" "${on_interrupt[@]}" >"$tmp/loop" ||
		gravest "${PIPESTATUS[@]}"
}

# The trials of all sizes as such of the largest one's model, so that all of them teach: each
# brings its size.  All have a score on validation.
go_on() {
	local before

	jq -c -s --arg model "$model" 'group_by(.trial) | map(last) | sort_by(.finished_at)[] |
		.model = $model' "$log" >"$tmp/known.ndjson"
	before=$(jq -s 'map(select(.by == "halve")) | length' "$tmp/known.ndjson")
	# shellcheck disable=SC2094
	bo-propose --follow --parallel "$parallel" --trials $((before + more)) --model "$model" \
		--space "$tmp/params.ndjson" --log "$tmp/known.ndjson" --fidelity "$own" \
		--partition validation "${space[@]}" <"$tmp/loop" |
		dr-submit --log "$log" --model "$model" "${on_interrupt[@]}" |
		dr-collect --log "$log" "${on_interrupt[@]}" >"$tmp/loop" ||
		gravest "${PIPESTATUS[@]}"
}

halving() {
	local size id status=0

	rungs=()
	for size in ${sizes//,/ }; do
		[[ $size != "$own" ]] || continue
		id=$(base "$size")
		rungs+=(--rung "$size=$id")
	done
	rungs+=(--rung "$own=$model")
	# The model's own values, and then points that fill the space evenly: the same each time.
	bo-propose -n "$settings" --start "$settings" --space "$tmp/params.ndjson" "${space[@]}" \
		</dev/null >"$tmp/settings.ndjson"
	halve_them || status=$?
	[[ $more -gt 0 && $status == [01] ]] || return "$status"
	go_on || gravest "$status" $?
}
run_group halving
