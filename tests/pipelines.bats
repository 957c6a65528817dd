# The recipes against a real service: they tune, resume and stop cleanly.
bats_require_minimum_version 1.5.0

# A project on 600 packages with one boosted model: $DR_PROJECT, $MODEL.
setup_file() {
	load sandbox
	sandbox_start --min-job-time 0.2 --workers 2
	cd "$BATS_FILE_TMPDIR" || return
	"$BATS_TEST_DIRNAME/../pipelines/packages-table.sh" --frozen >all.csv
	head -n 601 all.csv >packages.csv
	DR_PROJECT=$(dr-project create packages.csv | jq -r .id)
	export DR_PROJECT
	dr-project start --target orphaned --mode manual --wait >/dev/null
	dr-blueprints | jq -c 'select(.model_type | test("Boosted"))' | head -n 1 |
		dr-train | dr-collect >trained.ndjson
	MODEL=$(jq -r .tuned_model trained.ndjson)
	export MODEL
	[ -n "$MODEL" ]
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	recipes=$(cd "$BATS_TEST_DIRNAME/../pipelines" && pwd)
	cd "$BATS_TEST_TMPDIR" || return
}


# The server takes a setting that it has trained before for the same job, whoever asks:
# each test has a random_state of its own, so that its models can be counted.

# alive SESSION: processes of it that still run (the dead may wait for their parent)
alive() { pgrep -r R,S,D,T -s "$1"; }

# finals LOG: ids of the trials that are final in the log, one a line
finals() { jq -r 'select(.state == "completed" or .state == "failed" or .state == "aborted") | .trial' "$1"; }

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

@test "grid.sh tries every point of a grid and writes the results" {
	run -0 --separate-stderr "$recipes/grid.sh" "$MODEL" grid.ndjson random_state=1 max_depth=2,3 \
		learning_rate=0.1,0.3 --folds
	assert_json 'length == 4 and all(.[]; .state == "completed" and (.score | type) == "number" and (.folds | length) == 5)'
	assert_json '[.[].params | [.max_depth, .learning_rate]] | unique | length == 4'
	[ "$(finals grid.ndjson | sort -u | wc -l)" = 4 ]
}

@test "grid.sh run again trains nothing and has lost nothing" {
	"$recipes/grid.sh" "$MODEL" grid.ndjson random_state=2 subsample=0.8,0.9 >first.ndjson
	before=$(dr-models | wc -l)
	run -0 --separate-stderr "$recipes/grid.sh" "$MODEL" grid.ndjson random_state=2 subsample=0.8,0.9
	[ "$output" = "" ]
	[ "$(dr-models | wc -l)" = "$before" ]
	[ "$(wc -l <first.ndjson)" = 2 ]
}

@test "bayes.sh spends its budget, all of it and no more" {
	before=$(dr-models | wc -l)
	run -0 --separate-stderr "$recipes/bayes.sh" "$MODEL" bayes.ndjson --trials 6 --parallel 3 \
		random_state=3 learning_rate=0.05..0.5:log max_depth=2..6 method=freq,resp
	[ "$output" = "" ]
	[ "$(finals bayes.ndjson | sort | uniq -c | awk '$1 == 1' | wc -l)" = 6 ]
	[ "$(dr-models | wc -l)" = $((before + 6)) ]
}

@test "bayes.sh killed with -9 in the middle and run again: nothing lost, nothing run twice" {
	before=$(dr-models | wc -l)
	args=("$MODEL" kill.ndjson --trials 8 --parallel 3 random_state=4 subsample=0.3..1.0 max_depth=2..8)
	setsid "$recipes/bayes.sh" "${args[@]}" 2>/dev/null 3>&- &
	session=$!
	wait_for 60 test -s kill.ndjson
	enough() { [ "$(finals kill.ndjson | wc -l)" -ge 2 ]; }
	wait_for 60 enough
	pkill -9 -s "$session"
	wait "$session" || true
	finals kill.ndjson | sort -u >finished-before
	[ "$(wc -l <finished-before)" -lt 8 ]

	run -0 --separate-stderr "$recipes/bayes.sh" "${args[@]}"
	finals kill.ndjson | sort -u >finished-after
	[ "$(wc -l <finished-after)" = 8 ]
	[ "$(comm -23 finished-before finished-after)" = "" ]
	# The server's count is the one that is paid for.
	[ "$(dr-models | wc -l)" = $((before + 8)) ]
}

@test "each filter of the loop killed with -9 in turn: the next run completes the budget" {
	before=$(dr-models | wc -l)
	args=("$MODEL" each.ndjson --trials 9 --parallel 2 random_state=5 colsample_bytree=0.3..1.0 \
		max_depth=2..8)
	done_trials=1
	for tool in bo-propose dr-submit dr-collect; do
		setsid "$recipes/bayes.sh" "${args[@]}" 2>/dev/null 3>&- &
		session=$!
		enough() { [ "$(finals each.ndjson | sort -u | wc -l)" -ge "$done_trials" ]; }
		wait_for 60 test -s each.ndjson
		wait_for 60 enough
		wait_for 60 pkill -9 -s "$session" -x "$tool" # it may not have started yet
		wait "$session" && return 1
		done_trials=$((done_trials + 2))
	done
	run -0 --separate-stderr "$recipes/bayes.sh" "${args[@]}"
	[ "$(finals each.ndjson | sort -u | wc -l)" = 9 ]
	[ "$(dr-models | wc -l)" = $((before + 9)) ]
}

@test "the status of a recipe is the gravest of its tools'" {
	# shellcheck source=pipelines/group.bash
	source "$recipes/group.bash"
	while read -r want all; do
		# shellcheck disable=SC2086 # words
		run "-$want" gravest $all
	done <<-'EOF'
		0 0 0 0
		1 0 0 1
		137 0 137 1
		137 141 137 0
		137 141 141 137
		4 141 4 0
		5 141 4 5
		1 8 0 1
		8 8 0 0
		7 7 0 0
		7 0 7 1
		141 141 0 0
	EOF
}

@test "a signal to the recipe ends all its filters, and says how to go on" {
	setsid "$recipes/bayes.sh" "$MODEL" stop.ndjson --trials 50 --parallel 2 \
		random_state=6 reg_lambda=0.1..10:log max_depth=2..8 2>stop.err 3>&- &
	session=$!
	wait_for 60 test -s stop.ndjson
	kill -TERM "$session"
	status=0
	wait "$session" || status=$?
	[ "$status" = 143 ]
	[ "$(alive "$session")" = "" ]
	[ "$(tail -n 1 stop.err)" = "bayes.sh: stopped; its jobs go on running; run the same command again to go on" ]
}

@test "a recipe without its arguments says how it is used" {
	for recipe in grid.sh bayes.sh; do
		run -2 --separate-stderr "$recipes/$recipe" "$MODEL"
		[ "$output" = "" ]
		[[ ${stderr_lines[0]} == "usage: $recipe MODEL LOG "* ]]
	done
	DR_PROJECT='' run -2 --separate-stderr "$recipes/grid.sh" "$MODEL" log a=1
}

@test "a log that cannot be written is an error before anything is proposed" {
	run -6 --separate-stderr "$recipes/bayes.sh" "$MODEL" no/such/folder/log max_depth=2..4
	[ "$output" = "" ]
	[[ $stderr == *"no/such/folder/log: No such file or directory"* ]]
	run -6 --separate-stderr "$recipes/grid.sh" "$MODEL" no/such/folder/log max_depth=2,4
	[ "$output" = "" ]
	[[ $stderr == *"no/such/folder/log: No such file or directory"* ]]
}

@test "an unknown parameter ends the recipe with status 3 and its name" {
	run -3 --separate-stderr "$recipes/grid.sh" "$MODEL" unknown.ndjson no_such_parameter=1,2
	[ "$output" = "" ]
	[[ $stderr == *no_such_parameter* ]]
}
