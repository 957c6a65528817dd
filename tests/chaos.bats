#!/usr/bin/env bats
# Under each fault that dr-sandbox can make, dr-submit and dr-collect lose no trial and
# have none trained twice.
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	export RULES=$BATS_FILE_TMPDIR/rules
	: >"$RULES"
	sandbox_start --min-job-time 0 --worker "$BATS_TEST_DIRNAME/data/fake-worker" --chaos "@$RULES"
	printf 'id,a,target\n1,2,0\n2,3,1\n' >"$BATS_FILE_TMPDIR/table.csv"
	PROJECT=$(sandbox_upload "$BATS_FILE_TMPDIR/table.csv") &&
		sandbox_aim "$PROJECT" '{"target":"target","mode":"auto"}' || return
	MODEL=$(sandbox_best "$PROJECT") || return
	export MODEL DR_PROJECT=$PROJECT
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
	: >"$RULES"
	before=$(trained)
	# Settings that no other test tries.
	gridgen "smooth_interval=$((BATS_TEST_NUMBER * 10 + 2))..$((BATS_TEST_NUMBER * 10 + 9))" >trials
}

teardown_file() {
	load sandbox
	sandbox_stop
}

# Fits that the worker has really made.
trained() {
	cat "$SANDBOX_DIR"/projects/*/lines | jq -s 'map(select(.job == "fit")) | length'
}

# chaos METHOD FAULT...: each is done to one request of this method, one after the other.
chaos() {
	local method=$1 k=0 fault
	shift
	for fault; do
		k=$((k + 1))
		echo "$fault=#$k:$method ."
	done >"$RULES.new"
	mv "$RULES.new" "$RULES"
}

peace() {
	: >"$RULES.new"
	mv "$RULES.new" "$RULES"
}

# All faults were made, each trial has ended once, with a job of its own, trained once.
all_is_well() {
	api GET chaos/ | jq -ce '.rules | length > 0 and all(.injected > 0)'
	run -0 cat log
	assert_json 'map(select(.state == "failed" or .state == "aborted")) == []'
	assert_json 'map(select(.state == "completed")) | length == 8 and (map(.trial) | unique | length == 8)
		and (map(.job) | unique | length == 8)'
	[ "$(trained)" = $((before + 8)) ]
}

@test "whatever happens to requests that start jobs, each trial is trained once" {
	chaos POST reset-after 502-after 'stall-after(0.2)' location duplicate reset 500 garbage 504-after \
		'429(1)' 'drip(0.2)' 503 '503(1)' queue-full type 'reorder(0.5)' 500-after 'stall(0.2)'
	dr-submit --log log --model "$MODEL" <trials >submitted
	dr-collect --log log <submitted
	all_is_well
}

@test "an answer that says that a job is there already may be spoiled, too" {
	printf 'reset-after=#%d:POST\n' 1 2 3 4 5 6 7 8 >"$RULES"
	printf '%s\n' 'truncate=#9:POST' 'garbage=#10:POST' 'type=#11:POST' 'stall-after(0.2)=#12:POST' >>"$RULES"
	dr-submit --log log --model "$MODEL" <trials >submitted
	dr-collect --log log <submitted
	all_is_well
}

@test "whatever happens to requests about jobs and models, each trial gets its own score" {
	dr-submit --log log --model "$MODEL" <trials >submitted
	chaos GET 500 truncate garbage reset type duplicate 502 'drip(0.2)' '429(1)' 503 504 'stall(0.2)' \
		'reorder(0.5)' reset-after 'stall-after(0.2)' '429-date(1)'
	printf '%s\n' 'stale=#2-9:GET modelJobs/$' 'location=#1-4:GET jobs/[0-9]' >>"$RULES"
	dr-collect --log log <submitted >results
	all_is_well
	# The fake worker's score depends on nothing that was tried here: look at the model.
	jq -r '[.tuned_model, .job] | @tsv' results | while read -r model job; do
		api GET "projects/$DR_PROJECT/modelJobs/$job/" >/dev/null
		[[ $(api_location) == */"$model"/ ]]
	done
}

@test "a redirect or an expired token ends the run; afterwards nothing is lost" {
	printf '%s\n' 'redirect=#4:POST' 'expired=#3-:GET' >"$RULES"
	run -4 --separate-stderr dr-submit --log log --model "$MODEL" --parallel 1 <trials
	[[ $stderr == *'307: redirected to '* ]]
	dr-submit --log log --model "$MODEL" <trials >submitted
	[ "$(wc -l <submitted)" = 8 ]
	run -4 --separate-stderr dr-collect --log log <submitted
	[[ $stderr == *'401: the API token has expired'* ]]
	peace
	dr-collect --log log <submitted
	echo 'redirect=#1' >"$RULES"
	run -4 dr-models
	all_is_well
}

@test "a job that fails is told, and the others go on" {
	echo 'job-fail=#3' >"$RULES"
	dr-submit --log log --model "$MODEL" <trials >submitted
	run -1 --separate-stderr dr-collect --log log <submitted
	assert_json 'length == 8 and (map(select(.state == "failed")) | length == 1 and
		(.[0].error | contains("made to fail")))'
	[ "$(trained)" = $((before + 7)) ]
}
