bats_require_minimum_version 1.5.0

# Each test has a project of its own, of one table with shops and years.
setup_file() {
	load sandbox
	sandbox_start --min-job-time 0.1
	awk 'BEGIN {
		srand(5)
		print "size,shop,part,year,sold"
		for (i = 0; i < 300; i++) {
			size = int(rand() * 100); shop = int(rand() * rand() * 30); year = 2015 + int(rand() * 4)
			part = rand() < 0.2 ? "test" : rand() < 0.3 ? "check" : "learn"
			class = (rand() * 100 < size) ? 1 : 0
			printf "%d,s%d,%s,%d,%d\n", size, shop, part, year, class
		}
	}' >"$SANDBOX_DIR/table.csv"
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
	PROJECT=$(sandbox_upload "$SANDBOX_DIR/table.csv")
}

# aim FIELDS: the project's target is set, with these fields besides.
aim() {
	sandbox_aim "$PROJECT" "{\"target\":\"sold\",\"mode\":\"manual\",$1}"
}

# refuses FIELD WORDS FIELDS
refuses() {
	run -0 --separate-stderr api_json PATCH "projects/$PROJECT/aim/" "{\"target\":\"sold\",\"mode\":\"manual\",$3}"
	[ "$(api_status)" = 422 ]
	jq -e --arg field "$1" --arg words "$2" '.errors[$field] // "" | contains($words)' <<<"$output" >/dev/null ||
		{ echo "$output" && return 1; }
}

# train [FIELDS]: a model of the first boosted trees, as the interface shows it.
train() {
	local id
	id=$(api GET "projects/$PROJECT/blueprints/" | jq -r 'first(.[] | select(.modelType | test("Boosted"))) | .id')
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$id\"${1-}}"
	id=$(sandbox_wait "$(api_location)") && api GET "${id#"$DATAROBOT_ENDPOINT/"}"
}

partition() {
	run -0 --separate-stderr api GET "projects/$PROJECT/"
	assert_json ".[0] | $1"
}

@test "groups can be kept together" {
	aim '"cvMethod":"group","validationType":"CV","partitionKeyCols":["shop"],"reps":4,"holdoutPct":25,"seed":0'
	partition '(.partition | .cvMethod == "group" and .reps == 4 and .partitionKeyCols == ["shop"] and
		.holdoutPct > 20 and .useTimeSeries == false and .userPartitionCol == null) and
		(.maxTrainPct | . > 50 and . < 62)'
	train ',"scoringType":"crossValidation"' >model.json
	partition "(.maxTrainPct == $(jq .samplePct model.json)) and .maxTrainRows == $(jq .trainingRowCount model.json)"
	jq -e '.isTrainedIntoValidation == false and (.metrics.LogLoss | .validation > 0 and .crossValidation > 0)' model.json
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$(jq -r .id model.json)/crossValidationScores/?metric=LogLoss"
	assert_json '.[0].cvScores.LogLoss | keys == ["0.0", "1.0", "2.0", "3.0"]'
}

@test "a column can say which fold a row is in, and which value is the holdout" {
	aim '"cvMethod":"user","validationType":"CV","userPartitionCol":"year","cvHoldoutLevel":2016,"seed":0'
	partition '.partition | .cvMethod == "user" and .userPartitionCol == "year" and .cvHoldoutLevel == 2016 and
		.reps == 3 and .holdoutPct > 20'
	run -0 --separate-stderr api GET "projects/$PROJECT/featurelists/"
	assert_json '.[0][1].features | index("year") == null and index("shop") != null'
	train ',"scoringType":"crossValidation"' | jq -e '.metrics.LogLoss.crossValidation > 0'
}

@test "without cross validation a model has a validation score, and no cross validation can be asked for" {
	aim '"cvMethod":"stratified","validationType":"TVH","holdoutPct":10,"validationPct":30,"seed":0'
	partition '.maxTrainPct == 60 and (.partition | .validationType == "TVH" and .validationPct == 30 and
		.holdoutPct == 10 and .reps == null)'
	train >model.json
	jq -e '.samplePct == 60 and .trainingRowCount == 180 and .metrics.LogLoss.validation > 0 and
		.metrics.LogLoss.crossValidation == null' model.json
	model=$(jq -r .id model.json)
	run -0 --separate-stderr api POST "projects/$PROJECT/models/$model/crossValidation/"
	[ "$(api_status)" = 422 ]
	assert_json '.[0].message == "the project has no cross validation"'
	run -0 --separate-stderr api_json POST "projects/$PROJECT/models/" \
		"{\"blueprintId\":\"$(jq -r .blueprintId model.json)\",\"scoringType\":\"crossValidation\"}"
	[ "$(api_status)" = 422 ]
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$model/crossValidationScores/"
	[ "$(api_status)" = 404 ]
	run -0 --separate-stderr api_json POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"all\"}"
	[ "$(api_status)" = 422 ]
	api_json POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"validationAndHoldout\"}"
	at=$(sandbox_wait "$(api_location)")
	api GET "${at#"$DATAROBOT_ENDPOINT/"}" | jq -e '.count == 90'
	# What is tuned is scored in the same way.
	p=$(api GET "projects/$PROJECT/models/$model/advancedTuning/parameters/" |
		jq -r '.tuningParameters[] | select(.parameterName == "max_depth") | .parameterId')
	api_json POST "projects/$PROJECT/models/$model/advancedTuning/" "{\"tuningParameters\":[{\"parameterId\":\"$p\",\"value\":2}]}"
	at=$(sandbox_wait "$(api_location)")
	api GET "${at#"$DATAROBOT_ENDPOINT/"}" |
		jq -e '.metrics.LogLoss | .validation > 0 and .crossValidation == null'
}

@test "a column can name the rows to train on, to score and to keep" {
	aim '"cvMethod":"user","validationType":"TVH","userPartitionCol":"part","trainingLevel":"learn","validationLevel":"check","holdoutLevel":"test","seed":0'
	partition '.partition | .trainingLevel == "learn" and .validationLevel == "check" and .holdoutLevel == "test"'
	train | jq -e --argjson n "$(grep -c learn "$SANDBOX_DIR/table.csv")" '.trainingRowCount == $n'
}

@test "a partition that cannot be is refused, with the field and the reason" {
	refuses cvMethod 'random, stratified, group and user are' '"cvMethod":"datetime"'
	refuses partitionKeyCols 'is required' '"cvMethod":"group"'
	refuses partitionKeyCols "no column 'x'" '"cvMethod":"group","partitionKeyCols":["x"]'
	refuses partitionKeyCols 'one column' '"cvMethod":"group","partitionKeyCols":["shop","year"]'
	refuses partitionKeyCols "has 4 groups; at least 6" '"cvMethod":"group","partitionKeyCols":["year"]'
	refuses partitionKeyCols 'the target' '"cvMethod":"group","partitionKeyCols":["sold"]'
	refuses partitionKeyCols 'goes with cvMethod group' '"partitionKeyCols":["shop"]'
	refuses userPartitionCol 'is required' '"cvMethod":"user"'
	refuses userPartitionCol 'at most 50 folds' '"cvMethod":"user","userPartitionCol":"size"'
	refuses trainingLevel 'is required' '"cvMethod":"user","validationType":"TVH","userPartitionCol":"part"'
	refuses holdoutPct 'goes with' '"cvMethod":"user","userPartitionCol":"year","holdoutPct":20'
	refuses reps 'goes with' '"validationType":"TVH","reps":5'
	refuses validationPct 'goes with' '"validationPct":20'
	refuses validationPct 'leaves less than 10 %' '"validationType":"TVH","validationPct":60,"holdoutPct":40'
	partition '.stage == "aim"'
}

@test "what only the rows can tell ends the status with a sentence, and another target can be set" {
	api_json PATCH "projects/$PROJECT/aim/" '{"target":"sold","mode":"manual","cvMethod":"user","userPartitionCol":"year","cvHoldoutLevel":1999}'
	[ "$(api_status)" = 202 ]
	run -1 sandbox_wait "$(api_location)"
	assert_json ".[0] | .status == \"ERROR\" and .message == \"the column 'year' has no value 1999\""
	partition '.stage == "aim"'
	aim '"cvMethod":"user","userPartitionCol":"year"'
	partition '.partition.holdoutPct == 0'
}
