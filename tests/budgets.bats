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
wait_for() {
	for ((i = 0; i < 600; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}
has_lines() { [ "$(wc -l <"$2")" -ge "$1" ]; }
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

@test "--max-failures counts the failures of the log, also those that dr-collect appends meanwhile" {
	chaos 'job-fail=#2,job-fail=#3'
	mkfifo in
	dr-submit --model "$MODEL" --log log --max-failures 2 <in 2>err >sent 3>&- &
	pid=$!
	exec 5>in
	trials 1 2 3 >&5
	wait_for has_lines 3 sent
	run -1 --separate-stderr dr-collect --log log <sent
	[ "$(states log)" = "1 completed, 2 failed" ]
	trials 4 5 >&5
	exec 5>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 7 ]
	[ "$(<err)" = "dr-submit: limit reached: 2 trials failed (--max-failures 2); run again with a higher one to go on" ]
	[ "$(jq -rs 'map(.state) | join(" ")' sent)" = "submitted submitted submitted proposed proposed" ]
}

@test "--cost-limit: what the trials have taken so far, the open ones included, is below it before each request" {
	slow 1
	mkfifo in
	# 3.6 an hour: a thousandth a second.
	dr-submit --model "$MODEL" --log log --cost-limit 0.0015 --cost-per-hour 3.6 <in 2>err >sent 3>&- &
	pid=$!
	exec 5>in
	trials 1 >&5
	wait_for has_lines 1 sent
	sleep 1.6
	trials 2 3 >&5
	exec 5>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 7 ]
	[[ $(<err) =~ ^"dr-submit: limit reached: cost 0.001"[5-9][0-9]*" of 0.0015 (--cost-limit), 0.001"[5-9][0-9]*" of it for 1 open trial until now; run again with a higher one to go on"$ ]]
	[ "$(states log)" = "1 submitted" ]
	dr-collect --log log <sent >out
	# The same command once more: the finished trial alone has cost more than that, or less.
	cost=$(jq -s 'map(select(.seconds).seconds)[0] * 3.6 / 3600' log)
	over=$(jq -n "if $cost >= 0.0015 then 7 else 0 end")
	trials 2 >in.2
	run "-$over" --separate-stderr dr-submit --model "$MODEL" --log log --cost-limit 0.0015 \
		--cost-per-hour 3.6 <in.2
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log --cost-limit 1 --cost-per-hour 3.6 <in.2
	assert_json '.[0].state == "submitted"'
}

@test "the account of cost does not depend on the parallelism, and is exact" {
	for parallel in 1 4 8; do
		rm -f log
		for i in 1 2 3; do
			printf '{"trial":"%016x","state":"completed","params":{},"job":"%d","seconds":1200.1}\n' "$i" "$i" >>log
		done
		trials "$parallel"{1..9} >in
		# 3600.3 s at 0.1 are 0.100008 and a third of a millionth.
		run -7 --separate-stderr dr-submit --model "$MODEL" --log log --parallel "$parallel" \
			--cost-limit 0.100008 --cost-per-hour 0.1 <in
		[ "$stderr" = "dr-submit: limit reached: cost 0.100008 of 0.100008 (--cost-limit); run again with a higher one to go on" ]
		[ "$(grep -c submitted log)" = 0 ]
		head -n 2 in >two
		run -0 --separate-stderr dr-submit --model "$MODEL" --log log --parallel "$parallel" \
			--cost-limit 0.2 --cost-per-hour 0.1 <two
	done
}

@test "--time-limit and --deadline: nothing is sent later, nor waited for" {
	trials 1 2 >in
	run -7 --separate-stderr dr-submit --model "$MODEL" --time-limit 0 <in
	[ "$stderr" = "dr-submit: limit reached: --time-limit of 0 s has passed; run the same command again to go on" ]
	[ "$output" = "$(<in)" ]
	run -7 --separate-stderr dr-submit --model "$MODEL" --deadline 2026-01-01T00:00:00Z <in
	[ "$stderr" = "dr-submit: limit reached: it is past --deadline 2026-01-01T00:00:00Z; run again with a later one to go on" ]
	[ "$output" = "$(<in)" ]
	# A full queue is waited for no longer.
	chaos 'queue-full=1:POST tuning'
	began=$SECONDS
	run -7 --separate-stderr dr-submit --model "$MODEL" --time-limit 1 <in
	chaos ''
	[ $((SECONDS - began)) -lt 5 ]
	[ "$(jq -r .state <<<"$output" | tr '\n' ' ')" = "proposed proposed " ]
	run -2 dr-submit --deadline tomorrow </dev/null
	[ "${lines[0]}" = "dr-submit: --deadline: 'tomorrow' is not a moment such as 08:00, 2026-11-25T08:00:00 or 2026-11-25T08:00:00+01:00" ]
	run -2 dr-submit --cost-limit 5 --log log </dev/null
	[ "${lines[0]}" = "dr-submit: --cost-limit and --cost-per-hour go together" ]
	run -2 dr-submit --cost-limit 5 --cost-per-hour 1 </dev/null
	[ "${lines[0]}" = "dr-submit: --cost-limit needs --log, which knows how long trials take" ]
	run -2 dr-submit --cost-limit 5e3 --cost-per-hour 1 --log log </dev/null
	[ "${lines[0]}" = "dr-submit: --cost-limit: '5e3' is not an amount such as 5 or 0.75" ]
}

@test "dr-collect --time-limit: what is not over is handed on, and collected by the next run" {
	slow 3
	trials 1 2 | dr-submit --model "$MODEL" --log log >in
	mkfifo pipe
	dr-collect --log log --time-limit 1 <pipe >out 2>err 3>&- &
	pid=$!
	exec 5>pipe
	head -n 1 in >&5
	wait_for test -s err
	tail -n 1 in >&5
	exec 5>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 7 ]
	[ "$(<err)" = "dr-collect: 1 trial is not over: limit reached: --time-limit of 1 s has passed; run the same command again to go on" ]
	cmp in out
	[ "$(states log)" = "2 submitted" ]
	run -0 --separate-stderr dr-collect --log log --time-limit 1m --deadline 2100-01-01T00:00:00Z <in
	[ "$(states log)" = "2 completed" ]
	[ "$stderr" = "" ]
	run -2 dr-collect --cancel --time-limit 1 </dev/null
	[ "${lines[0]}" = "dr-collect: --cancel goes with no limit" ]
}

@test "dr-collect --max-failures: it waits no longer when so many have failed, those before it included" {
	slow 3
	trials 1 2 | dr-submit --model "$MODEL" --log log >in
	trial 99 '{"max_depth":3}' | jq -c '.state = "failed" | .error = "no"' | tee -a log >failed
	run -7 --separate-stderr dr-collect --log log --max-failures 1 <in
	[[ $stderr == *"dr-collect: "[12]" trial"*" not over: limit reached: 1 trial failed (--max-failures 1); run again with a higher one to go on" ]]
	[ "$output" = "$(<in)" ]
	# Without a log those of this run.
	run -7 --separate-stderr dr-collect --max-failures 1 < <(cat in failed)
	[ "$(jq -r .state <<<"$output" | sort | uniq -c | tr -s ' \n' ' ')" = " 1 failed 2 submitted " ]
	run -0 --separate-stderr dr-collect --log log --max-failures 2 <in
	[ "$(states log)" = "2 completed, 1 failed" ]
}

@test "--trial-timeout: the job is cancelled, and its trial aborted with the reason" {
	slow 20
	trials 1 2 | dr-submit --model "$MODEL" --log log >in
	run -1 --separate-stderr dr-collect --log log --trial-timeout 1 <in
	assert_json 'length == 2 and all(.state == "aborted" and .seconds >= 1 and .seconds < 15 and
		.error == "job \(.job) was at work for 1 s (--trial-timeout) and was cancelled")'
	[ "$(states log)" = "2 aborted" ]
	[ "$(api GET "projects/$DR_PROJECT/modelJobs/" | jq length)" = 0 ]
	[[ $stderr == *"warning: trial "*": job "*" was at work for 1 s (--trial-timeout) and was cancelled"* ]]
}

@test "--trial-timeout: a job that ends before it is cancelled is completed" {
	slow 2
	chaos '429(3)=#1:DELETE'
	trials 1 | dr-submit --model "$MODEL" --log log >in
	run -0 --separate-stderr dr-collect --log log --trial-timeout 1 -v <in
	grep -q 'DELETE .*: 429' <<<"$stderr"
	assert_json '.[0].state == "completed" and .[0].score'
	[ "$(states log)" = "1 completed" ]
}

@test "--trial-timeout does not count the wait in the queue" {
	slow 1.5
	trials {1..16} | dr-submit --model "$MODEL" >in
	run -0 --separate-stderr dr-collect --trial-timeout 5.5 <in
	assert_json 'length == 16 and all(.state == "completed") and any(.seconds > 5.5)'
}

@test "grid.sh: each budget goes to the tool that keeps it, and the next run goes on" {
	before=$(models)
	args=("$MODEL" log "random_state=$BATS_TEST_NUMBER" "max_depth=2,3,4" "subsample=0.8,0.9")
	run -7 --separate-stderr "$recipes/grid.sh" "${args[@]}" --trials 4 --trial-timeout=1m --deadline 2100-01-01T00:00:00Z
	[ "$stderr" = "dr-submit: limit reached: 4 trials submitted (--trials 4); run again with a higher one to go on" ]
	assert_json 'map(.state) | sort == ["completed", "completed", "completed", "completed", "proposed", "proposed"]'
	run -7 --separate-stderr "$recipes/grid.sh" "${args[@]}" --cost-limit 0.000001 --cost-per-hour=100
	[[ $stderr == "dr-submit: limit reached: cost 0."*" of 0.000001 (--cost-limit); run again with a higher one to go on" ]]
	[ "$(states log)" = "4 completed" ]
	run -0 --separate-stderr "$recipes/grid.sh" "${args[@]}" --trials 6
	[ "$(states log)" = "6 completed" ]
	[ "$(models)" = $((before + 6)) ]
	run -2 "$recipes/grid.sh" "${args[@]}" --trials
	[ "$output" = "grid.sh: option '--trials' needs an argument" ]
}

@test "bayes.sh and --time-limit: the run ends in time, its jobs are collected by the next" {
	slow 4
	before=$(models)
	args=("$MODEL" log "random_state=$BATS_TEST_NUMBER" max_depth=2..8 subsample=0.5..1.0 --parallel 3)
	began=$SECONDS
	run -7 --separate-stderr "$recipes/bayes.sh" "${args[@]}" --trials 6 --time-limit 2
	[ $((SECONDS - began)) -lt 15 ]
	[[ $stderr == *"dr-collect: 3 trials are not over: limit reached: --time-limit of 2 s has passed; run the same command again to go on"* ]]
	[[ $stderr == *"bo-propose: 0 of 6 trials done, what else was proposed came back; "* ]]
	[ "$(states log)" = "3 submitted" ]
	slow 0
	run -0 --separate-stderr "$recipes/bayes.sh" "${args[@]}" --trials 6 --time-limit 10m
	[ "$(states log)" = "6 completed" ]
	[ "$(models)" = $((before + 6)) ]
}

@test "bayes.sh: failures, the timeout of a trial and cost; whatever the parallelism everything ends" {
	for parallel in 1 4 8; do
		rm -f log
		args=("$MODEL" log "random_state=$BATS_TEST_NUMBER$parallel" max_depth=2..8
			subsample=0.5..1.0 --parallel "$parallel")
		chaos 'job-fail=1'
		run -7 --separate-stderr "$recipes/bayes.sh" "${args[@]}" --max-failures 2
		chaos ''
		[[ $stderr == *"dr-submit: limit reached: "*" trials failed (--max-failures 2); "* ]]
		failed=$(jq -s 'map(select(.state == "failed")) | length' log)
		[ "$failed" -ge 2 ]
		[ "$failed" -le $((1 + parallel)) ]
	done
	slow 20
	run -7 --separate-stderr "$recipes/bayes.sh" "$MODEL" log.2 "random_state=$BATS_TEST_NUMBER" max_depth=2..8 \
		--parallel 2 --trial-timeout 1 --max-failures 1
	[ "$(states log.2)" = "2 aborted" ]
	slow 0
	run -7 --separate-stderr "$recipes/bayes.sh" "$MODEL" log.3 "random_state=1$BATS_TEST_NUMBER" max_depth=2..8 \
		--parallel 2 --cost-limit 0.002 --cost-per-hour 3.6
	[[ $stderr == *"dr-submit: limit reached: cost 0.00"*" of 0.002 (--cost-limit)"* ]]
	jq -se 'map(select(.seconds).seconds) | add >= 1.5' log.3
	[[ $(states log.3) =~ ^[1-4]" completed"$ ]]
}
