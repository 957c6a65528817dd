# halving.sh against a real service: cheap first, dear later.
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	load model
	model_start --workers 2
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	recipe=$(cd "$BATS_TEST_DIRNAME/../pipelines" && pwd)/halving.sh
	cd "$BATS_TEST_TMPDIR" || return
}

# The last record of each trial of a log, as $output.
last() { output=$(jq -s -c 'group_by(.trial) | map(last)[]' "$1"); }

@test "many settings on few rows, the best on more, and the last one cross validated" {
	run -0 --separate-stderr "$recipe" "$MODEL" log max_depth=2..6 learning_rate=0.05..0.5:log \
		random_state=101 --settings 9
	[ "$output" = "" ]
	last log
	assert_json 'length == 13 and all(.state == "completed" and .by == "halve") and
		(map(.fidelity.sample_pct) | group_by(.) | map([.[0], length])) == [[16, 9], [32, 3], [64, 1]]'
	# What is cheap is not cross validated, and is the model's blueprint on fewer rows.
	assert_json 'all((.partition == "crossValidation") == (.fidelity.sample_pct == 64) and
		(.metrics.LogLoss.crossValidation != null) == (.fidelity.sample_pct == 64))'
	[ "$(jq -s 'group_by(.model) | length' log)" = 3 ]
	[ "$(jq -r 'select(.fidelity.sample_pct == 64).model' log | sort -u)" = "$MODEL" ]
	output=$(<log.bases)
	assert_json 'map(select(.state == "completed").fidelity) | sort_by(.sample_pct) ==
		[{"sample_pct": 16, "partition": "validation"}, {"sample_pct": 32, "partition": "validation"}]'
	# The three on 32 percent are the best three of the nine.
	last log
	assert_json '(map(select(.fidelity.sample_pct == 16)) | sort_by(.score)[:3] | map(.params) | sort) ==
		(map(select(.fidelity.sample_pct == 32).params) | sort)'

	# Again: nothing is trained. With --more the search goes on, knowing all of them.
	before=$(dr-models | wc -l)
	cp log first
	run -0 --separate-stderr "$recipe" "$MODEL" log max_depth=2..6 learning_rate=0.05..0.5:log \
		random_state=101 --settings 9
	diff log first
	run -0 --separate-stderr "$recipe" "$MODEL" log max_depth=2..6 learning_rate=0.05..0.5:log \
		random_state=101 --settings 9 --more 2
	[ "$(dr-models | wc -l)" = $((before + 2)) ]
	last log
	assert_json 'map(select(.by == "bo-propose")) | length == 2 and all(.state == "completed" and
		.fidelity == {"sample_pct": 64} and .source != "start" and .partition == "crossValidation")'
}

@test "killed in the middle and run again, with --async: nothing lost, nothing run twice" {
	args=("$MODEL" log max_depth=2..6 subsample=0.5..1.0 random_state=102 --settings 6 --async
		--sizes "20,64" --parallel 3)
	before=$(dr-models | wc -l)
	setsid "$recipe" "${args[@]}" 2>/dev/null 3>&- &
	session=$!
	for ((i = 0; i < 600; i++)); do
		[ "$(jq -s 'map(select(.state == "completed")) | length' log 2>/dev/null || echo 0)" -lt 2 ] || break
		sleep 0.1
	done
	pkill -9 -s "$session"
	wait "$session" || true
	run -0 --separate-stderr "$recipe" "${args[@]}"
	last log
	assert_json 'all(.state == "completed") and (map(select(.fidelity.sample_pct == 20)) | length) == 6 and
		(map(select(.fidelity.sample_pct == 64)) | length) >= 2'
	[ "$(dr-models | wc -l)" = $((before + 1 + $(jq -s 'group_by(.trial) | length' log))) ]
}

@test "a recipe without its arguments says how it is used; a size that is none is refused" {
	run -2 --separate-stderr "$recipe" "$MODEL" log
	[[ ${stderr_lines[0]} == "usage: halving.sh MODEL LOG "* ]]
	for bad in '--settings 0' '--more x' '--sizes a' '--nothing' '--keep'; do
		read -ra words <<<"$bad"
		run -2 --separate-stderr "$recipe" "$MODEL" log max_depth=2,3 "${words[@]}"
		[ "$output" = "" ]
	done
	run -4 --separate-stderr "$recipe" "$MODEL" log max_depth=2,3 --sizes 90
	[[ ${stderr_lines[0]} == *"90 % of the rows need the holdout of project $DR_PROJECT, which is locked"* ]]
	run -4 --separate-stderr "$recipe" 0123456789abcdef01234567 log max_depth=2,3
	run -3 --separate-stderr "$recipe" "$MODEL" log max_dept=2,3 --sizes 25
	[[ $stderr == *max_dept* ]]
}
