# The trial log: one run at a time, nothing lost by kill -9, jobs that the server loses.
# shellcheck disable=SC2094 # a log is read and appended to: that is what it is for
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	load model
	export RULES=$BATS_FILE_TMPDIR/rules
	: >"$RULES"
	model_start --min-job-time 0 --workers 2 --chaos "@$RULES"
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
	recipes=$(cd "$BATS_TEST_DIRNAME/../pipelines" && pwd)
	chaos ''
}

chaos() {
	printf '%s\n' "$1" >"$RULES.new"
	mv "$RULES.new" "$RULES"
}

trials() { for i; do trial "$i" "{\"learning_rate\":0.$((BATS_TEST_NUMBER + 100))${i}1}"; done; }
states() { jq -rs 'group_by(.trial) | map(last.state) | group_by(.) | map("\(length) \(.[0])") | join(", ")' "$1"; }
wait_for() {
	for ((i = 0; i < 600; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}
# Has the process a lock?
holds() { grep -qs '^lock:' /proc/"$1"/fdinfo/*; }

@test "a second dr-submit on the same log is refused, and told which process has it" {
	mkfifo in
	dr-submit --model "$MODEL" --log log <in >out 3>&- &
	first=$!
	exec 5>in
	wait_for holds "$first"
	trials 1 >next
	run -5 --separate-stderr dr-submit --model "$MODEL" --log log <next
	[ "$output" = "" ]
	[ "$stderr" = "dr-submit: log: another run is at work on it: it has a submitter, process $first" ]
	[ ! -s log ]
	# Other roles are free.
	dr-collect --log log </dev/null
	gridgen --log log max_depth=2 >one
	# What is killed holds nothing.
	kill -9 "$first"
	wait "$first" || true
	exec 5>&-
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <next
	assert_json '.[0].state == "submitted"'
}

@test "a second dr-collect and a second bo-propose --follow are refused likewise" {
	mkfifo in
	: >log
	dr-collect --log log <in >out 3>&- &
	collect=$!
	exec 5>in
	wait_for holds "$collect"
	run -5 --separate-stderr dr-collect --log log </dev/null
	[ "$stderr" = "dr-collect: log: another run is at work on it: it has a collector, process $collect" ]
	exec 5>&-
	wait "$collect"
	bo-propose --follow --trials 3 --log log a=1,2,3 <in >out 3>&- &
	propose=$!
	exec 5>in
	wait_for holds "$propose"
	run -5 --separate-stderr bo-propose --follow --trials 3 --log log a=1,2,3 </dev/null
	[ "$stderr" = "bo-propose: log: another run is at work on it: it has a proposer, process $propose" ]
	run -0 --separate-stderr bo-propose --log log a=1,2,3 </dev/null
	exec 5>&-
	wait "$propose" || true
}

@test "a recipe started a second time ends with status 5, and the first goes on" {
	args=("$MODEL" log --trials 6 --parallel 2 "random_state=$BATS_TEST_NUMBER" max_depth=2..8)
	"$recipes/bayes.sh" "${args[@]}" 3>&- &
	first=$!
	wait_for grep -qs submitted log
	run -5 --separate-stderr "$recipes/bayes.sh" "${args[@]}"
	[[ $stderr == *"dr-submit: log: another run is at work on it: it has a submitter, process "* ]]
	wait "$first"
	[ "$(states log)" = "6 completed" ]
}

@test "a new log is there after a crash: its folder is synchronised before anything is sent" {
	command -v strace >/dev/null || skip "no strace here"
	trials 1 >in
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=fsync,fdatasync,sendto,writev,write \
		dr-submit --model "$MODEL" --log log <in >out
	order=$(sed -nE 's/^[0-9]+ +(fsync|fdatasync)\(.*/\1/p; s/.*"(POST) .*/\1/p' trace | tr '\n' ' ')
	[ "$order" = "fsync fdatasync POST fdatasync " ]
}

# killed TOOL CALL N INPUT: the tool dies at its N-th call of this kind that has to do with
# the log or the output; false where it has no N-th.
killed() {
	local status=0
	: >out
	: >>log
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -P "$PWD/log" -P "$PWD/out" -e "trace=$2" -e "inject=$2:signal=KILL:when=$3" \
		"$1" --model "$MODEL" --log log <"$4" >>out 2>>err || status=$?
	[ "$status" = 137 ]
}

@test "dr-submit killed with -9 at every write and every sync: each trial has one job" {
	command -v strace >/dev/null || skip "no strace here"
	deaths=0
	for call in fcntl write fdatasync fsync; do
		for n in 1 2 3 4 5 6; do
			rm -f log
			trials "$((++tried))" >in
			if killed dr-submit "$call" "$n" in; then
				deaths=$((deaths + 1))
			fi
			dr-submit --model "$MODEL" --log log <in >>sent
			[ "$(states log)" = "1 submitted" ]
		done
	done
	[ "$deaths" -ge 8 ]
	# As many jobs as trials, and the server has no others.
	[ "$(jq -r .job sent | sort -u | wc -l)" = "$tried" ]
	[ $(($(jq -s 'map(.job | tonumber) | max - min' sent) + 1)) = "$tried" ]
}

@test "what two tools append at once, killed over and over, costs no record that was reported" {
	trials {1..9} >in
	for pause in 0.02 0.05 0.08 0.12; do
		rm -f pipe
		mkfifo pipe
		dr-submit --log log --model "$MODEL" <in >pipe 2>>err 3>&- &
		submit=$!
		dr-collect --log log <pipe >>out 2>>err 3>&- &
		collect=$!
		sleep "$pause"
		kill -9 "$collect" "$submit" || true
		wait "$submit" "$collect" || true
		# Half a record, as a machine leaves it that lost its power.
		printf '{"trial":"000000000000000' >>log
	done
	run -0 bash -c 'dr-submit --log log --model "$MODEL" <in | dr-collect --log log'
	[ "$(jq -R 'fromjson? | select(.state == "completed").trial' log | sort -u | wc -l)" = 9 ]
	run -0 --separate-stderr gridgen --log log max_depth=2
	[[ $stderr == *"torn line(s) passed over"* ]]
	jq -se 'map(select(.state == "submitted" or .state == "completed").job | tonumber) |
		(max - min) == 8' <(jq -R -c 'fromjson?' log)
}

@test "jobs that the server loses are sent again: grid.sh, run again" {
	chaos 'job-vanish=#1-2'
	args=("$MODEL" log "random_state=$BATS_TEST_NUMBER" "max_depth=2,3,4")
	before=$(dr-models | wc -l)
	run -5 --separate-stderr "$recipes/grid.sh" "${args[@]}"
	[[ $stderr == *"dr-collect: the server lost the jobs of 2 trials: run the same command again" ]]
	[ "$(states log)" = "1 completed, 2 proposed" ]
	run -0 --separate-stderr "$recipes/grid.sh" "${args[@]}"
	[ "$(states log)" = "3 completed" ]
	[ "$(dr-models | wc -l)" = $((before + 3)) ]
}

@test "jobs that the server loses are sent again: bayes.sh, in the same run" {
	chaos 'job-vanish=#2'
	before=$(dr-models | wc -l)
	run -0 --separate-stderr "$recipes/bayes.sh" "$MODEL" log --trials 6 --parallel 2 \
		"random_state=$BATS_TEST_NUMBER" max_depth=2..8
	[[ $stderr == *"the server does not know job "*" any more; proposed again"* ]]
	[ "$(states log)" = "6 completed" ]
	[ "$(dr-models | wc -l)" = $((before + 6)) ]
}
