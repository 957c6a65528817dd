#!/usr/bin/env bash
#
# tests/bench/numeric.sh [BIN [ROWS]]: five folds of boosted trees over 50 numbers and
# categories, and what libxgboost itself takes of them.
#
# The library is measured inside the very run of dr-worker (xgboost_clock.c), so both have the
# same matrices and rounds, and other load on the machine changes both alike.  Behind them xgboost
# in Python does the same work, where Debian's python3-xgboost and python3-pandas are there.
# Seconds are the processor's.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH="$(cd "${1:-$here/../../bin}" && pwd):$PATH"
rows=${2:-100000} python=/usr/bin/python3
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

real=$(ldconfig -p | awk '$1 == "libxgboost.so.0" && !found++ { print $NF }')
cc -std=c11 -D_GNU_SOURCE -O2 -fPIC -shared -o "$tmp/libxgboost.so.0" "$here/xgboost_clock.c"
"$here/table.sh" "$rows" >"$tmp/table.csv"

# seconds COMMAND: run it; its seconds go to $seconds, those of the clock to $wall.
seconds() {
	local TIMEFORMAT='%R %U %S' out user system
	out=$({ time "$@" >"$tmp/result" 2>"$tmp/error"; } 2>&1)
	read -r wall user system <<<"$out"
	seconds=$(jq -n "$user + $system")
}

job() {
	jq -c --argjson values "$2" --arg dir "$tmp" '
		first(.blueprints[] | select(.model_type | test("Early Stopping$"))) as $b |
		{job: "fit", $dir, blueprint: $b.id, values: ($values | with_entries(.key as $name |
			.key = first($b.parameters[] | select(.parameterName == $name)).parameterId))}' "$tmp/aim.json" >"$1"
}

fit() {
	LD_LIBRARY_PATH=$tmp XGBOOST_REAL=$real dr-worker <"$tmp/job"
}

line() { printf '%-38s %7s %7s %7s %5s %6s %8s %5s\n' "$@"; }
two() { LC_ALL=C printf '%.2f' "$1"; }

jq -nc --arg csv "$tmp/table.csv" '{job: "upload", $csv}' >"$tmp/upload"
jq -nc --arg csv "$tmp/table.csv" --arg dir "$tmp" \
	'{job: "aim", $csv, $dir, target: "bought"}' >"$tmp/aim"
seconds dr-worker <"$tmp/upload"
upload=$seconds
seconds dr-worker <"$tmp/aim"
aim=$seconds
cp "$tmp/result" "$tmp/aim.json"
printf '%d x 50: upload %.2f s, aim %.2f s\n\n' "$rows" "$upload" "$aim"

# both NAME VALUES ROUNDS DEPTH
both() {
	local of whole share
	job "$tmp/job" "$2"
	seconds fit
	share=$(jq .xgboost "$tmp/error")
	whole=$seconds
	line "$1" "$(two "$wall")" "$(two "$whole")" "$(two "$share")" "$(two "$(jq -n "$whole / $share")")" \
		"$(jq .rounds "$tmp/error")" "$(jq '.metrics.LogLoss.folds | add / length * 1e5 | round / 1e5' "$tmp/result")" \
		"$(jq '.kb / 1024 | round' "$tmp/error")"
	"$python" -c 'import pandas, xgboost' 2>/dev/null || return 0
	"$python" "$here/numeric.py" "$tmp/table.csv" bought "$3" "$4" >"$tmp/python"
	of=$(jq .seconds "$tmp/python")
	line '  in Python' '' "$(two "$of")" '' '' "$(jq .rounds "$tmp/python")" \
		"$(jq '.loss * 1e5 | round / 1e5' "$tmp/python")" \
		"$(jq '.kb / 1024 | round' "$tmp/python")"
}
line '' clock whole xgboost ratio rounds LogLoss MB
both '200 rounds of depth 6' '{"n_estimators": 200, "max_depth": 6}' 200 6
both 'the defaults: depth 3, until it stops' '{}' 2500 3
