bats_require_minimum_version 1.5.0

trees=0123456789abcdef0123456789abcdef
majority=fedcba9876543210fedcba9876543210

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
	cd "$BATS_TEST_TMPDIR" || return
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >table.csv
	DR_PROJECT=$(dr-project create table.csv | jq -r .id)
	export DR_PROJECT
	dr-project start --target y --mode manual >/dev/null
}

@test "each blueprint on stdin becomes a submitted trial" {
	dr-blueprints >blueprints.ndjson
	run -0 --separate-stderr dr-train <blueprints.ndjson
	[ "$stderr" = "" ]
	assert_json 'length == 2 and all(.state == "submitted" and .by == "dr-train" and .params == {}
		and .project == env.DR_PROJECT and .fidelity == {"sample_pct": 64}
		and (.trial | test("^[0-9a-f]{16}$")) and (.job | type == "string")
		and (.submitted_at | test("^[0-9T:.-]+Z$")))'
	assert_json 'map(.blueprint) == ["'$trees'", "'$majority'"] and (map(.trial) | unique | length == 2)'
}

@test "the project of a record is used where no other is given" {
	dr-blueprints | env -u DR_PROJECT dr-train >trials.ndjson
	run -0 jq -r .project trials.ndjson
	[ "${lines[0]}" = "$DR_PROJECT" ]
}

@test "options say the size, the columns and that validation is enough" {
	run -0 dr-train --blueprint "$trees" --sample-pct 32 --no-cv
	assert_json '.[0].fidelity == {"sample_pct": 32, "partition": "validation"}'
	list=$(curl -s -H "Authorization: Token $DATAROBOT_API_TOKEN" \
		"$DATAROBOT_ENDPOINT/projects/$DR_PROJECT/featurelists/" | jq -r '.[0].id')
	run -0 dr-train --blueprint "$trees" --featurelist "$list"
	assert_json '.[0].featurelist == "'"$list"'"'
}

@test "what was asked for before is the same trial with the same job" {
	first=$(dr-train -b "$trees" | jq -c '[.trial, .job, .state]')
	run -0 --separate-stderr dr-train -b "$trees"
	[ "$(jq -c '[.trial, .job, .state]' <<<"$output")" = "$first" ]
	[ "$stderr" = "" ]
}

@test "other sizes, parts and columns are other trials" {
	{
		dr-train -b "$trees"
		dr-train -b "$trees" --sample-pct 32
		dr-train -b "$trees" --sample-pct 32 --no-cv
		dr-train -b "$majority"
	} >trials.ndjson
	run -0 jq -s 'map(.trial) | unique | length' trials.ndjson
	[ "$output" = 4 ]
}

@test "a refused blueprint is a failed trial, the rest goes on, and the status is 1" {
	run -1 --separate-stderr dr-train -b nosuch -b "$trees"
	assert_json 'map(.state) == ["failed", "submitted"]
		and (.[0] | (.error | contains("nosuch")) and has("finished_at") and (has("job") | not))'
	[[ $stderr == "dr-train: blueprint nosuch: POST projects/$DR_PROJECT/models/: 422: "* ]]
}

@test "--retrain trains a model again on another share of the rows" {
	model=$(dr-train -b "$trees" | dr-collect | jq -r .tuned_model)
	run -0 --separate-stderr dr-train --retrain "$model" --sample-pct 32
	[ "$stderr" = "" ]
	model=$model assert_json 'length == 1 and (.[0] | .state == "submitted" and .by == "dr-train" and
		.params == {} and .model == env.model and .project == env.DR_PROJECT and
		(has("blueprint") | not) and .fidelity == {"sample_pct": 32} and has("job"))'
	first=$output
	run -0 --separate-stderr dr-collect <<<"$first"
	again=$(jq -r .tuned_model <<<"$output")
	run -0 dr-models "$again"
	model=$model assert_json '.[0] | .is_frozen and .parent_model_id == env.model and .sample_pct == 32'

	# Asked for again, it is the same job.
	run -0 --separate-stderr dr-train --retrain "$model" --sample-pct 32
	[ "$(jq -c '[.trial, .job]' <<<"$output")" = "$(jq -c '[.trial, .job]' <<<"$first")" ]
	run -0 --separate-stderr dr-train --retrain "$model" --sample-pct 16 -b "$majority"
	assert_json 'map([.model, .blueprint]) == [[null, "'$majority'"], ["'"$model"'", null]]'
}

@test "a sample with rows of the locked holdout is refused with status 4, until it is unlocked" {
	model=$(dr-train -b "$trees" | dr-collect | jq -r .tuned_model)
	why="100 % of the rows need the holdout of project $DR_PROJECT, which is locked: dr-project unlock-holdout opens it, for good"
	run -4 --separate-stderr dr-train --retrain "$model" --sample-pct 100
	[ "$output" = "" ]
	[ "$stderr" = "dr-train: $why" ]
	run -4 --separate-stderr dr-train -b "$trees" --sample-pct 100
	[ "$stderr" = "dr-train: $why" ]
	dr-project unlock-holdout >/dev/null
	run -0 --separate-stderr dr-train --retrain "$model" --sample-pct 100
	assert_json '.[0] | .state == "submitted" and .fidelity.sample_pct == 100'
}

@test "a model that is not there is a failed trial with the server's words" {
	run -1 --separate-stderr dr-train --retrain nosuch --sample-pct 32
	assert_json '.[0] | .state == "failed" and .model == "nosuch" and (.error | contains("there is no model"))'
	[[ $stderr == "dr-train: model nosuch: POST projects/$DR_PROJECT/frozenModels/: 404: "* ]]
}

@test "trial records pass through byte for byte" {
	echo '{"trial":"5e0c9b1f2a77d310","state":"proposed","params":{"a": 1.50}}' >in
	run -0 dr-train <in
	[ "$output" = "$(cat in)" ]
}

@test "other records and broken lines end it with the line's number" {
	{
		dr-blueprints "$trees"
		echo '{"parameter":"max_depth","id":"x"}'
	} >in
	run -3 --separate-stderr dr-train <in
	assert_json 'length == 1'
	[ "$stderr" = "dr-train: <stdin>:2: not a blueprint record" ]
	run -3 --separate-stderr dr-train <<<'{"id":'
	[[ $stderr == "dr-train: <stdin>:1: "*" at byte "* ]]
	run -3 --separate-stderr env -u DR_PROJECT dr-train <<<'{"id":"x"}'
	[ "$stderr" = "dr-train: <stdin>:1: 'project_id' is missing" ]
}

@test "--skip-bad reports what is no blueprint record and goes on, with status 1" {
	{
		echo '{"parameter":"max_depth","id":"x"}'
		echo 'not JSON'
		dr-blueprints "$trees"
	} >in
	run -1 --separate-stderr dr-train --skip-bad <in
	assert_json 'length == 1 and .[0].state == "submitted"'
	[ "${stderr_lines[0]}" = "dr-train: <stdin>:1: not a blueprint record" ]
	[[ ${stderr_lines[1]} == "dr-train: <stdin>:2: "*" at byte "* ]]
}

@test "an unknown project and a wrong token end it with status 4" {
	run -4 --separate-stderr dr-train --project nosuch -b "$trees"
	[ "$output" = "" ]
	[[ $stderr == "dr-train: GET projects/nosuch/: 404: "* ]]
	DATAROBOT_API_TOKEN=wrong-token run -4 --separate-stderr dr-train -b "$trees"
	[ "$output" = "" ]
}

@test "an operand, a size out of bounds, no project: status 2" {
	run -2 --separate-stderr dr-train "$trees"
	run -2 --separate-stderr dr-train -b "$trees" --sample-pct 101
	[[ $stderr == "dr-train: --sample-pct: '101' is not between "* ]]
	run -2 --separate-stderr dr-train --retrain x
	[ "${stderr_lines[0]}" = "dr-train: --retrain needs --sample-pct: it is the same model on other rows" ]
	run -2 --separate-stderr dr-train --retrain x --sample-pct 32 --no-cv
	run -2 --separate-stderr env -u DR_PROJECT dr-train -b "$trees"
	[ "${stderr_lines[0]}" = "dr-train: no project: give --project or set DR_PROJECT" ]
}
