# Scores by a metric command, from the predictions of a real service.
bats_require_minimum_version 1.5.0

# $DONE: three completed trials, of cross validation.
setup_file() {
	load sandbox
	load model
	model_start
	DONE=$BATS_FILE_TMPDIR/done.ndjson
	for i in 1 2 3; do trial $i "{\"max_depth\":$i,\"random_state\":77}"; done |
		dr-submit --model "$MODEL" | dr-collect --folds |
		jq -s -c "sort_by(.trial)[]" >"$DONE"
	export DONE
	[ "$(wc -l <"$DONE")" = 3 ]
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load faults
	load model
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	faults_stop
}

one() { head -n 1 "$DONE"; }

# What a miss and a false alarm cost.
cost='jq -r "[.actual, .prediction] | @tsv" |
	awk "\$1 != \$2 { c += \$1 == \"yes\" ? 5 : 1 } END { print c / NR }"'

@test "the number that the command prints is the score, and what it was is kept" {
	run -0 --separate-stderr dr-score -m "$cost" --name cost --actuals "$TABLE" <"$DONE"
	[ "$stderr" = "" ]
	assert_json 'length == 3 and all(.state == "completed" and .metric == "cost" and .minimize and
		.partition == "crossValidation" and .score > 0 and .score < 5 and
		.metrics.cost == {"crossValidation": .score} and (has("folds") | not) and
		.was.metric == "LogLoss" and .was.score == .metrics.LogLoss.crossValidation and
		.was.partition == "crossValidation" and .was.minimize and (.was.folds | length) == 5)'
	# All else stays as it was.
	diff <(jq -S -c 'del(.score, .metric, .minimize, .partition, .folds, .metrics)' "$DONE" | sort) \
		<(jq -S -c 'del(.score, .metric, .minimize, .partition, .was, .metrics)' <<<"$output" | sort)
}

@test "each row is predicted once, out of fold, with what was and its probabilities" {
	one | dr-score -m 'tee rows | wc -l' --actuals "$TABLE" >scored
	output=$(<rows)
	assert_json 'length == 320 and (map(.row_id) | unique | length == 320) and
		(map(.fold) | unique) == [0, 1, 2, 3, 4] and all((keys_unsorted ==
			["row_id", "fold", "actual", "prediction", "probabilities"]) and
		(.actual | IN("yes", "no")) and (.prediction | IN("yes", "no")) and
		(.probabilities | .yes + .no - 1 | fabs) < 1e-9)'
	# The row's number is that of the table.
	diff <(jq -r '[.row_id, .actual] | @tsv' rows) \
		<(awk -F, 'NR == FNR { want[$1]; next }
			FNR > 1 && FNR - 2 in want { print FNR - 2 "\t" $NF }' <(jq .row_id rows) "$TABLE")
	# It is what the service computes its own score from.
	loss=$(jq -s 'map(-(.probabilities[.actual] | log)) | add / length' rows)
	jq -e --argjson loss "$loss" '(.was.score - $loss | fabs) < 0.001' scored
}

@test "without --actuals rows come without what was" {
	one | dr-score -m 'tee rows | wc -l' >/dev/null
	output=$(<rows)
	assert_json 'length == 320 and all(has("actual") | not)'
}

@test "--partition: the validation rows alone, or the locked holdout, which is refused" {
	one >in
	run -0 --separate-stderr dr-score -m 'wc -l' --partition validation <in
	assert_json '.[0] | .score == 64 and .partition == "validation" and .metrics.custom.validation == 64'
	run -4 --separate-stderr dr-score -m 'wc -l' --partition holdout <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-score: trial 0000000000000001: the holdout of project $DR_PROJECT is locked: dr-project unlock-holdout opens it, for good" ]
	run -2 --separate-stderr dr-score -m 'wc -l' --partition training <in
}

@test "--maximize: more is better" {
	run -0 --separate-stderr dr-score -m 'wc -l' --maximize < <(one)
	assert_json '.[0] | .minimize == false and .metric == "custom"'
}

@test "predictions come in pages, and those of many trials at once" {
	faults_start
	run -0 --separate-stderr dr-score -m 'wc -l' --parallel 3 <"$DONE"
	assert_json 'length == 3 and all(.score == 320)'
	[ "$(faults_requests 'GET .*/trainingPredictions/[0-9a-f]*/\?offset=0&limit=1000')" = 3 ]
	faults_stop
	# A service that gives fewer rows than it was asked for.
	faults_start '0 1 GET /trainingPredictions/[0-9a-f]+/ answer 200 {"next":"x","data":[{"rowId":0,"partitionId":"0.0","prediction":1,"predictionValues":[]}]}'
	run -0 --separate-stderr dr-score -m 'wc -l' < <(one)
	assert_json '.[0].score == 320'
	[ "$(faults_requests 'GET .*/trainingPredictions/[0-9a-f]*/\?offset=1&limit=1000')" = 1 ]
}

@test "what is no completed trial passes byte for byte, and so does what is scored already" {
	cat >in <<-'EOF'
		{"note":   1.50}
		{"trial":"00000000000000aa","state":"submitted","params":{},"more":[1, 2]}
		{"trial":"00000000000000ac","state":"failed","params":{}}
	EOF
	one | dr-score -m 'wc -l' | jq -c --indent 1 . | tr '\n' ' ' >>in
	echo >>in
	run -0 --separate-stderr dr-score -m 'echo 7' <in
	[ "$output" = "$(<in)" ]
	# By another name it is scored again, and the service's own score stays.
	tail -n 1 in >scored
	run -0 --separate-stderr dr-score -m 'echo 7' --name seven <scored
	assert_json '.[0] | .score == 7 and .was.metric == "LogLoss" and
		.metrics.custom.crossValidation == 320 and .metrics.seven.crossValidation == 7'
}

@test "a command that fails or prints no number ends it with status 3" {
	one >in
	while IFS='|' read -r line why; do
		run -3 --separate-stderr dr-score -m "$line" <in
		[ "$output" = "" ]
		[ "${stderr_lines[-1]}" = "dr-score: trial 0000000000000001: the metric command $why" ] || {
			echo "$line: $stderr" >&2
			return 1
		}
	done <<-'EOF'
		exit 3|ended with status 3
		no-such-command 2>&-|ended with status 127 (not found)
		kill -9 $$|was ended by signal 9
		cat >/dev/null|printed no number
		echo ' '|printed no number
		echo 0.5 cents|printed '0.5 cents ', not one number
		echo 1 2|printed '1 2 ', not one number
		printf '1\000'|printed '1', not one number
		yes|printed more than one number
		cat|printed more than one number
	EOF
}

@test "a number that is none fails the trial, and so does the command with --skip-bad" {
	run -1 --separate-stderr dr-score -m 'echo nan' < <(one)
	[ "$stderr" = "dr-score: warning: trial 0000000000000001: the metric command printed NaN" ]
	assert_json '.[0] | .state == "failed" and .score == null and .metric == "custom" and
		.error == "the metric command printed NaN" and .was.score > 0'
	run -1 --separate-stderr dr-score -m 'echo -inf' < <(one)
	assert_json '.[0].error == "the metric command printed what is not finite"'
	(echo 'no JSON' && one) >in
	run -1 --separate-stderr dr-score --skip-bad -m 'exit 9' <in
	assert_json 'length == 1 and (.[0] | .state == "failed" and .error == "the metric command ended with status 9")'
}

@test "a command that has seen enough is no error, nor is one that only talks to people" {
	run -0 --separate-stderr dr-score -m 'head -c 1 >/dev/null; echo 1e-3' < <(one)
	assert_json '.[0].score == 0.001'
	run -0 --separate-stderr dr-score -m 'echo "I think" >&2; echo 4' < <(one)
	[ "$stderr" = "I think" ]
	assert_json '.[0].score == 4'
}

@test "nothing of a record is run, and the command does not get the token" {
	# shellcheck disable=SC2016 # nobody is to expand it
	one | jq -c '.params = {"$(touch run)": "`touch run`; touch run"} | .by = "$(touch run)"' >in
	run -0 --separate-stderr dr-score -m 'env >env; wc -l' <in
	[ ! -e run ]
	run ! grep -F "$DATAROBOT_API_TOKEN" env
	grep -q '^DATAROBOT_ENDPOINT=' env
}

@test "what is wrong with a trial or the actuals is told" {
	one | jq -c 'del(.tuned_model)' >in
	run -3 --separate-stderr dr-score -m 'wc -l' <in
	[ "$stderr" = "dr-score: <stdin>:1: trial 0000000000000001: 'tuned_model' is missing" ]
	run -2 --separate-stderr dr-score -m 'wc -l' --name LogLoss < <(one)
	[ "$stderr" = "dr-score: trial 0000000000000001: the service has a metric 'LogLoss': --name another" ]
	run -2 --separate-stderr dr-score <"$DONE"
	[ "${stderr_lines[0]}" = "dr-score: --metric-command is missing" ]
	run -2 --separate-stderr dr-score -m 'wc -l' --target x <"$DONE"
	run -3 --separate-stderr dr-score -m 'wc -l' --actuals "$TABLE" --target sold < <(one)
	[[ $stderr == "dr-score: <stdin>:1: trial 0000000000000001: $TABLE: there is no column 'sold'" ]]
	head -n 11 "$TABLE" >short.csv
	run -3 --separate-stderr dr-score -m 'wc -l' --actuals short.csv < <(one)
	[[ $stderr == "dr-score: trial 0000000000000001: short.csv: has 10 rows, and the predictions are about row "*": it is not the project's table" ]]
	run -3 --separate-stderr dr-score -m 'wc -l' --actuals no-such-file < <(one)
	[[ $stderr == *"no-such-file: the file cannot be read: No such file or directory" ]]
}

@test "a model that is gone fails its trial; predictions that cannot be had end it" {
	one | jq -c '.tuned_model = "0123456789abcdef01234567"' >in
	run -1 --separate-stderr dr-score -m 'wc -l' <in
	assert_json '.[0] | .state == "failed" and .error == "its model is not there any more"'
	faults_start '0 0 POST /trainingPredictions/ answer 422 {"message":"no such luck"}' \
		'0 0 GET /trainingPredictions/$ answer 200 {"data":[]}'
	run -4 --separate-stderr dr-score -m 'wc -l' < <(one)
	[ "$output" = "" ]
	[ "$stderr" = "dr-score: trial 0000000000000001: POST projects/$DR_PROJECT/trainingPredictions/: 422: no such luck" ]
}

@test "predictions that are there already are found in the list" {
	one | dr-score -m 'wc -l' >/dev/null
	faults_start '0 0 POST /trainingPredictions/ answer 422 {"message":"made already"}'
	run -0 --separate-stderr dr-score -m 'wc -l' < <(one)
	assert_json '.[0].score == 320'
}

@test "an answer that is lost is asked for again" {
	trial 9 '{"max_depth":4,"random_state":78}' | dr-submit --model "$MODEL" | dr-collect >in
	faults_start '0 1 POST /trainingPredictions/ lose'
	run -0 --separate-stderr dr-score -m 'wc -l' <in
	assert_json '.[0].score == 320'
}

@test "with a log the search goes by it, and goes on where it stopped" {
	loop() {
		mkfifo loop
		# shellcheck disable=SC2094 # one FIFO, read and written: that is the loop
		bo-propose --follow --parallel 2 --trials "$1" --log log learning_rate=0.05..0.5:log \
			max_depth=2..6 <loop | dr-submit --log log --model "$MODEL" | dr-collect |
			dr-score --log log -m "$cost" --name cost --actuals "$TABLE" >loop
		rm loop
	}
	loop 3
	jq -c 'select(.state == "completed")' log >first
	[ "$(wc -l <first)" = 3 ]
	# As if it had been killed before the last was scored.
	head -n -1 log >shorter && mv shorter log
	loop 5
	output=$(<log)
	assert_json 'group_by(.trial) | map(last) | length == 5 and all(.state == "completed" and
		.metric == "cost" and .was.metric == "LogLoss")'
	# What is scored is written as it stands.
	jq -c 'select(.trial == "'"$(tail -n 1 log | jq -r .trial)"'") | select(.state == "completed") |
		.score = .was.score | .metric = "LogLoss" | del(.was) | del(.metrics.cost)' log >in
	faults_start
	run -0 --separate-stderr dr-score --log log -m 'exit 1' --name cost <in
	[ "$output" = "$(tail -n 1 log)" ]
	[ "$(faults_requests .)" = 0 ]
	# A failed trial is kept too, since nobody else writes it down.
	echo '{"trial":"00000000000000ac","state":"failed","params":{},"error":"x"}' |
		dr-score --log log -m 'exit 1' --name cost >/dev/null
	[ "$(tail -n 1 log | jq -r .trial)" = 00000000000000ac ]
}
