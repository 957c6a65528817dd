#!/usr/bin/env bash
#
# compare.sh MODEL FOLDER PARAM=RANGE... [--trials N] [--seeds K] [--parallel P]
#            [--on-interrupt=cancel]
#
# Does tuning pay?  A model of the project $DR_PROJECT with its default values, and the best
# of N trials (12) of each of three searches over the same ranges, each with K seeds (5):
#
#	random  the default values, and points that fill the ranges evenly, others with each seed
#	grid    as many points of gridgen's grid, drawn from it
#	Bayes   bayes.sh, P trials (4) at once, which begins like random
#
# For each: the median of the best scores of the K searches, with the lowest and the highest,
# between which the median of all such searches lies with probability 1 - 2^(1-K); what the
# median gains over the defaults; and the noise of such a gain.  Both models are scored on
# the same folds, so what counts is how the difference varies over these: of its standard
# deviation s on F folds the noise is s sqrt(1/F + 1/(F - 1)), which allows for the rows that
# the folds' models share (Nadeau and Bengio, 2003).  A gain below it is called that.  The
# best of many trials also looks better than it is: it was chosen by the same folds.
#
# The model must have been cross validated.  FOLDER keeps every trial: the same command
# again goes on where it stopped.

set -Eeuo pipefail

usage() {
	echo "usage: ${0##*/} MODEL FOLDER PARAM=RANGE... [--trials N] [--seeds K] [--parallel P]" \
		"[--on-interrupt=cancel]" >&2
	echo "${0##*/}: DR_PROJECT names the project" >&2
	exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=pipelines/group.bash
. "$here/group.bash"
# shellcheck source=pipelines/steps.bash
. "$here/steps.bash"
split_arguments "$@"
set -- "${args[@]}"
[[ $# -ge 3 && -n ${DR_PROJECT-} ]] || usage
model=$1 dir=$2
shift 2
trials=12 seeds=5 parallel=4 space=()
while [[ $# -gt 0 ]]; do
	case $1 in
	--trials | --seeds | --parallel)
		[[ ${2-} =~ ^[1-9][0-9]{0,3}$ ]] || usage
		declare "${1#--}=$2"
		shift
		;;
	*=*) space+=("$1") ;;
	*) usage ;;
	esac
	shift
done
[[ ${#space[@]} -gt 0 ]] || usage
mkdir -p -- "$dir" || exit 6

# try NAME: the proposals of NAME.proposed, all of them at once
try() {
	dr-submit --log "$dir/$1.ndjson" --model "$model" "${on_interrupt[@]}" <"$dir/$1.proposed" |
		dr-collect --log "$dir/$1.ndjson" --folds "${on_interrupt[@]}" >/dev/null ||
		tolerate "${PIPESTATUS[@]}"
}

# The values that the model has, as a trial.
defaults() {
	jq -s '[$ARGS.positional[] | sub("=.*"; "")] as $names |
		map(select(.parameter as $p | "\(.task)/\($p)" as $q | $names | any(. == $p or . == $q))) |
		map({("\(.task)/\(.parameter)"): [.default]}) | add' "$dir/params.ndjson" \
		--args "${space[@]}" | gridgen --space -
}

random() {
	bo-propose --count "$trials" --start "$trials" --seed "$1" --space "$dir/params.ndjson" \
		"${space[@]}" </dev/null
}

grid() {
	local size

	size=$(gridgen --count --space "$dir/params.ndjson" "${space[@]}")
	[[ ${#size} -le 7 ]] || {
		echo "${0##*/}: a grid of $size settings is too large; say :levels=N or :step=X" >&2
		return 2
	}
	gridgen --space "$dir/params.ndjson" "${space[@]}" |
		awk -v seed="$1" 'BEGIN { srand(seed) } { printf "%.9f\t%s\n", rand(), $0 }' |
		LC_ALL=C sort -n | sed -n "1,${trials}p" | cut -f 2-
}

# best METHOD SEED NAME: the best trial of a log, as a result of the method
best() {
	jq -s -c --arg method "$1" --argjson seed "$2" '
		map(select(.state == "completed" and .score)) |
		if length == 0 then empty
		elif .[0].minimize then min_by(.score) else max_by(.score) end |
		{method: $method, seed: $seed, score, folds, minimize, metric, params}' \
		"$dir/$3.ndjson"
}

report() {
	jq -rs --argjson trials "$trials" '
		def median: sort | if length % 2 == 1 then .[length / 2 | floor]
			else (.[length / 2 - 1] + .[length / 2]) / 2 end;
		def mean: add / length;
		def sd: mean as $m | map(. - $m | . * .) | add / (length - 1) | sqrt;
		def digits: . * 1e6 | round / 1e6;
		def percent($of): . / ($of | fabs) * 1e4 | round / 100 | "\(.) %";
		map(select(.method == "default"))[0] as $default |
		(if $default.minimize then 1 else -1 end) as $sign |
		def gain: ($default.score - .score) * $sign;
		def noise: [.folds, $default.folds] |
			if any(. == null) then null else transpose | map(.[0] - .[1]) |
			length as $n | sd * (1 / $n + 1 / ($n - 1) | sqrt) end;
		["", "trials", $default.metric, "lowest", "highest", "gain", "noise", ""],
		(["random", "grid", "Bayes"] as $order | group_by(.method) |
		 sort_by(.[0].method as $m | $order | index($m))[] |
			map(.score) as $scores | (map(gain) | median) as $gain |
			(map(noise | values) | if length > 0 then median else null end) as $noise |
			[.[0].method, (if .[0].method == "default" then 1 else $trials end),
			 ($scores | median, min, max | digits)] +
			if .[0].method == "default" then [] else
			[($gain | percent($default.score)),
			 (if $noise then $noise | percent($default.score) else "-" end),
			 (if $noise == null then "" elif $gain > $noise then "above the noise"
			  else "below the noise: no gain" end)] end) | @tsv' "$dir/results.ndjson" |
		table -8 6 10 10 10 9 9 -24
}

compare() {
	local seed

	save params.ndjson dr-params --model "$model"
	# What cannot be tried is refused here, before anything is paid for.
	for ((seed = 1; seed <= seeds; seed++)); do
		save "random-$seed.proposed" random "$seed"
		save "grid-$seed.proposed" grid "$seed"
	done
	save default.proposed defaults
	try default
	save results.ndjson best default 0 default
	[[ -s $dir/results.ndjson ]] || {
		echo "${0##*/}: with its default values model $model has no score by cross validation" >&2
		return 3
	}
	for ((seed = 1; seed <= seeds; seed++)); do
		try "random-$seed"
		try "grid-$seed"
		"$here/bayes.sh" "$model" "$dir/bayes-$seed.ndjson" --trials "$trials" \
			--parallel "$parallel" --seed "$seed" --folds "${space[@]}" "${on_interrupt[@]}" ||
			tolerate $?
	done
	for ((seed = 1; seed <= seeds; seed++)); do
		best random "$seed" "random-$seed"
		best grid "$seed" "grid-$seed"
		best Bayes "$seed" "bayes-$seed"
	done >>"$dir/results.ndjson"
	report
}
run_group compare
