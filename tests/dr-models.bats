bats_require_minimum_version 1.5.0

trees=0123456789abcdef0123456789abcdef

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >"$BATS_FILE_TMPDIR/table.csv"
	DR_PROJECT=$(dr-project create "$BATS_FILE_TMPDIR/table.csv" | jq -r .id)
	export DR_PROJECT
	dr-project start --target y --mode manual >/dev/null
	# Of three models one has no cross validation.
	{
		dr-train -b fedcba9876543210fedcba9876543210
		dr-train -b "$trees"
		dr-train -b "$trees" --sample-pct 32 --no-cv
	} | dr-collect >"$BATS_FILE_TMPDIR/trials.ndjson"
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the best by the project's metric on cross validation comes first, what has no score last" {
	run -0 --separate-stderr dr-models
	[ "$stderr" = "" ]
	assert_json 'length == 3 and all(.metric == "LogLoss" and .partition == "crossValidation" and .minimize)'
	assert_json 'map(.model_type) == ["Gradient Boosted Trees", "Majority Class Classifier", "Gradient Boosted Trees"]'
	assert_json '.[0].score < .[1].score and .[2].score == null'
	assert_json 'all(.score == .metrics.LogLoss.crossValidation)'
}

@test "a metric where more is better turns the order" {
	run -0 dr-models --metric AUC --partition validation
	assert_json 'all(.metric == "AUC" and (.minimize | not)) and (map(.score) | . == (sort | reverse))'
	assert_json 'all(.score == .metrics.AUC.validation)'
}

@test "--limit writes the best only" {
	run -0 dr-models --limit 1
	assert_json 'length == 1 and .[0].model_type == "Gradient Boosted Trees" and .[0].sample_pct == 64'
}

@test "keys are in snake_case, names of metrics and partitions as the server has them" {
	run -0 dr-models --limit 1
	assert_json '.[0] | has("blueprint_id") and has("featurelist_name") and has("training_row_count")
		and (.metrics.LogLoss | has("crossValidation"))'
}

@test "models that are named are ranked alone" {
	mapfile -t ids < <(dr-models | jq -r .id)
	run -0 dr-models "${ids[1]}" --model "${ids[0]}"
	[ "$(jq -r .id <<<"$output" | paste -sd' ')" = "${ids[0]} ${ids[1]}" ]
	run -4 --separate-stderr dr-models --model nosuch
	[ "$output" = "" ]
	[[ $stderr == "dr-models: GET projects/$DR_PROJECT/models/nosuch/: 404: "* ]]
}

@test "the holdout is refused while it is locked, and ranked by once it is open" {
	id=$(dr-project create "$BATS_FILE_TMPDIR/table.csv" | jq -r .id)
	dr-project start "$id" --target y --mode manual >/dev/null
	dr-train --project "$id" -b "$trees" | dr-collect >/dev/null
	run -4 --separate-stderr dr-models --project "$id" --partition holdout
	[[ $stderr == "dr-models: the holdout of project $id is locked: "* ]]
	dr-project unlock-holdout "$id" >/dev/null
	run -0 dr-models --project "$id" --partition holdout
	assert_json '.[0] | .partition == "holdout" and (.score | type == "number")'
}

@test "a project without a target, an unknown one, an unknown metric" {
	id=$(dr-project create "$BATS_FILE_TMPDIR/table.csv" | jq -r .id)
	run -3 --separate-stderr dr-models --project "$id"
	[ "$stderr" = "dr-models: project $id has no target yet" ]
	run -4 --separate-stderr dr-models --project nosuch
	[[ $stderr == "dr-models: GET projects/nosuch/: 404: "* ]]
	run -3 --separate-stderr dr-models --metric Beauty
	[ "$stderr" = "dr-models: project $DR_PROJECT has no metric 'Beauty'" ]
}

@test "a partition that is none, a limit of nothing, no project: status 2" {
	run -2 --separate-stderr dr-models --partition cv
	[[ $stderr == "dr-models: --partition: 'cv' is not validation, "* ]]
	run -2 --separate-stderr dr-models --limit 0
	run -2 --separate-stderr env -u DR_PROJECT dr-models
	[ "${stderr_lines[0]}" = "dr-models: no project: give --project or set DR_PROJECT" ]
}
