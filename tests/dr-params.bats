bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >"$BATS_FILE_TMPDIR/table.csv"
	DR_PROJECT=$(dr-project create "$BATS_FILE_TMPDIR/table.csv" | jq -r .id)
	export DR_PROJECT
	dr-project start --target y --mode manual >/dev/null
	MODEL=$(dr-train -b 0123456789abcdef0123456789abcdef | dr-collect | jq -r .tuned_model)
	export MODEL
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
}

@test "each parameter of each task is a record" {
	run -0 --separate-stderr dr-params --model "$MODEL"
	[ "$stderr" = "" ]
	assert_json 'length == 8 and all(.model == env.MODEL and has("task") and has("id"))'
	assert_json '.[1] == {"parameter": "learning_rate", "task": "Gradient Boosted Trees", "id": .[1].id,
		"model": env.MODEL, "types": ["float"], "min": 0.0005, "max": 1, "log": true, "grid": true,
		"default": 0.05, "current": 0.05}'
	assert_json '.[3] | .types == ["select"] and .values == ["auto", "exact", "hist"] and has("min") == false'
}

@test "a word or a number is one record with both types" {
	run -0 dr-params "$MODEL"
	assert_json 'map(select(.parameter == "card_max")) == [{"parameter": "card_max",
		"task": "Missing Values Imputed", "id": .[7].id, "model": env.MODEL, "types": ["select", "int"],
		"min": 1, "max": 99999, "log": true, "grid": true, "values": ["None"], "default": "None",
		"current": "None"}]'
}

@test "what was searched over is a list, what is in use one value" {
	run -0 dr-params "$MODEL"
	assert_json '.[0] | .parameter == "max_depth" and .current == [3, 5, 7] and .default == 3'
}

@test "model records on stdin are read where no model is named" {
	want=$(dr-params "$MODEL")
	run -0 --separate-stderr bash -c 'dr-models --limit 1 | env -u DR_PROJECT dr-params'
	[ "$stderr" = "" ]
	[ "$output" = "$want" ]
	run -3 --separate-stderr dr-params <<<'{"id":"x"}'
	[ "$stderr" = "dr-params: <stdin>:1: not a model record" ]
	run -3 --separate-stderr env -u DR_PROJECT dr-params <<<'{"id":"x","blueprint_id":"y"}'
	[ "$stderr" = "dr-params: <stdin>:1: 'project_id' is missing" ]
}

@test "--skip-bad reports what is no model record and goes on, with status 1" {
	{
		echo 'not JSON'
		echo '{"id":"x"}'
		dr-models --limit 1
	} >in
	run -1 --separate-stderr dr-params --skip-bad <in
	assert_json 'length == 8'
	[ "${#stderr_lines[@]}" = 2 ]
	[ "${stderr_lines[1]}" = "dr-params: <stdin>:2: not a model record" ]
}

@test "a blend, which has no parameters, is refused with a word on what to do" {
	load sandbox
	other=$(dr-train -b fedcba9876543210fedcba9876543210 | dr-collect | jq -r .tuned_model)
	api_json POST "projects/$DR_PROJECT/blenderModels/" "{\"modelIds\":[\"$MODEL\",\"$other\"],\"blenderMethod\":\"AVG\"}"
	sandbox_wait "$(api_location)"
	run -0 dr-models --limit 1
	assert_json '.[0] | .model_type == "AVG Blender" and .model_category == "blend"'
	run -4 --separate-stderr dr-params "$(jq -r .id <<<"$output")"
	[ "$output" = "" ]
	[[ $stderr == "dr-params: GET "*"422: a blend has no parameters to tune; tune its models" ]]
}

@test "the records are a search space" {
	dr-params "$MODEL" >space.ndjson
	run -0 --separate-stderr bash -c 'gridgen --space - max_depth=4,6 tree_method=hist,exact <space.ndjson'
	assert_json 'length == 4 and all(.model == env.MODEL)'
}

@test "an unknown model, and one without parameters" {
	run -4 --separate-stderr dr-params --model nosuch
	[ "$output" = "" ]
	[[ $stderr == "dr-params: GET projects/$DR_PROJECT/models/nosuch/advancedTuning/parameters/: 404: "* ]]
	majority=$(dr-train -b fedcba9876543210fedcba9876543210 | dr-collect | jq -r .tuned_model)
	run -4 --separate-stderr dr-params "$majority"
	[[ $stderr == *": 422: "* ]]
}

@test "no project: status 2" {
	run -2 --separate-stderr env -u DR_PROJECT dr-params "$MODEL"
	[ "${stderr_lines[0]}" = "dr-params: no project: give --project or set DR_PROJECT" ]
}

@test "a closed output or input is an error, and is no place for a connection" {
	run -6 --separate-stderr bash -c 'dr-params "$MODEL" >&-'
	[ "$stderr" = "dr-params: write: Bad file descriptor" ]
	run -6 --separate-stderr timeout 20 bash -c 'dr-params <&-'
	[ "$stderr" = "dr-params: <stdin>: read: Bad file descriptor" ]
	run -0 bash -c 'dr-params "$MODEL" 2>&-'
	assert_json 'length == 8'
}

@test "a full disk is an error" {
	run -6 --separate-stderr bash -c 'dr-params "$MODEL" >/dev/full'
	[[ $stderr == "dr-params: write: "* ]]
}

# tune GRID...: models like $MODEL, their ids in the order of the grid
tune() {
	dr-params --model "$MODEL" | gridgen "$@" | dr-submit --model "$MODEL" | dr-collect
}

@test "--tuned --like shows the model first, then the best, with what differs alone" {
	tune max_depth=3,5 learning_rate=0.1 >/dev/null
	run -0 --separate-stderr dr-params --tuned --like "$MODEL"
	[ "$stderr" = "" ]
	assert_json 'length == 3 and .[0].id == env.MODEL and .[1].score <= .[2].score'
	assert_json 'map(.params | keys_unsorted) | all(. == ["max_depth", "learning_rate"])'
	assert_json '.[0].params == {"max_depth": 3, "learning_rate": 0.05} and
		(map(.params.max_depth) | sort) == [3, 3, 5]'
	assert_json 'all(.partition == "crossValidation" and has("model_type"))'
	for id in $(jq -r .id <<<"$output"); do
		[ "$(jq -c --arg id "$id" 'select(.id == $id).params.learning_rate' <<<"$output")" = \
			"$(dr-params "$id" | jq 'select(.parameter == "learning_rate").default')" ]
	done
}

@test "--like lists the parameters of all of them, the model's own first" {
	tune max_depth=3,5 learning_rate=0.1 >/dev/null
	run -0 --separate-stderr dr-params --like "$MODEL"
	assert_json 'length == 24 and ([.[].model] | unique | length) == 3 and .[0].model == env.MODEL'
	[ "$(head -n 8 <<<"$output")" = "$(dr-params "$MODEL")" ]
}

@test "--tuned of named models, or of records, keeps their order and their fields" {
	other=$(tune max_depth=5 learning_rate=0.1 | jq -r .tuned_model)
	run -0 dr-params --tuned "$other" "$MODEL"
	[ "$(jq -r .id <<<"$output" | paste -sd' ')" = "$other $MODEL" ]
	jq -nc --arg a "$other" --arg b "$MODEL" '($a, $b) |
		{id: ., project_id: env.DR_PROJECT, blueprint_id: "x", mine: 1}' >records
	run -0 env -u DR_PROJECT dr-params --tuned <records
	assert_json 'length == 2 and all(.mine == 1) and .[0].params.max_depth == 5 and .[1].params.max_depth == 3'
	run -0 dr-params --tuned --model "$MODEL"
	assert_json '.[0].params == {}'
}

@test "--tuned and --like refuse what cannot be" {
	run -2 --separate-stderr dr-params --like "$MODEL" "$MODEL"
	[ "${stderr_lines[0]}" = "dr-params: --like finds the models: name no others" ]
	run -2 --separate-stderr dr-params --like "$MODEL" --partition test
	[[ ${stderr_lines[0]} == "dr-params: --partition: 'test' is not "* ]]
	run -2 --separate-stderr env -u DR_PROJECT dr-params --like "$MODEL"
	[[ ${stderr_lines[0]} == "dr-params: no project: "* ]]
	run -4 --separate-stderr dr-params --tuned --like 0123
	[[ $stderr == "dr-params: "*"models/0123/: 404: "* ]]
	run -4 --separate-stderr dr-params --tuned --like "$MODEL" --partition holdout
	[[ $stderr == *"the holdout of project $DR_PROJECT is locked: dr-project unlock-holdout"* ]]
	run -3 --separate-stderr dr-params --tuned <<<'{"id":"x"}'
	[ "$stderr" = "dr-params: <stdin>:1: not a model record" ]
}

@test "models that are deleted meanwhile are passed over with a warning" {
	other=$(tune max_depth=5 learning_rate=0.2 | jq -r .tuned_model)
	dr-models --model "$MODEL" --model "$other" >records
	load sandbox
	api DELETE "projects/$DR_PROJECT/models/$other/"
	run -0 --separate-stderr dr-params --tuned <records
	assert_json 'length == 1 and .[0].id == env.MODEL and .[0].params == {}'
	[ "$stderr" = "dr-params: warning: model $other is not there any more" ]
}
