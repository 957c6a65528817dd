bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	load model
	model_start
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

assert_log() {
	local output
	output=$(<log)
	assert_json "$1"
}

# submitted N PARAMS [OPTION...]: a trial of a running job.
submitted() {
	local n=$1 params=$2
	shift 2
	trial "$n" "$params" | dr-submit --model "$MODEL" "$@"
}

# A trial of a job that only faults know.
unreal() {
	trial "$1" "${2:-{\}}" | jq -c '.state = "submitted" | .job = "9999" |
		.project = env.DR_PROJECT | .model = env.MODEL'
}

@test "a submitted trial is completed with its score, its model and its times" {
	submitted 1 '{"learning_rate":0.11}' >in
	run -0 --separate-stderr dr-collect <in
	[ "$stderr" = "" ]
	assert_json 'length == 1 and (.[0] | .trial == "0000000000000001" and
		.state == "completed" and .by == "test" and .params == {"learning_rate":0.11} and
		.metric == "LogLoss" and .partition == "crossValidation" and .minimize and
		.score == .metrics.LogLoss.crossValidation and .score > 0 and
		.metrics.AUC.validation > 0 and (.metrics.AUC | has("holdout")) and
		(.metrics.AUC | keys == ["crossValidation", "holdout", "validation"]) and
		(.tuned_model | length) == 24 and .tuned_model != .model and .error == null and
		.submitted_at < .finished_at and .seconds > 0 and .seconds < 60)'
	dr-models "$(jq -r .tuned_model <<<"$output")" >model
	[ "$(jq .score model)" = "$(jq .score <<<"$output")" ]
}

@test "everything but submitted trials is passed on byte for byte, at once" {
	cat >others <<-'EOF'
		{"note":   1.50, "x":"\u00e4"}
		{"trial":"00000000000000aa","state":"proposed","params":{},"more":[1, 2]}
		{"trial":"00000000000000ab","state":"completed", "params":{},"score":1e-3}
		{"trial":"00000000000000ac","state":"failed","params":{}}
	EOF
	(submitted 1 '{"learning_rate":0.12}' && cat others) >in
	run -0 --separate-stderr dr-collect <in
	[ "$stderr" = "" ]
	[ "$(head -n 4 <<<"$output")" = "$(<others)" ]
	[ "$(tail -n 1 <<<"$output" | jq -r .state)" = completed ]
}

@test "--metric and --partition say what is scored" {
	submitted 1 '{"learning_rate":0.13}' >in
	run -0 --separate-stderr dr-collect --metric AUC --partition validation <in
	assert_json '.[0] | .metric == "AUC" and .partition == "validation" and
		.minimize == false and .score == .metrics.AUC.validation'
	run -2 --separate-stderr dr-collect --metric Beauty <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-collect: trial 0000000000000001: project $DR_PROJECT has no metric 'Beauty'" ]
	run -2 --separate-stderr dr-collect --partition training <in
	[ "${stderr_lines[0]}" = "dr-collect: --partition: 'training' is not crossValidation, validation or holdout" ]
}

@test "a trial's own partition is what it is scored on" {
	submitted 1 '{"learning_rate":0.131}' | jq -c '.fidelity = {"partition":"validation"}' >in
	run -0 --separate-stderr dr-collect <in
	assert_json '.[0].partition == "validation"'
	run -0 --separate-stderr dr-collect --partition crossValidation <in
	assert_json '.[0].partition == "crossValidation"'
}

@test "a trial without a score on the partition fails, and says where it has one" {
	submitted 1 '{"learning_rate":0.14}' >in
	faults_start '0 0 GET /models/[0-9a-f]+/$ answer 200 {"metrics":{"LogLoss":{"validation":0.5,"crossValidation":null}}}'
	run -1 --separate-stderr dr-collect <in
	why="the model has no score of LogLoss for crossValidation; it has one for validation (--partition)"
	[ "$stderr" = "dr-collect: warning: trial 0000000000000001: $why" ]
	why=$why assert_json '.[0] | .state == "failed" and .score == null and .error == env.why and
		.tuned_model != null and .metrics.LogLoss.validation > 0'
}

@test "the locked holdout is refused" {
	submitted 1 '{"learning_rate":0.141}' >in
	run -4 --separate-stderr dr-collect --partition holdout <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-collect: trial 0000000000000001: the holdout of project $DR_PROJECT is locked: dr-project unlock-holdout opens it, for good" ]
}

@test "--folds adds the scores of the folds, and is one request a trial" {
	(submitted 1 '{"learning_rate":0.142}' && submitted 2 '{"max_depth":[2,3],"learning_rate":0.142}') >in
	faults_start
	run -0 --separate-stderr dr-collect --folds <in
	[ "$stderr" = "" ]
	assert_json 'length == 2 and all((.folds | length) == 5 and .state == "completed" and
		((.folds | add / 5) - .score | fabs) < 1e-9 and
		.folds[0] == .metrics.LogLoss.validation)'
	assert_json 'map(select(.chosen)) | length == 1'
	[ "$(faults_requests 'GET .*/crossValidationScores/')" = 2 ]
	run -0 --separate-stderr dr-collect --folds --partition validation <in
	assert_json 'all(has("folds") | not)'
}

@test "folds that the service does not have, or cannot tell, are left out" {
	submitted 1 '{"learning_rate":0.143}' >in
	faults_start '0 1 GET /crossValidationScores/ answer 404 {"message":"none"}' \
		'0 1 GET /crossValidationScores/ answer 422 {"message":"not these"}'
	run -0 --separate-stderr dr-collect --folds <in
	[ "$stderr" = "" ]
	assert_json '.[0] | .state == "completed" and (has("folds") | not)'
	run -0 --separate-stderr dr-collect --folds <in
	[[ $stderr == "dr-collect: warning: trial 0000000000000001: GET "*"/crossValidationScores/?metric=LogLoss: 422: not these" ]]
	assert_json '.[0] | .state == "completed" and (has("folds") | not)'
}

@test "after a search the chosen values are told" {
	submitted 1 '{"max_depth":[2,3],"learning_rate":0.15}' >in
	run -0 --separate-stderr dr-collect <in
	assert_json '.[0] | .state == "completed" and (.chosen | keys) == ["max_depth"] and
		(.chosen.max_depth | IN(2, 3))'
}

@test "a job that failed or was cancelled is a record with the server's message" {
	faults_start '0 0 GET obs/9999/ answer 200 {"id":"9999","status":"error","message":"out of memory"}' \
		'0 0 GET obs/9998/ answer 200 {"id":"9998","status":"ABORTED"}'
	(unreal 1 && unreal 2 | sed s/9999/9998/ && submitted 3 '{"learning_rate":0.16}') >in
	run -1 --separate-stderr dr-collect --log log <in
	[[ $stderr == *"dr-collect: warning: trial 0000000000000001: out of memory"* ]]
	assert_json 'map({(.trial[15:]): [.state, .error]}) | add | . == {
		"1": ["failed", "out of memory"],
		"2": ["aborted", "job 9998 was cancelled, and the server gives no reason"],
		"3": ["completed", null]}'
	assert_json 'all(.finished_at != null)'
	[ "$output" = "$(<log)" ]
}

@test "a trial whose job the server does not know any more is proposed again, and told" {
	faults_start
	unreal 1 >in
	run -5 --separate-stderr dr-collect --log log --poll 0.1s <in
	[ "${stderr_lines[0]}" = "dr-collect: warning: trial 0000000000000001: the server does not know job 9999 any more; proposed again" ]
	[ "${stderr_lines[1]}" = "dr-collect: the server lost the jobs of 1 trial: run the same command again" ]
	assert_json 'length == 1 and (.[0] | .state == "proposed" and .lost == 1 and .job == null and
		.submitted_at == null and .model == env.MODEL)'
	[ "$output" = "$(<log)" ]
	[ "$(faults_requests 'GET .*jobs/9999/')" = 4 ]
	faults_stop
	echo "$output" >again
	run -0 --separate-stderr bash -c 'dr-submit --log log <again | dr-collect --log log'
	assert_log 'map(.state) == ["proposed", "proposed", "submitted", "completed"] and
		map(.lost) == [1, 1, 1, 1] and map(.withdrawn) == [true, null, null, null]'
}

@test "a trial that has lost three jobs fails" {
	unreal 1 | jq -c '.lost = 2' >in
	run -1 --separate-stderr dr-collect --poll 0.1s <in
	why="the server lost 3 jobs of this trial, the last one was 9999"
	[ "$stderr" = "dr-collect: warning: trial 0000000000000001: $why" ]
	why=$why assert_json '.[0] | .state == "failed" and .error == env.why and .job == "9999"'
}

@test "a job that is not yet in the list, or not yet known, is waited for" {
	submitted 1 '{"learning_rate":0.17}' >in
	faults_start '0 2 GET /modelJobs/$ answer 200 []' \
		'0 2 GET obs/[0-9]+/$ answer 404 {"message":"no such job"}'
	run -0 --separate-stderr dr-collect --poll 0.2s <in
	[ "$stderr" = "" ]
	assert_json '.[0].state == "completed"'
}

@test "a model that is gone is a failed trial" {
	submitted 1 '{"learning_rate":0.18}' >in
	faults_start "0 0 GET /models/[0-9a-f]+/\$ answer 404 {\"message\":\"no such model\"}"
	run -1 --separate-stderr dr-collect <in
	assert_json '.[0] | .state == "failed" and
		.error == "the model that its job made is not there any more"'
}

@test "one request lists the jobs, however many trials wait" {
	for i in {10..29}; do trial "$i" "{\"learning_rate\":0.2$i}"; done |
		dr-submit --model "$MODEL" >in
	faults_start
	run -0 --separate-stderr dr-collect <in
	assert_json 'length == 20 and all(.state == "completed") and
		(map(.tuned_model) | unique | length) == 20'
	[ "$(faults_requests 'GET .*/models/')" = 20 ]
	lists=$(faults_requests 'GET .*/modelJobs/$')
	asks=$(faults_requests 'GET .*obs/[0-9]+/$')
	[ "$asks" -ge 20 ] && [ "$asks" -le 25 ]
	# The project, its metrics, and nothing else.
	[ "$(wc -l <"$FAULTS_REQUESTS")" = $((2 + 20 + lists + asks)) ]
}

@test "the log has each end before the output; what it knows is not asked for again" {
	(submitted 1 '{"learning_rate":0.31}' && submitted 2 '{"learning_rate":0.32}') >in
	run -0 --separate-stderr dr-collect --log log <in
	[ "$output" = "$(<log)" ]
	before=$(sort log)
	faults_start
	run -0 --separate-stderr dr-collect --log log <in
	[ "$(sort <<<"$output")" = "$before" ]
	[ "$(sort log)" = "$before" ]
	[ "$(faults_requests .)" = 0 ]
}

@test "killed while it waits, and run again: nothing is lost and nothing twice" {
	submitted 1 '{"learning_rate":0.33}' --log log >in
	faults_start '0 0 GET obs/[0-9]+/$ stall'
	dr-collect --log log <in >out 3>&- &
	until [[ $(faults_requests 'GET .*obs/[0-9]+/$') -ge 1 ]]; do sleep 0.05; done
	kill -9 $! && wait $! || true
	[ ! -s out ]
	faults_stop
	run -0 --separate-stderr dr-collect --log log <in
	assert_json 'map(.state) == ["completed"]'
	assert_log 'map(.state) == ["proposed", "submitted", "completed"]'
}

@test "both tools killed at any moment, over and over: nothing is lost and nothing runs twice" {
	for i in {100..123}; do trial "$i" "{\"learning_rate\":0.$i,\"n_estimators\":20}"; done >in
	for pause in 0.01 0.03 0.05 0.1 0.2 0.4; do
		rm -f pipe
		mkfifo pipe
		dr-submit --parallel 2 --log log --model "$MODEL" <in >pipe 2>>err 3>&- &
		submit=$!
		dr-collect --log log <pipe >out 2>>err 3>&- &
		collect=$!
		sleep "$pause"
		kill -9 "$submit" || true
		sleep 0.1
		kill -9 "$collect" || true
		wait "$submit" "$collect" || true
	done
	run -0 --separate-stderr bash -c \
		'dr-submit --log log --model "$MODEL" <in | dr-collect --log log'
	assert_json 'length == 24 and all(.state == "completed") and
		(map(.job | tonumber) | max - min) == 23'
	assert_log 'map(select(.state == "completed").trial) | length == 24 and
		(unique | length) == 24'
	[ ! -s err ]
}

@test "trials of two projects are collected at once" {
	load sandbox
	submitted 1 '{"learning_rate":0.331}' >in
	first=$DR_PROJECT
	sandbox_project
	# shellcheck disable=SC2153 # sandbox_project sets PROJECT
	DR_PROJECT=$PROJECT submitted 2 '{"learning_rate":0.332}' >>in
	run -0 --separate-stderr dr-collect <in
	[ "$first" != "$PROJECT" ]
	first=$first assert_json 'map({(.trial[15:]): [.state, .project]}) | add ==
		{"1": ["completed", env.first], "2": ["completed", env.PROJECT]}'
}

@test "each trial is written the moment it is over, while the input is open" {
	mkfifo in out
	dr-collect <in >out 3>&- &
	exec 5>in 6<out
	for i in 1 2; do
		submitted "$i" "{\"learning_rate\":0.34$i}" >&5
		read -r -t 30 line <&6
		[ "$(jq -r '.trial + .state' <<<"$line")" = "000000000000000${i}completed" ]
	done
	exec 5>&-
	run read -r -t 20 line <&6
	[ "$status" = 1 ]
	wait $!
}

@test "what came before a broken line is waited for" {
	(submitted 1 '{"learning_rate":0.35}' && echo '{"trial":1}' && unreal 2) >in
	run -3 --separate-stderr dr-collect <in
	[[ $stderr == "dr-collect: <stdin>:2: "* ]]
	assert_json 'map(.state) == ["completed"]'
}

@test "--skip-bad passes over bad lines and trials without a job" {
	(echo '{"trial":' && unreal 2 | jq -c 'del(.job)' && submitted 1 '{"learning_rate":0.36}') >in
	run -1 --separate-stderr dr-collect --skip-bad <in
	[ "${stderr_lines[0]}" = "dr-collect: <stdin>:1: not JSON at byte 9" ]
	[ "${stderr_lines[1]}" = "dr-collect: <stdin>:2: trial 0000000000000002: 'job' is missing" ]
	assert_json 'map(.state) == ["completed"]'
	run -3 --separate-stderr dr-collect < <(unreal 2 | jq -c 'del(.job)')
	[ "$stderr" = "dr-collect: <stdin>:1: trial 0000000000000002: 'job' is missing" ]
}

@test "a job or project that can be no id is a bad trial, and the others are collected" {
	(submitted 1 '{"learning_rate":0.35}' && unreal 2 | jq -c '.job = ".."' &&
		unreal 3 | jq -c '.project = ""') >in
	run -1 --separate-stderr dr-collect --skip-bad <in
	[ "${stderr_lines[0]}" = "dr-collect: <stdin>:2: trial 0000000000000002: '..' is no id" ]
	[ "${stderr_lines[1]}" = "dr-collect: <stdin>:3: trial 0000000000000003: '' is no id" ]
	assert_json 'map(.state) == ["completed"]'
	run -3 --separate-stderr dr-collect <in
	[ "$stderr" = "dr-collect: <stdin>:2: trial 0000000000000002: '..' is no id" ]
	assert_json 'map(.state) == ["completed"]'
}

@test "the project comes from the record, from --project or from the environment" {
	submitted 1 '{"learning_rate":0.37}' >in
	jq -c 'del(.project)' in >without
	project=$DR_PROJECT
	unset DR_PROJECT
	run -0 --separate-stderr dr-collect --project other <in
	run -0 --separate-stderr dr-collect --project "$project" <without
	run -2 --separate-stderr dr-collect <without
	[ "$output" = "" ]
	[ "$stderr" = "dr-collect: trial 0000000000000001: no project: give --project or set DR_PROJECT" ]
	run -4 --separate-stderr dr-collect --project 0123456789abcdef01234567 <without
	[[ $stderr == "dr-collect: trial 0000000000000001: GET projects/0123456789abcdef01234567/: 404: "* ]]
}

@test "a wrong token, or none, is refused" {
	unreal 1 >in
	DATAROBOT_API_TOKEN=wrong-token run -4 --separate-stderr dr-collect <in
	[ "$output" = "" ]
	[[ $stderr == "dr-collect: "*": 401: "* && $stderr != *wrong-token* ]]
	HOME=. DATAROBOT_API_TOKEN='' run -4 --separate-stderr dr-collect <in
	[[ $stderr == "dr-collect: no endpoint and token"* ]]
}

@test "a server that is not there is status 5" {
	unreal 1 >in
	DATAROBOT_ENDPOINT=http://127.0.0.1:1/api/v2 DATAROBOT_MAX_RETRIES=1 \
		run -5 --separate-stderr dr-collect <in
	[[ $stderr == "dr-collect: "*"127.0.0.1:1"*"(after 2 attempts)" ]]
}

@test "where it cannot go on, it writes what is not over as it came" {
	(submitted 1 '{"learning_rate":0.38}' && unreal 2) >in
	faults_start '0 0 GET /modelJobs/$ answer 401 {"message":"token expired"}'
	run -4 --separate-stderr dr-collect <in
	[ "$output" = "$(<in)" ]
	[[ $stderr == "dr-collect: GET projects/$DR_PROJECT/modelJobs/: 401: token expired"* ]]
	faults_stop
	run -0 --separate-stderr dr-collect < <(head -n 1 in)
	assert_json '.[0].state == "completed"'
}

@test "a full disk is an error that loses no end" {
	submitted 1 '{"learning_rate":0.39}' >in
	run -6 --separate-stderr bash -c 'dr-collect --log log <in >/dev/full'
	[ "$stderr" = "dr-collect: write: No space left on device" ]
	assert_log 'map(.state) == ["completed"]'
	run -6 --separate-stderr dr-collect --log /dev/full <in
	[ "$stderr" = "dr-collect: /dev/full: write: No space left on device" ]
	assert_json 'map(.state) == ["completed"]'
}

@test "a reader that has seen enough ends it without a word" {
	for i in 1 2 3; do trial "$i" "{\"learning_rate\":0.4$i}"; done |
		dr-submit --model "$MODEL" >in
	run -0 --separate-stderr bash -c 'dr-collect <in | head -n 1'
	[ "$stderr" = "" ]
	assert_json 'length == 1 and .[0].state == "completed"'
}

@test "an earlier job's duration is not known, and not told" {
	submitted 1 '{"learning_rate":0.44}' | dr-collect >first
	submitted 1 '{"learning_rate":0.44}' >in
	run -0 --separate-stderr dr-collect <in
	assert_json '.[0] | .state == "completed" and .seconds == null and .taken_over'
	[ "$(jq .score first)" = "$(jq .score <<<"$output")" ]
	jq -c 'del(.taken_over) | .submitted_at = "2026-01-01T00:00:00.000Z"' in >late
	run -0 --separate-stderr dr-collect <late
	assert_json '.[0] | .state == "completed" and .seconds == null'
}

@test "-v shows each request and never the token" {
	submitted 1 '{"learning_rate":0.45}' >in
	run -0 --separate-stderr dr-collect -v <in
	[[ $stderr == *"GET projects/$DR_PROJECT/modelJobs/: 200"* ]]
	[[ $stderr != *"$DATAROBOT_API_TOKEN"* && $output != *"$DATAROBOT_API_TOKEN"* ]]
}

@test "on a terminal a line shows how far it is" {
	submitted 1 '{"learning_rate":0.46}' >in
	run -0 script -qec 'dr-collect <in >out' /dev/null
	[[ $output == *"dr-collect: "*" waiting, "*" running, 0 done"* ]]
	[[ $output == *"0 waiting, 0 running, 1 done, best LogLoss 0."* ]]
	[ "$(jq -r .state out)" = completed ]
}

@test "an operand, a wrong --poll and an empty input" {
	run -2 --separate-stderr dr-collect trials.ndjson </dev/null
	[ "${stderr_lines[0]}" = "dr-collect: trials are read from stdin, not from an operand" ]
	run -2 --separate-stderr dr-collect --poll 0 </dev/null
	[ "${stderr_lines[0]}" = "dr-collect: --poll: at least 0.1 s" ]
	run -0 --separate-stderr dr-collect </dev/null
	[ "$output$stderr" = "" ]
}

@test "answers that say nothing of a job end it with 5, and nothing is lost" {
	(submitted 1 '{"learning_rate":0.61}' && unreal 2) >in
	faults_start '0 0 GET obs/9999/ answer 200 {"id":"9999"}'
	run -5 --separate-stderr dr-collect <in
	[[ $stderr == "dr-collect: GET projects/$DR_PROJECT/jobs/9999/: the answer tells no status of the job (after 4 attempts)" ]]
	assert_json 'map(.trial[15:]) | sort == ["1", "2"]'
	assert_json 'map(select(.trial[15:] == "2").state) == ["submitted"]'
	faults_stop
	faults_start '0 0 GET obs/9999/ answer 200 {"id":"17","status":"error"}'
	run -5 --separate-stderr dr-collect < <(unreal 2)
	[[ $stderr == *": the answer is about another job (after 4 attempts)" ]]
	assert_json 'map(.state) == ["submitted"]'
}

@test "a list that is none, or holds what is no job, is asked for again and then told" {
	submitted 1 '{"learning_rate":0.62}' >in
	faults_start '0 1 GET /modelJobs/$ answer 200 {"what":1}' \
		'0 1 GET /modelJobs/$ answer 200 [7]' '0 1 GET /modelJobs/$ answer 200 {"data":'
	run -0 --separate-stderr dr-collect <in
	[ "$stderr" = "" ]
	assert_json '.[0].state == "completed"'
	faults_stop
	faults_start '0 0 GET /modelJobs/$ answer 200 [{"id":"1"},"x"]'
	run -5 --separate-stderr dr-collect <in
	[[ $stderr == *": the list holds what is no object (after 4 attempts)" ]]
	[ "$output" = "$(<in)" ]
}

@test "another model than the one asked for is not taken for it" {
	submitted 1 '{"learning_rate":0.63}' >in
	faults_start '0 2 GET /models/[0-9a-f]+/$ answer 200 {"id":"0123456789abcdef01234567","metrics":{}}'
	run -0 --separate-stderr dr-collect <in
	[ "$stderr" = "" ]
	assert_json '.[0] | .state == "completed" and .score > 0'
}
