bats_require_minimum_version 1.5.0

# One project with really trained models; tests add to it.
setup_file() {
	load sandbox
	sandbox_start --min-job-time 1
	TABLE=$SANDBOX_DIR/table.csv
	sandbox_table "$TABLE"
	# A target of 0 and 1, and rows without one.
	sed -i 's/,yes$/,1/; s/,no$/,0/; 11,15s/,[01]$/,/' "$TABLE"
	PROJECT=$(sandbox_upload "$TABLE" shop)
	sandbox_aim "$PROJECT" '{"target":"bought","mode":"manual"}'
	MODEL=$(train Boosted)
	export TABLE PROJECT MODEL
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

# train WORDS [JSON-FIELDS] [PROJECT]: the id of a model of the first such blueprint.
train() {
	local id project=${3-$PROJECT}
	id=$(api GET "projects/$project/blueprints/" | jq -r --arg w "$1" 'first(.[] | select(.modelType | test($w))) | .id')
	api_json POST "projects/$project/models/" "{\"blueprintId\":\"$id\",\"scoringType\":\"crossValidation\"${2-}}"
	id=$(sandbox_wait "$(api_location)") || return
	id=${id%/}
	echo "${id##*/}"
}

# refuses STATUS WORDS METHOD PATH [JSON]
refuses() {
	run -0 --separate-stderr api_json "$3" "$4" "${5-}"
	[ "$(api_status)" = "$1" ]
	jq -e --arg words "$2" '([.message] + [.errors // {} | to_entries[] | .key, .value] | join(" ")) |
		contains($words)' <<<"$output" >/dev/null || { echo "$output" && return 1; }
}

# request MODEL SUBSET [PROJECT]: training predictions; their path below /api/v2/.
request() {
	api_json POST "projects/${3-$PROJECT}/trainingPredictions/" "{\"modelId\":\"$1\",\"dataSubset\":\"$2\"}" || return
	[[ $(api_status) == 202 ]] || return
	local where
	where=$(sandbox_wait "$(api_location)") && echo "${where#"$DATAROBOT_ENDPOINT/"}"
}

# dataset FILE: the id of a prediction dataset.
dataset() {
	local where
	api POST "projects/$PROJECT/predictionDatasets/fileUploads/" -F "file=@$1;filename=new.csv" || return
	where=$(sandbox_wait "$(api_location)") || {
		echo "$where"
		return 1
	}
	where=${where%/}
	echo "${where##*/}"
}

# predict MODEL DATASET: the path of the predictions, or what became of the job.
predict() {
	local where
	api_json POST "projects/$PROJECT/predictions/" "{\"modelId\":\"$1\",\"datasetId\":\"$2\"}" || return
	[[ $(api_location) == */projects/$PROJECT/predictJobs/*/ ]] || return
	where=$(sandbox_wait "$(api_location)") || {
		echo "$where"
		return 1
	}
	echo "${where#"$DATAROBOT_ENDPOINT/"}"
}

@test "training predictions give the scores of the model, fold by fold" {
	at=$(request "$MODEL" all)
	[[ $at == projects/$PROJECT/trainingPredictions/*/ ]]
	api GET "$at" >rows.json
	jq -e '.count == (.data | length) and .next == null and .previous == null and
		(.data | all(.prediction == (if .predictionValues[0].value >= 0.5 then 1 else 0 end) and
			(.predictionValues | map(.label) == [1, 0] and (map(.value) | add | . > 0.999999 and . < 1.000001))) and
		(map(.rowId) | . == sort and (index(9) == null) and (index(14) != null)) and
		(map(.partitionId) | unique == ["0.0", "1.0", "2.0", "3.0", "4.0"]))' rows.json
	jq -r '.data[] | [.partitionId, .rowId, .predictionValues[0].value] | @tsv' rows.json |
		awk 'NR == FNR { if (FNR > 1) { n = split($0, f, ","); y[FNR - 2] = f[n] }; next }
			{ sum[$1] -= y[$2] == 1 ? log($3) : log(1 - $3); n_of[$1]++ }
			END { for (p in sum) printf "%s %.5f\n", p, sum[p] / n_of[p] }' "$TABLE" - | sort >got
	api GET "projects/$PROJECT/models/$MODEL/crossValidationScores/?metric=LogLoss" |
		jq -r '.cvScores.LogLoss | to_entries[] | "\(.key) \(.value)"' |
		awk '{ printf "%s %.5f\n", $1, $2 }' | sort >want
	cmp want got
}

@test "the job of training predictions is shown under jobs, and only there" {
	model=$(train Majority)
	api_json PATCH "projects/$PROJECT/" '{"workerCount":0}' >/dev/null # it stays in the queue
	api_json POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"all\"}"
	[ "$(api_status)" = 202 ]
	at=$(api_location)
	[[ $at == $DATAROBOT_ENDPOINT/projects/$PROJECT/jobs/*/ ]]
	run -0 --separate-stderr api GET "${at#"$DATAROBOT_ENDPOINT/"}"
	[ "$(api_status)" = 200 ]
	assert_json ".[0] | .jobType == \"trainingPredictions\" and .isBlocked == false and .url == \"$at\" and .modelId == \"$model\""
	id=${at%/}
	id=${id##*/}
	run -0 --separate-stderr api GET "projects/$PROJECT/jobs/"
	assert_json ".[0].jobs | any(.id == \"$id\")"
	run -0 --separate-stderr api GET "projects/$PROJECT/modelJobs/"
	assert_json ".[0] | all(.id != \"$id\")"
	refuses 404 'no job' GET "projects/$PROJECT/modelJobs/$id/"
	api_json PATCH "projects/$PROJECT/" '{"workerCount":-1}' >/dev/null
	sandbox_wait "$at"
	run -0 --separate-stderr api GET "${at#"$DATAROBOT_ENDPOINT/"}"
	[ "$(api_status)" = 303 ]
	assert_json '.[0].status == "COMPLETED"'
	[[ $(api_location) == */trainingPredictions/*/ ]]
}

@test "the same predictions are not made twice, and are found in the list" {
	model=$(train Majority ',"samplePct":32')
	at=$(request "$model" all)
	refuses 422 'duplicates a job' POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"all\"}"
	assert_json '.[0] | .errorName == "JobAlreadyAdded" and .previousJob.status == "COMPLETED" and (.previousJob.url | test("/jobs/"))'
	run -0 --separate-stderr api GET "projects/$PROJECT/trainingPredictions/"
	assert_json ".[0] | (.data | length) == .count and (.data | any(.modelId == \"$model\" and .dataSubset == \"all\" and
		.url == \"$DATAROBOT_ENDPOINT/$at\" and has(\"explanationAlgorithm\") and .maxExplanations == null))"
	api DELETE "projects/$PROJECT/models/$model/"
	refuses 404 'no predictions' GET "$at"
	run -0 --separate-stderr api GET "projects/$PROJECT/trainingPredictions/"
	assert_json ".[0].data | all(.modelId != \"$model\")"
}

@test "rows come in pages of the limit asked for, and as CSV" {
	model=$(train Elastic)
	at=$(request "$model" validationAndHoldout)
	api GET "$at" >all.json
	rows=$(jq .count all.json)
	[ "$rows" -gt 50 ]
	: >pages
	next="$at?limit=20"
	while [ "$next" != null ]; do
		api GET "$next" >page.json
		jq -c '.data[]' page.json >>pages
		next=$(jq -r '.next' page.json)
		next=${next#"$DATAROBOT_ENDPOINT/"}
	done
	cmp <(jq -c '.data[]' all.json) pages
	run -0 --separate-stderr api GET "$at?offset=20&limit=20"
	assert_json ".[0] | .previous == \"$DATAROBOT_ENDPOINT/$at?offset=0&limit=20\" and (.data | length) == 20"
	run -0 --separate-stderr api GET "$at?offset=100000"
	assert_json '.[0] | .data == [] and .next == null'
	refuses 422 'limit' GET "$at?limit=x"
	api GET "$at" -H 'Accept: text/csv' >rows.csv
	grep -qi '^content-type: text/csv' head
	[ "$(head -n 1 rows.csv)" = "row_id,partition_id,prediction,class_1,class_0" ]
	cmp <(jq -r '.data[] | [.rowId, .partitionId, .prediction, .predictionValues[].value] | join(",")' all.json) \
		<(tail -n +2 rows.csv)
}

@test "rows of the holdout are there once it has been unlocked" {
	project=$(sandbox_upload "$TABLE" other)
	sandbox_aim "$project" '{"target":"bought","mode":"manual"}'
	model=$(train Majority "" "$project")
	refuses 422 'unlocked' POST "projects/$project/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"holdout\"}"
	at=$(request "$model" all "$project")
	api GET "$at" | jq -e '.data | all(.partitionId != "Holdout")'
	api_json PATCH "projects/$project/" '{"holdoutUnlocked":true}'
	at=$(request "$model" all "$project")
	api GET "$at" | jq -e '.count == 395 and (.data | any(.partitionId == "Holdout"))'
	at=$(request "$model" holdout "$project")
	api GET "$at" | jq -e '.data | length == 79 and all(.partitionId == "Holdout")'
	# Predictions belong to their project.
	refuses 404 'no predictions' GET "projects/$PROJECT/${at#projects/*/}"
	refuses 404 'no model' POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"all\"}"
}

@test "a request for training predictions that cannot be met is refused" {
	refuses 422 'modelId' POST "projects/$PROJECT/trainingPredictions/" '{"dataSubset":"all"}'
	refuses 422 'dataSubset' POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$MODEL\"}"
	refuses 422 'dataSubset' POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$MODEL\",\"dataSubset\":\"allBacktests\"}"
	refuses 404 'no model' POST "projects/$PROJECT/trainingPredictions/" '{"modelId":"x","dataSubset":"all"}'
	refuses 422 'explanations are not supported' POST "projects/$PROJECT/trainingPredictions/" \
		"{\"modelId\":\"$MODEL\",\"dataSubset\":\"all\",\"explanationAlgorithm\":\"shap\"}"
}

@test "new rows are uploaded and predicted, in their order" {
	head -n 31 "$TABLE" >new.csv
	id=$(dataset new.csv)
	run -0 --separate-stderr api GET "projects/$PROJECT/predictionDatasets/$id/"
	assert_json ".[0] | .id == \"$id\" and .projectId == \"$PROJECT\" and .name == \"new.csv\" and .numRows == 30 and
		.numColumns == 7 and has(\"forecastPoint\") and .dataQualityWarnings.singleClassActualValueColumn == false"
	run -0 --separate-stderr api GET "projects/$PROJECT/predictionDatasets/"
	assert_json ".[0].data | any(.id == \"$id\")"
	at=$(predict "$MODEL" "$id")
	[[ $at == projects/$PROJECT/predictions/*/ ]]
	api GET "$at" >rows.json
	jq -e '.task == "Binary" and .positiveClass == 1 and (.predictions | length == 30 and
		map(.rowId) == [range(30)] and all(.positiveProbability == .predictionValues[0].value and
			.prediction == (if .positiveProbability >= 0.5 then 1 else 0 end)))' rows.json
	api GET "$at" -H 'Accept: text/csv' >rows.csv
	[ "$(head -n 1 rows.csv)" = "row_id,prediction,class_1,class_0" ]
	[ "$(wc -l <rows.csv)" = 31 ]
	api DELETE "projects/$PROJECT/predictionDatasets/$id/"
	[ "$(api_status)" = 204 ]
	refuses 404 'no predictions' GET "$at"
	refuses 404 'no prediction dataset' POST "projects/$PROJECT/predictions/" "{\"modelId\":\"$MODEL\",\"datasetId\":\"$id\"}"
}

@test "predictions of datasets are jobs of their own collection" {
	head -n 5 "$TABLE" >new.csv
	id=$(dataset new.csv)
	api_json POST "projects/$PROJECT/predictions/" "{\"modelId\":\"$MODEL\",\"datasetId\":\"$id\"}"
	[ "$(api_status)" = 202 ]
	at=$(api_location)
	job=${at%/}
	job=${job##*/}
	run -0 --separate-stderr api GET "projects/$PROJECT/predictJobs/$job/"
	[ "$(api_status)" = 200 ]
	assert_json ".[0] | .jobType == \"predict\" and .url == \"$at\" and .modelId == \"$MODEL\" and .id == \"$job\""
	run -0 --separate-stderr api GET "projects/$PROJECT/predictJobs/"
	assert_json ".[0] | any(.id == \"$job\")"
	sandbox_wait "$DATAROBOT_ENDPOINT/projects/$PROJECT/jobs/$job/"
	run -0 --separate-stderr api GET "projects/$PROJECT/predictJobs/$job/"
	[ "$(api_status)" = 303 ]
	[[ $(api_location) == */projects/$PROJECT/predictions/*/ ]]
}

@test "predictions of datasets are found by model and dataset" {
	head -n 4 "$TABLE" >new.csv
	id=$(dataset new.csv)
	made=$(basename "$(predict "$MODEL" "$id")")
	list=projects/$PROJECT/predictionsMetadata/
	run -0 --separate-stderr api GET "$list?predictionDatasetId=$id"
	assert_json ".[0] | .count == 1 and .next == null and (.data[0] | .id == \"$made\" and .modelId == \"$MODEL\" and
		.predictionDatasetId == \"$id\" and .includesPredictionIntervals == false and .explanationAlgorithm == null and
		.url == \"$DATAROBOT_ENDPOINT/projects/$PROJECT/predictions/$made/\")"
	run -0 --separate-stderr api GET "$list?modelId=$MODEL&predictionDatasetId=$id&limit=5"
	assert_json '.[0].count == 1'
	run -0 --separate-stderr api GET "$list?modelId=x"
	assert_json '.[0].data == []'
	run -0 --separate-stderr api GET "$list$made/"
	assert_json ".[0].id == \"$made\""
	refuses 404 'no predictions' GET "$list$id/"
	run -0 --separate-stderr api GET "projects/$PROJECT/predictJobs/?status=COMPLETED"
	assert_json '.[0][-1].trainingRowCount == 252'
}

@test "the threshold of a model decides which class is predicted" {
	model=$(train Elastic ',"samplePct":48')
	at=$(request "$model" all)
	api_json PATCH "projects/$PROJECT/models/$model/" '{"predictionThreshold":0.2}'
	api GET "$at" | jq -e '.data | all(.prediction == (if .predictionValues[0].value >= 0.2 then 1 else 0 end))'
}

@test "columns may be missing where the model does not use them; else the job says which" {
	cut -d, -f2- "$TABLE" | head -n 4 | sed 's/,[^,]*$//' >new.csv
	id=$(dataset new.csv)
	at=$(predict "$MODEL" "$id")
	api GET "$at" | jq -e '.predictions | length == 3'
	echo 'income' >new.csv
	echo 5 >>new.csv
	id=$(dataset new.csv)
	run -1 predict "$MODEL" "$id"
	assert_json ".[0] | .status == \"error\" and .message == \"the new data has no column 'age', which the model uses\""
}

@test "a dataset that is no table leaves nothing behind" {
	printf 'a,b\n1\n' >new.csv
	run -1 dataset new.csv
	assert_json '.[0] | .status == "ERROR" and .message == "line 2 has 1 fields where the header has 2"'
	refuses 422 'file' POST "projects/$PROJECT/predictionDatasets/urlUploads/" '{"url":"/etc/passwd"}'
	api_json POST "projects/$PROJECT/predictionDatasets/urlUploads/" "{\"url\":\"file:///nonexistent.csv\"}"
	run -1 sandbox_wait "$(api_location)"
	assert_json '.[0].status == "ERROR"'
	head -n 3 "$TABLE" >new.csv
	api_json POST "projects/$PROJECT/predictionDatasets/urlUploads/" "{\"url\":\"file://$PWD/new.csv\"}"
	run -0 sandbox_wait "$(api_location)"
	[[ $output == */predictionDatasets/*/ ]]
	for file in "$SANDBOX_DIR/projects/$PROJECT/work"/*.csv; do
		id=$(basename "$file" .csv)
		api GET "projects/$PROJECT/predictionDatasets/$id/" >/dev/null
		[ "$(api_status)" = 200 ]
	done
}

@test "a tuned model predicts with its own values" {
	p=$(api GET "projects/$PROJECT/models/$MODEL/advancedTuning/parameters/" |
		jq -r '.tuningParameters[] | select(.parameterName == "max_depth") | .parameterId')
	api_json POST "projects/$PROJECT/models/$MODEL/advancedTuning/" "{\"tuningParameters\":[{\"parameterId\":\"$p\",\"value\":[1,2]}]}"
	tuned=$(sandbox_wait "$(api_location)")
	tuned=${tuned%/}
	tuned=${tuned##*/}
	at=$(request "$tuned" validationAndHoldout)
	want=$(api GET "projects/$PROJECT/models/$tuned/" | jq .metrics.LogLoss.validation)
	api GET "$at" | jq -r '.data[] | [.rowId, .predictionValues[0].value] | @tsv' |
		awk -v want="$want" 'NR == FNR { if (FNR > 1) { n = split($0, f, ","); y[FNR - 2] = f[n] }; next }
			{ sum -= y[$1] == 1 ? log($2) : log(1 - $2); n_of++ }
			END { d = sum / n_of - want; exit !(d * d < 1e-10) }' "$TABLE" -
}

@test "a target of several classes has a probability for each, and the likeliest is predicted" {
	awk 'BEGIN { print "x,z,y"; for (i = 0; i < 210; i++) print i % 37 "," i * 7 % 11 "," (i % 37 < 12 ? "low" : i % 37 < 25 ? "mid" : "high") }' >classes.csv
	project=$(sandbox_upload classes.csv classes)
	sandbox_aim "$project" '{"target":"y","mode":"manual","targetType":"Multiclass"}'
	run -0 --separate-stderr api GET "projects/$project/"
	assert_json '.[0] | .targetType == "Multiclass" and .metric == "LogLoss" and .positiveClass == null'
	model=$(train Boosted '' "$project")
	run -0 --separate-stderr api GET "projects/$project/models/$model/"
	assert_json '.[0].metrics | .Accuracy.crossValidation > 0.9 and (keys == ["AUC","Accuracy","Balanced Accuracy","FVE Multinomial","LogLoss"])'
	run -0 --separate-stderr api GET "$(request "$model" all "$project")"
	assert_json '.[0].data | length > 50 and all(.[]; (.predictionValues | map(.label)) == ["high","low","mid"] and
		(.predictionValues | (map(.value) | add - 1 | fabs < 1e-6)) and
		.prediction == (.predictionValues | max_by(.value) | .label))'
	refuses 422 'two classes' PATCH "projects/$project/models/$model/" '{"predictionThreshold":0.4}'
	PROJECT=$project
	head -n 4 classes.csv >new.csv
	data=$(dataset new.csv)
	api_json POST "projects/$project/predictions/" "{\"modelId\":\"$model\",\"datasetId\":\"$data\"}"
	where=$(sandbox_wait "$(api_location)")
	run -0 --separate-stderr api GET "${where#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0] | .task == "Multiclass" and .positiveClass == null and
		(.predictions | map(.prediction)) == ["low","low","low"] and
		all(.predictions[]; (.predictionValues | length == 3) and (has("positiveProbability") | not))'
}
