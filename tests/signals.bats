# Signals: what was done is written, remote jobs go on or are cancelled, and the tools die by
# the signal.
# shellcheck disable=SC2094 # a log is read and appended to: that is what it is for
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
	model_start --min-job-time 0 --workers 2 --worker "$BATS_FILE_TMPDIR/worker" --chaos "@$RULES"
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
	slow 1
	recipes=$(cd "$BATS_TEST_DIRNAME/../pipelines" && pwd)
}

teardown() {
	chaos ''
	[ -z "${unit-}" ] || systemctl --user disable --runtime --now --quiet "$unit" || true
	# What a test has left in the queue would hold the others up.
	for job in $(api GET "projects/$DR_PROJECT/modelJobs/" | jq -r '.[].id'); do
		api DELETE "projects/$DR_PROJECT/modelJobs/$job/" >"$BATS_TEST_TMPDIR/answer"
	done
}

chaos() {
	printf '%s\n' "$1" >"$RULES.new"
	mv "$RULES.new" "$RULES"
}

# slow SECONDS: how long each job takes from now on
slow() { echo "$1" >"$BATS_FILE_TMPDIR/slow"; }

# Settings that no other test tries.
value() { echo "0.$((BATS_TEST_NUMBER + 100))$1"; }
trials() { for i; do trial "$i" "{\"learning_rate\":$(value "$i")}"; done; }

# wait_for COMMAND...: until it succeeds, half a minute at most
wait_for() {
	for ((i = 0; i < 600; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}
posts() { [ "$(grep -c '^dr-submit: POST' err)" -ge "$1" ]; }
lines() { [ -e "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]; }
states() { jq -rs 'group_by(.trial) | map(last.state) | group_by(.) | map("\(length) \(.[0])") | join(", ")' "$1"; }
# in_state ID: the server's word for the state of a job
in_state() { api GET "projects/$DR_PROJECT/modelJobs/$1/" | jq -r .status; }
ends() { # ends PID STATUS
	local status=0
	wait "$1" || status=$?
	[ "$status" = "$2" ] || { echo "status $status" >&2 && return 1; }
}
# In the background bash lets its children ignore SIGINT.
alone() { exec setsid env --default-signal=INT "$@"; }

@test "dr-submit hears the answer that is under way, sends nothing more, and dies by the signal" {
	chaos 'reorder(2)=1:POST tuning'
	trials 1 2 3 >in
	alone dr-submit -v --parallel 1 --model "$MODEL" --log log <in >out 2>err 3>&- &
	pid=$!
	wait_for lines 1 log
	sleep 0.3
	kill -TERM "$pid"
	ends "$pid" 143
	[ "$(jq -r .state log | tr '\n' ' ')" = "proposed submitted " ]
	tail -n 1 log | cmp - out
	grep -q 'note: stopped by SIGTERM: waiting for the answer to 1 request;' err
	[ "$(tail -n 1 err)" = "dr-submit: note: stopped by SIGTERM: 1 job of this run goes on; run the same command again to go on" ]
	chaos ''
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	assert_json 'length == 3 and map(.taken_over) == [null, null, null]'
}

@test "a second signal ends it at once, and the next run knows the job" {
	chaos 'reorder(20)=1:POST tuning'
	trials 1 >in
	alone dr-submit --model "$MODEL" --log log <in >out 2>err 3>&- &
	pid=$!
	wait_for lines 1 log
	sleep 0.3
	kill -INT "$pid"
	sleep 0.7
	kill -0 "$pid"
	kill -INT "$pid"
	ends "$pid" 130
	[ ! -s out ]
	chaos ''
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	assert_json '.[0].state == "submitted" and .[0].taken_over'
}

@test "a server that does not answer does not hold up an interrupted tool" {
	chaos 'stall(60)=1:GET'
	trials 1 >in
	alone dr-submit --model "$MODEL" --log log <in >out 2>err 3>&- &
	pid=$!
	sleep 0.5
	began=$SECONDS
	kill -INT "$pid"
	ends "$pid" 130
	[ $((SECONDS - began)) -lt 10 ]
	[ "$(<err)" = "dr-submit: note: stopped by SIGINT; run the same command again to go on" ]
}

@test "--on-interrupt=cancel cancels what this run submitted, and only that" {
	slow 30
	trials 1 | dr-submit --model "$MODEL" >earlier
	mkfifo in
	alone dr-submit --model "$MODEL" --log log --on-interrupt=cancel <in >out 2>err 3>&- &
	pid=$!
	trials 1 2 3 >rest
	exec 5>in
	cat rest >&5
	wait_for lines 3 out
	kill -TERM "$pid"
	ends "$pid" 143
	exec 5>&-
	[ "$(tail -n 1 err)" = "dr-submit: note: stopped by SIGTERM: 2 of 2 jobs of this run cancelled; run the same command again to go on" ]
	[ "$(states log)" = "2 proposed, 1 submitted" ]
	jq -se 'map(select(.state == "proposed" and .project)) | length == 2 and
		all(.job == null and .submitted_at == null)' out
	[[ $(in_state "$(jq -r .job earlier)") =~ queue|inprogress|COMPLETED ]]
	for job in $(jq -r 'select(.state == "submitted" and .taken_over == null).job' out); do
		[ "$(in_state "$job")" = ABORTED ]
	done
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <rest
	[ "$(states log)" = "3 submitted" ]
}

@test "--on-interrupt=cancel takes no job that has ended for cancelled, whatever was collected" {
	slow 0
	mkfifo in
	alone dr-submit --model "$MODEL" --log log --on-interrupt=cancel <in >out 2>err 3>&- &
	pid=$!
	exec 5>in
	trials 1 2 >&5
	wait_for lines 2 out
	dr-collect --log log <out >ended
	cp log before
	kill -TERM "$pid"
	ends "$pid" 143
	exec 5>&-
	[ "$(tail -n 1 err)" = "dr-submit: note: stopped by SIGTERM: 0 of 2 jobs of this run cancelled; run the same command again to go on" ]
	cmp log before
	[ "$(states log)" = "2 completed" ]
}

@test "a job that its submitter has cancelled is no trial that was aborted" {
	slow 30
	trials 1 2 | dr-submit --model "$MODEL" >in
	mkfifo pipe
	alone dr-collect --log log --poll 0.2 <pipe >out 2>err 3>&- &
	pid=$!
	exec 5>pipe
	cat in >&5
	sleep 0.3
	# The one is told by whoever submitted, the other stands in the log.
	jq -c 'del(.job) + {state: "proposed", withdrawn: true}' in >back
	head -n 1 back >&5
	tail -n 1 back >>log
	sleep 0.3
	for job in $(jq -r .job in); do
		api DELETE "projects/$DR_PROJECT/jobs/$job/"
	done
	exec 5>&-
	ends "$pid" 0
	[ "$(<err)" = "" ]
	head -n 1 back | cmp - out
	tail -n 1 back | cmp - log
}

@test "dr-collect writes what is not over as it came, also what comes while it ends" {
	slow 30
	trials 1 2 | dr-submit --model "$MODEL" --log log >in
	mkfifo pipe
	alone dr-collect --log log <pipe >out 2>err 3>&- &
	pid=$!
	exec 5>pipe
	head -n 1 in >&5
	sleep 0.3
	kill -HUP "$pid"
	sleep 0.2
	tail -n 1 in >&5
	exec 5>&-
	ends "$pid" 129
	cmp in out
	[ "$(<err)" = "dr-collect: note: stopped by SIGHUP: 2 jobs go on; run the same command again to go on; to cancel: dr-collect --cancel --log log <log" ]
	[ "$(states log)" = "2 submitted" ]
	run -0 --separate-stderr dr-collect --cancel --log log <log
	[[ $stderr == *"2 jobs cancelled, 0 had ended before" ]]
	[ "$(states log)" = "2 proposed" ]
	run -0 --separate-stderr dr-collect --cancel --log log <log
	[[ $stderr == *"0 jobs cancelled, 0 had ended before" ]]
}

@test "--cancel leaves what has ended to be collected" {
	trials 1 | dr-submit --model "$MODEL" >in
	dr-collect <in >ended
	run -0 --separate-stderr dr-collect --cancel <in
	[ "$output" = "$(<in)" ]
	[[ $stderr == *"0 jobs cancelled, 1 had ended before" ]]
	run -2 dr-collect --on-interrupt=maybe </dev/null
	[ "${lines[0]}" = "dr-collect: --on-interrupt: 'maybe' is not leave or cancel" ]
}

# The processes of a terminal's pipeline get the signal all at once.
@test "Ctrl-C in a pipeline without a log: its results tell what runs" {
	mkfifo in
	cat >run <<-'EOF'
		dr-submit --model "$MODEL" <in | dr-collect >out
	EOF
	alone bash run 2>err 3>&- &
	pid=$!
	exec 5>in
	trials 1 >&5
	wait_for lines 1 out
	trials 2 3 4 >&5
	three() { [ "$(api GET "projects/$DR_PROJECT/modelJobs/" | jq length)" = 3 ]; }
	wait_for three
	kill -INT -- "-$pid"
	exec 5>&-
	ends "$pid" 130
	[ "$(jq -r .state out | sort -u | tr '\n' ' ')" = "completed submitted " ]
	# Every job that the server has stands in the results.
	api GET "projects/$DR_PROJECT/modelJobs/" | jq -r '.[].id' | sort >running
	[ -s running ]
	[ "$(comm -23 running <(jq -r .job out | sort))" = "" ]
	grep -q 'dr-collect: note: stopped by SIGINT: [0-9]* jobs* go' err
}

@test "Ctrl-C in a pipeline that is to cancel: the jobs of this run are gone, earlier ones are not" {
	slow 30
	trials 9 | dr-submit --model "$MODEL" --log log >earlier
	trials 9 1 2 3 >in
	cat >run <<-'EOF'
		dr-submit --model "$MODEL" --log log --on-interrupt=cancel <in |
			dr-collect --log log --on-interrupt=cancel >out
	EOF
	alone bash run 2>err 3>&- &
	pid=$!
	three() { [ "$(states log)" = "4 submitted" ]; }
	wait_for three
	sleep 0.2 # dr-submit has ended
	kill -INT -- "-$pid"
	ends "$pid" 130
	[ "$(states log)" = "3 proposed, 1 submitted" ]
	grep -q 'dr-collect: note: stopped by SIGINT: 3 jobs cancelled, 1 job goes on' err
	[[ $(in_state "$(jq -r .job earlier)") =~ queue|inprogress ]]
	one() { [ "$(api GET "projects/$DR_PROJECT/modelJobs/" | jq length)" = 1 ]; }
	wait_for one
}

@test "dr-train hears the answer that is under way, and asks for nothing more" {
	dr-blueprints | head -n 3 >blueprints
	chaos 'reorder(2)=1:POST models'
	alone dr-train --sample-pct 31 --log log <blueprints >out 2>err 3>&- &
	pid=$!
	wait_for lines 1 log
	sleep 0.3
	kill -TERM "$pid"
	ends "$pid" 143
	[ "$(jq -r .state log | tr '\n' ' ')" = "proposed submitted " ]
	tail -n 1 log | cmp - out
	[ "$(tail -n 1 err)" = "dr-train: note: stopped by SIGTERM: 1 job of this run; run the same command again to go on" ]
	chaos ''
	run -0 --separate-stderr dr-train --sample-pct 31 --log log <blueprints
	assert_json 'length == 3 and map(.taken_over) == [null, null, null]'
	[ "$(states log)" = "3 submitted" ]
	[ "$(grep -c proposed log)" = 3 ]
	# What the log knows is not asked for.
	cp log before
	run -0 --separate-stderr dr-train --sample-pct 31 --log log <blueprints
	cmp log before
	gridgen --log log max_depth=2 | jq -se 'map(.state) | sort == ["proposed", "submitted", "submitted", "submitted"]'
}

@test "dr-train --on-interrupt=cancel cancels its jobs, which the next run asks for anew" {
	slow 30
	mkfifo in
	dr-blueprints | head -n 2 >blueprints
	alone dr-train --sample-pct 33 --log log --on-interrupt=cancel <in >out 2>err 3>&- &
	pid=$!
	exec 5>in
	cat blueprints >&5
	wait_for lines 2 out
	kill -INT "$pid"
	ends "$pid" 130
	exec 5>&-
	[ "$(tail -n 1 err)" = "dr-train: note: stopped by SIGINT: 2 of 2 jobs of this run cancelled; run the same command again to go on" ]
	[ "$(states log)" = "2 proposed" ]
	run -0 --separate-stderr gridgen --log log max_depth=2
	assert_json 'length == 1'
	slow 1
	run -0 --separate-stderr dr-train --sample-pct 33 --log log <blueprints
	[ "$(states log)" = "2 submitted" ]
}

# recipe SIGNAL STATUS [OPTION...]: bayes.sh, a signal when two trials are done, and again to the end
recipe() {
	local signal=$1 status=$2 before args
	shift 2
	args=("$MODEL" log --trials 6 --parallel 3 "random_state=$BATS_TEST_NUMBER" max_depth=2..8
		subsample=0.5..1.0 "$@")
	before=$(dr-models | wc -l)
	alone "$recipes/bayes.sh" "${args[@]}" 2>err 3>&- &
	pid=$!
	two() { [ "$(grep -c '"completed"' log)" -ge 2 ]; }
	wait_for test -e log
	wait_for two
	kill "-$signal" "$pid"
	ends "$pid" "$status"
	[ "$(pgrep -r R,S,D -s "$pid")" = "" ]
	[ "$(tail -n 1 err | cut -d ';' -f 1)" = "bayes.sh: stopped" ]
	[[ $(states log) != "6 completed" ]]
	run -0 --separate-stderr "$recipes/bayes.sh" "${args[@]}"
	[ "$(states log)" = "6 completed" ]
	[ "$(grep -c '"completed"' log)" = 6 ]
	[ "$(dr-models | wc -l)" = $((before + 6)) ]
}

@test "bayes.sh and Ctrl-C: it resumes, and the server has run each trial once" {
	recipe INT 130
	grep -q "bo-propose: note: stopped by SIGINT: [2-5] of 6 trials done" err
}

@test "bayes.sh and SIGTERM, with its jobs cancelled: it resumes" {
	recipe TERM 143 --on-interrupt=cancel
	grep -Eq "dr-(collect|submit): note: stopped by SIGTERM: [1-3] .*jobs.* cancelled" err
}

@test "bayes.sh and SIGHUP: it resumes" {
	recipe HUP 129
}

@test "a recipe says which --on-interrupt there is" {
	run -2 --separate-stderr "$recipes/grid.sh" "$MODEL" log max_depth=2,3 --on-interrupt=no
	[ "$stderr" = "grid.sh: say --on-interrupt=leave or --on-interrupt=cancel" ]
}

@test "nohup: a hangup is not heard" {
	trials 1 | dr-submit --model "$MODEL" >in
	alone nohup dr-collect <in >out 2>err 3>&- &
	pid=$!
	sleep 0.3
	kill -HUP "$pid"
	ends "$pid" 0
	[ "$(jq -r .state out)" = completed ]
}

@test "timeout: a recipe ends in time, with timeout's status, and resumes" {
	args=("$MODEL" log "random_state=$BATS_TEST_NUMBER" "max_depth=2,3,4")
	run -124 --separate-stderr timeout 2 "$recipes/grid.sh" "${args[@]}"
	[[ $stderr == *"grid.sh: stopped; "* ]]
	[ "$(states log)" != "3 completed" ]
	run -0 --separate-stderr "$recipes/grid.sh" "${args[@]}"
	[ "$(states log)" = "3 completed" ]
}

# A service manager and a batch system tell every process, and the shell tells its own again.
@test "a signal to every process, told twice, is one signal" {
	chaos 'reorder(2)=1:POST tuning'
	alone "$recipes/grid.sh" "$MODEL" log "random_state=$BATS_TEST_NUMBER" max_depth=2,3,4 2>err 3>&- &
	pid=$!
	wait_for lines 1 log
	sleep 0.3
	pkill -TERM -s "$pid"
	ends "$pid" 143
	[ "$(states log)" = "3 submitted" ]
}

@test "a signal that only the tools get stops the recipe all the same" {
	alone "$recipes/grid.sh" "$MODEL" log "random_state=$BATS_TEST_NUMBER" max_depth=2,3,4 2>err 3>&- &
	pid=$!
	wait_for lines 6 log
	pkill -TERM -s "$pid" '^(gridgen|dr-)'
	ends "$pid" 143
	[ "$(tail -n 1 err)" = "grid.sh: stopped; its jobs go on running; run the same command again to go on" ]
	run -0 --separate-stderr "$recipes/grid.sh" "$MODEL" log "random_state=$BATS_TEST_NUMBER" max_depth=2,3,4
	[ "$(states log)" = "3 completed" ]
}

@test "systemd: a unit that is stopped has written what it heard" {
	systemd-run --user --wait --quiet true 2>/dev/null || skip "no systemd of the user here"
	systemd-run --user --quiet --unit "drtune-$$" -E DATAROBOT_ENDPOINT -E DATAROBOT_API_TOKEN \
		-E DR_PROJECT -E PATH --working-directory "$PWD" \
		"$recipes/grid.sh" "$MODEL" log "random_state=$BATS_TEST_NUMBER" max_depth=2,3,4
	wait_for lines 4 log
	systemctl --user stop "drtune-$$"
	[[ $(states log) == *submitted* ]]
	run -0 --separate-stderr "$recipes/grid.sh" "$MODEL" log "random_state=$BATS_TEST_NUMBER" max_depth=2,3,4
	[ "$(states log)" = "3 completed" ]
}

# page_unit EXPRESSION...: the unit of drtune(7), where the tools are here, changed by sed
page_unit() {
	sed -n '/^\.\\" tune.service$/,/^\.Ed$/p' "$recipes/../src/drtune.7" |
		sed -e '/^\./d' -e "s,/usr/local/share/drtune,$recipes,; s,/usr/local/bin,$DRTUNE_BIN," "$@"
}

@test "systemd: nothing is wrong with the unit of drtune(7)" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
	page_unit >tune.service
	grep -q '^ExecStart=' tune.service
	run -0 systemd-analyze verify --man=no "$PWD/tune.service"
	[ "$output" = "" ]
	# It would say so.
	page_unit -e 's/^RestartPrevent/RestartPervent/' >tune.service
	run systemd-analyze verify --man=no "$PWD/tune.service"
	[[ $output == *"Unknown key"* ]]
}

@test "systemd: the unit of drtune(7), killed with -9, goes on by itself; a wrong command does not" {
	systemd-run --user --wait --quiet true 2>/dev/null || skip "no systemd of the user here"
	unit=drtune-$$-page.service
	property() { systemctl --user show --property "$1" --value "$unit"; }
	is() { [ "$(property "$1")" = "$2" ]; }
	printf '%s\n' "MODEL=$MODEL" "DR_PROJECT=$DR_PROJECT" "DATAROBOT_ENDPOINT=$DATAROBOT_ENDPOINT" \
		"DATAROBOT_API_TOKEN=$DATAROBOT_API_TOKEN" >./env
	here=(-e "s,%h/tune,$PWD,; s/^RestartSec=.*/RestartSec=1/")
	page_unit "${here[@]}" -e "s/ trials.ndjson .*/ log --trials 6 --parallel 3 \
		random_state=$BATS_TEST_NUMBER max_depth=2..8 subsample=0.5..1.0/" >"$unit"
	systemctl --user link --runtime --quiet "$PWD/$unit"
	systemctl --user start "$unit"
	two() { [ "$(grep -c '"completed"' log)" -ge 2 ]; }
	wait_for test -e log
	wait_for two
	systemctl --user kill --signal=KILL "$unit"
	wait_for is NRestarts 1
	wait_for is ActiveState inactive
	is Result success
	[ "$(states log)" = "6 completed" ]
	[ "$(grep -c '"completed"' log)" = 6 ]
	page_unit "${here[@]}" -e 's/ trials.ndjson .*/ log/' >"$unit"
	systemctl --user daemon-reload
	systemctl --user start "$unit"
	wait_for is ActiveState failed
	is ExecMainStatus 2
	is NRestarts 0
}
