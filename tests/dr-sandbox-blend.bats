# shellcheck disable=SC2153 # PROJECT comes from setup_file
bats_require_minimum_version 1.5.0

# Models that are the mean of others, with a worker that makes its numbers up and offers
# five blueprints; a blend of them is better than each.
setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
	printf 'a,blueprints3,y\n1,2,0\n3,4,1\n' >"$SANDBOX_DIR/table.csv"
	PROJECT=$(sandbox_upload "$SANDBOX_DIR/table.csv" blend)
	sandbox_aim "$PROJECT" '{"target":"y","mode":"auto"}'
	BLEND=$(api GET "projects/$PROJECT/models/" |
		jq -r '.[] | select(.modelCategory == "blend") | .id')
	export PROJECT BLEND
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

# refuses STATUS WORDS METHOD PATH JSON
refuses() {
	run -0 --separate-stderr api_json "$3" "$4" "$5"
	[ "$(api_status)" = "$1" ]
	jq -e --arg words "$2" '([.message] + [.errors // {} | to_entries[] | .key, .value] | join(" ")) |
		contains($words)' <<<"$output" >/dev/null || { echo "$output" && return 1; }
}

# table COLUMN...: a project of a table with these columns and y, by hand; its id
table() {
	local IFS=, project
	printf '%s,y\n1,0\n2,1\n' "$*" >table.csv
	project=$(sandbox_upload table.csv blend) &&
		sandbox_aim "$project" '{"target":"y","mode":"manual"}' && echo "$project"
}

# train PROJECT BLUEPRINT [FIELDS]: a new model's id
train() {
	local model
	api_json POST "projects/$1/models/" "{\"blueprintId\":\"$2\"${3-}}" || return
	model=$(sandbox_wait "$(api_location)") || return
	model=${model%/}
	echo "${model##*/}"
}
# blended PROJECT MODEL...: the id of a blend of these
blended() {
	local project=$1
	shift
	api_json POST "projects/$project/blenderModels/" \
		"$(jq -nc '{modelIds: $ARGS.positional, blenderMethod: "AVG"}' --args "$@")" || return
	basename "$(sandbox_wait "$(api_location)")"
}
trees=0123456789abcdef0123456789abcdef majority=fedcba9876543210fedcba9876543210

# model ID FILTER: of a model of the project
model() { api GET "projects/$PROJECT/models/$1/" | jq -cr "$2"; }

# told PROJECT: the last fit that the worker was asked for
told() { jq -c 'select(.job == "fit")' "$SANDBOX_DIR/projects/$1/lines" | tail -n 1; }

@test "the autopilot blends the best three once they are cross validated" {
	run -0 --separate-stderr api GET "projects/$PROJECT/models/"
	best=$(jq -c '[.[] | select(.modelCategory == "model" and .samplePct == 64)] |
		sort_by(.metrics.LogLoss.crossValidation)[:3] | map(.id) | sort' <<<"$output")
	[ "$(jq '.[0].modelCategory == "blend"' <<<"$output")" = true ]
	[ "$(jq 'map(select(.modelCategory == "blend")) | length' <<<"$output")" = 1 ]
	run -0 --separate-stderr api GET "projects/$PROJECT/blenderModels/"
	assert_json ".[0] | .count == 1 and .next == null and .data[0].id == \"$BLEND\" and
		.data[0].modelIds == $best and .data[0].blenderMethod == \"AVG\""
	run -0 --separate-stderr api GET "projects/$PROJECT/blenderModels/$BLEND/"
	assert_json ".[0] | .modelIds == $best and .modelType == \"AVG Blender\" and .modelCategory == \"blend\" and
		.samplePct == 64 and .featurelistName == \"Informative Features\" and .isFrozen == false and
		.parentModelId == null and (.metrics.LogLoss | .validation and .crossValidation and .holdout == null)"
	# The worker was told of the blueprints and their values, not of models.
	blends=$(jq -c 'select(.blend and .sample_pct == 64)' "$SANDBOX_DIR/projects/$PROJECT/lines")
	jq -es 'length == 1 and (.[0] | .cross_validation and .holdout and (.blend | length == 3 and
		all(.[]; .blueprint and .values)) and has("values") == false)' <<<"$blends"
}

@test "a blend has a chart, documents and processes, is no blueprint to train from, and cannot be tuned" {
	blueprint=$(model "$BLEND" .blueprintId)
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$BLEND/blueprintChart/"
	assert_json '.[0] == {nodes: [{id: "0", label: "Data"}, {id: "1", label: "Average Blend"},
		{id: "2", label: "Prediction"}], edges: [["0","1"],["1","2"]]}'
	run -0 --separate-stderr api GET "projects/$PROJECT/blueprints/$blueprint/blueprintDocs/"
	assert_json '.[0][-1].task == "Average Blend"'
	run -0 --separate-stderr api GET "projects/$PROJECT/blueprints/$blueprint/"
	assert_json '.[0] | .modelType == "AVG Blender" and .processes == ["Average Blend"]'
	run -0 --separate-stderr api GET "projects/$PROJECT/blueprints/"
	assert_json '.[0] | length == 5 and all(.[]; .modelType != "AVG Blender")'
	refuses 422 'no parameters to tune' GET "projects/$PROJECT/models/$BLEND/advancedTuning/parameters/" ''
	refuses 422 'no parameters to tune' POST "projects/$PROJECT/models/$BLEND/advancedTuning/" '{"tuningParameters":[]}'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$BLEND/supportedCapabilities/"
	assert_json '.[0].supportsBlending == false'
	[ "$(model "$BLEND" '.processes[0]')" = "Average Blend" ]
	run -0 --separate-stderr api GET "projects/$PROJECT/models/$BLEND/crossValidationScores/"
	assert_json '.[0].cvScores.LogLoss | length == 5'
}

@test "the blend is the most accurate, the best model that is none is prepared for deployment" {
	run -0 --separate-stderr api GET "projects/$PROJECT/recommendedModels/"
	assert_json ".[0] | map(.recommendationType) == [\"Most Accurate\", \"Recommended for Deployment\"] and
		.[0].modelId == \"$BLEND\""
	recommended=$(jq -r '.[1].modelId' <<<"$output")
	[ "$(model "$recommended" '[.modelType, .isFrozen, .samplePct, .modelCategory] | tojson')" = \
		'["Gradient Boosted Trees",true,80,"model"]' ]
	parent=$(model "$recommended" .parentModelId)
	[ "$(model "$parent" '.metrics.LogLoss.crossValidation != null')" = true ]
}

@test "a blend is prepared for deployment where the start allows it, and none is made where it does not want one" {
	project=$(sandbox_upload "$SANDBOX_DIR/table.csv" considered)
	sandbox_aim "$project" '{"target":"y","mode":"comprehensive","considerBlendersInRecommendation":true}'
	run -0 --separate-stderr api GET "projects/$project/recommendedModels/recommendedModel/"
	run -0 --separate-stderr api GET "projects/$project/models/$(jq -r .modelId <<<"$output")/"
	assert_json '.[0] | .modelCategory == "blend" and .isFrozen and .samplePct == 80 and .parentModelId'
	run -0 --separate-stderr api GET "projects/$project/blenderModels/"
	assert_json '.[0] | .count == 2 and .data[0].modelIds == .data[1].modelIds'
	run -0 --separate-stderr api GET "projects/$project/"
	assert_json '.[0].advancedOptions | .blendBestModels and .considerBlendersInRecommendation'
	for mode in '"auto","blendBestModels":false' '"quick"' '"manual"'; do
		project=$(sandbox_upload "$SANDBOX_DIR/table.csv" none)
		sandbox_aim "$project" "{\"target\":\"y\",\"mode\":$mode}"
		run -0 --separate-stderr api GET "projects/$project/blenderModels/"
		assert_json '.[0].count == 0'
		run -0 --separate-stderr api GET "projects/$project/"
		assert_json '.[0].advancedOptions.blendBestModels == false'
	done
	project=$(sandbox_upload "$SANDBOX_DIR/table.csv" quick)
	sandbox_aim "$project" '{"target":"y","mode":"quick","blendBestModels":true}'
	run -0 --separate-stderr api GET "projects/$project/blenderModels/"
	assert_json '.[0].count == 1'
}

@test "models are blended by hand, once" {
	project=$(table a blueprints1)
	one=$(train "$project" "$trees") two=$(train "$project" "$majority")
	body="{\"modelIds\":[\"$two\",\"$one\"],\"blenderMethod\":\"AVG\"}"
	run -0 --separate-stderr api_json POST "projects/$project/blenderModels/blendCheck/" "$body"
	assert_json '.[0] == {blendable: true, reason: ""}'
	api_json POST "projects/$project/blenderModels/" "$body"
	[ "$(api_status)" = 202 ]
	[[ $(api_location) == "$DATAROBOT_ENDPOINT/projects/$project/modelJobs/"*/ ]]
	job=$(api_location)
	run -0 --separate-stderr api GET "${job#*/api/v2/}"
	assert_json '.[0] | .modelCategory == "blend" and .modelType == "AVG Blender" and .processes == ["Average Blend"] and
		(.blueprintId | length == 32)'
	run -0 --separate-stderr sandbox_wait "$job"
	made=$(basename "$output")
	run -0 --separate-stderr api GET "projects/$project/blenderModels/$made/"
	assert_json ".[0] | .modelIds == ([\"$one\",\"$two\"] | sort) and .metrics.LogLoss.crossValidation"
	refuses 422 'duplicates' POST "projects/$project/blenderModels/" \
		"{\"modelIds\":[\"$one\",\"$two\"],\"blenderMethod\":\"AVG\"}"
	# Where it has been deleted it can be made again.
	api DELETE "projects/$project/models/$made/"
	api_json POST "projects/$project/blenderModels/" "$body"
	[ "$(api_status)" = 202 ]
	run -0 --separate-stderr sandbox_wait "$(api_location)"
}

@test "a tuned model goes into a blend with the values that it works with" {
	project=$(table a blueprints1)
	one=$(train "$project" "$trees") two=$(train "$project" "$majority")
	api_json POST "projects/$project/models/$one/advancedTuning/" \
		'{"tuningParameters":[{"parameterId":"p-depth","value":[7,9]}]}'
	tuned=$(sandbox_wait "$(api_location)") tuned=${tuned%/}
	blended "$project" "${tuned##*/}" "$two"
	[ "$(told "$project" | jq -c '[.blend[] | [.blueprint, .values["p-depth"]]] | sort')" = \
		"[[\"$trees\",7],[\"$majority\",null]]" ]
}

@test "what cannot be blended is refused, with what is wrong" {
	project=$(table a blueprints1)
	one=$(train "$project" "$trees") two=$(train "$project" "$majority")
	small=$(train "$project" "$majority" ',"samplePct":40')
	list=$(api_json POST "projects/$project/featurelists/" '{"name":"short","features":["a","y"]}' | jq -r .id)
	other=$(train "$project" "$majority" ",\"featurelistId\":\"$list\"")
	url=projects/$project/blenderModels/
	made=$(blended "$project" "$one" "$two")
	while IFS='|' read -r words ids; do
		refuses 422 "$words" POST "$url" "{\"modelIds\":[$ids],\"blenderMethod\":\"AVG\"}"
		run -0 --separate-stderr api_json POST "${url}blendCheck/" "{\"modelIds\":[$ids],\"blenderMethod\":\"AVG\"}"
		assert_json ".[0] | (.blendable | not) and (.reason | contains(\"$words\"))"
	done <<-END
		2 to 10 models, not of 1|"$one"
		2 to 10 models|$(jq -nr "[range(11) | \"\\(.)\" | tojson] | join(\",\")")
		named twice|"$one","$one"
		by its id|"$one",7
		no model 'x'|"$one","x"
		no model '$BLEND'|"$one","$BLEND"
		40 % and 64 %|"$one","$small"
		different feature lists|"$one","$other"
		a blend itself|"$one","$made"
	END
	refuses 422 "'GLM' is not supported" POST "$url" "{\"modelIds\":[\"$one\",\"$two\"],\"blenderMethod\":\"GLM\"}"
	refuses 422 'blenderMethod' POST "$url" "{\"modelIds\":[\"$one\",\"$two\"]}"
	refuses 422 'modelIds' POST "$url" '{"blenderMethod":"AVG"}'
	refuses 422 'colour' POST "$url" '{"blenderMethod":"AVG","colour":1}'
	refuses 404 'no blender' GET "$url$one/" ''
	refuses 404 'no project' POST projects/x/blenderModels/ '{}'
}

@test "a blend is trained again on another share of the rows, frozen or not, but not on another list" {
	project=$(table a blueprints1)
	one=$(train "$project" "$trees") two=$(train "$project" "$majority")
	made=$(blended "$project" "$one" "$two")
	blueprint=$(api GET "projects/$project/models/$made/" | jq -r .blueprintId)
	parts=$(told "$project" | jq -cS .blend)
	full=$(train "$project" "$blueprint" ',"samplePct":80')
	[ "$(told "$project" | jq -cS '[.blend, .sample_pct]')" = "[$parts,80]" ]
	run -0 --separate-stderr api GET "projects/$project/blenderModels/$full/"
	assert_json '.[0] | .samplePct == 80 and .isFrozen == false and .metrics.LogLoss.crossValidation'
	api_json POST "projects/$project/models/fromModel/" "{\"modelId\":\"$made\",\"samplePct\":40}"
	sandbox_wait "$(api_location)"
	[ "$(told "$project" | jq -cS '[.blend, .sample_pct]')" = "[$parts,40]" ]
	api_json POST "projects/$project/frozenModels/" "{\"modelId\":\"$made\",\"samplePct\":75}"
	frozen=$(sandbox_wait "$(api_location)") frozen=${frozen%/}
	[ "$(told "$project" | jq -cS '[.blend, .sample_pct]')" = "[$parts,75]" ]
	run -0 --separate-stderr api GET "projects/$project/frozenModels/${frozen##*/}/"
	assert_json ".[0] | .isFrozen and .parentModelId == \"$made\" and .modelCategory == \"blend\""
	list=$(api_json POST "projects/$project/featurelists/" '{"name":"short","features":["a","y"]}' | jq -r .id)
	for path in models/ models/fromModel/; do
		refuses 422 'keeps the list' POST "projects/$project/$path" \
			"{$([ $path = models/ ] && echo "\"blueprintId\":\"$blueprint\"" || echo "\"modelId\":\"$made\""),\"featurelistId\":\"$list\",\"samplePct\":30}"
	done
}

@test "a blend stays as it is when one of its models is deleted" {
	project=$(table a blueprints1)
	one=$(train "$project" "$trees") two=$(train "$project" "$majority")
	made=$(blended "$project" "$one" "$two")
	parts=$(told "$project" | jq -cS .blend)
	api DELETE "projects/$project/models/$one/"
	[ "$(api_status)" = 204 ]
	run -0 --separate-stderr api GET "projects/$project/blenderModels/$made/"
	assert_json ".[0] | .modelIds | index(\"$one\")"
	api_json POST "projects/$project/frozenModels/" "{\"modelId\":\"$made\",\"samplePct\":80}"
	run -0 --separate-stderr sandbox_wait "$(api_location)"
	[ "$(told "$project" | jq -cS .blend)" = "$parts" ]
	api DELETE "projects/$project/models/$made/"
	[ "$(api_status)" = 204 ]
	run -0 --separate-stderr api GET "projects/$project/blenderModels/"
	assert_json '.[0] | .count == 1 and .data[0].isFrozen'
	run -0 --separate-stderr api GET "projects/$project/models/$two/"
	[ "$(api_status)" = 200 ]
}

@test "a blend that is cancelled or fails leaves its models, and can be asked for again" {
	project=$(table a fit-slow)
	one=$(train "$project" "$trees") two=$(train "$project" "$majority")
	body="{\"modelIds\":[\"$one\",\"$two\"],\"blenderMethod\":\"AVG\"}"
	api_json POST "projects/$project/blenderModels/" "$body"
	at=$(api_location) at=${at#*/api/v2/}
	api DELETE "$at"
	[ "$(api_status)" = 204 ]
	run -0 --separate-stderr api GET "$at"
	assert_json '.[0].status == "ABORTED"'
	run -0 --separate-stderr api GET "projects/$project/blenderModels/"
	assert_json '.[0].count == 0'
	# What it looks like is not known before it has been trained.
	blueprint=$(api GET "$at" | jq -r .blueprintId)
	refuses 404 'not been trained' GET "projects/$project/blueprints/$blueprint/blueprintChart/" ''
	api_json POST "projects/$project/blenderModels/" "$body"
	[ "$(api_status)" = 202 ]
	run -0 --separate-stderr sandbox_wait "$(api_location)"
	[ "$(api GET "projects/$project/models/" | jq length)" = 3 ]
}

@test "a worker killed in the middle of a blend is followed by another" {
	project=$(table a)
	one=$(train "$project" "$trees") two=$(train "$project" "$majority")
	# Only the first fit from here on dies.
	sed -i '1s/a,y/a,fit-killonce,y/' "$SANDBOX_DIR/projects/$project/data.csv"
	api_json POST "projects/$project/blenderModels/" "{\"modelIds\":[\"$one\",\"$two\"],\"blenderMethod\":\"AVG\"}"
	run -0 --separate-stderr sandbox_wait "$(api_location)"
	[ -e "$SANDBOX_DIR/projects/$project/work/died" ]
	run -0 --separate-stderr api GET "projects/$project/blenderModels/"
	assert_json '.[0].count == 1'
}

@test "an autopilot whose service was killed before its blend goes on and makes it" {
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
	printf 'a,blueprints1,fit-slow,y\n1,2,3,0\n4,5,6,1\n' >slow.csv
	project=$(sandbox_upload slow.csv slow)
	api_json PATCH "projects/$project/aim/" '{"target":"y","mode":"comprehensive"}'
	for ((i = 0; i < 300; i++)); do
		[[ $(api GET "projects/$project/modelJobs/?status=inprogress" |
			jq 'map(select(.modelCategory == "blend")) | length') == 1 ]] && break
		sleep 0.05
	done
	((i < 300))
	kill -9 "$SANDBOX_PID"
	while sandbox_runs; do sleep 0.05; done
	sandbox_run --dir "$SANDBOX_DIR" --min-job-time 0 --worker "$BATS_TEST_DIRNAME/data/fake-worker"
	for ((i = 0; i < 300; i++)); do
		[[ $(api GET "projects/$project/status/" | jq .autopilotDone) == true ]] && break
		sleep 0.1
	done
	run -0 --separate-stderr api GET "projects/$project/blenderModels/"
	assert_json '.[0].count == 1'
	run -0 --separate-stderr api GET "projects/$project/recommendedModels/"
	assert_json '.[0] | length == 2'
	sandbox_stop
}
