# The ladder, against scores that are made up here.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	gridgen x=1,2,3,4,5,6,7,8,9 >settings
	rungs=(--rung "16=A" --rung "32=B" --rung "64=C")
}

# Completes what is proposed: the score is x, less a bit the more rows there are.  A trial
# with x = $BAD fails.
complete() {
	jq --unbuffered -c --arg bad "${BAD-}" 'if .state != "proposed" then . elif (.params.x | tostring) == $bad
		then .state = "failed" | .error = "bad" else .state = "completed" | .metric = "M" |
		.minimize = true | .partition = (.fidelity.partition // "crossValidation") |
		.score = .params.x - .fidelity.sample_pct / 1000 end'
}

# loop [OPTION...]: the circle; all that went round is in `log`.
loop() {
	mkfifo loop
	# shellcheck disable=SC2094 # one FIFO, read and written: that is the loop
	halve "${rungs[@]}" "$@" settings <loop | complete | tee -a log >loop
	local status=${PIPESTATUS[0]}
	rm loop
	return "$status"
}

@test "the best third of each rung goes on to the next, with its model and fidelity" {
	run -0 --separate-stderr loop
	[ "$stderr" = "" ]
	output=$(<log)
	assert_json 'length == 13 and (group_by(.model) | map({(.[0].model): map(.params.x)}) | add) ==
		{"A": [1, 2, 3, 4, 5, 6, 7, 8, 9], "B": [1, 2, 3], "C": [1]}'
	assert_json 'all(.by == "halve") and (map(.trial) | unique | length) == 13 and
		(map(.fidelity) | unique) == [
		{"sample_pct": 16, "partition": "validation"}, {"sample_pct": 32, "partition": "validation"},
		{"sample_pct": 64}]'
	# The name is the one that a proposer of the same would give.
	bo-propose --model C --fidelity 64 x=1..1 </dev/null | jq -r .trial >name
	[ "$(jq -r 'select(.model == "C").trial' log)" = "$(<name)" ]
}

@test "--keep says how many, --partition what is scored; one goes on at least" {
	run -0 loop --keep 2 --partition crossValidation
	output=$(<log)
	assert_json '(map(.model) | group_by(.) | map(length)) == [9, 4, 2] and
		all(.fidelity | has("partition") | not)'
	rm log
	gridgen x=1,2 >settings
	run -0 loop
	output=$(<log)
	assert_json 'map([.model, .params.x]) == [["A", 1], ["A", 2], ["B", 1], ["C", 1]]'
	rm log
	run -0 loop --async
	output=$(<log)
	assert_json 'map([.model, .params.x]) == [["A", 1], ["A", 2], ["B", 1], ["C", 1]]'
}

@test "more is better where the metric says so" {
	complete_less=$(declare -f complete)
	eval "${complete_less//.minimize = true/.minimize = false}"
	run -0 loop
	output=$(<log)
	assert_json '.[-1] | .model == "C" and .params.x == 9'
}

@test "--async lets the best go on before the others are over" {
	run -0 loop --async --parallel 1
	output=$(<log)
	# After three, one of them is in the best third.
	assert_json 'map([.model, .params.x])[:5] == [["A", 1], ["A", 2], ["A", 3], ["B", 1], ["A", 4]]'
	assert_json 'map(.model) | group_by(.) | map(length) == [9, 3, 1]'
}

@test "what failed does not go on; where nothing has a score the status is 8" {
	BAD=1 run -0 loop
	output=$(<log)
	assert_json '[.[] | select(.model == "B").params.x] == [2, 3, 4] and (.[-1].params.x == 2)'
	rm log
	gridgen x=1 >settings
	BAD=1 run -8 --separate-stderr loop
	[ "$stderr" = "halve: no trial of a rung has a score: none can go on" ]
}

@test "with a log it goes on where it stopped, with the same decisions" {
	for how in --parallel=3 --async; do
		rm -f log
		run -0 loop "$how" --parallel 3
		mv log whole
		for n in 2 6 10 12 13; do
			# What was begun then is not over: it is handed on first.
			{
				head -n "$n" whole
				tail -n +"$((n + 1))" whole | head -n 1 |
					jq -c '.state = "submitted" | del(.score) | .more = true'
			} >log
			cp log before
			mkfifo loop
			# shellcheck disable=SC2094
			halve "${rungs[@]}" "$how" --parallel 3 --log before settings <loop | tee sent |
				jq --unbuffered -c 'if .state == "submitted" then .state = "proposed" else . end' |
				complete | tee -a log >loop
			rm loop
			[ "$n" = 13 ] || jq -e '.more' < <(head -n 1 sent)
			output=$(<log)
			assert_json 'group_by(.trial) | map(last) | length >= 13 and all(.state == "completed") and
				any(.model == "C" and .params.x == 1)'
			[ "$how" = --async ] || [ "$(jq -s 'group_by(.trial) | length' log)" = 13 ]
		done
	done
}

@test "proposals that come back end it with status 7" {
	mkfifo loop
	# shellcheck disable=SC2094
	run -7 --separate-stderr bash -c 'halve "$@" settings <loop | tee sent >loop; exit "${PIPESTATUS[0]}"' _ "${rungs[@]}"
	[ "$stderr" = "halve: what was proposed came back; run the same command again to go on" ]
	[ "$(wc -l <sent)" = 4 ]
}

@test "what is wrong is told" {
	run -2 --separate-stderr halve settings </dev/null
	run -2 --separate-stderr halve --rung 16=A settings </dev/null
	run -2 --separate-stderr halve "${rungs[@]}" </dev/null
	run -2 --separate-stderr halve --rung 16=A --rung 16=B settings </dev/null
	[ "$stderr" = "halve: --rung '16=B': a rung has more rows than that below" ]
	for bad in 16 =A 16= 0=A 101=A x=A; do
		run -2 --separate-stderr halve --rung "$bad" --rung 64=C settings </dev/null
		[ "$stderr" = "halve: --rung '$bad': wants PERCENT=MODEL" ]
	done
	: >none
	run -3 --separate-stderr halve "${rungs[@]}" none </dev/null
	[ "$stderr" = "halve: none: holds no settings" ]
	run -6 --separate-stderr halve "${rungs[@]}" no-such-file </dev/null
	run -6 --separate-stderr halve "${rungs[@]}" settings </dev/null
	[ "$stderr" = "halve: <stdin>: ended with 4 trials open" ]
	halve "${rungs[@]}" settings </dev/null 2>/dev/null | complete |
		jq -c 'if .params.x == 2 then .metric = "N" else . end' >mixed
	run -3 --separate-stderr halve "${rungs[@]}" settings <mixed
	[[ $stderr == "halve: <stdin>:2: trial "*": its score is of N on validation, that of others of M on validation" ]]
}
