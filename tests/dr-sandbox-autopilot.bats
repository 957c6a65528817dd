bats_require_minimum_version 1.5.0

# What is trained by itself, with a worker that makes its numbers up and offers eleven
# blueprints: trees (the best), the majority, and nine more, each better than the last.
setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
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

# table [COLUMN...]: a project of a table with these columns and y; its id
table() {
	local IFS=,
	printf '%s,y\n1,0\n2,1\n' "$*" >table.csv
	sandbox_upload table.csv autopilot
}

# refuses STATUS WORDS METHOD PATH JSON
refuses() {
	run -0 --separate-stderr api_json "$3" "$4" "$5"
	[ "$(api_status)" = "$1" ]
	jq -e --arg words "$2" '([.message] + [.errors // {} | to_entries[] | .key, .value] | join(" ")) |
		contains($words)' <<<"$output" >/dev/null || { echo "$output" && return 1; }
}

# models PROJECT FILTER: what jq makes of the leaderboard
models() {
	api GET "projects/$1/models/" | jq -c "$2"
}

@test "auto: the better half goes on from 16 % to 32 % to 64 %, the best are cross validated and blended" {
	project=$(table a rows5000 blueprints9)
	sandbox_aim "$project" '{"target":"y","mode":"auto"}'
	[ "$(models "$project" '[.[].samplePct] | group_by(.) | map([.[0], length])')" = \
		'[[16,11],[32,6],[64,5],[80,1]]' ]
	[ "$(models "$project" 'map(select(.samplePct == 64)) | map(.modelType)')" = \
		'["AVG Blender","Gradient Boosted Trees","Majority Class Classifier","Extra 8","Extra 7"]' ]
	[ "$(models "$project" 'map(select(.samplePct >= 64).metrics.LogLoss.crossValidation) | any(. == null)')" = false ]
	[ "$(models "$project" 'map(select(.samplePct < 64).metrics.LogLoss.crossValidation) | all(. == null)')" = true ]
}

@test "auto: a small table starts at 64 %, one of some size at 32 %" {
	project=$(table a blueprints2)
	sandbox_aim "$project" '{"target":"y","mode":"auto"}'
	[ "$(models "$project" '[.[].samplePct] | group_by(.) | map([.[0], length])')" = '[[64,5],[80,1]]' ]
	project=$(table a rows2500)
	sandbox_aim "$project" '{"target":"y","mode":"auto"}'
	[ "$(models "$project" '[.[].samplePct] | group_by(.) | map([.[0], length])')" = '[[32,2],[64,3],[80,1]]' ]
}

@test "quick: one blueprint of each family at 64 %, that with the most steps" {
	project=$(table a rows5000 blueprints9)
	sandbox_aim "$project" '{"target":"y","mode":"auto","quickrun":true}'
	[ "$(models "$project" 'map(select(.isFrozen | not)) | map(.modelType) | sort')" = \
		'["Extra 6","Extra 7","Extra 8","Gradient Boosted Trees","Majority Class Classifier"]' ]
	run -0 --separate-stderr api GET "projects/$project/"
	assert_json '.[0] | .autopilotMode == 3 and .quickrun and .advancedOptions.prepareModelForDeployment'
}

@test "comprehensive: all blueprints at 64 %, each with cross validation" {
	project=$(table a rows5000 blueprints9)
	sandbox_aim "$project" '{"target":"y","mode":"comprehensive","prepareModelForDeployment":false}'
	[ "$(models "$project" 'map(.samplePct) | unique')" = '[64]' ]
	[ "$(models "$project" 'length')" = 12 ]
	[ "$(models "$project" 'map(.metrics.LogLoss.crossValidation) | any(. == null)')" = false ]
	# Nothing is trained for deployment: the best one is all that is recommended.
	run -0 --separate-stderr api GET "projects/$project/recommendedModels/recommendedModel/"
	assert_json '.[0].recommendationType == "Most Accurate"'
}

@test "manual: nothing is trained, and nothing recommended" {
	project=$(table a rows5000)
	sandbox_aim "$project" '{"target":"y","mode":"manual"}'
	[ "$(models "$project" length)" = 0 ]
	refuses 404 'no model' GET "projects/$project/recommendedModels/recommendedModel/" ''
	run -0 --separate-stderr api GET "projects/$project/recommendedModels/"
	assert_json '.[0] == []'
}

@test "the recommended model is the best one, frozen, on all rows but the holdout" {
	project=$(table a blueprints2)
	sandbox_aim "$project" '{"target":"y","mode":"auto","blendBestModels":false}'
	[ "$(models "$project" 'map(select(.modelCategory == "blend")) | length')" = 0 ]
	run -0 --separate-stderr api GET "projects/$project/recommendedModels/"
	assert_json '.[0] | map(.recommendationType) == ["Most Accurate", "Recommended for Deployment"]'
	best=$(jq -r '.[0].modelId' <<<"$output")
	run -0 --separate-stderr api GET "projects/$project/recommendedModels/recommendedModel/"
	assert_json ".[0] | .projectId == \"$project\" and .recommendationType == \"Recommended for Deployment\""
	model=$(jq -r .modelId <<<"$output")
	run -0 --separate-stderr api GET "projects/$project/models/$model/"
	assert_json ".[0] | .parentModelId == \"$best\" and .isFrozen and .samplePct == 80 and
		.isTrainedIntoValidation and (.isTrainedIntoHoldout | not) and
		.modelType == \"Gradient Boosted Trees\""
	run -0 --separate-stderr api GET "projects/$project/models/$best/"
	assert_json '.[0] | .metrics.LogLoss.crossValidation != null and .samplePct == 64'
	run -0 --separate-stderr api GET "projects/$project/frozenModels/"
	assert_json ".[0] | .count == 1 and .next == null and .data[0].id == \"$model\""
	run -0 --separate-stderr api GET "projects/$project/frozenModels/$model/"
	assert_json ".[0].parentModelId == \"$best\""
	refuses 404 'no frozen' GET "projects/$project/frozenModels/$best/" ''
	# With its model the recommendation goes.
	api DELETE "projects/$project/models/$model/"
	run -0 --separate-stderr api GET "projects/$project/recommendedModels/recommendedModel/"
	assert_json ".[0].modelId == \"$best\""
}

@test "the autopilot is not done before its last stage, and a pause holds its jobs back" {
	project=$(table fit-slow)
	api_json PATCH "projects/$project/aim/" '{"target":"y","mode":"auto"}'
	sandbox_wait "$(api_location)"
	api_json POST "projects/$project/autopilot/" '{"command":"stop"}'
	[ "$(api_status)" = 202 ]
	for ((i = 0; i < 100; i++)); do
		[[ $(api GET "projects/$project/modelJobs/?status=inprogress" | jq length) == 0 ]] && break
		sleep 0.1
	done
	before=$(models "$project" length)
	run -0 --separate-stderr api GET "projects/$project/modelJobs/"
	assert_json '.[0] | length > 0 and all(.[]; .status == "queue")'
	run -0 --separate-stderr api GET "projects/$project/status/"
	assert_json '.[0].autopilotDone == false'
	sleep 1.2
	[ "$(models "$project" length)" = "$before" ]
	api_json POST "projects/$project/autopilot/" '{"command":"start"}'
	[ "$(api_status)" = 202 ]
	for ((i = 0; i < 300; i++)); do
		# Done and incomplete is never seen: the model for deployment comes last.
		[[ $(api GET "projects/$project/status/" | jq .autopilotDone) == true ]] && break
		sleep 0.1
	done
	[ "$(models "$project" 'map(.samplePct) | max')" = 80 ]
	refuses 422 'start or stop' POST "projects/$project/autopilot/" '{"command":"halt"}'
}

@test "blueprints that fail drop out, and a run whose jobs all fail ends" {
	project=$(table fit-fail)
	sandbox_aim "$project" '{"target":"y","mode":"auto"}'
	[ "$(models "$project" length)" = 0 ]
	refuses 404 'no model' GET "projects/$project/recommendedModels/recommendedModel/" ''
}

@test "a run whose jobs are all cancelled ends" {
	project=$(table fit-hang)
	api_json PATCH "projects/$project/aim/" '{"target":"y","mode":"comprehensive"}'
	sandbox_wait "$(api_location)"
	for job in $(api GET "projects/$project/modelJobs/" | jq -r '.[].id'); do
		api DELETE "projects/$project/modelJobs/$job/"
	done
	run -0 --separate-stderr api GET "projects/$project/status/"
	assert_json '.[0].autopilotDone'
}

@test "the autopilot runs again on another list, and not twice on one" {
	project=$(table a blueprints1)
	sandbox_aim "$project" '{"target":"y","mode":"manual"}'
	list=$(api_json POST "projects/$project/featurelists/" '{"name":"mine","features":["a","y"]}' | jq -r .id)
	# All that the Python client sends.
	body="{\"featurelistId\":\"$list\",\"mode\":\"quick\",\"blendBestModels\":false,\"scoringCodeOnly\":false,
		\"prepareModelForDeployment\":true,\"considerBlendersInRecommendation\":false,
		\"runLeakageRemovedFeatureList\":true}"
	api_json POST "projects/$project/autopilots/" "$body"
	[ "$(api_status)" = 201 ]
	for ((i = 0; i < 300; i++)); do
		[[ $(api GET "projects/$project/status/" | jq .autopilotDone) == true ]] && break
		sleep 0.1
	done
	[ "$(models "$project" 'map(.featurelistName) | unique')" = '["mine"]' ]
	[ "$(models "$project" length)" = 4 ]
	refuses 422 'already' POST "projects/$project/autopilots/" "$body"
	refuses 422 'no list' POST "projects/$project/autopilots/" '{"featurelistId":"x"}'
	refuses 422 'is required' POST "projects/$project/autopilots/" '{"mode":"quick"}'
	refuses 422 'manual' POST "projects/$project/autopilots/" "{\"featurelistId\":\"$list\",\"mode\":\"manual\"}"
	body="{\"featurelistId\":\"$(api GET "projects/$project/featurelists/" | jq -r '.[0].id')\","
	refuses 422 'blendBestModels' POST "projects/$project/autopilots/" "$body\"blendBestModels\":1}"
	refuses 422 'scoringCodeOnly' POST "projects/$project/autopilots/" "$body\"scoringCodeOnly\":true}"
}

@test "a project with one worker runs one job at a time" {
	project=$(table fit-slow blueprints1)
	api_json PATCH "projects/$project/" '{"workerCount":1}' >/dev/null
	api_json PATCH "projects/$project/aim/" '{"target":"y","mode":"comprehensive","prepareModelForDeployment":false}'
	sandbox_wait "$(api_location)"
	most=0
	for ((i = 0; i < 300; i++)); do
		n=$(api GET "projects/$project/modelJobs/?status=inprogress" | jq length)
		[ "$n" -le "$most" ] || most=$n
		[[ $(api GET "projects/$project/status/" | jq .autopilotDone) == true ]] && break
		sleep 0.05
	done
	[ "$most" = 1 ]
	[ "$(models "$project" length)" = 4 ]
}
