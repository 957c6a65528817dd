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
	load sandbox
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

@test "that no model has a score on the partition is told" {
	id=$(dr-project create "$BATS_FILE_TMPDIR/table.csv" | jq -r .id)
	dr-project start "$id" --target y --mode manual >/dev/null
	run -0 --separate-stderr dr-models --project "$id"
	[ "$output$stderr" = "" ]
	dr-train --project "$id" -b "$trees" --no-cv | dr-collect --partition validation >/dev/null
	run -0 --separate-stderr dr-models --project "$id"
	[ "$stderr" = "dr-models: warning: no model has a score of LogLoss for crossValidation" ]
	assert_json 'length == 1 and .[0].score == null'
	run -0 --separate-stderr dr-models --project "$id" --partition validation
	[ "$stderr" = "" ]
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

@test "--like finds the model and what differs from it by its parameters" {
	base=$(dr-models --limit 1 | jq -r .id)
	gridgen learning_rate=0.02,0.3 | dr-submit --model "$base" | dr-collect >tuned
	alike=$(jq -r .tuned_model tuned | cat - <(echo "$base") | sort)
	run -0 --separate-stderr dr-models --like "$base"
	[ "$stderr" = "" ]
	[ "$(jq -r .id <<<"$output" | sort)" = "$alike" ]
	assert_json 'map(.score) | . == sort'
	# It is the same from each of them.
	want=$output
	run -0 dr-models --like "$(head -n 1 tuned | jq -r .tuned_model)"
	[ "$output" = "$want" ]
	run -0 dr-models --like "$base" --limit 1 --partition validation
	assert_json 'length == 1 and .[0].partition == "validation"'
	jq -r .tuned_model tuned | while read -r id; do api DELETE "projects/$DR_PROJECT/models/$id/"; done
	run -0 dr-models --like "$base"
	assert_json 'length == 1'
}

@test "names are alike without their brackets, processes are a set, and the rest is the same" {
	load faults
	model() { printf '{"id":"%s","modelType":"%s","samplePct":%s,"featurelistId":"%s","processes":%s,"metrics":{"LogLoss":{"crossValidation":0.5}}}' "$@"; }
	faults_start "1 1 GET /models/.*orderBy answer 200 [$(model other 'Trees (depth 3) fast' 64 F '["A (a)","B"]'),$(
		model A 'Trees fast (a (b) c)' 64 F '["B (x)","A","B"]'),$(
		model B ' Trees  fast (a) (b)' 64.0 F '["B","A"]'),$(
		model no1 'Trees' 64 F '["A","B"]'),$(
		model no2 'Trees fast' 32 F '["A","B"]'),$(
		model no3 'Trees fast' 64 G '["A","B"]'),$(
		model no4 'Trees fast' 64 F '["A"]'),$(
		model no5 'Trees fast' 64 F '["A","B","C"]'),$(
		model no6 'Trees )fast(' 64 F '["A","B"]'),$(
		model me 'Trees (x)fast' 64 F '["A","B"]')]" \
		"0 0 GET /models/me/ answer 200 $(model me 'Trees (x) fast' 64 F '["A","B (y)"]')" \
		"0 0 GET /models/.*orderBy answer 200 [$(model other Trees 64 F '[]')]"
	run -0 dr-models --like me
	[ "$(jq -r .id <<<"$output" | paste -sd' ')" = "me" ]
	run -0 --separate-stderr dr-models --like me
	faults_stop
	[ "$stderr" = "" ]
	[ "$(jq -r .id <<<"$output" | paste -sd' ')" = "me other A B" ]
}

@test "--like of an unknown model, and together with models: refused" {
	run -4 --separate-stderr dr-models --like nosuch
	[ "$output" = "" ]
	[[ $stderr == "dr-models: GET projects/$DR_PROJECT/models/nosuch/: 404: "* ]]
	run -2 --separate-stderr dr-models --like x y
	[ "${stderr_lines[0]}" = "dr-models: --like finds the models: name no others" ]
}

@test "--summary counts what was trained and what there is to train" {
	run -0 --separate-stderr dr-models --summary
	[ "$stderr" = "" ]
	assert_json 'length == 1 and (.[0] | .project == env.DR_PROJECT and .target == "y" and
		.target_type == "Binary" and .metric == "LogLoss")'
	models=$(dr-models | jq -sc '[length, (map(.blueprint_id) | unique | length), (map(.featurelist_id) | unique | length)]')
	blueprints=$(dr-blueprints | jq -sc '[length, (map(.processes | length) | add)]')
	[ "$(jq -c '[.models, .blueprints_trained, .featurelists]' <<<"$output")" = "$models" ]
	[ "$(jq -c '[.blueprints, .preprocessing_steps]' <<<"$output")" = "$blueprints" ]
}

@test "--summary of a project without models, without a target; with other choices" {
	id=$(dr-project create "$BATS_FILE_TMPDIR/table.csv" | jq -r .id)
	run -3 --separate-stderr dr-models --project "$id" --summary
	[ "$stderr" = "dr-models: project $id has no target yet" ]
	dr-project start "$id" --target y --mode manual >/dev/null
	run -0 dr-models --project "$id" --summary
	assert_json '.[0] | .models == 0 and .blueprints_trained == 0 and .featurelists == 0 and .blueprints == 2'
	run -2 --separate-stderr dr-models --summary --limit 3
	[ "${stderr_lines[0]}" = "dr-models: --summary is of the whole project and takes no other choice" ]
}

@test "--recommended is the model that the service recommends" {
	load faults
	model='{"id":"best","modelType":"T","samplePct":80,"parentModelId":"parent","metrics":{"LogLoss":{"crossValidation":0.3}}}'
	recommended='GET /recommendedModels/recommendedModel/'
	faults_start "0 1 $recommended answer 200 {\"projectId\":\"p\",\"modelId\":\"best\"}" \
		"0 1 GET /models/best/ answer 200 $model" \
		"0 1 $recommended answer 200 {\"projectId\":\"p\"}"
	run -0 --separate-stderr dr-models --recommended
	[ "$stderr" = "" ]
	assert_json 'length == 1 and .[0].id == "best" and .[0].parent_model_id == "parent" and .[0].score == 0.3'
	run -4 --separate-stderr dr-models --recommended
	[ "$output" = "" ]
	[ "$stderr" = "dr-models: project $DR_PROJECT: the service names no recommended model" ]
	faults_stop
	# Without an Autopilot there is none.
	run -4 --separate-stderr dr-models --recommended
	[[ $stderr == "dr-models: GET projects/$DR_PROJECT/recommendedModels/recommendedModel/: 404: "* ]]
	run -2 --separate-stderr dr-models --recommended --like x
	[ "${stderr_lines[0]}" = "dr-models: --recommended is one model: name no others" ]
	run -2 --separate-stderr dr-models --recommended --summary
}
