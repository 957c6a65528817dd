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
	[[ -z ${own_sandbox-} ]] || sandbox_stop
}

# assert_log FILTER: of the file log.
assert_log() {
	local output
	output=$(<log)
	assert_json "$1"
}

@test "a proposed trial becomes a submitted one with its job" {
	trial 1 '{"max_depth":4,"learning_rate":0.11}' >in
	run -0 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$stderr" = "" ]
	assert_json 'length == 1 and (.[0] | .trial == "0000000000000001" and .by == "test" and
		.state == "submitted" and .model == env.MODEL and .project == env.DR_PROJECT and
		.params == {"max_depth":4,"learning_rate":0.11} and (.job | test("^[0-9]+$")) and
		(.submitted_at | test("^20.*Z$")) and .taken_over == null)'
}

@test "everything but proposed trials is passed on byte for byte" {
	cat >in <<-'EOF'
		{"note":   1.50, "x":"\u00e4"}
		{"parameter":"max_depth","task":"t"}
		{"trial":"00000000000000aa","state":"submitted","params":{},"job":"1","more":[1, 2]}
		{"trial":"00000000000000ab","state":"completed", "params":{},"score":1e-3}
		{"trial":"00000000000000ac","state":"failed","params":{}}
	EOF
	run -0 --separate-stderr bash -c 'dr-submit --model "$MODEL" <in | cmp - in'
	[ "$stderr" = "" ]
}

@test "the same setting is not paid for twice: its job is taken over" {
	trial 1 '{"max_depth":4,"learning_rate":0.12}' | dr-submit --model "$MODEL" >first
	trial 1 '{"max_depth":4,"learning_rate":0.12}' >in
	run -0 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$stderr" = "" ]
	job=$(jq -r .job first) assert_json '.[0] | .state == "submitted" and .job == env.job and
		.taken_over'
}

@test "a trial that stands twice in the input is sent once" {
	faults_start
	(trial 1 '{"learning_rate":0.13}' && trial 1 '{"learning_rate":0.13}') >in
	run -0 --separate-stderr dr-submit --model "$MODEL" <in
	assert_json 'length == 2 and .[0] == .[1] and .[0].state == "submitted"'
	[ "$(faults_requests '^POST')" = 1 ]
}

@test "the parameters are asked for once, whatever the number of trials" {
	faults_start
	for i in {11..30}; do trial "$i" "{\"learning_rate\":0.2$i}"; done >in
	run -0 --separate-stderr dr-submit --parallel 4 --model "$MODEL" <in
	assert_json 'length == 20 and (map(.job) | unique | length) == 20 and
		(map(.trial) | unique | length) == 20'
	[ "$(faults_requests '^GET')" = 1 ]
	[ "$(faults_requests '^POST')" = 20 ]
}

# shellcheck disable=SC2030
@test "a value above its maximum is told with its task and its bound, and is not sent" {
	faults_start
	trial 5 '{"max_depth":4000}' >in
	run -3 --separate-stderr dr-submit --model "$MODEL" --log log <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-submit: trial 0000000000000005: max_depth=4000 is above its maximum $(
		param max_depth .max) ($(param max_depth .task))" ]
	[ "$(faults_requests '^POST')" = 0 ]
	[ ! -s log ]
}

# refused PARAMS MESSAGE
# shellcheck disable=SC2031 # it is bats' run that sets output, here too
refused() {
	trial 5 "$1" >in
	run -3 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$output" = "" ] && [ "$stderr" = "dr-submit: trial 0000000000000005: $2" ]
}

@test "what else a parameter cannot be is told" {
	faults_start
	task=$(param max_depth .task)
	refused '{"max_depth":0}' "max_depth=0 is below its minimum 1 ($task)"
	refused '{"max_depth":3.5}' "max_depth=3.5 is not a whole number ($task)"
	refused '{"max_depth":"deep"}' "max_depth='deep' is not a number ($task)"
	refused '{"max_depth":[3,99999]}' \
		"max_depth=99999 is above its maximum $(param max_depth .max) ($task)"
	refused '{"tree_method":"oak"}' "tree_method='oak' is not one of $(
		param tree_method '.values | join(", ")') ($(param tree_method .task))"
	refused '{"smooth_interval":[100,200]}' \
		"smooth_interval=[100,200] is a list, but it takes one value ($task)"
	refused '{"max_depht":3}' \
		"model $MODEL has no parameter 'max_depht'; nearest: max_depth"
	refused '{"No such task/max_depth":3}' \
		"model $MODEL has no parameter 'No such task/max_depth'; nearest: max_depth"
	[ "$(faults_requests '^POST')" = 0 ]
}

@test "a list of one is a value, and a list goes where a search is allowed" {
	(trial 1 '{"smooth_interval":[101]}' && trial 2 '{"max_depth":[2,3],"learning_rate":0.3}') >in
	run -0 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$stderr" = "" ]
	assert_json 'map(.state) == ["submitted", "submitted"]'
}

@test "a task's name and a slash choose one task's parameter" {
	trial 1 "{\"$(param max_depth .task)/max_depth\":7}" | dr-submit --model "$MODEL" >first
	trial 2 '{"max_depth":7}' >in
	run -0 --separate-stderr dr-submit --model "$MODEL" <in
	job=$(jq -r .job first) assert_json '.[0].job == env.job'
}

@test "what came before a bad value is submitted, what comes after is not" {
	(trial 1 '{"learning_rate":0.31}' && trial 2 '{"learning_rate":31}' &&
		trial 3 '{"learning_rate":0.33}') >in
	run -3 --separate-stderr dr-submit --model "$MODEL" <in
	assert_json 'length == 1 and .[0].trial == "0000000000000001"'
	[[ $stderr == "dr-submit: trial 0000000000000002: learning_rate=31 is above "* ]]
}

@test "--skip-bad makes a bad trial a failed one and goes on" {
	(trial 1 '{"learning_rate":31}' && echo '{"trial":"x"}' && trial 3 '{"learning_rate":0.34}') >in
	run -1 --separate-stderr dr-submit --skip-bad --model "$MODEL" --log log <in
	assert_json 'length == 2 and (map({(.trial): .}) | add |
		(.["0000000000000001"] | .state == "failed" and .finished_at != null and
			(.error | startswith("learning_rate=31 is above its maximum"))) and
		.["0000000000000003"].state == "submitted")'
	[[ $stderr == *"dr-submit: <stdin>:2: "* ]]
	assert_log 'map(.state) | sort == ["failed", "proposed", "submitted"]'
}

@test "a broken line is told with its number, after what came before it" {
	(trial 1 '{"learning_rate":0.35}' && echo '{"note":1}' && echo '{"trial":"000') >in
	run -3 --separate-stderr dr-submit --model "$MODEL" <in
	assert_json 'map(.state // .note) | sort == [1, "submitted"]'
	[ "$stderr" = "dr-submit: <stdin>:3: not JSON at byte 11" ]
}

@test "the record's model counts, and must not contradict --model" {
	trial 1 '{"learning_rate":0.36}' | jq -c '.model = env.MODEL' >in
	run -0 --separate-stderr dr-submit <in
	assert_json '.[0].state == "submitted" and .[0].model == env.MODEL'
	run -2 --separate-stderr dr-submit --model other <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-submit: trial 0000000000000001: it is for model $MODEL, and --model says other" ]
	trial 1 '{"learning_rate":0.36}' >in
	run -2 --separate-stderr dr-submit <in
	[ "$stderr" = "dr-submit: trial 0000000000000001: no model: give --model" ]
}

@test "the project comes from the record, from --project or from the environment" {
	project=$DR_PROJECT
	unset DR_PROJECT
	trial 1 '{"learning_rate":0.37}' >in
	run -2 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$stderr" = "dr-submit: trial 0000000000000001: no project: give --project" ]
	run -0 --separate-stderr dr-submit --model "$MODEL" --project "$project" <in
	jq -c --arg p "$project" '.project = $p' in >with
	DR_PROJECT=other run -0 --separate-stderr dr-submit --model "$MODEL" <with
	run -2 --separate-stderr dr-submit --model "$MODEL" --project other <with
	[ "$stderr" = "dr-submit: trial 0000000000000001: it is for project $project, and --project says other" ]
}

@test "an unknown model or project is refused" {
	trial 1 '{"learning_rate":0.38}' >in
	run -4 --separate-stderr dr-submit --model 0123456789abcdef01234567 <in
	[ "$output" = "" ]
	[[ $stderr == "dr-submit: "*"0123456789abcdef01234567"*": 404: "* ]]
	run -4 --separate-stderr dr-submit --model "$MODEL" --project 0123456789abcdef01234567 <in
	[ "$output" = "" ]
	[[ $stderr == "dr-submit: "*"0123456789abcdef01234567"*": 404: "* ]]
}

@test "a wrong token, or none, is refused" {
	trial 1 '{"learning_rate":0.39}' >in
	DATAROBOT_API_TOKEN=wrong-token run -4 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$output" = "" ]
	[[ $stderr == "dr-submit: "*": 401: "* && $stderr != *wrong-token* ]]
	HOME=. DATAROBOT_API_TOKEN='' run -4 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$output" = "" ]
	[[ $stderr == "dr-submit: no endpoint and token"* ]]
}

@test "a server that is not there is status 5, and the trial is in the log" {
	trial 1 '{"learning_rate":0.4}' >in
	DATAROBOT_ENDPOINT=http://127.0.0.1:1/api/v2 DATAROBOT_MAX_RETRIES=1 \
		run -5 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$output" = "" ]
	[[ $stderr == "dr-submit: "*"127.0.0.1:1"*"(after 2 attempts)" ]]
}

@test "a refusal of one setting fails that trial with the server's words" {
	faults_start '1 1 POST advancedTuning/$ answer 422 {"message":"no","errors":{"value":"bad luck"}}'
	for i in 1 2 3; do trial "$i" "{\"learning_rate\":0.41$i}"; done >in
	run -1 --separate-stderr dr-submit --parallel 1 --model "$MODEL" --log log <in
	[ "$stderr" = "dr-submit: warning: trial 0000000000000002: no (value: bad luck)" ]
	assert_json 'map(.state) == ["submitted", "failed", "submitted"] and
		.[1].error == "no (value: bad luck)" and .[1].finished_at != null'
	assert_log 'map(.state) == ["proposed", "submitted", "proposed", "failed",
		"proposed", "submitted"]'
}

@test "a refusal of everything stops it, after what was answered" {
	faults_start '1 0 POST advancedTuning/$ answer 403 {"message":"no right to tune"}'
	for i in 1 2 3; do trial "$i" "{\"learning_rate\":0.42$i}"; done >in
	run -4 --separate-stderr dr-submit --parallel 1 --model "$MODEL" <in
	assert_json 'map(.state) == ["submitted"]'
	[[ $stderr == "dr-submit: POST projects/$DR_PROJECT/models/$MODEL/advancedTuning/: 403: no right to tune" ]]
	[ "$(faults_requests '^POST')" = 2 ]
}

@test "an earlier job that failed is not waited for: the trial fails" {
	faults_start '0 0 POST advancedTuning/$ answer 422 {"message":"dup","errorName":"JobAlreadyAdded","previousJob":{"id":"77","status":"ABORTED"}}'
	trial 1 '{"learning_rate":0.43}' >in
	run -1 --separate-stderr dr-submit --model "$MODEL" <in
	assert_json '.[0] | .state == "failed" and .job == "77" and (.error |
		startswith("job 77 had these values before and failed or was cancelled"))'
}

@test "a full queue is waited for" {
	faults_start '2 3 POST advancedTuning/$ answer 422 {"message":"Unable to add jobs to the queue: it is full"}'
	for i in {1..6}; do trial "$i" "{\"learning_rate\":0.44$i}"; done >in
	run -0 --separate-stderr dr-submit --parallel 3 --model "$MODEL" <in
	[ "$stderr" = "dr-submit: note: the server's queue is full; waiting for room" ]
	assert_json 'length == 6 and all(.state == "submitted") and (map(.job) | unique | length) == 6'
	[ "$(faults_requests '^POST')" = 9 ]
}

@test "the queue of a service with little room is filled, and no job is lost or doubled" {
	load sandbox
	own_sandbox=1
	model_start --queue-limit 3 --workers 1
	for i in {1..8}; do trial "$i" "{\"learning_rate\":0.1$i,\"n_estimators\":10}"; done >in
	run -0 --separate-stderr dr-submit --model "$MODEL" <in
	assert_json 'length == 8 and all(.state == "submitted" and .taken_over == null) and
		(map(.job) | unique | length) == 8'
	[ "$stderr" = "dr-submit: note: the server's queue is full; waiting for room" ]
	assert_json '(map(.job | tonumber) | max - min) == 7'
}

@test "a lost answer is asked for, and makes no second job" {
	faults_start '1 1 POST advancedTuning/$ lose'
	for i in 1 2 3; do trial "$i" "{\"learning_rate\":0.45$i}"; done >in
	run -0 --separate-stderr dr-submit --parallel 1 --model "$MODEL" <in
	[ "$stderr" = "" ]
	assert_json 'all(.state == "submitted" and .taken_over == null)'
	[ "$(faults_requests '^POST')" = 4 ]
	first=$(jq -s 'map(.job | tonumber) | min' <<<"$output")
	last=$(jq -s 'map(.job | tonumber) | max' <<<"$output")
	[ $((last - first)) = 2 ]
}

@test "an answer that is lost every time ends it with 5, and the next run has its job" {
	faults_start '0 0 POST advancedTuning/$ lose'
	trial 1 '{"learning_rate":0.455}' >in
	run -5 --separate-stderr dr-submit --retry-for 1.5 --model "$MODEL" --log log <in
	[ "$output" = "" ]
	[[ $stderr == "dr-submit: trial 0000000000000001: POST projects/"*"it is not known whether the request was accepted" ]]
	[ "$(faults_requests '^POST')" = 3 ]
	run -5 --separate-stderr dr-submit --retry-for 0 --model "$MODEL" --log log <in
	[ "$(faults_requests '^POST')" = 4 ]
	cmp log in
	faults_stop
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	assert_json '.[0].state == "submitted" and .[0].taken_over'
}

@test "asking for lost answers takes from the run's retries" {
	faults_start '0 0 POST advancedTuning/$ lose'
	trial 1 '{"learning_rate":0.457}' >in
	DR_RETRY_BUDGET=1 run -5 --separate-stderr dr-submit --model "$MODEL" --log log <in
	[ "$output" = "" ]
	[[ $stderr == *"it is not known whether the request was accepted; this run has used up its 1 retries" ]]
	[ "$(faults_requests '^POST')" = 2 ]
	cmp log in
}

@test "an answer that names no job is no answer: its job is asked for" {
	faults_start '0 1 POST advancedTuning/$ answer 202 {}' \
		'0 1 POST advancedTuning/$ answer 200 <p>wait</p>'
	trial 1 '{"learning_rate":0.458}' >in
	run -0 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$stderr" = "" ]
	assert_json '.[0].state == "submitted"'
	[ "$(faults_requests '^POST')" = 3 ]
}

@test "a redirect is told, and not taken for a job" {
	faults_start '0 0 POST advancedTuning/$ answer 302 {}'
	trial 1 '{"learning_rate":0.456}' >in
	run -4 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-submit: trial 0000000000000001: 302: not the answer expected" ]
}

@test "the log has the proposal before the request and the job before the output" {
	faults_start '0 0 POST advancedTuning/$ stall'
	trial 1 '{"learning_rate":0.46}' >in
	dr-submit --model "$MODEL" --log log <in >out 3>&- &
	until [[ $(faults_requests '^POST') == 1 ]]; do sleep 0.05; done
	cmp log in
	kill -9 $! && wait $! || true
	[ ! -s out ]
	faults_stop
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	diff log - <<<"$(cat in)"$'\n'"$output"
}

@test "killed when the server has the job and the log has not: run again, it has that job" {
	faults_start '0 0 POST advancedTuning/$ lose'
	trial 1 '{"learning_rate":0.47}' >in
	dr-submit --model "$MODEL" --log log <in >out 2>err 3>&- &
	until [[ $(faults_requests '^POST') == 1 ]]; do sleep 0.05; done
	sleep 0.2
	kill -9 $! && wait $! || true
	cmp log in
	faults_stop
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	assert_json '.[0].state == "submitted" and .[0].taken_over'
	job=$(jq -r .job <<<"$output")
	trial 2 '{"learning_rate":0.471}' >in
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	job=$job assert_json '(.[0].job | tonumber) == (env.job | tonumber) + 1'
}

@test "a trial that the log knows is not sent, but written as the log has it" {
	cat >log <<-EOF
		{"trial":"0000000000000001","state":"proposed","by":"test","params":{"learning_rate":0.481}}
		{"trial":"0000000000000002","state":"submitted","by":"test","params":{"learning_rate":0.482},"project":"$DR_PROJECT","model":"$MODEL","job":"4711"}
		{"trial":"0000000000000003","state":"submitted","by":"test","params":{"learning_rate":0.483},"job":"4712"}
		{"trial":"0000000000000003","state":"completed","by":"test","params":{"learning_rate":0.483},"job":"4712","score":0.5}
		{"trial":"0000000000000004","state":"failed","by":"test","params":{"learning_rate":0.484},"error":"so it was"}
		{"trial":"0000000000000005","state":"propo
	EOF
	faults_start
	for i in {1..6}; do trial "$i" "{\"learning_rate\":0.48$i}"; done >in
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	assert_json 'map({(.trial[15:]): [.state, .job // .error]}) | add |
		.["1"][0] == "submitted" and .["2"] == ["submitted", "4711"] and
		.["3"] == ["completed", "4712"] and .["4"] == ["failed", "so it was"] and
		.["5"][0] == "submitted" and .["6"][0] == "submitted"'
	[ "$(faults_requests '^POST')" = 3 ]
	# What was proposed already is not proposed again.
	[ "$(jq -R 'fromjson? | select(.trial == "0000000000000001") | .state' log | tr '\n' ' ')" = \
		'"proposed" "submitted" ' ]
	run -0 --separate-stderr dr-submit --model "$MODEL" --log log <in
	[ "$(faults_requests '^POST')" = 3 ]
	[ "$(faults_requests '^GET')" = 1 ]
}

@test "a log of another model is told, not believed" {
	trial 1 '{"learning_rate":0.49}' >in
	jq -c '.state = "submitted" | .job = "1" | .model = "other"' in >log
	run -2 --separate-stderr dr-submit --model "$MODEL" --log log <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-submit: trial 0000000000000001: the log has it for model other, and --model says $MODEL" ]
}

@test "a trial is submitted the moment it comes" {
	mkfifo in out
	dr-submit --model "$MODEL" <in >out 3>&- &
	exec 5>in 6<out
	for i in 1 2; do
		trial "$i" "{\"learning_rate\":0.5$i}" >&5
		read -r -t 20 line <&6
		[ "$(jq -r '.trial + .state' <<<"$line")" = "000000000000000${i}submitted" ]
	done
	exec 5>&-
	run read -r -t 20 line <&6
	[ "$status" = 1 ]
	wait $!
}

@test "a full disk is an error that loses no job" {
	trial 1 '{"learning_rate":0.53}' >in
	run -6 --separate-stderr bash -c 'dr-submit --model "$MODEL" --log log <in >/dev/full'
	[ "$stderr" = "dr-submit: write: No space left on device" ]
	assert_log 'map(.state) == ["proposed", "submitted"]'
}

@test "a log that cannot be written is an error before anything is sent" {
	faults_start
	trial 1 '{"learning_rate":0.54}' >in
	run -6 --separate-stderr dr-submit --model "$MODEL" --log /dev/full <in
	[ "$output" = "" ]
	[ "$stderr" = "dr-submit: /dev/full: write: No space left on device" ]
	run -6 --separate-stderr dr-submit --model "$MODEL" --log no/such/folder <in
	[ "$stderr" = "dr-submit: no/such/folder: No such file or directory" ]
	[ "$(faults_requests '^POST')" = 0 ]
}

@test "a reader that has seen enough ends it without a word" {
	for i in {1..12}; do trial "$i" "{\"learning_rate\":0.55$i}"; done >in
	run -0 --separate-stderr bash -c 'dr-submit --parallel 1 --model "$MODEL" <in | head -n 1'
	[ "$stderr" = "" ]
	assert_json 'length == 1 and .[0].state == "submitted"'
}

@test "what tuning cannot give is refused, not left out" {
	trial 1 '{"learning_rate":0.56}' | jq -c '.fidelity = {"sample_pct":16}' >in
	run -3 --separate-stderr dr-submit --model "$MODEL" <in
	[ "$stderr" = "dr-submit: trial 0000000000000001: its sample_pct is 16, and a tuned model has that of the model it is made from: $MODEL has 64" ]
	jq -c '.fidelity = {"sample_pct":64,"epochs":2}' in >other
	run -3 --separate-stderr dr-submit --model "$MODEL" <other
	[ "$stderr" = "dr-submit: trial 0000000000000001: 'fidelity': unknown field 'epochs'" ]
	jq -c '.fidelity = {"sample_pct":64,"partition":"validation"}' in >same
	run -0 --separate-stderr dr-submit --model "$MODEL" <same
	assert_json '.[0] | .state == "submitted" and .fidelity.sample_pct == 64'
	trial 1 '{"learning_rate":0.56}' | jq -c '.replicate = 2' >in
	run -3 --separate-stderr dr-submit --model "$MODEL" <in
	[[ $stderr == "dr-submit: trial 0000000000000001: 'replicate' cannot be had: "* ]]
}

@test "-v shows each request and never the token" {
	trial 1 '{"learning_rate":0.57}' >in
	run -0 --separate-stderr dr-submit -v --model "$MODEL" <in
	[[ $stderr == *"GET projects/$DR_PROJECT/models/$MODEL/advancedTuning/parameters/: 200"* ]]
	[[ $stderr == *"POST projects/$DR_PROJECT/models/$MODEL/advancedTuning/: 202"* ]]
	[[ $stderr != *"$DATAROBOT_API_TOKEN"* && $output != *"$DATAROBOT_API_TOKEN"* ]]
}

@test "an operand, a wrong --parallel and an empty input" {
	run -2 --separate-stderr dr-submit trials.ndjson </dev/null
	[ "${stderr_lines[0]}" = "dr-submit: trials are read from stdin, not from an operand" ]
	run -2 --separate-stderr dr-submit --parallel 0 </dev/null
	[ "${stderr_lines[0]}" = "dr-submit: --parallel: '0' is not between 1 and 256" ]
	run -0 --separate-stderr dr-submit --model "$MODEL" </dev/null
	[ "$output$stderr" = "" ]
}
