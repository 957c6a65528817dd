#!/usr/bin/env bash
#
# tests/bench/cache.sh [BIN [CSV TARGET]]: what an evaluation costs when only parameters of
# the learner change, against the first one of that model; five folds, in seconds of the
# processor, which other load on the machine changes less than the clock.
set -euo pipefail

PATH="$(cd "${1:-$(dirname "$0")/../../bin}" && pwd):$PATH"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT
csv=${2:-$tmp/packages.csv} target=${3:-orphaned}
[[ -n ${2-} ]] || "$(dirname "$0")/../../pipelines/packages-table.sh" --frozen >"$csv"
jq -nc '$ARGS.named + {job: "aim"}' --arg csv "$csv" --arg dir "$tmp" --arg target "$target" |
	dr-worker >"$tmp/aim.json"

# model PATTERN PARAMETER VALUE [FIELDS]: train it; the time goes to $seconds.
model() {
	local TIMEFORMAT='%U %S'
	jq -c --arg p "$1" --arg n "$2" --argjson v "$3" --arg dir "$tmp" --argjson more "${4-{\}}" '
		first(.blueprints[] | select(.model_type | test($p))) |
		{job: "fit", $dir, blueprint: .id, values: {(last(.parameters[] |
			select(.parameterName == $n)).parameterId): $v}} + $more' \
		"$tmp/aim.json" >"$tmp/job"
	seconds=$({ time dr-worker <"$tmp/job" >"$tmp/result"; } 2>&1 | awk '{ print $1 + $2 }')
}

printf '%-52s %8s %8s %8s\n' '' first later ratio
for pattern in 'with text' 'Unsupervised' 'on ElasticNet'; do
	rm -rf "$tmp/cache"
	model "$pattern" reg_lambda 1
	first=$seconds
	model "$pattern" reg_lambda 1.5
	awk -v a="$first" -v b="$seconds" -v what="$pattern" \
		'BEGIN { printf "%-52s %8.2f %8.2f %8.1f\n", what, a, b, a / b }'
	# The same with five rounds: what is left is all but the trees.
	rm -rf "$tmp/cache"
	model "$pattern" n_estimators 5
	first=$seconds
	model "$pattern" n_estimators 6
	awk -v a="$first" -v b="$seconds" -v what="$pattern, without the trees" \
		'BEGIN { printf "%-52s %8.2f %8.2f %8.1f\n", what, a, b, a / b }'
done
