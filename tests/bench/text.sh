#!/usr/bin/env bash
#
# tests/bench/text.sh [BIN [CSV TARGET]]: five folds of boosted trees with three texts, by
# dr-worker and by scikit-learn and xgboost in Python, side by side: the first evaluation, and
# later ones in which only parameters of the learner differ.
#
# Without CSV a table of 10,000 x 50 is made of the demo's.  TARGET has two classes.  Python
# is $PYTHON or Debian's, with python3-sklearn and python3-xgboost; where they are not there,
# only dr-worker is measured.  SOLVER=saga: text.py says what that is.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH="$(cd "${1:-$here/../../bin}" && pwd):$PATH"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT
csv=${2:-$tmp/table.csv} target=${3:-orphaned} python=${PYTHON:-/usr/bin/python3}
statistics='def mean: add / length;
	def median: sort | (.[length / 2 | floor] + .[(length - 1) / 2 | floor]) / 2;'

# The first is what all the others are later than; each of these changes one parameter.
settings='[{}, {"max_depth": 4}, {"learning_rate": 0.08}, {"colsample_bytree": 0.5},
	{"min_child_weight": 5}, {"subsample": 0.8}]'

# The demo's table has one text.  This adds another, made of the package's name, and one of
# 20 to 60 words that follow Zipf's law, a little shorter for one class; then numbers and categories, a
# few of them related to the class.
# shellcheck disable=SC2016 # the dollars are awk's
wider='
function random() {
	state = state * 69069 % 2147483647
	return state / 2147483647
}
function name_words(name) {
	gsub(/[-.+]/, " ", name)
	gsub(/[0-9]+/, " & ", name)
	sub(/^lib/, "lib ", name)
	return "package " name
}
function note(orphaned,    text, n) {
	for (n = int(20 + 41 * random()); n > 0; n--)
		text = text " w" int(exp(random() * (orphaned ? 8.2 : 8.7)))
	return substr(text, 2)
}
BEGIN { state = 20240 }
NR == 1 {
	printf "%s,name_words,note", $0
	for (i = 1; i <= 11; i++)
		printf ",number%d", i
	for (i = 2; i <= 11; i++)
		printf ",category%d", i
	print ""
	next
}
{
	orphaned = /,yes$/
	printf "%s,%s,%s", $0, name_words($1), note(orphaned)
	for (i = 1; i <= 11; i++)
		printf random() < 0.03 ? "," : ",%.4g", random() * i + (i % 4 == 0 ? orphaned / 4 : 0)
	for (i = 2; i <= 11; i++)
		printf ",c%d", int(random() * i * i + (i % 5 == 0 ? 2 * orphaned * random() : 0))
	print ""
}'
[[ -n ${2-} ]] || "$here/../../pipelines/packages-table.sh" --frozen | awk -F, "$wider" >"$csv"

jq -nc '$ARGS.named + {job: "aim"}' --arg csv "$csv" --arg dir "$tmp" --arg target "$target" |
	dr-worker >"$tmp/aim.json"

# fit PATTERN I: train the first blueprint of that name with the I-th settings.
fit() {
	local TIMEFORMAT='[%R,%U,%S]' time
	jq -c --arg p "$1" --argjson i "$2" --argjson settings "$settings" --arg dir "$tmp" '
		first(.blueprints[] | select(.model_type | test($p))) | .parameters as $parameters |
		{job: "fit", $dir, blueprint: .id, holdout: false,
			values: ($settings[$i] | with_entries(.key as $name |
				.key = last($parameters[] | select(.parameterName == $name)).parameterId))}
		' "$tmp/aim.json" >"$tmp/job"
	time=$({ time dr-worker <"$tmp/job" >"$tmp/result"; } 2>&1)
	jq -c --argjson time "$time" "$statistics"'{wall: $time[0], cpu: ($time[1] + $time[2]),
		logloss: (.metrics.LogLoss.folds | mean)}' "$tmp/result"
}

# evaluations PATTERN: an object for each of the settings, the first without a cache.
evaluations() {
	local i
	rm -rf "$tmp/cache"
	for ((i = 0; i < $(jq length <<<"$settings"); i++)); do
		fit "$1" "$i"
	done
}

# row TITLE FILE: the first, and the median of the others.
row() {
	jq -sr --arg title "$1" "$statistics"'[$title] + [.[0].wall, .[0].cpu,
		(.[1:] | map(.wall) | median), (.[1:] | map(.cpu) | median),
		.[0].logloss, (.[1:] | map(.logloss) | mean)] | @tsv' "$2" |
		awk -F '\t' '{ printf "%-32s %8.2f %8.2f %8.2f %8.2f %9.4f %9.4f\n", $1, $2, $3, $4, $5, $6, $7 }'
}

# ratio TITLE FILE: how many times as long as dr-worker.
ratio() {
	jq -sr --arg title "$1" --slurpfile ours "$tmp/ours" "$statistics"'
		[$title] + [.[0].wall / $ours[0].wall, .[0].cpu / $ours[0].cpu,
		(.[1:] | map(.wall) | median) / ($ours[1:] | map(.wall) | median),
		(.[1:] | map(.cpu) | median) / ($ours[1:] | map(.cpu) | median)] | @tsv' "$2" |
		awk -F '\t' '{ printf "%-32s %8.1f %8.1f %8.1f %8.1f\n", $1, $2, $3, $4, $5 }'
}

title() {
	printf '%-32s %17s %17s %19s\n' '' 'first' 'later' 'LogLoss'
	printf '%-32s %8s %8s %8s %8s %9s %9s\n' "$1" wall cpu wall cpu first later
}

title 'seconds, five folds'
evaluations 'with text' >"$tmp/ours"
row 'dr-worker' "$tmp/ours"
if "$python" -c 'import sklearn, xgboost, pandas' 2>/dev/null; then
	"$python" "$here/text.py" "$csv" "$tmp/aim.json" "$settings" >"$tmp/python"
	jq -c '{wall: (.encode_wall + .learn_wall), cpu: (.encode_cpu + .learn_cpu), logloss}' \
		"$tmp/python" >"$tmp/kept"
	# What encoding costs does not depend on the learner, so it is measured once.
	jq -sc 'first as $one | .[] | {wall: ($one.encode_wall + .learn_wall),
		cpu: ($one.encode_cpu + .learn_cpu), logloss}' "$tmp/python" >"$tmp/again"
	row 'Python, all again' "$tmp/again"
	row 'Python, encoded columns kept' "$tmp/kept"
	ratio 'Python, all again / dr-worker' "$tmp/again"
	ratio 'Python, columns kept / dr-worker' "$tmp/kept"
else
	echo "Python is skipped: $python has no sklearn, xgboost or pandas" \
		"(Debian: python3-sklearn, python3-xgboost, python3-pandas)"
fi
echo
title 'other blueprints'
for pattern in 'Unsupervised' 'on ElasticNet'; do
	evaluations "$pattern" >"$tmp/other"
	row "$pattern" "$tmp/other"
done
