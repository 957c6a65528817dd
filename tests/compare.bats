# compare.sh: the table is what the trials say, and chance is not taken for a gain.
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	load model
	model_start --min-job-time 0 --workers 2 || return
	MODEL=$(dr-blueprints | jq -c 'select(.model_type | test("Boosted"))' | head -n 1 |
		dr-train | dr-collect | jq -r .tuned_model) || return
	dr-params --model "$MODEL" >"$MODEL_PARAMS"
	export OUT=$BATS_FILE_TMPDIR COMPARE=$BATS_TEST_DIRNAME/../pipelines/compare.sh
	"$COMPARE" "$MODEL" "$OUT/runs" "${ARGS[@]}" >"$OUT/out"
}

teardown_file() {
	load sandbox
	sandbox_stop
}

ARGS=(max_depth=2..5 learning_rate=0.03..0.3:log --trials 3 --seeds 3 --parallel 2)

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
}

# row NAME FILE: the fields of its row
row() { awk -v name="$1" '$1 == name { $1 = ""; print }' "$2" | sed 's/^ //'; }

@test "the medians, lowest and highest of each method are those of the best trials of its logs" {
	for method in random grid bayes; do
		for log in "$OUT/runs/$method"-[123].ndjson; do
			[ "$(jq -s 'map(select(.state == "completed")) | unique_by(.trial) | length' "$log")" = 3 ]
			jq -s 'map(select(.state == "completed") | .score) | min | . * 1e6 | round / 1e6' "$log"
		done | sort -g >best
		name=${method/bayes/Bayes}
		[ "$(row "$name" "$OUT/out" | cut -d ' ' -f 1-4)" = \
			"3 $(sed -n 2p best) $(sed -n 1p best) $(sed -n 3p best)" ]
	done
}

@test "the default row is the score of the model's own values" {
	for name in max_depth learning_rate; do
		[ "$(jq "select(.parameter == \"$name\").default" "$MODEL_PARAMS")" = \
			"$(jq -s "last.params | to_entries[] | select(.key | endswith(\"/$name\")).value" "$OUT/runs/default.ndjson")" ]
	done
	score=$(api GET "projects/$DR_PROJECT/models/$(jq -rs last.tuned_model "$OUT/runs/default.ndjson")/" |
		jq '.metrics.LogLoss.crossValidation | . * 1e6 | round / 1e6')
	[ "$(row default "$OUT/out")" = "1 $score $score $score" ]
}

@test "the noise is that of the differences on the folds" {
	noise=$(jq -s 'map(select(.method == "default"))[0].folds as $d |
		def spread: (add / length) as $m | map(. - $m | . * .) | add / (length - 1) | sqrt;
		map(select(.method == "grid") | [.folds, $d] | transpose | map(.[0] - .[1]) |
			spread * (1 / 5 + 1 / 4 | sqrt)) | sort[1] as $noise |
		$noise / ($d | add / length) * 1e4 | round / 100' "$OUT/runs/results.ndjson")
	[ "$(row grid "$OUT/out" | cut -d ' ' -f 7,8)" = "$noise %" ]
}

@test "run again it trains nothing and prints the same" {
	before=$(dr-models | wc -l)
	run -0 --separate-stderr "$COMPARE" "$MODEL" "$OUT/runs" "${ARGS[@]}"
	[ "$(dr-models | wc -l)" = "$before" ]
	diff "$OUT/out" <(printf '%s\n' "$output")
}

@test "a search that cannot gain anything is told to be below the noise" {
	run -0 --separate-stderr "$COMPARE" "$MODEL" nothing subsample=0.999999,1 --trials 2 --seeds 2
	[ "$(grep -c 'below the noise: no gain$' <<<"$output")" = 3 ]
}

@test "wrong arguments, an unknown parameter, a model that cannot be tuned, a huge grid" {
	run -2 --separate-stderr "$COMPARE" "$MODEL" folder
	[[ ${stderr_lines[0]} == "usage: compare.sh MODEL FOLDER PARAM=RANGE..."* ]]
	run -2 --separate-stderr "$COMPARE" "$MODEL" folder max_depth=2..3 --trials 0
	run -2 --separate-stderr "$COMPARE" "$MODEL" folder --trials 3
	DR_PROJECT='' run -2 --separate-stderr "$COMPARE" "$MODEL" folder max_depth=2..3
	run -3 --separate-stderr "$COMPARE" "$MODEL" folder no_such=1..2 --trials 2
	[[ $stderr == *no_such* ]]
	blend=$(dr-models | jq -r 'select(.model_category == "blend").id' | head -n 1)
	run -4 --separate-stderr "$COMPARE" "$blend" folder max_depth=2..3
	[[ $stderr == "dr-params: "* ]]
	cheap=$(dr-blueprints | jq -c 'select(.model_type | test("Boosted"))' | head -n 1 |
		dr-train --sample-pct 32 --no-cv | dr-collect --partition validation | jq -r .tuned_model)
	run -3 --separate-stderr "$COMPARE" "$cheap" cheap random_state=1..2 --trials 2 --seeds 2
	[[ ${stderr_lines[-1]} == "compare.sh: with its default values model $cheap has no score by cross validation" ]]
	[ ! -e cheap/random-1.ndjson ]
	run -2 --separate-stderr "$COMPARE" "$MODEL" huge random_state=0..1000000000
	[[ $stderr == "compare.sh: a grid of 1000000001 settings is too large; "* ]]
}
