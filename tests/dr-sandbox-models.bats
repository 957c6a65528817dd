bats_require_minimum_version 1.5.0

# Everything here runs on a worker that makes its numbers up.
setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0.2
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >"$SANDBOX_DIR/table.csv"
	PROJECT=$(sandbox_upload "$SANDBOX_DIR/table.csv" models)
	sandbox_aim "$PROJECT" '{"target":"y","mode":"auto","quickrun":false}'
	MODEL=$(sandbox_best "$PROJECT")
	export PROJECT MODEL
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
}

# refuses STATUS WORDS METHOD PATH JSON
refuses() {
	run -0 --separate-stderr api_json "$3" "$4" "$5"
	[ "$(api_status)" = "$1" ]
	jq -e --arg words "$2" '([.message] + [.errors // {} | to_entries[] | .key, .value] | join(" ")) |
		contains($words)' <<<"$output" >/dev/null || { echo "$output" && return 1; }
}

# tune JSON...: a tuning request of these entries, its job waited for; the model's path.
tune() {
	api_json POST "projects/$PROJECT/models/$MODEL/advancedTuning/" "{\"tuningParameters\":[$1]}" || return
	[[ $(api_status) == 202 ]] || return
	local model
	model=$(sandbox_wait "$(api_location)") && echo "${model#"$DATAROBOT_ENDPOINT/"}"
}

@test "a target brings the project to modeling, with its metric and partition" {
	run -0 --separate-stderr api GET "projects/$PROJECT/"
	assert_json '.[0] | .stage == "modeling" and .target == "y" and .targetType == "Binary" and
		.metric == "LogLoss" and .positiveClass == 1 and .autopilotMode == 0 and .maxTrainPct == 64 and
		.partition.cvMethod == "stratified" and .partition.reps == 5 and .partition.holdoutPct == 20'
	run -0 --separate-stderr api GET "projects/$PROJECT/status/"
	assert_json '.[0] == {autopilotDone: true, stage: "modeling", stageDescription: "Ready for modeling"}'
	refuses 422 'has its target already' PATCH "projects/$PROJECT/aim/" '{"target":"y"}'
}

@test "features, lists and metrics have the fields that clients read" {
	run -0 --separate-stderr api GET "projects/$PROJECT/features/"
	assert_json '.[0] | length == 4 and all(.[]; (.id | type) == "number" and has("importance") and
		(.lowInformation | type) == "boolean" and .timeSeriesEligible == false and .uniqueCount == 10)'
	run -0 --separate-stderr api GET "projects/$PROJECT/features/a/"
	assert_json '.[0].name == "a"'
	run -0 --separate-stderr api GET "projects/$PROJECT/featurelists/"
	assert_json '.[0] | map(.name) == ["Raw Features", "Informative Features"] and .[1].features == ["a", "b", "y"]'
	run -0 --separate-stderr api GET "projects/$PROJECT/features/metrics/?featureName=y"
	assert_json '.[0] | .availableMetrics == ["LogLoss", "AUC"] and .metricDetails[0].ascending'
	refuses 404 'no column' GET "projects/$PROJECT/features/metrics/?featureName=nothing" ''
	refuses 422 'cannot be the target' GET "projects/$PROJECT/features/metrics/?featureName=a" ''
	refuses 422 'required' GET "projects/$PROJECT/features/metrics/" ''
}

@test "a list of columns can be made and trained on" {
	run -0 --separate-stderr api_json POST "projects/$PROJECT/featurelists/" '{"name":"mine","features":["a","y"]}'
	[ "$(api_status)" = 201 ]
	assert_json '.[0] | .features == ["a", "y"] and .isUserCreated'
	list=$(jq -r .id <<<"$output")
	api_json POST "projects/$PROJECT/models/" \
		"{\"blueprintId\":\"0123456789abcdef0123456789abcdef\",\"featurelistId\":\"$list\"}"
	model=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api GET "${model#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0] | .featurelistName == "mine" and .samplePct == 64'
	run -0 --separate-stderr api GET "${model#"$DATAROBOT_ENDPOINT/"}features/"
	assert_json '.[0].featureNames == ["a", "y"]'
	refuses 422 'no column' POST "projects/$PROJECT/featurelists/" '{"name":"more","features":["c"]}'
	refuses 422 'already' POST "projects/$PROJECT/featurelists/" '{"name":"mine","features":["a"]}'
}

@test "blueprints have a chart of nodes and edges and documents" {
	run -0 --separate-stderr api GET "projects/$PROJECT/blueprints/"
	assert_json '.[0] | length == 2 and all(.[]; (.id | length) == 32 and (.processes | length) > 0 and
		.blueprintCategory == "DataRobot")'
	run -0 --separate-stderr api GET "projects/$PROJECT/blueprints/0123456789abcdef0123456789abcdef/blueprintChart/"
	assert_json '.[0] | (.nodes | all(keys == ["id", "label"])) and .edges == [["1", "2"], ["2", "0"]]'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$MODEL/blueprintDocs/"
	assert_json '.[0] | .[-1].task == "Gradient Boosted Trees" and .[-1].links[0].url == "https://example.org/"'
	refuses 404 'no blueprint' GET "projects/$PROJECT/blueprints/x/" ''
}

@test "fold scores are rounded to five decimals, and their mean is that of the rounded ones" {
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$MODEL/"
	assert_json '.[0] | .metrics.LogLoss == {validation: 0.55, crossValidation: 0.574692, holdout: null,
		training: null, backtestingScores: null, backtesting: null} and .modelCategory == "model"'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$MODEL/crossValidationScores/"
	assert_json '.[0].cvScores.LogLoss == {"0.0": 0.55, "1.0": 0.56235, "2.0": 0.57469, "3.0": 0.58704, "4.0": 0.59938}'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$MODEL/crossValidationScores/?metric=AUC&partition=1.0"
	assert_json '.[0] == {cvScores: {AUC: {"1.0": 0.45}}}'
}

@test "the leaderboard is in the order asked for, and cut to what is asked for" {
	run -0 --separate-stderr api GET "projects/$PROJECT/models/"
	assert_json '.[0] | map(.metrics.LogLoss.validation) | . == sort'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/?orderBy=metric"
	assert_json '.[0] | map(.metrics.LogLoss.validation) | . == (sort | reverse)'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/?orderBy=-samplePct,-metric&withMetric=AUC"
	assert_json '.[0] | all(.[]; .metrics | keys == ["AUC"])'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/?name=majority"
	assert_json '.[0] | length == 1 and .[0].modelType == "Majority Class Classifier"'
	refuses 422 'orderBy' GET "projects/$PROJECT/models/?orderBy=name" ''
}

@test "the parameters are those of the blueprint, with what is in use and what was asked for" {
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$MODEL/advancedTuning/parameters/"
	assert_json '.[0] | .tuningDescription == null and (.tuningParameters[0] |
		.parameterName == "max_depth" and .defaultValue == 3 and .currentValue == [3, 5, 7] and
		.vertexId == "2" and .constraints.int.max == 16)'
}

@test "a tuned model shows its values, and its parameters start from them" {
	run -0 --separate-stderr tune '{"parameterId":"p-rate","value":[0.02]},{"parameterId":"p-depth","value":[4,6]}'
	first=$output
	run -0 --separate-stderr api GET "$first"
	assert_json '.[0] | .metrics.LogLoss.validation == 0.52 and .metrics.LogLoss.crossValidation != null and
		.modelType == "Gradient Boosted Trees" and .samplePct == 64 and .isFrozen == false and
		(.blueprintId | length) == 32 and .blueprintId != "0123456789abcdef0123456789abcdef"'
	blueprint=$(jq -r .blueprintId <<<"$output")
	run -0 --separate-stderr api GET "${first}advancedTuning/parameters/"
	assert_json '[.[0].tuningParameters[] | {(.parameterName): [.defaultValue, .currentValue]}] | add |
		.learning_rate == [0.02, 0.02] and .max_depth == [4, [4, 6]] and .smooth_interval == [200, 200]'
	# What is not named keeps the value of the model that is tuned.
	api_json POST "${first}advancedTuning/" '{"tuningParameters":[{"parameterId":"p-method","value":"hist"}],"tuningDescription":"next"}'
	second=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api GET "${second#"$DATAROBOT_ENDPOINT/"}advancedTuning/parameters/"
	assert_json '.[0].tuningDescription == "next" and ([.[0].tuningParameters[] |
		{(.parameterName): .currentValue}] | add | .learning_rate == 0.02 and .tree_method == "hist")'
	# Its blueprint trains it again on other rows.
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":32}"
	third=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api GET "${third#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0] | .metrics.LogLoss.validation == 0.52 and .samplePct == 32'
	run -0 --separate-stderr api GET "projects/$PROJECT/blueprints/"
	assert_json '.[0] | length == 2'
}

@test "options are understood as clients spell them" {
	run -0 --separate-stderr tune '{"parameterId":"p-margin","value":true},{"parameterId":"p-card"},{"parameterId":"p-rate","value":1e-1}'
	run -0 --separate-stderr api GET "${output}advancedTuning/parameters/"
	assert_json '[.[0].tuningParameters[] | {(.parameterName): .currentValue}] | add |
		.base_margin_initialize == "True" and .card_max == "None" and .learning_rate == 0.1'
	run -0 --separate-stderr tune '{"parameterId":"p-margin","value":0},{"parameterId":"p-card","value":12}'
	run -0 --separate-stderr api GET "${output}advancedTuning/parameters/"
	assert_json '[.[0].tuningParameters[] | {(.parameterName): .currentValue}] | add |
		.base_margin_initialize == "False" and .card_max == 12'
}

@test "a tuning request that cannot be is refused, in the words that clients look for" {
	url=projects/$PROJECT/models/$MODEL/advancedTuning/
	run -0 --separate-stderr api_json POST "$url" '{"tuningParameters":[{"parameterId":"p-smooth","value":[20,30]}]}'
	[ "$(api_status)" = 422 ]
	[ "$output" = '{"message":"Only one value allowed for this parameter"}' ]
	refuses 422 'must be a whole number from 1 to 16, not 400 (Gradient' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":400}]}'
	refuses 422 'max_depth' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":2.5}]}'
	refuses 422 'from 0.0005 to 1, not 1e+30' POST "$url" '{"tuningParameters":[{"parameterId":"p-rate","value":[0.1,1e30]}]}'
	refuses 422 'one of auto, exact, hist, not "fast"' POST "$url" '{"tuningParameters":[{"parameterId":"p-method","value":"fast"}]}'
	refuses 422 'one of None, or a whole number' POST "$url" '{"tuningParameters":[{"parameterId":"p-card","value":0.5}]}'
	refuses 422 "no parameter with the id 'p-none'" POST "$url" '{"tuningParameters":[{"parameterId":"p-none","value":1}]}'
	refuses 422 'twice' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":1},{"parameterId":"p-depth","value":2}]}'
	refuses 422 'empty' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":[]}]}'
	refuses 422 'must be' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":{"a":1}}]}'
	refuses 422 'is required' POST "$url" '{}'
	refuses 404 'no model' POST "projects/$PROJECT/models/x/advancedTuning/" '{"tuningParameters":[]}'
	dummy=$(api GET "projects/$PROJECT/models/?name=majority" | jq -r '.[0].id')
	refuses 422 'no parameters' GET "projects/$PROJECT/models/$dummy/advancedTuning/parameters/" ''
	refuses 422 'no parameters' POST "projects/$PROJECT/models/$dummy/advancedTuning/" '{"tuningParameters":[]}'
}

@test "a repeated request is answered with the earlier job, until its model is deleted" {
	url=projects/$PROJECT/models/$MODEL/advancedTuning/
	run -0 --separate-stderr tune '{"parameterId":"p-rate","value":0.31}'
	model=$output
	run -0 --separate-stderr api_json POST "$url" \
		'{"tuningParameters":[{"parameterId":"p-smooth","value":200},{"parameterId":"p-rate","value":[0.31]}]}'
	[ "$(api_status)" = 422 ]
	assert_json '.[0] | .errorName == "JobAlreadyAdded" and .jobId == .previousJob.id and .previousJob.status == "COMPLETED"'
	[ "$(jq -r .previousJob.url <<<"$output")" = "$(api_location)" ]
	run -0 --separate-stderr sandbox_wait "$(api_location)"
	[ "$output" = "$DATAROBOT_ENDPOINT/$model" ]
	api DELETE "$model"
	[ "$(api_status)" = 204 ]
	refuses 404 'no model' GET "$model" ''
	refuses 404 'no model' DELETE "$model" ''
	run -0 --separate-stderr tune '{"parameterId":"p-rate","value":0.31}'
	[ "$output" != "$model" ]
}

@test "asking for the values that the model has makes a new model, once" {
	run -0 --separate-stderr tune '{"parameterId":"p-rate","value":0.05}'
	api GET "$output" >tuned
	[ "$(jq .metrics.LogLoss tuned)" = "$(api GET "projects/$PROJECT/models/$MODEL/" | jq .metrics.LogLoss)" ]
	refuses 422 'duplicates' POST "projects/$PROJECT/models/$MODEL/advancedTuning/" \
		'{"tuningParameters":[{"parameterId":"p-rate","value":0.05}]}'
}

@test "training takes sizes and lists, and refuses what cannot be" {
	url=projects/$PROJECT/models/
	refuses 422 'duplicates' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef"}'
	api_json POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","trainingRowCount":50}'
	model=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api GET "${model#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0] | .samplePct == 50 and .trainingRowCount == 50 and .metrics.LogLoss.crossValidation == null and .metrics.LogLoss.validation == 0.55'
	refuses 404 'cross validated' GET "${model#"$DATAROBOT_ENDPOINT/"}crossValidationScores/" ''
	refuses 422 'blueprintId' POST "$url" '{}'
	refuses 422 'no blueprint' POST "$url" '{"blueprintId":"x"}'
	refuses 422 'samplePct' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","samplePct":101}'
	refuses 422 'samplePct' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","samplePct":0}'
	refuses 422 'trainingRowCount' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","trainingRowCount":101}'
	refuses 422 'scoringType' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","scoringType":"all"}'
	refuses 422 'whole' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","trainingRowCount":50.5}'
	refuses 422 'at least 10 rows' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","trainingRowCount":9}'
	refuses 422 'at least 10 rows' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","samplePct":1e-9}'
	refuses 422 'featurelistId' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","featurelistId":7,"samplePct":41}'
	refuses 422 'nClusters' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","nClusters":3}'
	refuses 422 'no list' POST "$url" '{"blueprintId":"0123456789abcdef0123456789abcdef","featurelistId":"x"}'
}

@test "cross validation fills in a model's scores, and is no error where they are there" {
	api_json POST "projects/$PROJECT/models/" '{"blueprintId":"0123456789abcdef0123456789abcdef","samplePct":20}'
	model=$(sandbox_wait "$(api_location)")
	model=${model#"$DATAROBOT_ENDPOINT/"}
	for _ in 1 2; do
		api POST "${model}crossValidation/"
		[ "$(api_status)" = 202 ]
		job=$(api_location)
		run -0 --separate-stderr api GET "${job#"$DATAROBOT_ENDPOINT/"}"
		[ "$(api_status)" = 200 ]
		assert_json '.[0] | .blueprintId == "0123456789abcdef0123456789abcdef" and (.processes | length) > 0'
		run -0 --separate-stderr sandbox_wait "$job"
		[ "$output" = "$DATAROBOT_ENDPOINT/$model" ]
		run -0 --separate-stderr api GET "$model"
		assert_json '.[0].metrics.LogLoss.crossValidation == 0.574692'
	done
}

@test "the holdout's scores are hidden, and large samples refused, until it is unlocked" {
	project=$(sandbox_upload "$SANDBOX_DIR/table.csv" holdout)
	sandbox_aim "$project" '{"target":"y","mode":"quick"}'
	refuses 422 'holdout' POST "projects/$project/models/" '{"blueprintId":"0123456789abcdef0123456789abcdef","samplePct":100}'
	run -0 --separate-stderr api GET "projects/$project/models/"
	assert_json '.[0] | all(.[]; .metrics.LogLoss.holdout == null)'
	run -0 --separate-stderr api_json PATCH "projects/$project/" '{"holdoutUnlocked":true}'
	assert_json '.[0].holdoutUnlocked'
	run -0 --separate-stderr api GET "projects/$project/models/"
	assert_json '.[0] | all(.[]; .metrics.LogLoss.holdout != null)'
	refuses 422 'true' PATCH "projects/$project/" '{"holdoutUnlocked":false}'
	api_json POST "projects/$project/models/" '{"blueprintId":"0123456789abcdef0123456789abcdef","samplePct":100}'
	model=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api GET "${model#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0] | .samplePct == 100 and .isTrainedIntoHoldout and .metrics.LogLoss.crossValidation != null'
}

@test "a manual start trains nothing; what is not supported is refused" {
	project=$(sandbox_upload "$SANDBOX_DIR/table.csv" manual)
	url=projects/$project/aim/
	refuses 422 'no target' POST "projects/$project/models/" '{"blueprintId":"0123456789abcdef0123456789abcdef"}'
	refuses 422 'target' PATCH "$url" '{}'
	refuses 422 "no column 'z'" PATCH "$url" '{"target":"z"}'
	refuses 422 'datetime' PATCH "$url" '{"target":"y","cvMethod":"datetime"}'
	refuses 422 'weights' PATCH "$url" '{"target":"y","weights":"a"}'
	refuses 422 'Multilabel' PATCH "$url" '{"target":"y","targetType":"Multilabel"}'
	refuses 422 'unsupervisedMode' PATCH "$url" '{"target":"y","unsupervisedMode":true}'
	while IFS='|' read -r field value; do
		refuses 422 "is not supported by dr-sandbox; leave it out" PATCH "$url" "{\"target\":\"y\",\"$field\":$value}"
		jq -e --arg f "$field" '.errors | has($f)' <<<"$output"
	done <<-'END'
		weights|"a"
		offset|["a"]
		exposure|"a"
		eventsCount|"a"
		responseCap|0.9
		smartDownsampled|true
		majorityDownsamplingRate|50
		monotonicIncreasingFeaturelistId|"x"
		scoringCodeOnly|true
		shapOnlyMode|true
		quantileLevel|0.5
		rateTopPctThreshold|0.2
		stopWords|["the"]
		autopilotDataSamplingMethod|"random"
		biasMitigationTechnique|"preprocessingReweighing"
		protectedFeatures|["a"]
	END
	refuses 422 'true or false' PATCH "$url" '{"target":"y","blendBestModels":"yes"}'
	refuses 422 'blueprintThreshold' PATCH "$url" '{"target":"y","blueprintThreshold":"3"}'
	refuses 422 'mode' PATCH "$url" '{"target":"y","mode":"slow"}'
	refuses 422 'reps' PATCH "$url" '{"target":"y","reps":1}'
	run -0 --separate-stderr sandbox_aim "$project" \
		'{"target":"y","mode":"manual","metric":"AUC","seed":7,"reps":4,"holdoutPct":10,"somethingNew":[1],
			"weights":null,"responseCap":false,"offset":[],"scaleoutModelingMode":"disabled","blueprintThreshold":5,"useGpu":false,
			"considerBlendersInRecommendation":true,"credentials":[{"password":"secret"}]}'
	run -0 --separate-stderr api GET "projects/$project/"
	assert_json '.[0] | .autopilotMode == 2 and .metric == "AUC" and .maxTrainPct == 67.5 and
		(.advancedOptions | .seed == 7 and .blueprintThreshold == 5 and .considerBlendersInRecommendation and
		 .offset == [] and .responseCap == false)'
	run ! grep -q secret "$SANDBOX_DIR/sandbox.db" "$SANDBOX_DIR/sandbox.db-wal"
	run -0 --separate-stderr api GET "projects/$project/models/"
	assert_json '.[0] == []'
	run -0 --separate-stderr api GET "projects/$project/options/"
	assert_json '.[0] == {}'
}

@test "ids of one project are not found in another" {
	project=$(sandbox_upload "$SANDBOX_DIR/table.csv" other)
	sandbox_aim "$project" '{"target":"y","mode":"manual"}'
	refuses 404 'no model' GET "projects/$project/models/$MODEL/" ''
	refuses 404 'no model' DELETE "projects/$project/models/$MODEL/" ''
	refuses 404 'no model' GET "projects/$project/models/$MODEL/advancedTuning/parameters/" ''
	refuses 404 'no job' GET "projects/$project/jobs/1/" ''
	list=$(api GET "projects/$PROJECT/featurelists/" | jq -r '.[0].id')
	refuses 404 'no feature list' GET "projects/$project/featurelists/$list/" ''
	refuses 422 'no list' POST "projects/$project/models/" \
		"{\"blueprintId\":\"0123456789abcdef0123456789abcdef\",\"featurelistId\":\"$list\"}"
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$MODEL/"
	[ "$(api_status)" = 200 ]
}

@test "a model is starred, and found by its star" {
	run -0 --separate-stderr api_json PATCH "projects/$PROJECT/models/$MODEL/" '{"isStarred":true}'
	[ "$(api_status)" = 204 ]
	run -0 --separate-stderr api GET "projects/$PROJECT/models/?isStarred=true"
	assert_json ".[0] | length == 1 and .[0].id == \"$MODEL\""
	refuses 422 'isStarred' PATCH "projects/$PROJECT/models/$MODEL/" '{"isStarred":1}'
}

@test "a model is trained again on another size or list, and what is not named stays" {
	api_json POST "projects/$PROJECT/models/fromModel/" "{\"modelId\":\"$MODEL\",\"samplePct\":40}"
	[ "$(api_status)" = 202 ]
	model=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api GET "${model#"$DATAROBOT_ENDPOINT/"}"
	assert_json ".[0] | .samplePct == 40 and .isFrozen == false and .parentModelId == null and
		.blueprintId == \"$(api GET "projects/$PROJECT/models/$MODEL/" | jq -r .blueprintId)\" and
		.featurelistName == \"Informative Features\""
	refuses 422 'duplicates' POST "projects/$PROJECT/models/fromModel/" "{\"modelId\":\"$MODEL\"}"
	refuses 422 'modelId' POST "projects/$PROJECT/models/fromModel/" '{}'
	refuses 404 'no model' POST "projects/$PROJECT/models/fromModel/" '{"modelId":"x"}'
	refuses 422 'nClusters' POST "projects/$PROJECT/models/fromModel/" "{\"modelId\":\"$MODEL\",\"nClusters\":3}"
}

@test "a frozen model has the values that its parent works with" {
	run -0 --separate-stderr tune '{"parameterId":"p-depth","value":[7,9]}'
	parent=${output%/} parent=${parent##*/}
	api_json POST "projects/$PROJECT/frozenModels/" "{\"modelId\":\"$parent\",\"samplePct\":75}"
	[ "$(api_status)" = 202 ]
	model=$(sandbox_wait "$(api_location)")
	model=${model#"$DATAROBOT_ENDPOINT/"}
	run -0 --separate-stderr api GET "$model"
	assert_json ".[0] | .isFrozen and .parentModelId == \"$parent\" and .samplePct == 75 and
		.metrics.LogLoss.crossValidation != null"
	run -0 --separate-stderr api GET "${model}advancedTuning/parameters/"
	assert_json '.[0].tuningParameters[0].defaultValue == 7'
	run -0 --separate-stderr api GET "projects/$PROJECT/frozenModels/"
	assert_json '.[0] | .count == (.data | length) and all(.data[]; .isFrozen)'
	refuses 422 'duplicates' POST "projects/$PROJECT/frozenModels/" "{\"modelId\":\"$parent\",\"samplePct\":75}"
	refuses 422 'at most 100' POST "projects/$PROJECT/frozenModels/" "{\"modelId\":\"$parent\",\"samplePct\":101}"
}

@test "the leaderboard comes page by page, filtered and in the order asked for" {
	run -0 --separate-stderr api GET "projects/$PROJECT/modelRecords/?limit=2&sortByMetric=AUC&sortByPartition=validation&searchTerm=gradient%20b"
	assert_json '.[0] | .count == 2 and .previous == null and
		all(.data[]; .modelNumber > 0 and .modelFamily == "GBM" and .isTrainedIntoHoldout == false) and
		.data[0].metrics.AUC.validation >= .data[1].metrics.AUC.validation'
	next=$(jq -r .next <<<"$output")
	[[ $next == "$DATAROBOT_ENDPOINT/projects/$PROJECT/modelRecords/?offset=2&limit=2&"*"searchTerm=gradient%20b"* ]]
	run -0 --separate-stderr api GET "${next#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0] | (.data | length) > 0 and all(.data[]; .modelFamily == "GBM")'
	run -0 --separate-stderr api GET "projects/$PROJECT/modelRecords/?families=DUMMY&families=NN&withMetric=LogLoss"
	assert_json '.[0] | .count == 1 and (.data[0].metrics | keys) == ["LogLoss"]'
	run -0 --separate-stderr api GET "projects/$PROJECT/modelRecords/?labels=starred"
	assert_json '.[0].data | all(.[]; .isStarred)'
	refuses 422 'sortByPartition' GET "projects/$PROJECT/modelRecords/?sortByPartition=x" ''
	refuses 422 'no metric' GET "projects/$PROJECT/modelRecords/?sortByMetric=x" ''
	refuses 422 'no metric' GET "projects/$PROJECT/modelRecords/?withMetric=x" ''
}

# records QUERY FILTER: what modelRecords/ answers to this query, against a jq filter.
records() {
	run -0 --separate-stderr api GET "projects/$PROJECT/modelRecords/?$1"
	assert_json ".[0].data | $2" || { echo "$1" && return 1; }
}

@test "records of models are found by label, characteristic, step and number of rows" {
	recommended=$(api GET "projects/$PROJECT/recommendedModels/recommendedModel/" | jq -r .modelId)
	records 'labels=prepared%20for%20deployment' "map(.id) == [\"$recommended\"]"
	api_json PATCH "projects/$PROJECT/models/$MODEL/" '{"isStarred":true}'
	records 'labels=starred,prepared%20for%20deployment' 'length == 0'
	records 'labels=starred' "map(.id) == [\"$MODEL\"]"
	api_json PATCH "projects/$PROJECT/models/$MODEL/" '{"isStarred":false}'
	records 'characteristics=frozen' 'length > 0 and all(.[]; .isFrozen)'
	records 'characteristics=frozen,with%20rating%20table' 'length == 0'
	records 'characteristics=trained%20on%20gpu' 'length == 0'
	records 'searchTerm=values%20imputed' 'length > 0 and all(.[]; .modelFamily == "GBM")'
	records 'trainingFilters=64,7' 'length > 0 and all(.[]; .trainingRowCount == 64)'
	records 'trainingFilters=7' 'length == 0'
	while IFS='|' read -r name value; do
		refuses 422 "$name" GET "projects/$PROJECT/modelRecords/?$name=$value" ''
	done <<-'END'
		labels|blue
		characteristics|frozen,fast
		trainingFilters|P6Y0M0D
		trainingFilters|Project%20settings
		numberOfClusters|3
	END
}

@test "kinds of models that there are none of are empty pages" {
	run -0 --separate-stderr api GET "projects/$PROJECT/datetimeModels/"
	assert_json '.[0] == {count: 0, next: null, previous: null, data: []}'
	refuses 404 "'x'" GET "projects/$PROJECT/datetimeModels/x/" ''
	refuses 404 'no parameters' GET "projects/$PROJECT/models/$MODEL/parameters/" ''
}

@test "lists and columns for modeling are the same, as pages" {
	run -0 --separate-stderr api GET "projects/$PROJECT/modelingFeatures/?limit=3"
	assert_json '.[0] | .count == 3 and .data[0].parentFeatureNames == [] and (.next | contains("offset=3"))'
	run -0 --separate-stderr api GET "projects/$PROJECT/modelingFeatures/a/"
	assert_json '.[0].name == "a"'
	run -0 --separate-stderr api GET "projects/$PROJECT/modelingFeaturelists/"
	assert_json '.[0].data | map(.name) | contains(["Raw Features", "Informative Features"])'
}

@test "a user's list is renamed and deleted; the system's stay" {
	list=$(api_json POST "projects/$PROJECT/featurelists/" '{"name":"short","features":["a","y"]}' | jq -r .id)
	api_json PATCH "projects/$PROJECT/featurelists/$list/" '{"name":"shorter","description":"why"}'
	[ "$(api_status)" = 204 ]
	run -0 --separate-stderr api GET "projects/$PROJECT/featurelists/$list/"
	assert_json '.[0] | .name == "shorter" and .description == "why"'
	refuses 422 'already' PATCH "projects/$PROJECT/featurelists/$list/" '{"name":"Raw Features"}'
	system=$(api GET "projects/$PROJECT/featurelists/" | jq -r '.[0].id')
	refuses 422 'system' PATCH "projects/$PROJECT/featurelists/$system/" '{"name":"x"}'
	refuses 422 'system' DELETE "projects/$PROJECT/featurelists/$system/" ''
	api_json POST "projects/$PROJECT/models/" \
		"{\"blueprintId\":\"0123456789abcdef0123456789abcdef\",\"featurelistId\":\"$list\",\"samplePct\":20}"
	model=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api DELETE "projects/$PROJECT/featurelists/$list/?dryRun=True"
	assert_json '.[0] | .dryRun and (.canDelete | not) and .numAffectedModels == 1 and .numAffectedJobs == 0'
	refuses 409 'deleteDependencies' DELETE "projects/$PROJECT/featurelists/$list/" ''
	run -0 --separate-stderr api DELETE "projects/$PROJECT/featurelists/$list/?deleteDependencies=true&dryRun=false"
	[ "$(api_status)" = 200 ]
	assert_json '.[0] | .canDelete and .deletionBlockedReason == ""'
	refuses 404 'no model' GET "${model#"$DATAROBOT_ENDPOINT/"}" ''
	refuses 404 'no feature list' GET "projects/$PROJECT/featurelists/$list/" ''
}

@test "a search is asked for in the ways that clients spell it, and goes to the worker" {
	url=projects/$PROJECT/models/$MODEL/advancedTuning/
	depth='{"parameterId":"p-depth","value":[5,6]}'
	while IFS='|' read -r arguments search; do
		run -0 --separate-stderr api_json POST "$url" "{\"tuningParameters\":[$depth],$arguments}"
		[ "$(api_status)" = 202 ] || { echo "$arguments: $output" && false; }
		sandbox_wait "$(api_location)"
		told=$(jq -c 'select(.job == "fit").search' "$SANDBOX_DIR/projects/$PROJECT/lines" | tail -n 1)
		[ "$told" = "$search" ] || { echo "$arguments: $told" && false; }
	done <<-'END'
		"gridSearchArguments":{"searchType":"smart"}|{"type":"smart"}
		"gridSearchArguments":[{"searchType":"SMART","algorithm":"Pattern Search"}]|{"type":"smart","algorithm":"pattern"}
		"gridSearchArguments":{"searchType":"bayesian","algorithm":"Bayesian GP Search","randomState":7}|{"type":"bayesian","algorithm":"gaussian","random_state":7}
		"gridSearchArguments":{"searchType":"smart","algorithm":"Accelerated Search","randomState":9}|{"type":"smart","algorithm":"accelerated","random_state":9}
		"gridSearchArguments":{"searchType":"bayesian","algorithm":"Bayesian TPE Search"}|{"type":"bayesian","algorithm":"tpe"}
		"searchType":"BAYESIAN","algorithm":"TPE_SEARCH","maxIterations":5|{"type":"bayesian","algorithm":"tpe","max_iterations":5}
		"gridSearchArguments":{"searchType":"full"}|{"type":"brute force"}
		"searchType":"bruteForce","algorithm":"GREEDY_EXHAUSTIVE_SEARCH"|{"type":"brute force","algorithm":"greedy"}
		"gridSearchArguments":{"searchType":"BAYESIAN","batchSize":4,"maxIterations":20,"wallClockTimeLimit":60,"algorithm":null}|{"type":"bayesian","batch_size":4,"max_iterations":20,"time_limit":60}
	END
}

@test "another search is another job, and one that is not offered is refused" {
	url=projects/$PROJECT/models/$MODEL/advancedTuning/
	list='"tuningParameters":[{"parameterId":"p-depth","value":[8,9]}]'
	api_json POST "$url" "{$list,\"searchType\":\"smart\"}"
	[ "$(api_status)" = 202 ]
	refuses 422 'duplicates' POST "$url" "{$list,\"gridSearchArguments\":{\"searchType\":\"SMART\"}}"
	api_json POST "$url" "{$list,\"searchType\":\"bayesian\"}"
	[ "$(api_status)" = 202 ]
	refuses 422 'searchType' POST "$url" "{$list,\"searchType\":\"random\"}"
	refuses 422 'accelerated search, TPE search' POST "$url" "{$list,\"searchType\":\"smart\",\"algorithm\":\"Random Search\"}"
	refuses 422 'not one of a smart' POST "$url" "{$list,\"searchType\":\"smart\",\"algorithm\":\"Bayesian TPE Search\"}"
	refuses 422 'not one of a smart' POST "$url" "{$list,\"searchType\":\"smart\",\"algorithm\":\"exhaustive search\"}"
	refuses 422 'batchSize' POST "$url" "{$list,\"searchType\":\"smart\",\"batchSize\":1.5}"
	refuses 422 'maxIterations' POST "$url" "{$list,\"maxIterations\":5000}"
	refuses 422 'colour' POST "$url" "{$list,\"gridSearchArguments\":{\"searchType\":\"smart\",\"colour\":1}}"
	refuses 422 'must be an object' POST "$url" "{$list,\"gridSearchArguments\":\"smart\"}"
	big=$(jq -nc '[{parameterId: "p-depth", value: [range(1; 17)]},
		{parameterId: "p-rate", value: [range(300) | . / 1000 + 0.1]}]')
	refuses 422 '4800 combinations' POST "$url" "{\"tuningParameters\":$big,\"searchType\":\"full\"}"
	api_json POST "$url" "{\"tuningParameters\":$big,\"searchType\":\"full\",\"maxIterations\":50}"
	[ "$(api_status)" = 202 ]
}

@test "fold scores are cut to one metric or fold, and to none that is not there" {
	api_json POST "projects/$PROJECT/models/$MODEL/crossValidation/" '{}'
	[ "$(api_status)" = 202 ]
	sandbox_wait "$(api_location)"
	url=projects/$PROJECT/models/$MODEL/crossValidationScores/
	run -0 --separate-stderr api GET "$url?metric=AUC&partition=3.0"
	assert_json '.[0].cvScores | keys == ["AUC"] and (.AUC | keys) == ["3.0"]'
	run -0 --separate-stderr api GET "$url?partition=0"
	assert_json '.[0].cvScores | keys == ["AUC", "LogLoss"] and (.AUC | keys) == ["0.0"]'
	for query in partition=5 partition=-1 partition=x partition=0.5 metric=x; do
		refuses 422 "${query%=*}" GET "$url?$query" ''
	done
	refuses 422 'not allowed key' POST "projects/$PROJECT/models/$MODEL/crossValidation/" '{"folds":3}'
	refuses 422 'no metric' GET "projects/$PROJECT/models/$MODEL/?withMetric=x" ''
	refuses 422 'no metric' GET "projects/$PROJECT/models/?withMetric=x" ''
}

@test "the model that a search has found is the one that is cross validated" {
	blueprint=$(api GET "$(tune '{"parameterId":"p-depth","value":[13,14,15]}')" | jq -r .blueprintId)
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":30}"
	model=$(sandbox_wait "$(api_location)")
	[ "$(tail -n 1 "$SANDBOX_DIR/projects/$PROJECT/lines" | jq -c '.values["p-depth"]')" = '[13,14,15]' ]
	api POST "${model#"$DATAROBOT_ENDPOINT/"}crossValidation/"
	sandbox_wait "$(api_location)"
	[ "$(tail -n 1 "$SANDBOX_DIR/projects/$PROJECT/lines" | jq -c '[.values["p-depth"], .search, .cross_validation]')" = '[13,null,true]' ]
	run -0 --separate-stderr api GET "${model#"$DATAROBOT_ENDPOINT/"}advancedTuning/parameters/"
	assert_json '.[0].tuningParameters[] | select(.parameterName == "max_depth") |
		.defaultValue == 13 and .currentValue == [13,14,15]'
}

@test "what a tuning request says beyond its values is refused, as are lists in lists" {
	url=projects/$PROJECT/models/$MODEL/advancedTuning/
	refuses 422 'colour' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":12,"colour":1}]}'
	refuses 422 'max_depth' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":[[12]]}]}'
	refuses 422 'max_depth' POST "$url" '{"tuningParameters":[{"parameterId":"p-depth","value":[[12,13]]}]}'
}

@test "texts and lists can be values of their own" {
	url=projects/$PROJECT/models/$MODEL/advancedTuning/
	model=$(tune '{"parameterId":"p-layers","value":[16,4]},{"parameterId":"p-formula","value":"y = 中; x"}')
	line=$(tail -n 1 "$SANDBOX_DIR/projects/$PROJECT/lines")
	[ "$(jq -c '[.values["p-layers"], .values["p-formula"], .search]' <<<"$line")" = '[[16,4],"y = 中; x",null]' ]
	run -0 --separate-stderr api GET "${model}advancedTuning/parameters/"
	assert_json '.[0].tuningParameters | map(select(.parameterName == "layers" or .parameterName == "formula")) |
		map([.defaultValue, .currentValue]) == [[[16,4],[16,4]],["y = 中; x","y = 中; x"]]'
	# It is no search, however many there were of them.
	api_json POST "$url" '{"tuningParameters":[{"parameterId":"p-layers","value":[8,8,8]}],"gridSearchArguments":{"searchType":"full"}}'
	[ "$(api_status)" = 202 ]
	sandbox_wait "$(api_location)"
	[ "$(tail -n 1 "$SANDBOX_DIR/projects/$PROJECT/lines" | jq -c '[.values["p-layers"], .search]')" = '[[8,8,8],null]' ]
	refuses 422 'a list of 1 to 3 whole numbers from 4 to 64, not [1,2]' POST "$url" '{"tuningParameters":[{"parameterId":"p-layers","value":[1,2]}]}'
	refuses 422 'a list of 1 to 3' POST "$url" '{"tuningParameters":[{"parameterId":"p-layers","value":[]}]}'
	refuses 422 'a list of 1 to 3' POST "$url" '{"tuningParameters":[{"parameterId":"p-layers","value":9}]}'
	refuses 422 'a text, not 5' POST "$url" '{"tuningParameters":[{"parameterId":"p-formula","value":5}]}'
	refuses 422 'Only one value' POST "$url" '{"tuningParameters":[{"parameterId":"p-formula","value":["a","b"]}]}'
}

@test "a model frozen from a frozen one is the same as one from its parent" {
	api_json POST "projects/$PROJECT/frozenModels/" "{\"modelId\":\"$MODEL\",\"samplePct\":26}"
	frozen=$(basename "$(sandbox_wait "$(api_location)")")
	api_json POST "projects/$PROJECT/frozenModels/" "{\"modelId\":\"$frozen\",\"samplePct\":27}"
	model=$(sandbox_wait "$(api_location)")
	[ "$(api GET "${model#"$DATAROBOT_ENDPOINT/"}" | jq -r .parentModelId)" = "$MODEL" ]
	refuses 422 'duplicates' POST "projects/$PROJECT/frozenModels/" "{\"modelId\":\"$MODEL\",\"samplePct\":27}"
}
