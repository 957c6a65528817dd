# shellcheck disable=SC2153 # MODEL and PROJECT come from sandbox_project
bats_require_minimum_version 1.5.0

# The service with the real worker: what is trained, and what becomes of bad tables.
setup_file() {
	load sandbox
	sandbox_start --min-job-time 0
	sandbox_project
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
	shared=$SANDBOX_PID
}

# A test that has failed may have left a service of its own.
teardown() {
	[[ ${SANDBOX_PID:-$shared} == "$shared" ]] || kill "$SANDBOX_PID" 2>/dev/null || true
}

# parameter NAME: its id in the model.
parameter() {
	api GET "projects/$PROJECT/models/$MODEL/advancedTuning/parameters/" |
		jq -r --arg name "$1" '[.tuningParameters[] | select(.parameterName == $name)][0].parameterId'
}

# bad WORDS [TARGET]: the table bad.csv is refused, or its target is.
bad() {
	local body
	api POST projects/ -F file=@bad.csv || return
	if [[ $# -gt 1 ]]; then
		PROJECT=$(sandbox_wait "$(api_location)") || return
		PROJECT=${PROJECT%/} PROJECT=${PROJECT##*/}
		api_json PATCH "projects/$PROJECT/aim/" "{\"target\":\"$2\"}"
	fi
	body=$(sandbox_wait "$(api_location)") && return 1
	jq -e --arg words "$1" '.status == "ERROR" and (.message | contains($words))' <<<"$body" ||
		{ echo "$body" && return 1; }
}

@test "metrics are told of every column that could be the target, before there is one and after" {
	project=$(sandbox_upload "$TABLE")
	for column in bought income; do
		api GET "projects/$project/features/metrics/?featureName=$column" >"before.$column"
		[ "$(api_status)" = 200 ]
	done
	jq -e '.featureName == "bought" and .availableMetrics[0] == "LogLoss" and
		(.metricDetails[0] | .metricName == "LogLoss" and .ascending) and
		(.availableMetrics == (.metricDetails | map(.metricName)))' before.bought
	jq -e '.availableMetrics | .[0] == "RMSE" and index("Gini") < index("Gini Norm") and index("Poisson Deviance")' before.income
	sandbox_aim "$project" '{"target":"bought","mode":"manual"}'
	for column in bought income; do
		api GET "projects/$project/features/metrics/?featureName=$column" >after
		diff after "before.$column"
	done
	for column in unit note; do
		run -0 --separate-stderr api GET "projects/$project/features/metrics/?featureName=$column"
		[ "$(api_status)" = 422 ]
		assert_json ".[0].message | startswith(\"there are no metrics for '$column': \")"
	done
	run -0 --separate-stderr api GET "projects/$project/features/metrics/?featureName=nothing"
	[ "$(api_status)" = 404 ]
}

@test "the autopilot trains every blueprint of a small table, blends, and recommends the best, and trees beat the majority" {
	run -0 --separate-stderr api GET "projects/$PROJECT/models/"
	blueprints=$(api GET "projects/$PROJECT/blueprints/" | jq 'map(select(.modelType |
		contains("Unsupervised Learning Features") | not)) | length')
	assert_json "(.[0] | map(select((.isFrozen | not) and .modelCategory == \"model\"))) |
		length == $blueprints and all(.[]; .samplePct == 64 and
		.metrics.LogLoss.holdout == null) and
		(map(select(.metrics.LogLoss.crossValidation)) | length) == ([length, 5] | min) and
		(map(select(.modelType | startswith(\"Majority\")))[0].metrics.LogLoss.validation >
		 .[0].metrics.LogLoss.validation)"
	assert_json '.[0] | map(select(.isFrozen)) | length == 1 and .[0].samplePct == 80 and
		.[0].metrics.LogLoss.crossValidation != null'
}

@test "a tuned model has the values asked for, and other scores" {
	api_json POST "projects/$PROJECT/models/$MODEL/advancedTuning/" "{\"tuningParameters\":[
		{\"parameterId\":\"$(parameter max_depth)\",\"value\":1},
		{\"parameterId\":\"$(parameter learning_rate)\",\"value\":[0.3]}]}"
	model=$(sandbox_wait "$(api_location)")
	model=${model#"$DATAROBOT_ENDPOINT/"}
	run -0 --separate-stderr api GET "${model}advancedTuning/parameters/"
	assert_json '[.[0].tuningParameters[] | {(.parameterName): .defaultValue}] | add |
		.max_depth == 1 and .learning_rate == 0.3'
	api GET "$model" >tuned
	api GET "projects/$PROJECT/models/$MODEL/" >base
	jq -es '.[0].metrics.LogLoss.crossValidation != .[1].metrics.LogLoss.crossValidation' tuned base
	jq -es '.[0].processes == .[1].processes' tuned base
}

# predicted MODEL: what it says of the rows of the table and of the file new.csv, as
# {"trained": [[row, probability], ...], "new": [...]}
predicted() {
	local trained new
	api_json POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$1\",\"dataSubset\":\"all\"}" || return
	trained=$(sandbox_wait "$(api_location)") || return
	api_json POST "projects/$PROJECT/predictions/" "{\"modelId\":\"$1\",\"datasetId\":\"$DATASET\"}" || return
	new=$(sandbox_wait "$(api_location)") || return
	jq -n --argjson t "$(api GET "${trained#*/api/v2/}")" --argjson n "$(api GET "${new#*/api/v2/}")" \
		'{trained: [$t.data[] | [.rowId, .predictionValues[0].value]],
		  new: [$n.predictions[] | [.rowId, .positiveProbability]]}'
}

@test "a blend says the mean of what its models say, of its own rows and of new ones, and scores better than their mean" {
	run -0 --separate-stderr api GET "projects/$PROJECT/blenderModels/"
	blend=$(jq -c '.data[0]' <<<"$output")
	jq -e '.modelIds | length == 3' <<<"$blend"
	head -n 30 "$TABLE" >new.csv
	api POST "projects/$PROJECT/predictionDatasets/fileUploads/" -F file=@new.csv
	DATASET=$(sandbox_wait "$(api_location)")
	DATASET=${DATASET%/} DATASET=${DATASET##*/}
	predicted "$(jq -r .id <<<"$blend")" >blend.json
	for model in $(jq -r '.modelIds[]' <<<"$blend"); do
		api GET "projects/$PROJECT/models/$model/" >>models.json
		predicted "$model" >>members.json
	done
	jq -es --slurpfile blend blend.json 'def mean($k): [.[][$k]] | transpose |
			map([.[0][0], (map(.[1]) | add / length)]);
		def near($k): mean($k) as $m | $blend[0][$k] | length > 0 and length == ($m | length) and
			all(range(length) as $i | [.[$i], $m[$i]];
				.[0][0] == .[1][0] and (.[0][1] - .[1][1] | fabs) < 1e-9);
		near("trained") and near("new") and ($blend[0].new | length) == 29' members.json
	# The loss of a mean is at most the mean of the losses: it is convex.
	jq -es --argjson blend "$blend" '(map(.metrics.LogLoss.crossValidation) | add / length) >
		$blend.metrics.LogLoss.crossValidation' models.json
}

@test "numbers, several classes and one validated part have blends that score and predict" {
	while IFS='|' read -r fields metric partition; do
		project=$(sandbox_upload "$TABLE" other)
		sandbox_aim "$project" "{\"mode\":\"auto\",$fields}"
		run -0 --separate-stderr api GET "projects/$project/blenderModels/"
		assert_json ".[0] | .count == 1 and (.data[0] | (.modelIds | length == 3) and
			.metrics[\"$metric\"].$partition > 0)"
		blend=$(jq -r '.data[0].id' <<<"$output")
		api_json POST "projects/$project/trainingPredictions/" \
			"{\"modelId\":\"$blend\",\"dataSubset\":\"validationAndHoldout\"}"
		at=$(sandbox_wait "$(api_location)")
		run -0 --separate-stderr api GET "${at#*/api/v2/}"
		assert_json '.[0].data | length > 60'
		run -0 --separate-stderr api GET "projects/$project/recommendedModels/recommendedModel/"
		assert_json '.[0].recommendationType == "Recommended for Deployment"'
	done <<-'END'
		"target":"income"|RMSE|crossValidation
		"target":"colour"|LogLoss|crossValidation
		"target":"bought","validationType":"TVH","cvMethod":"stratified","holdoutPct":20,"validationPct":16|LogLoss|validation
	END
}

@test "the same data and values give the same scores in another project" {
	again=$(sandbox_upload "$TABLE" again)
	sandbox_aim "$again" '{"target":"bought","mode":"auto"}'
	scores='map({modelType, metrics}) | sort_by(.modelType)'
	untuned='map(select(.modelCategory == "blend" or (.blueprintId | IN($b[]))))'
	ids=$(api GET "projects/$PROJECT/blueprints/" | jq -c 'map(.id)')
	api GET "projects/$PROJECT/models/" | jq -S --argjson b "$ids" "$untuned | $scores" >first
	api GET "projects/$again/models/" | jq -S "$scores" >second
	cmp first second
}

@test "tables that cannot be used are refused with the reason" {
	printf 'a,y\n' >bad.csv
	bad 'row'
	printf 'a\n1\n2\n' >bad.csv
	bad 'column'
	: >bad.csv
	bad ''
	printf 'a,a,y\n1,2,3\n' >bad.csv
	bad 'a'
	printf 'a,y\n"1,2\n' >bad.csv
	bad 'quote'
	{ echo a,y && for i in {1..50}; do echo "$i,same"; done; } >bad.csv
	bad '' y
}

@test "a target that is not there is refused at once" {
	project=$(sandbox_upload "$TABLE" nothing)
	run -0 --separate-stderr api_json PATCH "projects/$project/aim/" '{"target":"sold"}'
	[ "$(api_status)" = 422 ]
}

@test "a byte-order mark, CRLF, Latin-1 and line breaks in quotes are read" {
	{
		printf '\xef\xbb\xbfname,x,note,y\r\n'
		for i in {1..60}; do printf 'Andr\xe9 %d,%d,"two\r\nlines ""%d""",%d\r\n' "$i" $((i % 7)) "$i" $((i % 2)); done
	} >odd.csv
	project=$(sandbox_upload odd.csv odd)
	run -0 --separate-stderr sandbox_aim "$project" '{"target":"y","mode":"manual"}'
	run -0 --separate-stderr api GET "projects/$project/features/"
	assert_json '.[0] | map(.name) == ["name", "x", "note", "y"]'
}

@test "a fit that was running when the service was killed gives the same scores after its next start" {
	want=$(api GET "projects/$PROJECT/models/$MODEL/" | jq -cS ".metrics | map_values(.validation)")
	blueprint=$(api GET "projects/$PROJECT/models/$MODEL/" | jq -r .blueprintId)
	sandbox_start --min-job-time 0
	project=$(sandbox_upload "$TABLE" crash)
	sandbox_aim "$project" '{"target":"bought","mode":"manual"}'
	api_json POST "projects/$project/models/" "{\"blueprintId\":\"$blueprint\",\"scoringType\":\"crossValidation\"}"
	job=$(api_location)
	for ((i = 0; i < 100; i++)); do
		pgrep -P "$SANDBOX_PID" >child && break
		sleep 0.01
	done
	kill -9 "$SANDBOX_PID"
	while sandbox_runs; do sleep 0.05; done
	sandbox_run --dir "$SANDBOX_DIR" --min-job-time 0
	model=$(sandbox_wait "$DATAROBOT_ENDPOINT/${job#*/api/v2/}") || { echo "$model" && false; }
	got=$(api GET "${model#"$DATAROBOT_ENDPOINT/"}" | jq -cS ".metrics | map_values(.validation)")
	sandbox_stop
	[ "$got" = "$want" ]
}
