# Budgets: trials, time, failures and cost are limits over the log, whatever the parallelism.
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	load model
	export RULES=$BATS_FILE_TMPDIR/rules
	: >"$RULES"
	# Every job takes as long as the file `slow` says; made ready without it.
	cat >"$BATS_FILE_TMPDIR/worker" <<-EOF
		#!/bin/bash
		[[ ! -e $BATS_FILE_TMPDIR/slow ]] || sleep "\$(<$BATS_FILE_TMPDIR/slow)"
		exec $(command -v dr-worker) "\$@"
	EOF
	chmod +x "$BATS_FILE_TMPDIR/worker"
	model_start --min-job-time 0 --workers 4 --worker "$BATS_FILE_TMPDIR/worker" --chaos "@$RULES"
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	load model
	cd "$BATS_TEST_TMPDIR" || return
	slow 0
	recipes=$(cd "$BATS_TEST_DIRNAME/../pipelines" && pwd)
}

teardown() {
	chaos ''
	# What a test has left in the queue would hold the others up.
	for job in $(api GET "projects/$DR_PROJECT/modelJobs/" | jq -r '.[].id'); do
		api DELETE "projects/$DR_PROJECT/modelJobs/$job/" >"$BATS_TEST_TMPDIR/answer"
	done
}

chaos() {
	printf '%s\n' "$1" >"$RULES.new"
	mv "$RULES.new" "$RULES"
}
slow() { echo "$1" >"$BATS_FILE_TMPDIR/slow"; }
trials() { for i; do trial "$i" "{\"learning_rate\":0.$((BATS_TEST_NUMBER + 100))$((100 + i))1}"; done; }
states() { jq -rs 'group_by(.trial) | map(last.state) | group_by(.) | map("\(length) \(.[0])") | join(", ")' "$1"; }
models() { dr-models | wc -l; }

@test "--trials: exactly so many are submitted, whatever the parallelism, and the others are passed on" {
	for parallel in 1 4 8; do
		trials "$parallel"{0..19} >in
		before=$(models)
		run -7 --separate-stderr dr-submit --model "$MODEL" --parallel "$parallel" --trials 7 <in
		[ "$stderr" = "dr-submit: limit reached: 7 trials submitted (--trials 7); run again with a higher one to go on" ]
		assert_json 'length == 20 and (map(.state) | group_by(.) | map([.[0], length])) ==
			[["proposed", 13], ["submitted", 7]]'
		assert_json '(map(.trial) | unique | length) == 20'
		grep submitted <<<"$output" | dr-collect >out
		[ "$(models)" = $((before + 7)) ]
	done
}

@test "--trials counts the trials of the log, earlier runs included, and not those refused" {
	trials 1 2 3 >in
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log --trials 3 <in
	trials {1..9} >in
	run -7 --separate-stderr dr-submit --model "$MODEL" --log log --trials 5 <in
	[ "$(states log)" = "5 submitted" ]
	run -7 --separate-stderr dr-submit --model "$MODEL" --log log --trials 5 <in
	[[ $stderr == "dr-submit: limit reached: 5 trials submitted (--trials 5);"* ]]
	[ "$(states log)" = "5 submitted" ]
	assert_json 'map(.state) == ["submitted", "submitted", "submitted", "submitted", "submitted",
		"proposed", "proposed", "proposed", "proposed"]'
	# The limit is reached, and nobody wants more.
	head -n 5 in >five
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log --trials 5 <five
	# One that the server refuses frees its place.
	trial 77 '{"max_depth":3.5}' | cat - in >rest
	run -7 --separate-stderr dr-submit --model "$MODEL" --log log --trials 7 --skip-bad --parallel 8 <rest
	[ "$(states log)" = "1 failed, 7 submitted" ]
}

@test "--trials is exact where answers are lost" {
	chaos 'reset-after=0.5:POST tuning'
	trials {1..15} >in
	before=$(models)
	run -7 --separate-stderr dr-submit --model "$MODEL" --log log --parallel 8 --trials 6 <in
	chaos ''
	[ "$(states log)" = "6 submitted" ]
	dr-collect --log log <<<"$output" >out
	[ "$(models)" = $((before + 6)) ]
}

@test "a limit in the bayes loop: everything ends, with status 7, and the next run goes on" {
	before=$(models)
	mkfifo loop
	# shellcheck disable=SC2094 # one FIFO, read and written: that is the loop
	run -7 --separate-stderr bash -o pipefail -c '
		bo-propose --follow --parallel 4 --trials 12 --log log --space "$MODEL_PARAMS" "$@" <loop |
			dr-submit --log log --model "$MODEL" --trials 5 |
			dr-collect --log log >loop' - "random_state=$BATS_TEST_NUMBER" max_depth=2..8 subsample=0.5..1.0
	[ "$(states log)" = "5 completed" ]
	[[ $stderr == *"dr-submit: limit reached: 5 trials submitted (--trials 5);"* ]]
	[[ $stderr == *"bo-propose: 5 of 12 trials done, what else was proposed came back; run the same command again to go on"* ]]
	[ "$(models)" = $((before + 5)) ]
}
