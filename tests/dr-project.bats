bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load faults
	cd "$BATS_TEST_TMPDIR" || return
	unset DR_PROJECT
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >table.csv
}

teardown() {
	faults_stop
}

new_project() {
	dr-project create table.csv "$@" | jq -r .id
}

@test "create uploads a table and writes the project's record" {
	run -0 --separate-stderr dr-project create table.csv --name 'Fruit & loans é'
	[ "$stderr" = "" ]
	assert_json 'length == 1 and (.[0] | .project_name == "Fruit & loans é" and .stage == "aim"
		and .target == null and .file_name == "table.csv" and (.id | test("^[0-9a-f]{24}$")))'
}

@test "keys are in snake_case at every level" {
	id=$(new_project)
	run -0 dr-project start "$id" --target y
	assert_json '[.[0] | .. | objects | keys[]] | all(test("[A-Z]") | not)'
	assert_json '.[0] | .max_train_pct == 64 and .partition.cv_method == "stratified"'
}

@test "start sets the target, takes the mode, and waits for the partitions" {
	id=$(new_project)
	run -0 --separate-stderr dr-project start "$id" --target y --metric AUC --mode manual --workers 2 --wait
	[ "$stderr" = "" ]
	assert_json '.[0] | .stage == "modeling" and .target == "y" and .metric == "AUC" and .autopilot_mode == 2'
}

@test "the project comes from the operand, from --project or from DR_PROJECT" {
	id=$(new_project)
	for how in "$id" "--project=$id"; do
		run -0 dr-project show "$how"
		assert_json ".[0].id == \"$id\""
	done
	DR_PROJECT=$id run -0 dr-project show
	assert_json ".[0].id == \"$id\""
	DR_PROJECT=nosuch run -0 dr-project show "$id"
	assert_json ".[0].id == \"$id\""
	run -2 --separate-stderr dr-project show
	[ "${stderr_lines[0]}" = "dr-project: no project: name it, give --project or set DR_PROJECT" ]
	run -2 --separate-stderr dr-project show "$id" --project "$id"
	[[ $stderr == "dr-project: the project is given twice"* ]]
}

@test "wait ends at once where a project in manual mode is ready" {
	id=$(new_project)
	dr-project start "$id" --target y --mode manual >/dev/null
	run -0 --separate-stderr dr-project wait "$id"
	[ "$stderr" = "" ]
	assert_json '.[0].stage == "modeling"'
}

@test "wait says that a project without a target waits for nothing" {
	id=$(new_project)
	run -3 --separate-stderr dr-project wait "$id"
	[ "$stderr" = "dr-project: project $id has no target: start it first" ]
}

@test "list writes a record for each project, or those of a name" {
	new_project --name one-of-a-kind
	run -0 dr-project list --name one-of-a-kind
	assert_json 'length == 1 and .[0].project_name == "one-of-a-kind"'
	run -0 dr-project list
	assert_json 'length > 1'
	run -0 --separate-stderr dr-project list --name 'a&projectName=one-of-a-kind'
	[ "$output$stderr" = "" ]
}

@test "unlock-holdout opens the holdout" {
	id=$(new_project)
	dr-project start "$id" --target y --mode manual >/dev/null
	run -0 dr-project unlock-holdout "$id"
	assert_json '.[0].holdout_unlocked == true'
}

@test "workers sets how many models are trained at once" {
	id=$(new_project)
	run -0 --separate-stderr dr-project -v workers 3 "$id"
	[[ $stderr == *"PATCH projects/$id/: 200, "* ]]
	assert_json ".[0] | .id == \"$id\" and .worker_count == 3"
	DR_PROJECT=$id run -0 --separate-stderr dr-project workers all
	assert_json '.[0].worker_count == -1'
	run -0 dr-project workers --project "$id" -- -1
	assert_json '.[0].worker_count == -1'
}

@test "workers of another kind are refused, and so is a project that is not there" {
	run -2 --separate-stderr dr-project workers
	[ "${stderr_lines[0]}" = "dr-project: workers needs a number, or all" ]
	for n in many 2.5 '' 10001; do
		run -2 --separate-stderr dr-project workers "$n" x
		[ "${stderr_lines[0]}" = "dr-project: workers: '$n' is not a number up to 10000, or all" ]
	done
	run -2 --separate-stderr dr-project workers 4
	[ "${stderr_lines[0]}" = "dr-project: no project: name it, give --project or set DR_PROJECT" ]
	run -2 --separate-stderr dr-project workers 4 x y
	[ "${stderr_lines[0]}" = "dr-project: workers: 'y' is one operand too many" ]
	run -4 --separate-stderr dr-project workers 4 nosuch
	[ "$output" = "" ]
	[[ $stderr == "dr-project: PATCH projects/nosuch/: 404: "* ]]
}

@test "delete without --yes says what it would delete; with it the project is gone" {
	id=$(new_project)
	run -0 --separate-stderr dr-project delete "$id"
	[ "$stderr" = "dr-project: note: nothing was deleted: with --yes project $id is, for good" ]
	assert_json ".[0] | .id == \"$id\" and .deleted == false"
	run -0 --separate-stderr dr-project delete "$id" --yes
	[ "$stderr" = "" ]
	assert_json ".[0] | .id == \"$id\" and .deleted"
	run -4 --separate-stderr dr-project show "$id"
	[[ $stderr == "dr-project: GET projects/$id/: 404: "* ]]
	run -4 --separate-stderr dr-project delete "$id" --yes
	[ "$output" = "" ]
}

@test "an unknown target is refused with the server's words" {
	id=$(new_project)
	run -4 --separate-stderr dr-project start "$id" --target nosuch
	[ "$output" = "" ]
	[[ $stderr == "dr-project: PATCH projects/$id/aim/: 422: "*nosuch* ]]
}

@test "a table that the server cannot read is refused with its words" {
	printf 'fail,y\n1,2\n' >bad.csv
	run -4 --separate-stderr dr-project create bad.csv
	[ "$output" = "" ]
	[[ $stderr == "dr-project: bad.csv: ERROR: "*"the data are bad"* ]]
}

@test "a missing file and a folder are named, and nothing is sent" {
	run -3 --separate-stderr dr-project -v create nosuch.csv
	[ "$stderr" = "dr-project: nosuch.csv: No such file or directory" ]
	run -3 --separate-stderr dr-project -v create .
	[ "$stderr" = "dr-project: .: not a regular file" ]
}

@test "an unknown command, none, one operand too many, an option of another command: status 2" {
	run -2 --separate-stderr dr-project
	[ "${stderr_lines[0]}" = "dr-project: a command is needed" ]
	run -2 --separate-stderr dr-project frobnicate
	[ "${stderr_lines[0]}" = "dr-project: unknown command 'frobnicate'" ]
	run -2 --separate-stderr dr-project list x
	[ "${stderr_lines[0]}" = "dr-project: list: 'x' is one operand too many" ]
	run -2 --separate-stderr dr-project show x --target y
	[ "${stderr_lines[0]}" = "dr-project: show takes no --target" ]
	run -2 --separate-stderr dr-project start x
	[ "${stderr_lines[0]}" = "dr-project: start needs --target" ]
	run -2 --separate-stderr dr-project start x --target y --mode fast
	[[ $stderr == "dr-project: --mode: 'fast' is not manual, "* ]]
}

@test "a full disk is an error" {
	run -6 --separate-stderr bash -c 'dr-project list >/dev/full'
	[[ $stderr == "dr-project: write: "* ]]
}

@test "-v shows each request with its status and never the token" {
	run -0 --separate-stderr dr-project -v list
	[[ $stderr == "dr-project: GET projects/: 200, "*" s" ]]
	run -0 --separate-stderr dr-project -v create table.csv
	[[ $stderr == *"POST projects/: 202, "* ]]
	run ! grep -q -F "$DATAROBOT_API_TOKEN" <<<"$stderr"
}

# ---- how the service is found ----

@test "nothing says where the service is: status 4, and the three places are named" {
	unset DATAROBOT_ENDPOINT DATAROBOT_API_TOKEN
	HOME=$PWD run -4 --separate-stderr dr-project list
	[[ $stderr == *DATAROBOT_ENDPOINT*DATAROBOT_CONFIG_FILE*.config/datarobot/drconfig.yaml* ]]
	DATAROBOT_API_TOKEN=abcdefgh HOME=$PWD run -4 --separate-stderr dr-project list
	[[ $stderr == *"only the token is set"* && $stderr != *abcdefgh* ]]
}

@test "a wrong token is refused with status 4, and its source is named" {
	DATAROBOT_API_TOKEN=wrong-token-1 run -4 --separate-stderr dr-project list
	[ "$output" = "" ]
	[[ $stderr == "dr-project: GET projects/: 401: "*"(the token is from the environment)" ]]
	[[ $stderr != *wrong-token-1* ]]
}

@test "a configuration file serves too, named or in the home folder" {
	mkdir -p .config/datarobot
	(umask 077 && printf 'endpoint: %s\ntoken: %s\n' "$DATAROBOT_ENDPOINT" "$DATAROBOT_API_TOKEN" \
		>.config/datarobot/drconfig.yaml)
	unset DATAROBOT_ENDPOINT DATAROBOT_API_TOKEN
	HOME=$PWD run -0 dr-project list
	DATAROBOT_CONFIG_FILE=.config/datarobot/drconfig.yaml run -0 dr-project list
	chmod 644 .config/datarobot/drconfig.yaml
	HOME=$PWD run -3 --separate-stderr dr-project list
	[[ $stderr == "dr-project: $PWD/.config/datarobot/drconfig.yaml: holds a token and others can use it: chmod 600 it" ]]
	DATAROBOT_CONFIG_FILE=nosuch.yaml run -3 --separate-stderr dr-project list
	[ "$stderr" = "dr-project: DATAROBOT_CONFIG_FILE: nosuch.yaml: No such file or directory" ]
}

@test "a service that is not there ends with status 5 after the retries" {
	DATAROBOT_ENDPOINT=http://127.0.0.1:1/api/v2 DATAROBOT_MAX_RETRIES=1 \
		run -5 --separate-stderr dr-project -v list
	[ "$output" = "" ]
	[[ ${stderr_lines[0]} == "dr-project: GET projects/: "*", again in "*" s" ]]
	[[ ${stderr_lines[2]} == "dr-project: GET projects/: no answer from 127.0.0.1:1: "*"(after 2 attempts)" ]]
	[ "${#stderr_lines[@]}" = 3 ]
}

@test "the token goes to no other machine in clear" {
	DATAROBOT_ENDPOINT=http://service.example/api/v2 run -3 --separate-stderr dr-project list
	[[ $stderr == *"would send the token in clear"* ]]
}

@test "an upload whose answer is lost is found, and not made twice" {
	faults_start '0 1 POST projects/$ lose'
	run -0 --separate-stderr dr-project create table.csv --name once
	[[ $stderr == "dr-project: warning: POST projects/: "*"it is not known whether the request was accepted; looking for the project" ]]
	assert_json 'length == 1 and .[0].project_name == "once" and .[0].stage == "aim"'
	[ "$(faults_requests '^POST')" = 1 ]
	run -0 dr-project list --name once
	assert_json 'length == 1'
}

@test "nor is one without a name, among others of the same file" {
	new_project
	faults_start '0 1 POST projects/$ lose'
	run -0 --separate-stderr dr-project create table.csv
	assert_json '.[0].file_name == "table.csv"'
	id=$(jq -r .id <<<"$output")
	run -0 dr-project list
	assert_json "length > 1 and .[0].id == \"$id\""
	[ "$(faults_requests '^POST')" = 1 ]
}

@test "where two new projects could be it none is taken" {
	faults_start '1 1 GET projects/.projectName answer 200 [{"id":"a1","projectName":"two"},{"id":"a2","projectName":"two"}]' \
		'0 1 POST projects/$ answer 502 {}'
	run -5 --separate-stderr dr-project create table.csv --name two
	[ "$output" = "" ]
	[[ $stderr == *"more than one new project appeared: see dr-project list" ]]
	[ "$(faults_requests '^POST')" = 1 ]
}

@test "a target whose answer is lost is set once" {
	id=$(new_project)
	faults_start '0 1 PATCH aim/$ lose'
	run -0 --separate-stderr dr-project start "$id" --target y --mode manual --wait
	[[ $stderr == "dr-project: warning: PATCH projects/$id/aim/: "*"; looking at the project" ]]
	assert_json '.[0] | .target == "y" and .stage == "modeling"'
	[ "$(faults_requests '^PATCH')" = 1 ]
}

@test "one that never came to be is set again" {
	id=$(new_project)
	faults_start '0 1 PATCH aim/$ answer 504 {}'
	run -0 --separate-stderr dr-project start "$id" --target y --mode manual
	assert_json '.[0] | .target == "y" and .stage == "modeling"'
	[ "$(faults_requests '^PATCH')" = 2 ]
}

@test "start goes on where the target is set already, and not where another one is" {
	id=$(new_project)
	dr-project start "$id" --target y --mode manual >/dev/null
	run -0 --separate-stderr dr-project start "$id" --target y --mode manual --wait
	[ "$stderr" = "dr-project: note: project $id has this target already" ]
	assert_json '.[0] | .target == "y" and .stage == "modeling"'
	run -4 --separate-stderr dr-project start "$id" --target a
	[ "$output" = "" ]
	[[ $stderr == "dr-project: PATCH projects/$id/aim/: 422: "* ]]
}

@test "a project that was deleted by a request whose answer was lost is deleted" {
	id=$(new_project)
	faults_start '0 1 DELETE projects lose'
	run -0 --separate-stderr dr-project delete "$id" --yes
	[ "$stderr" = "" ]
	[ "$(faults_requests '^DELETE')" = 2 ]
}

@test "a run has so many retries, and says so when they are used up" {
	faults_start '0 0 GET projects answer 503 {}'
	DR_RETRY_BUDGET=2 run -5 --separate-stderr dr-project list
	[ "$stderr" = "dr-project: GET projects/: 503: service unavailable (after 3 attempts); this run has used up its 2 retries" ]
	DR_RETRY_BUDGET=many run -3 --separate-stderr dr-project list
	[ "$stderr" = "dr-project: DR_RETRY_BUDGET='many' is not a number of retries" ]
	DR_CALL_TIMEOUT=0 run -3 --separate-stderr dr-project list
	[ "$stderr" = "dr-project: DR_CALL_TIMEOUT='0' is not a number of seconds up to 86400" ]
}

@test "a server that says nothing is given up after the time of the environment" {
	faults_start '0 0 GET projects stall'
	DR_IDLE_TIMEOUT=1 DATAROBOT_MAX_RETRIES=0 run -5 --separate-stderr dr-project list
	[[ $stderr == "dr-project: GET projects/: no answer from "*"Operation too slow"* ]]
	DR_CALL_TIMEOUT=0.3 DATAROBOT_MAX_RETRIES=0 run -5 --separate-stderr dr-project list
	[[ $stderr == "dr-project: GET projects/: no answer from "*"timed out"* ]]
}
