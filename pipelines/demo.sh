#!/usr/bin/env bash
#
# demo.sh [FOLDER]
#
# The whole run on this machine: a private dr-sandbox, a table of Debian packages
# ("is this package orphaned?"), models trained on it, the best one tuned by a grid
# and then by asynchronous Bayesian optimisation.  Everything passes through pipes
# as one JSON object a line; FOLDER keeps the records.

set -Eeuo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-$(mktemp -d "${TMPDIR:-/tmp}/drtune-demo.XXXXXX")}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
[[ -z $(ls -A "$dir") ]] || {
	echo "${0##*/}: $dir: not empty; name a new folder" >&2
	exit 2
}
workers=$(nproc)

sandbox=
stop() {
	[[ -z $sandbox ]] || { kill "$sandbox" && wait "$sandbox"; } 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n%s\n' "== $*"; }

# table WIDTH... : tab-separated lines in columns, the first one left-aligned
table() {
	awk -F '\t' -v widths="$*" 'BEGIN { n = split(widths, w, " ") } {
		printf "  %-*s", w[1], substr($1, 1, w[1])
		for (i = 2; i <= n; i++) printf "  %*s", w[i], $i
		print ""
	}'
}

say "a private service (it trains its own models; it is not DataRobot)"
dr-sandbox -q --port 0 --dir "$dir/sandbox" --workers "$workers" >"$dir/sandbox.ndjson" &
sandbox=$!
until [[ -s $dir/sandbox.ndjson ]]; do
	kill -0 "$sandbox" || exit 5
	sleep 0.05
done
export DATAROBOT_CONFIG_FILE=$dir/sandbox/drconfig.yaml
jq -r '"  \(.endpoint)"' "$dir/sandbox.ndjson"

say "10,000 Debian packages: is this one orphaned?"
"$here/packages-table.sh" >"$dir/packages.csv"
DR_PROJECT=$(dr-project create --name packages "$dir/packages.csv" | jq -r .id)
export DR_PROJECT
dr-project start --target orphaned --metric LogLoss --mode manual --wait |
	jq -r '"  project \(.id): \(.target) (\(.target_type)), \(.metric)"'

say "every blueprint trained on it, with cross validation"
dr-blueprints | dr-train | dr-collect >"$dir/trained.ndjson"
dr-models |
	jq -r '[.model_type, .sample_pct, .metrics.LogLoss.validation, .score]
		| [.[0], (.[1:][] | . * 100000 | round / 100000)] | @tsv' |
	table 70 5 9 9

model=$(dr-models | jq -r 'select(.model_type | test("eXtreme")) | .id' | head -n 1)
say "parameters of the best model"
dr-params --model "$model" >"$dir/params.ndjson"
jq -r '[.parameter, (.types | join(",")), .min // "", .max // "",
	((.values // []) | map(tostring) | join(",") | .[:24]), (.default | tostring), .task[:34]]
	| @tsv' "$dir/params.ndjson" | table 22 12 8 10 24 9 34

seconds() { date +%s.%N; }

say "a grid of 12, over preprocessing and model parameters at once"
from=$(seconds)
"$here/grid.sh" "$model" "$dir/grid.ndjson" \
	method=freq,resp max_depth=3,5,7 learning_rate=0.03,0.1 >"$dir/grid-results.ndjson"
grid_s=$(jq -n "$(seconds) - $from")

say "24 trials of asynchronous Bayesian optimisation"
from=$(seconds)
"$here/bayes.sh" "$model" "$dir/bayes.ndjson" --trials 24 --parallel $((workers + 2)) \
	method=freq,resp use_idf=False,True max_ngram=1,2 \
	learning_rate=0.03..0.3:log max_depth=2..8 min_child_weight=0.5..20:log \
	colsample_bytree=0.1..1.0
bayes_s=$(jq -n "$(seconds) - $from")

say "leaderboard: LogLoss on cross validation"
default=$(dr-models --model "$model" | jq .score)
best() { jq -s 'map(select(.state == "completed")) | map(.score) | min' "$1"; }
{
	printf '%s\t' "" LogLoss gain trials seconds
	echo
	jq -nr --argjson d "$default" --argjson g "$(best "$dir/grid.ndjson")" \
		--argjson b "$(best "$dir/bayes.ndjson")" \
		--argjson gs "$grid_s" --argjson bs "$bayes_s" '
		def round5: . * 100000 | round / 100000;
		def row($name; $score; $trials; $s):
			[$name, ($score | round5), "\(($d - $score) / $d * 10000 | round / 100) %",
			 $trials, ($s | if type == "number" then round else . end)] | @tsv;
		row("default"; $d; 1; ""),
		row("best of grid"; $g; 12; $gs),
		row("best of Bayes"; $b; 24; $bs)'
} | table 16 10 8 8 8

jq -s -c 'map(select(.state == "completed")) | min_by(.score) | {score, params}' \
	"$dir/bayes.ndjson" | sed 's/^/  /'
say "records in $dir"
