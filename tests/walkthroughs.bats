# core-concepts.sh and bayesian-optimization.sh, small: what they print is what the service
# says, they resume, and what cannot be is refused before it is paid for.
bats_require_minimum_version 1.5.0

# Two projects of 400 rows, made by the recipes themselves; their outputs in $OUT.
setup_file() {
	load sandbox
	sandbox_start --min-job-time 0 --workers 2 || return
	cd "$BATS_FILE_TMPDIR" || return
	export OUT=$BATS_FILE_TMPDIR RECIPES=$BATS_TEST_DIRNAME/../pipelines MODE=quick
	sandbox_table table.csv
	"$RECIPES/bayesian-optimization.sh" bayes table.csv bought -- "${SPACE[@]}" >bayes.out
	BAYES_PROJECT=$(jq -r .id bayes/project.ndjson)
	export BAYES_PROJECT
	export ONE='{"learning_rate": [0.1]}' GRID='{"subsample": [0.7, 1], "max_depth": [2, 3]}'
	export SINGLE='{"smooth_interval": [50, 100]}' MIXED='{"method": ["resp", "lex"], "max_depth": [4]}'
	export RATES='{"learning_rate": [0.2, 0.3]}'
	"$RECIPES/core-concepts.sh" core table.csv bought >core.out
	CORE_PROJECT=$(jq -r .id core/project.ndjson)
	export CORE_PROJECT
}

teardown_file() {
	load sandbox
	sandbox_stop
}

# Of bayesian-optimization.sh, in place of ten trials.
SPACE=(--trials 3 --parallel 2 subsample=0.5..1.0 max_depth=3..4)

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
}

# said FILE PATTERN: what follows it in the only line of FILE that has it
said() {
	[ "$(grep -c -- "$2" "$1")" = 1 ] || return
	sed -n "s/^.*$2 *//p" "$1"
}

# models: those of the project, as the service lists them
models() { api GET "projects/$1/models/"; }

# score MODEL PARTITION: as the service has it, with six digits
score() {
	api GET "projects/$BAYES_PROJECT/models/$1/" |
		jq --arg p "$2" '.metrics.LogLoss[$p] | . * 1e6 | round / 1e6'
}

# row FILE NAME: id and scores of the row of this name in the last table that has it
row() { sed -n "s/^ *$2  *//p" "$1" | tail -n 1; }

@test "the project is summed up as the service has it" {
	[ "$(said "$OUT/bayes.out" project:)" = "$BAYES_PROJECT (table.csv)" ]
	[ "$(said "$OUT/bayes.out" 'target:')" = "bought, Binary; metric: LogLoss" ]
	blueprints=$(api GET "projects/$BAYES_PROJECT/blueprints/")
	[ "$(said "$OUT/bayes.out" 'blueprints in the project repository:')" = \
		"$(jq length <<<"$blueprints")" ]
	[ "$(said "$OUT/bayes.out" 'preprocessing steps:')" = \
		"$(jq 'map(.processes | length) | add' <<<"$blueprints")" ]
	# Since then the recipe has made one model to tune, three tuned ones and one on all rows.
	[ "$(said "$OUT/bayes.out" 'models trained:')" = "$(($(models "$BAYES_PROJECT" | jq length) - 5))" ]
}

@test "the leaderboard is that of the models on 64 %, best first" {
	own=$(jq -s '[.[].tuned_model]' "$OUT"/bayes/{base,bayes,retrained}.ndjson)
	models "$BAYES_PROJECT" | jq -r --argjson own "$own" 'map(select(.samplePct == 64 and
		.metrics.LogLoss.crossValidation and (.id | IN($own[]) | not)))
		| sort_by(.metrics.LogLoss.crossValidation)[:5][].id' >want
	sed -n '/top of the leaderboard at 64 %/,/^$/p' "$OUT/bayes.out" |
		awk '$1 ~ /^[0-9a-f]{24}$/ || length($1) == 24 { print $1 }' | head -n "$(wc -l <want)" >got
	[ -s want ]
	diff want got
}

@test "the model is the first whose name matches, with its chart, documents, processes and parameters" {
	id=$(jq -r .id "$OUT/bayes/model.ndjson")
	model=$(api GET "projects/$BAYES_PROJECT/models/$id/")
	[[ $(jq -r .modelType <<<"$model") == *"Unsupervised Learning Features"* ]]
	grep -qF "  $id: LogLoss on crossValidation $(score "$id" crossValidation)" "$OUT/bayes.out"
	chart=$(api GET "projects/$BAYES_PROJECT/blueprints/$(jq -r .blueprintId <<<"$model")/blueprintChart/")
	grep -qF "  $(jq '.nodes | length' <<<"$chart") nodes, $(jq '.edges | length' <<<"$chart") edges: " \
		"$OUT/bayes.out"
	jq -r '.processes[] | "  \(.)"' <<<"$model" >processes
	diff processes <(sed -n '/^== its processes/,/^$/p' "$OUT/bayes.out" | sed '1d;$d')
	grep -q 'arxiv.org/abs/1603.02754' "$OUT/bayes.out"
	[ "$(sed -n '/^== its parameters/,/^$/p' "$OUT/bayes.out" | sed '1,2d;$d' | wc -l)" = \
		"$(api GET "projects/$BAYES_PROJECT/models/$id/advancedTuning/parameters/" |
			jq '.tuningParameters | length')" ]
}

@test "the winner is the best of the search, and what it is compared with is the service's" {
	jq -r 'select(.state == "completed") | .tuned_model' "$OUT/bayes/bayes.ndjson" >tuned
	[ "$(wc -l <tuned)" = 3 ]
	best=$(while read -r id; do echo "$(score "$id" crossValidation) $id"; done <tuned | sort -g | head -n 1)
	[ "$(said "$OUT/bayes.out" 'LogLoss on crossValidation:' | cut -d ' ' -f 1)" = "${best% *}" ]
	read -r id pct cv holdout < <(row "$OUT/bayes.out" "best of the search")
	[ "$(score "$id" crossValidation) $pct $cv $holdout" = "${best% *} 64 ${best% *} -" ]
	read -r id pct cv _ < <(row "$OUT/bayes.out" "recommended, before retraining")
	recommended=$(api GET "projects/$BAYES_PROJECT/recommendedModels/recommendedModel/" | jq -r .modelId)
	[ "$(api GET "projects/$BAYES_PROJECT/models/$recommended/" | jq -r .parentModelId)" = "$id" ]
	[ "$pct $cv" = "64 $(score "$id" crossValidation)" ]
	read -r id _ cv _ < <(row "$OUT/bayes.out" "the recommended model")
	[ "$id $cv" = "$recommended $(score "$recommended" crossValidation)" ]
}

@test "the holdout is unlocked and the winner trained on all rows" {
	grep -qx '  holdout unlocked: true' "$OUT/bayes.out"
	[ "$(api GET "projects/$BAYES_PROJECT/" | jq .holdoutUnlocked)" = true ]
	read -r id pct cv holdout < <(row "$OUT/bayes.out" "the winner, on all rows")
	[ "$pct $cv $holdout" = "100 $(score "$id" crossValidation) $(score "$id" holdout)" ]
	read -r tuned _ _ holdout < <(row "$OUT/bayes.out" "the winner, as it was tuned")
	[ "$holdout" = "$(score "$tuned" holdout)" ]
	[ "$(api GET "projects/$BAYES_PROJECT/models/$id/" | jq -r .parentModelId)" = "$tuned" ]
}

@test "bayesian-optimization.sh run again trains nothing and says the same" {
	before=$(models "$BAYES_PROJECT" | jq length)
	run -0 --separate-stderr "$RECIPES/bayesian-optimization.sh" "$OUT/bayes" "$OUT/table.csv" bought -- "${SPACE[@]}"
	[ "$(models "$BAYES_PROJECT" | jq length)" = "$before" ]
	last() { sed -n '/^== for production/,$p'; }
	diff <(last <"$OUT/bayes.out") <(last <<<"$output")
}

# section FILE TITLE: its lines
section() { sed -n "/^== $2/,/^\$/p" "$1" | sed '1d;/^$/d'; }

@test "one tuned model shows its scores" {
	id=$(jq -rs 'last.tuned_model' "$OUT/core/one.ndjson")
	want=$(api GET "projects/$CORE_PROJECT/models/$id/" | jq -c '.metrics.LogLoss | {validation, crossValidation, holdout}')
	[ "$(section "$OUT/core.out" "one tuned model" | jq -c .LogLoss)" = "$want" ]
}

@test "a search inside one model shows the values that the model works with" {
	id=$(jq -rs 'last.tuned_model' "$OUT/core/inside.ndjson")
	api GET "projects/$CORE_PROJECT/models/$id/advancedTuning/parameters/" | jq -r '.tuningParameters[]
		| select(.parameterName | IN("subsample", "max_depth"))
		| "  \(.parameterName): \(.defaultValue)"' | sort >want
	[ "$(wc -l <want)" = 2 ]
	diff want <(section "$OUT/core.out" "a search inside" | sed 1d | sort)
}

@test "brute force makes a model of each setting and names the best" {
	section "$OUT/core.out" "brute force" >got
	[ "$(head -n 1 got)" = "  hyperparameter combinations to evaluate: 4" ]
	[[ $(sed -n 2p got) == "  4 completed ("* ]]
	best=$(jq -r 'select(.state == "completed").tuned_model' "$OUT/core/grid.ndjson" | while read -r id; do
		api GET "projects/$CORE_PROJECT/models/$id/" | jq .metrics.LogLoss.validation
	done | sort -g | head -n 1)
	[[ $(sed -n 3p got) == "  best on validation: $best by {"* ]]
}

@test "a parameter that takes one value is told so, and tried in models of their own" {
	section "$OUT/core.out" "a parameter that takes one value" >got
	grep -q 'dr-submit: trial .*: smooth_interval=\[50,100\] is a list, but it takes one value' got
	grep -qx '  hyperparameter combinations to evaluate: 2' got
}

@test "the table has the model first, then the best, and only what differs" {
	section "$OUT/core.out" "what differs" >got
	read -ra head < <(sed -n 2p got)
	[ "$(printf '%s\n' "${head[@]}" | sort | paste -sd' ')" = \
		"learning_rate max_depth method model_id smooth_interval subsample validation" ]
	base=$(jq -r .id "$OUT/core/model.ndjson")
	[ "$(sed -n 3p got | awk '{ print $1 }')" = "$base" ]
	# One tuned by hand, one searched inside, and 4, 2 and 2 of grids.
	[ "$(head -n 1 got)" = "  similar models found: 11" ]
	[ "$(sed '1,3d;$d' got | awk '{ print $2 }' | sort -c -g && sed '1,3d;$d' got | wc -l)" = 5 ]
	row=$(sed -n 4p got)
	api GET "projects/$CORE_PROJECT/models/$(awk '{ print $1 }' <<<"$row")/advancedTuning/parameters/" >best
	for ((i = 2; i < ${#head[@]}; i++)); do
		[ "$(awk -v i=$((i + 1)) '{ print $i }' <<<"$row")" = "$(jq -r --arg n "${head[i]}" \
			'.tuningParameters | map(select(.parameterName == $n))[0].defaultValue' best)" ]
	done
}

@test "how many are better, and by how much, is what the service's scores say" {
	for partition in validation crossValidation; do
		dr-models -p "$CORE_PROJECT" --like "$(jq -r .id "$OUT/core/model.ndjson")" | jq -r .id |
			while read -r id; do api GET "projects/$CORE_PROJECT/models/$id/"; done |
			jq -rs --arg p "$partition" --arg base "$(jq -r .id "$OUT/core/model.ndjson")" '
				(map(select(.id == $base))[0].metrics.LogLoss[$p]) as $b | map(.metrics.LogLoss[$p]) |
				"  on \($p): \(map(select(. < $b)) | length) of \(length - 1) are better than the model itself, the best by \(($b / min - 1) * 1e6 | round / 1e4) %"' >want
		section "$OUT/core.out" "learning rates" | grep -xFf want
	done
}

@test "core-concepts.sh run again trains nothing, also when a model has been deleted" {
	before=$(models "$CORE_PROJECT" | jq length)
	api DELETE "projects/$CORE_PROJECT/models/$(jq -rs 'last.tuned_model' "$OUT/core/one.ndjson")/"
	run -0 --separate-stderr "$RECIPES/core-concepts.sh" "$OUT/core" "$OUT/table.csv" bought
	[ "$(models "$CORE_PROJECT" | jq length)" = "$((before - 1))" ]
	grep -q 'similar models found: 12$' <<<"$output"
}

@test "brute force says how many models can be deleted, and with KEEP deletes them" {
	section "$OUT/core.out" "preprocessing and model at once" >got
	run ! grep 'can be deleted' got # two are no more than five
	cp -r "$OUT/core" core
	KEEP=1 ROWS=2 run -0 --separate-stderr "$RECIPES/core-concepts.sh" core "$OUT/table.csv" bought
	[ "$(grep -c '  deleted, but for the best 1: ' <<<"$output")" = 4 ]
	grep -qx '  deleted, but for the best 1: 3' <(sed -n '/^== brute force/,/^$/p' <<<"$output")
	best=$(jq -rs 'map(select(.state == "completed")) | min_by(.score).tuned_model' core/grid.ndjson)
	models "$CORE_PROJECT" | jq -e --arg best "$best" --slurpfile log core/grid.ndjson '
		[.[].id] as $there | ($log | map(.tuned_model // empty) | unique | map(select(IN($there[])))) == [$best]'
}

@test "the locked holdout is refused before anything is tuned" {
	DR_PROJECT=$CORE_PROJECT PARTITION=holdout run -4 --separate-stderr "$RECIPES/core-concepts.sh" holdout
	[[ $stderr == *": the holdout of project $CORE_PROJECT is locked: "* ]]
	[ ! -e holdout/one.ndjson ]
}

@test "a project without a target, a model that cannot be tuned, a name that no blueprint has" {
	id=$(dr-project create "$OUT/table.csv" | jq -r .id)
	DR_PROJECT=$id run -3 --separate-stderr "$RECIPES/bayesian-optimization.sh" none
	[ "$stderr" = "dr-models: project $id has no target yet" ]

	export DR_PROJECT=$BAYES_PROJECT
	SEARCH=Majority run -4 --separate-stderr "$RECIPES/bayesian-optimization.sh" untunable
	[[ $stderr == "dr-params: "* ]]
	[ ! -e untunable/bayes.ndjson ]
	SEARCH='no such' run -3 --separate-stderr "$RECIPES/bayesian-optimization.sh" nosuch
	[ "$stderr" = "bayesian-optimization.sh: no blueprint of project $DR_PROJECT matches 'no such'" ]
}

@test "a project without cross validation: nothing is searched by it" {
	load sandbox
	id=$(sandbox_upload "$OUT/table.csv" tvh)
	sandbox_aim "$id" '{"target":"bought","mode":"manual","cvMethod":"stratified","validationType":"TVH",
		"holdoutPct":20,"validationPct":16}' >/dev/null
	DR_PROJECT=$id run -3 --separate-stderr "$RECIPES/bayesian-optimization.sh" tvh
	[[ ${stderr_lines[-1]} == "bayesian-optimization.sh: model "*" has no score on crossValidation" ]]
	[ "$(models "$id" | jq length)" = 1 ]
}

@test "recipes without a folder, or without a project, say how they are used" {
	DR_PROJECT='' run -2 --separate-stderr "$RECIPES/bayesian-optimization.sh" folder
	[ "$output" = "" ]
	[[ ${stderr_lines[0]} == "usage: bayesian-optimization.sh FOLDER [CSV TARGET]"* ]]
	DR_PROJECT=x run -2 --separate-stderr "$RECIPES/bayesian-optimization.sh" folder table.csv
	DR_PROJECT=x run -2 --separate-stderr "$RECIPES/bayesian-optimization.sh"
	DR_PROJECT='' run -2 --separate-stderr "$RECIPES/core-concepts.sh" folder
	[[ ${stderr_lines[0]} == "usage: core-concepts.sh FOLDER [CSV TARGET]"* ]]
	# A folder is of one project.
	id=$(dr-project create "$OUT/table.csv" | jq -r .id)
	dr-project start "$id" --target bought --mode manual >/dev/null
	DR_PROJECT=$id run -2 --separate-stderr "$RECIPES/bayesian-optimization.sh" "$OUT/bayes"
	[ "$stderr" = "bayesian-optimization.sh: $OUT/bayes holds the records of another project" ]
}
