bats_require_minimum_version 1.5.0

# Each test has a service of its own, so that it may be filled, broken and ended.
setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
	export FAKE=$BATS_TEST_DIRNAME/data/fake-worker
	blueprint=0123456789abcdef0123456789abcdef
}

teardown() {
	sandbox_stop
}

# project COLUMN...: a project of a table with these columns, at modeling.
project() {
	local IFS=,
	printf '%s,y\n1,0\n2,1\n' "$*" >table.csv
	PROJECT=$(sandbox_upload table.csv jobs) || return
	sandbox_aim "$PROJECT" '{"target":"y","mode":"manual"}'
}

# train PCT: start a model on so many percent; the job's path.
train() {
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":$1}" || return
	[[ $(api_status) == 202 ]] && api_location | sed "s,^$DATAROBOT_ENDPOINT/,,"
}

@test "a job is not finished for two seconds and until it has been looked at" {
	sandbox_start --worker "$FAKE"
	project a
	begin=$EPOCHREALTIME
	job=$(train 64)
	run -0 --separate-stderr api GET "$job"
	[ "$(api_status)" = 200 ]
	assert_json '.[0] | (.id | type) == "string" and .isBlocked == false and .jobType == "model" and
		(.status == "queue" or .status == "inprogress")'
	[ "$(jq -r .url <<<"$output")" = "$DATAROBOT_ENDPOINT/$job" ]
	run -0 --separate-stderr sandbox_wait "$DATAROBOT_ENDPOINT/$job"
	jq -en "$EPOCHREALTIME - $begin >= 2"
	job=$(train 32)
	sleep 2.5
	run -0 --separate-stderr api GET "projects/$PROJECT/modelJobs/"
	assert_json '.[0] | length == 1'
	run -0 --separate-stderr api GET "projects/$PROJECT/modelJobs/"
	assert_json '.[0] == []'
}

@test "a finished job answers 303 with its body on both routes, again and again" {
	sandbox_start --worker "$FAKE" --min-job-time 0
	project a
	job=$(train 64)
	run -0 --separate-stderr sandbox_wait "$DATAROBOT_ENDPOINT/$job"
	model=$output
	for path in "$job" "${job/modelJobs/jobs}" "$job"; do
		run -0 --separate-stderr api GET "$path"
		[ "$(api_status)" = 303 ]
		[ "$(api_location)" = "$model" ]
		assert_json '.[0] | .status == "COMPLETED" and .modelType == "Gradient Boosted Trees"'
	done
	run -0 --separate-stderr api GET "projects/$PROJECT/jobs/"
	assert_json '.[0] == {count: 0, next: null, previous: null, jobs: []}'
	run -0 --separate-stderr api GET "projects/$PROJECT/jobs/?status=COMPLETED"
	assert_json '.[0].jobs | length == 1'
	api DELETE "$job"
	[ "$(api_status)" = 404 ]
	api GET "projects/$PROJECT/jobs/99/"
	[ "$(api_status)" = 404 ]
	api GET "projects/$PROJECT/jobs/1x/"
	[ "$(api_status)" = 404 ]
}

@test "a failed job stays an error with the worker's sentence" {
	sandbox_start --worker "$FAKE" --min-job-time 0
	project fit-fail
	job=$(train 64)
	run -1 --separate-stderr sandbox_wait "$DATAROBOT_ENDPOINT/$job"
	assert_json '.[0] | .status == "error" and .message == "the data are bad"'
	run -0 --separate-stderr api GET "projects/$PROJECT/modelJobs/?status=error"
	assert_json '.[0] | length == 1'
	# It may be asked for again.
	run -0 --separate-stderr train 64
}

@test "a queued and a running job are cancelled, and nothing of them goes on" {
	sandbox_start --worker "$FAKE" --min-job-time 0 --workers 1
	project fit-hang
	running=$(train 64)
	queued=$(train 32)
	for ((i = 0; i < 100; i++)); do
		[[ $(api GET "$running" | jq -r .status) == inprogress ]] && break
		sleep 0.05
	done
	run -0 --separate-stderr api GET "projects/$PROJECT/modelJobs/?status=queue"
	assert_json '.[0] | length == 1'
	child=$(pgrep -P "$SANDBOX_PID")
	for job in "$queued" "$running"; do
		api DELETE "$job"
		[ "$(api_status)" = 204 ]
		run -0 --separate-stderr api GET "$job"
		[ "$(api_status)" = 200 ]
		assert_json '.[0].status == "ABORTED"'
	done
	for ((i = 0; i < 100; i++)); do
		[[ -d /proc/$child ]] || break
		sleep 0.05
	done
	[ ! -d "/proc/$child" ]
	run -0 --separate-stderr api GET "projects/$PROJECT/modelJobs/"
	assert_json '.[0] == []'
}

@test "a full queue is refused in the words that clients look for" {
	sandbox_start --worker "$FAKE" --queue-limit 2 --workers 1
	project fit-hang
	train 64
	train 32
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":16}" >body
	[ "$(api_status)" = 422 ]
	jq -e '.message | contains("Unable to add jobs to the queue")' body
	api_json PATCH "projects/$PROJECT/" '{"workerCount":0}'
	run -0 --separate-stderr api GET "projects/$PROJECT/modelJobs/"
	for job in $(jq -r '.[].id' <<<"$output"); do
		api DELETE "projects/$PROJECT/jobs/$job/"
	done
	run -0 --separate-stderr train 16
}

@test "a project's own number of workers holds its jobs back" {
	sandbox_start --worker "$FAKE" --min-job-time 0
	project a
	api_json PATCH "projects/$PROJECT/" '{"workerCount":0}' >/dev/null
	job=$(train 64)
	sleep 0.5
	run -0 --separate-stderr api GET "$job"
	assert_json '.[0].status == "queue"'
	api DELETE "projects/$PROJECT/" >body
	[ "$(api_status)" = 409 ]
	api_json PATCH "projects/$PROJECT/" '{"workerCount":-1}' >/dev/null
	run -0 --separate-stderr sandbox_wait "$DATAROBOT_ENDPOINT/$job"
}

@test "the same job twice, both in the queue, is one job" {
	sandbox_start --worker "$FAKE" --workers 1
	project fit-slow
	train 64
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":64}" >body
	[ "$(api_status)" = 422 ]
	jq -e '.errorName == "JobAlreadyAdded" and (.previousJob.status | IN("queue", "inprogress"))' body
}

@test "a job whose worker is killed runs once more" {
	sandbox_start --worker "$FAKE" --min-job-time 0
	project fit-killonce
	run -0 --separate-stderr sandbox_wait "$DATAROBOT_ENDPOINT/$(train 64)"
}

@test "jobs of a service that was killed run after its next start, and its workers have died with it" {
	sandbox_start --worker "$FAKE" --min-job-time 0 --workers 1
	project fit-slow
	first=$(train 64)
	second=$(train 32)
	for ((i = 0; i < 100; i++)); do
		child=$(pgrep -P "$SANDBOX_PID") && break
		sleep 0.02
	done
	kill -9 "$SANDBOX_PID"
	for ((i = 0; i < 100; i++)); do
		sandbox_runs || [[ -d /proc/$child ]] || break
		sleep 0.05
	done
	[ ! -d "/proc/$child" ]
	token=$DATAROBOT_API_TOKEN
	sandbox_run --dir "$SANDBOX_DIR" --worker "$FAKE" --min-job-time 0
	[ "$DATAROBOT_API_TOKEN" = "$token" ]
	for job in "$first" "$second"; do
		where=$(sandbox_wait "$DATAROBOT_ENDPOINT/$job") || { echo "$where" && false; }
	done
}

@test "a job that takes longer than the limit is ended and says so" {
	sandbox_start --worker "$FAKE" --min-job-time 0 --time-limit 5
	project fit-hang
	run -1 --separate-stderr sandbox_wait "$DATAROBOT_ENDPOINT/$(train 64)"
	assert_json '.[0] | .status == "error" and (.message | contains("time limit"))'
}

@test "with --latency a job takes at least that long" {
	sandbox_start --worker "$FAKE" --min-job-time 0 --latency 1
	begin=$EPOCHREALTIME
	project a
	jq -en "$EPOCHREALTIME - $begin >= 2"
}

@test "many requests at once over kept connections are all answered" {
	sandbox_start --worker "$FAKE" --min-job-time 0
	project a
	for ((i = 0; i < 40; i++)); do
		printf 'url = "%s/projects/%s/models/"\n' "$DATAROBOT_ENDPOINT" "$PROJECT"
		printf 'header = "Authorization: Token %s"\noutput = /dev/null\n' "$DATAROBOT_API_TOKEN"
		printf 'write-out = "%%{http_code} %%{num_connects}\\\\n"\nnext\n'
	done >many
	sed -i '$d' many
	for ((k = 0; k < 8; k++)); do
		curl -s -K many >"answers.$k" &
		pids[k]=$!
	done
	wait "${pids[@]}"
	[ "$(cat answers.* | grep -c '^200')" = 320 ]
	[ "$(cat answers.* | awk '{ n += $2 } END { print n }')" = 8 ]
}

@test "an upload is cancelled by its status, and nothing of it is left" {
	sandbox_start --worker "$FAKE"
	printf 'hang,y\n1,0\n' >table.csv
	api POST projects/ -F file=@table.csv
	where=$(api_location)
	for ((i = 0; i < 100; i++)); do
		child=$(pgrep -P "$SANDBOX_PID") && break
		sleep 0.02
	done
	run -0 --separate-stderr api GET "${where#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0].status == "RUNNING"'
	api DELETE "${where#"$DATAROBOT_ENDPOINT/"}"
	[ "$(api_status)" = 204 ]
	for ((i = 0; i < 100; i++)); do
		[[ -d /proc/$child || -n $(ls "$SANDBOX_DIR/projects") ]] || break
		sleep 0.05
	done
	[ ! -d "/proc/$child" ]
	[ "$(ls "$SANDBOX_DIR/projects")" = "" ]
}

@test "an upload that waits for its turn is cancelled, and nothing of it is left" {
	sandbox_start --worker "$FAKE" --workers 1
	printf 'hang,y\n1,0\n' >table.csv
	api POST projects/ -F file=@table.csv
	running=$(api_location)
	api POST projects/ -F file=@table.csv
	waiting=$(api_location)
	run -0 --separate-stderr api GET "${waiting#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0].status == "INITIALIZED"'
	projects=("$SANDBOX_DIR"/projects/*)
	[ ${#projects[@]} = 2 ]
	api DELETE "${waiting#"$DATAROBOT_ENDPOINT/"}"
	[ "$(api_status)" = 204 ]
	projects=("$SANDBOX_DIR"/projects/*)
	[ ${#projects[@]} = 1 ]
	[ "$(ls "$SANDBOX_DIR/uploads")" = "" ]
	api DELETE "${running#"$DATAROBOT_ENDPOINT/"}"
}

@test "a project is deleted while a worker of a cancelled job still writes" {
	sandbox_start --worker "$FAKE"
	project fit-stubborn
	job=$(train 64)
	for ((i = 0; i < 100; i++)); do
		[[ -e $SANDBOX_DIR/projects/$PROJECT/work/0 ]] && break
		sleep 0.02
	done
	api DELETE "$job"
	[ "$(api_status)" = 204 ]
	api DELETE "projects/$PROJECT/"
	[ "$(api_status)" = 204 ]
	api GET "projects/$PROJECT/"
	[ "$(api_status)" = 404 ]
	[ "$(ls "$SANDBOX_DIR/projects")" = "" ]
}

@test "an aim is cancelled by its status, and can be asked for again" {
	sandbox_start --worker "$FAKE" --workers 1
	project a
	other=$(sandbox_upload table.csv other)
	project fit-hang
	job=$(train 64)
	api_json PATCH "projects/$other/aim/" '{"target":"y","mode":"manual"}'
	where=$(api_location)
	run -0 --separate-stderr api GET "${where#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0].status == "INITIALIZED"'
	api DELETE "${where#"$DATAROBOT_ENDPOINT/"}"
	[ "$(api_status)" = 204 ]
	api GET "${where#"$DATAROBOT_ENDPOINT/"}"
	[ "$(api_status)" = 404 ]
	run -0 --separate-stderr api GET "projects/$other/"
	assert_json '.[0] | .stage == "aim" and .target == null'
	api DELETE "$job"
	run -0 --separate-stderr sandbox_aim "$other" '{"target":"y","mode":"manual"}'
}

@test "what a crash has left of a table is gone after the next start" {
	sandbox_start --worker "$FAKE"
	sandbox_stop
	mkdir -p "$SANDBOX_DIR/projects/0123456789abcdef01234567/work"
	touch "$SANDBOX_DIR/projects/0123456789abcdef01234567/data.csv" "$SANDBOX_DIR/uploads/abc"
	sandbox_run --dir "$SANDBOX_DIR" --worker "$FAKE"
	[ "$(ls "$SANDBOX_DIR/projects")" = "" ]
	[ "$(ls "$SANDBOX_DIR/uploads")" = "" ]
}

@test "whoever only watches the queue has not looked at its jobs" {
	sandbox_start --worker "$FAKE" --min-job-time 0
	project a
	job=$(train 64)
	for ((i = 0; i < 100; i++)); do
		[[ $(api GET "projects/$PROJECT/models/" | jq length) == 1 ]] && break
		sleep 0.05
	done
	run -0 --separate-stderr api GET "projects/$PROJECT/jobs/?watch=true"
	run -0 --separate-stderr api GET "projects/$PROJECT/jobs/?watch=true"
	assert_json '.[0].jobs | map(.status) == ["inprogress"]'
	run -0 --separate-stderr api GET "$job"
	[ "$(api_status)" = 200 ]
	run -0 --separate-stderr api GET "$job"
	[ "$(api_status)" = 303 ]
}
