bats_require_minimum_version 1.5.0

trees=0123456789abcdef0123456789abcdef

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
}

teardown_file() {
	load sandbox
	sandbox_stop
}

# Four models with the scores 1 to 4, worst trained first; and one that is not in the log.
setup() {
	load helper
	load sandbox
	load faults
	cd "$BATS_TEST_TMPDIR" || return
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >table.csv
	DR_PROJECT=$(dr-project create table.csv | jq -r .id)
	export DR_PROJECT
	dr-project start --target y --mode manual >/dev/null
	for pct in 20 30 40 50; do dr-train -b "$trees" --sample-pct "$pct"; done |
		dr-collect --log raw >/dev/null
	OTHER=$(dr-train -b "$trees" --sample-pct 60 | dr-collect | jq -r .tuned_model)
	jq -s -c 'sort_by(.fidelity.sample_pct) | to_entries[]
		| .value + {score: (4 - .key), minimize: true}' raw >log
	mapfile -t models < <(jq -r .tuned_model log)
}

teardown() {
	faults_stop
}

there() { dr-models | jq -r .id | sort; }
left() { printf '%s\n' "$OTHER" "$@" | sort; }

@test "without --yes nothing is deleted, and what would be is told without asking the service" {
	DATAROBOT_ENDPOINT=http://127.0.0.1:9/api/v2 \
		run -0 --separate-stderr dr-prune --log log --keep 2
	assert_json 'length == 2 and map(.score) == [3, 4] and all(.deleted == false)
		and map(.model) == ["'"${models[1]}"'", "'"${models[0]}"'"]
		and all(.project == env.DR_PROJECT)
		and (.[0] | keys) == ["deleted", "model", "project", "score", "trial"]'
	[ "$stderr" = "dr-prune: note: nothing was deleted: with --yes 2 models of project $DR_PROJECT are, for good" ]
	diff <(there) <(left "${models[@]}")
}

@test "--yes deletes all but the best, and nothing that is not of the log" {
	sum=$(cksum <log)
	run -0 --separate-stderr dr-prune --log log --keep 2 --yes
	assert_json 'map(.score) == [3, 4] and all(.deleted) and (map(has("gone")) | any | not)'
	[ "$stderr" = "dr-prune: note: 2 models deleted, 2 kept" ]
	diff <(there) <(left "${models[@]:2}")
	[ "$(cksum <log)" = "$sum" ]
}

@test "where more is better the highest scores are kept" {
	jq -c '.minimize = false' log >max
	run -0 dr-prune -q --log max -k 1 --yes --parallel 1
	assert_json 'map(.score) == [3, 2, 1]'
	diff <(there) <(left "${models[0]}")
}

@test "a model that is gone already is no error" {
	dr-prune -q --log log --keep 3 --yes
	run -0 --separate-stderr dr-prune -q --log log --keep 2 --yes
	assert_json 'map(.gone) == [null, true] and all(.deleted)'
	[ "$stderr" = "" ]
}

@test "among equal scores the first trials are kept" {
	jq -c '.score = 1' log >equal
	run -0 dr-prune -q --log equal -k 2
	[ "$(jq -r .trial <<<"$output")" = "$(jq -r .trial log | sort | tail -n 2)" ]
}

@test "the last record of a trial counts" {
	{
		cat log
		jq -c 'select(.score == 4) | .score = 0' log
	} >again
	run -0 dr-prune -q --log again -k 1
	assert_json 'map(.score) == [1, 2, 3]'
}

@test "what is not completed, has no score, or is tuned by a trial stays" {
	jq -c --arg base "${models[0]}" 'if .score == 3 then .score = null
		elif .score == 2 then .state = "submitted"
		elif .score == 1 then .model = $base else . end' log >mixed
	jq -c 'select(.score == 1) | .trial = "00000000000000ff" | .score = 9' log >>mixed
	run -0 --separate-stderr dr-prune --log mixed -k 1 --yes
	[ "$output" = "" ]
	[ "$stderr" = "dr-prune: warning: 1 completed trials have no score: their models stay
dr-prune: note: 1 models stay beside the best: trials of the log tune them
dr-prune: note: nothing to delete: mixed has 2 models to choose from, and 1 are kept" ]
	diff <(there) <(left "${models[@]}")
}

@test "where there are no more than are kept nothing is deleted" {
	run -0 --separate-stderr dr-prune --log log --yes
	[ "$output" = "" ]
	[ "$stderr" = "dr-prune: note: nothing to delete: log has 4 models to choose from, and 5 are kept" ]
	diff <(there) <(left "${models[@]}")
}

@test "scores that cannot be compared are refused, and nothing is deleted" {
	for change in '.metric = "AUC"' '.partition = "holdout"' '.minimize = false' 'del(.minimize)' \
		'.project = "elsewhere"'; do
		jq -c "if .score == 2 then $change else . end" log >mixed
		run -3 --separate-stderr dr-prune --log mixed --keep 1 --yes
		[ "$output" = "" ]
		[[ $stderr == "dr-prune: mixed: trial "* ]]
	done
	diff <(there) <(left "${models[@]}")
}

@test "--project chooses among the trials of several projects" {
	{
		cat log
		jq -c '.project = "elsewhere" | .trial |= (.[1:] + "0") | .score = 0
			| .tuned_model |= "x" + .' log
	} >both
	run -0 dr-prune -q --log both --keep 3 --project "$DR_PROJECT"
	assert_json 'map(.score) == [4]'
}

@test "a log that is not there is an error, and so is none" {
	run -3 --separate-stderr dr-prune --log nosuch --yes
	[ "$stderr" = "dr-prune: nosuch: No such file or directory" ]
	run -2 --separate-stderr dr-prune --yes
	[ "${stderr_lines[0]}" = "dr-prune: --log is needed: it says which models are meant" ]
}

@test "a project that the service does not know has no models gone, but is refused" {
	jq -c '.project = "nosuch"' log >other
	run -4 --separate-stderr dr-prune --log other --keep 1 --yes
	[ "$output" = "" ]
	[[ $stderr == "dr-prune: GET projects/nosuch/models/"*": 404: "* ]]
}

@test "a token that the service does not know is refused" {
	DATAROBOT_API_TOKEN=wrong run -4 --separate-stderr dr-prune --log log --keep 1 --yes
	[ "$output" = "" ]
	[[ $stderr == *": 401: "* ]]
}

@test "a model that the service will not delete is told, and the others go" {
	faults_start "0 0 DELETE ${models[1]} answer 422 {\"message\": \"it is deployed\"}"
	run -4 --separate-stderr dr-prune --log log --keep 1 --yes
	assert_json 'map(.deleted) == [true, false, true]
		and (.[1].error | endswith("422: it is deployed")) and (.[0] | has("error") | not)'
	[ "${stderr_lines[0]}" = "dr-prune: model ${models[1]}: DELETE projects/$DR_PROJECT/models/${models[1]}/: 422: it is deployed" ]
	[ "${stderr_lines[1]}" = "dr-prune: 1 of 3 models were not deleted" ]
	faults_stop
	diff <(there) <(left "${models[1]}" "${models[3]}")
}

@test "a lost answer is asked for again, and the model was deleted by this run" {
	faults_start "0 1 DELETE ${models[0]} lose"
	run -0 --separate-stderr dr-prune -q --log log --keep 3 --yes
	assert_json 'length == 1 and .[0].deleted and (.[0] | has("gone") | not)'
	[ "$(faults_requests DELETE)" = 2 ]
}

@test "who may not delete asks for nothing more" {
	faults_start "0 0 DELETE models answer 403 {\"message\": \"no\"}"
	run -4 --separate-stderr dr-prune --log log --keep 1 --yes --parallel 1
	[ "$output" = "" ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *": 403: no" ]]
	[ "$(faults_requests DELETE)" -lt 3 ]
}

@test "a service that is not there ends it with status 5, and the next run goes on" {
	faults_start "1 0 DELETE models answer 503 {}"
	DATAROBOT_MAX_RETRIES=0 run -5 --separate-stderr \
		dr-prune --log log --keep 1 --yes --parallel 1
	assert_json 'length == 1 and .[0].deleted'
	faults_stop
	run -0 --separate-stderr dr-prune -q --log log --keep 1 --yes
	assert_json 'map(.gone) == [true, null, null]'
	diff <(there) <(left "${models[3]}")
}

@test "after a signal nothing more is deleted, and it dies by the signal" {
	faults_start "1 0 DELETE models answer 503 {}"
	env --default-signal=INT,TERM dr-prune --log log --keep 1 --yes --parallel 1 \
		>out 2>err 3>&- &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		[ "$(faults_requests DELETE)" -gt 1 ] && break
		sleep 0.05
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	[ "$(jq -c .deleted out)" = true ]
	[ "$(cat err)" = "dr-prune: note: stopped by SIGTERM: 1 of 3 models deleted; run the same command again to go on" ]
	run -0 there
	[ "${#lines[@]}" = 4 ]
}

@test "a full disk is an error" {
	run -6 bash -c 'dr-prune -q --log log --keep 1 >/dev/full'
}
