#!/usr/bin/env bats
# Faults on demand: that each of them is really made, and seen by a client.
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	export RULES=$BATS_FILE_TMPDIR/rules
	: >"$RULES"
	sandbox_start --min-job-time 0 --workers 2 --worker "$BATS_TEST_DIRNAME/data/fake-worker" --chaos "@$RULES"
	printf 'id,a,target\n1,2,0\n2,3,1\n' >"$BATS_FILE_TMPDIR/table.csv"
	PROJECT=$(sandbox_upload "$BATS_FILE_TMPDIR/table.csv") &&
		sandbox_aim "$PROJECT" '{"target":"target","mode":"auto"}' || return
	MODEL=$(sandbox_best "$PROJECT") || return
	export PROJECT MODEL
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
	: >"$RULES"
}

teardown_file() {
	load sandbox
	sandbox_stop
}

# chaos RULES: from now on, and counted anew.
chaos() {
	printf '%s\n' "$1" >"$RULES.new"
	mv "$RULES.new" "$RULES"
}

# get [CURL OPTION...]: version/, with its head in `head`, its status in $code.
get() {
	local status=0
	code=$(curl -sS -D head -o body -w '%{http_code}' -H "Authorization: Token $DATAROBOT_API_TOKEN" \
		"$@" "$DATAROBOT_ENDPOINT/version/" 2>words) || status=$?
	return "$status"
}

# tune N [CURL OPTION...]: start a job with values that nobody else tries.
tune() {
	local n=$1
	shift
	api_json POST "projects/$PROJECT/models/$MODEL/advancedTuning/" \
		"{\"tuningParameters\":[{\"parameterId\":\"p-smooth\",\"value\":$((BATS_TEST_NUMBER * 20 + n))}]}" "$@"
}

whole() {
	[ "$code" = 200 ] && jq -e '.major == 2' body
}

injected() {
	[ "$(api GET chaos/ | jq ".rules[${2:-0}].injected")" = "$1" ]
}

@test "429 asks to come back, after seconds or at a date" {
	chaos '429(7)=#1, 429-date(30)=#2'
	get
	[ "$code" = 429 ]
	grep -qx $'Retry-After: 7\r' head
	get
	[ "$code" = 429 ]
	at=$(date -d "$(sed -n 's/^Retry-After: \(.*\)\r/\1/p' head)" +%s)
	[ $((at - $(date +%s))) -ge 25 ]
	[ $((at - $(date +%s))) -le 31 ]
	get
	whole
	injected 1 0
	injected 1 1
}

@test "500, 502, 503 and 504 come instead of the work" {
	chaos '500=#1,502=#2,503=#3,504=#4,503(2)=#5'
	for want in 500 502 503 504 503; do
		tune 1 >body
		[ "$(api_status)" = "$want" ]
	done
	grep -qx $'Retry-After: 2\r' head
	tune 1
	[ "$(api_status)" = 202 ]
}

@test "500, 502, 503 and 504 come although the work has been accepted" {
	for n in 500 502 503 504; do
		chaos "$n-after=#1"
		tune "${n:2}" >body
		[ "$(api_status)" = "$n" ]
		tune "${n:2}" >body
		[ "$(api_status)" = 422 ]
		jq -e '.errorName == "JobAlreadyAdded"' body
	done
}

@test "a connection is reset before the work is done" {
	chaos 'reset=#1:POST'
	run -56 tune 1 -o body
	chaos ''
	tune 1
	[ "$(api_status)" = 202 ]
}

@test "a connection is reset after the work was accepted: the job is there" {
	chaos 'reset-after=#1:POST tuning'
	run -56 tune 1 -o body
	tune 1 >body
	[ "$(api_status)" = 422 ]
	jq -e '.errorName == "JobAlreadyAdded"' body
	injected 1
}

@test "a stall says nothing and is cut off at last; after the work it stops in the middle of the body" {
	chaos 'stall(0.5)=#1,stall-after(0.5)=#2,stall(60)=#3'
	run -56 get
	run -18 get
	[ "$(wc -c <body)" -gt 10 ]
	run -28 get --max-time 0.3
	chaos 'stall(0.2)=#1:POST,stall-after(0.2)=#2:POST'
	run -56 tune 1
	run -56 tune 1
	tune 1 >body
	[ "$(api_status)" = 422 ]
}

@test "a body drips, and is whole in the end" {
	chaos 'drip(1)=1'
	started=$(date +%s%N)
	get
	whole
	[ $(($(date +%s%N) - started)) -gt 900000000 ]
}

@test "others are served while one answer drips and one is stalled" {
	chaos 'drip(30)=#1,stall(30)=#2'
	for i in 1 2; do
		curl -sS -o /dev/null -m 5 -H "Authorization: Token $DATAROBOT_API_TOKEN" "$DATAROBOT_ENDPOINT/version/" &
	done
	for ((i = 0; i < 100; i++)); do
		[ "$(api GET chaos/ | jq '[.rules[].injected] | add')" = 2 ] && break
		sleep 0.05
	done
	get -m 4
	whole
	kill %1 %2
}

@test "a body is truncated, garbage, or of another type" {
	chaos 'truncate=#1,garbage=#2,type=#3,type(text/plain)=#4'
	run -18 get
	get
	[ "$code" = 200 ]
	[ "$(wc -c <body)" = 512 ]
	run ! jq . body
	get
	whole
	grep -qx $'Content-Type: text/html\r' head
	get
	grep -qx $'Content-Type: text/plain\r' head
}

@test "an answer is sent twice on one connection" {
	chaos 'duplicate=#1'
	exec 4<>"/dev/tcp/127.0.0.1/${SANDBOX_URL##*:}"
	printf 'GET /api/v2/version/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Token %s\r\n\r\n' \
		"$DATAROBOT_API_TOKEN" >&4
	timeout 5 cat <&4 >both
	exec 4>&-
	[ "$(grep -o 'HTTP/1.1 200' both | wc -l)" = 2 ]
	[ "$(grep -o '"major":2' both | wc -l)" = 2 ]
}

@test "a stale answer is the one before, of a GET to anybody, of a POST on the same connection" {
	chaos 'stale=#3-4:POST,stale=#2:GET jobs'
	post=(-sS -o /dev/null -w '%header{location}\n' -H "Authorization: Token $DATAROBOT_API_TOKEN"
		-H 'Content-Type: application/json' "$DATAROBOT_ENDPOINT/projects/$PROJECT/models/$MODEL/advancedTuning/")
	value() { echo "{\"tuningParameters\":[{\"parameterId\":\"p-smooth\",\"value\":$((900 + $1))}]}"; }
	mapfile -t got < <(curl "${post[@]}" -d "$(value 1)" --next "${post[@]}" -d "$(value 2)" --next \
		"${post[@]}" -d "$(value 3)")
	[ "${#got[@]}" = 3 ]
	[ "${got[0]}" != "${got[1]}" ]
	[ "${got[1]}" = "${got[2]}" ]
	tune 4
	[ "$(api_location)" != "${got[2]}" ]
	api GET "projects/$PROJECT/modelJobs/" >before
	tune 5
	api GET "projects/$PROJECT/modelJobs/" >after
	cmp before after
}

@test "answers overtake each other" {
	chaos 'reorder(1)=#1-8'
	for i in 1 2 3 4 5 6 7 8; do
		{ get -D "head$i" -o "body$i" && echo "$i" >>order; } &
		sleep 0.05
	done
	wait
	[ "$(sort -n order | tr '\n' ' ')" = '1 2 3 4 5 6 7 8 ' ]
	run ! sort -nc order
}

@test "a Location names another host, as does a redirect" {
	chaos 'location(other.example:81)=1:POST,redirect=1:GET version'
	tune 1
	[ "$(api_status)" = 202 ]
	[[ $(api_location) == "http://other.example:81/api/v2/projects/$PROJECT/modelJobs/"* ]]
	get
	[ "$code" = 307 ]
	grep -qx $'Location: http://elsewhere.invalid/api/v2/version/\r' head
}

@test "the token expires in the middle" {
	chaos 'expired=#3-'
	get && whole
	get && whole
	get
	[ "$code" = 401 ]
	jq -e '.message | contains("expired")' body
	get
	[ "$code" = 401 ]
	chaos ''
	get && whole
}

@test "the queue is full, for what could start jobs" {
	chaos 'queue-full=1'
	get && whole
	tune 1 >body
	[ "$(api_status)" = 422 ]
	jq -e '.message | startswith("Unable to add jobs to the queue")' body
}

@test "jobs fail, and can be asked for again" {
	chaos 'job-fail=#1'
	tune 1
	run -1 sandbox_wait "$(api_location)"
	jq -e '.status == "error" and (.message | contains("made to fail"))' <<<"$output"
	tune 1
	[ "$(api_status)" = 202 ]
	sandbox_wait "$(api_location)"
}

@test "jobs vanish, and others are worked off as before" {
	chaos 'job-vanish=#1'
	tune 1
	lost=$(api_location)
	for ((i = 0; i < 100; i++)); do
		api GET "${lost#*/api/v2/}" >body
		[ "$(api_status)" = 404 ] && break
		sleep 0.05
	done
	[ "$(api_status)" = 404 ]
	tune 2
	sandbox_wait "$(api_location)"
	tune 1
	[ "$(api_status)" = 202 ]
	sandbox_wait "$(api_location)"
}

@test "what was done is counted, and asking for the counts is always possible" {
	chaos '500=1'
	get
	run -0 api GET chaos/
	assert_json '.[0] | .seed == 1 and .injected["500"] >= 1 and .rules == [{rule: "500=1", for: 1, injected: 1}]'
}

@test "the same seed makes the same faults, another one others" {
	for seed in 5 5 6; do
		(
			sandbox_start --chaos '500=0.5:GET version' --chaos-seed "$seed"
			for ((i = 0; i < 40; i++)); do
				get
				echo "$code"
			done >>"got$seed"
			sandbox_stop
		)
	done
	[ "$(head -n 40 got5)" = "$(tail -n 40 got5)" ]
	[ "$(head -n 40 got5)" != "$(cat got6)" ]
	grep -q 500 got5
	grep -q 200 got5
}

@test "connections that are held do not keep the service from ending" {
	sandbox_start --chaos 'stall(3000)=1:jobs,drip(3000)=1:version'
	api GET projects/1/jobs/ -m 0.3 &
	get -m 60 &
	sleep 0.5
	sandbox_stop
}

@test "wrong rules are a wrong command line" {
	for rules in '500' '500=2' 'nothing=1' "@$PWD/nowhere" '500=#0' '500=0.1:('; do
		run -2 --separate-stderr dr-sandbox --dir "$PWD/new" --port 0 --chaos "$rules"
		[ "$output" = "" ]
		[[ $stderr == *'dr-sandbox: --chaos: '* ]]
	done
	[ ! -e new ]
	run -2 --separate-stderr dr-sandbox --dir "$PWD/new" --port 0 --chaos '500=2'
	[ "${stderr_lines[0]}" = "dr-sandbox: --chaos: rule 1 '500=2': '2' is neither a probability from 0 to 1 nor #K, #K-L or #K-" ]
}

@test "without --chaos there is nothing to count" {
	sandbox_start
	api GET chaos/ >body
	[ "$(api_status)" = 404 ]
	sandbox_stop
}
