# shellcheck disable=SC2030,SC2031 # a test may talk to a service of its own
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker"
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
	shared=$SANDBOX_PID
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >table.csv
}

# A test that has failed may have left a service of its own.
teardown() {
	[[ ${SANDBOX_PID:-$shared} == "$shared" ]] || kill "$SANDBOX_PID" 2>/dev/null || true
}

# refuses STATUS WORDS METHOD PATH [CURL OPTION...]
refuses() {
	local want=$1 words=$2
	shift 2
	run -0 --separate-stderr api "$@"
	[ "$(api_status)" = "$want" ]
	jq -e --arg words "$words" '([.message] + [.errors // {} | to_entries[] | .key, .value] | join(" ")) | contains($words)' \
		<<<"$output" >/dev/null || { echo "$output" && return 1; }
	grep -qi '^content-type: application/json.$' head
}

@test "its record names an endpoint that answers and a token that only its owner reads" {
	run -0 jq -r .token_file "$SANDBOX_DIR/ready"
	[ "$(stat -c %a "$output")" = 600 ]
	run -0 jq -r .config_file "$SANDBOX_DIR/ready"
	[ "$(stat -c %a "$output")" = 600 ]
	grep -q "^endpoint: $DATAROBOT_ENDPOINT$" "$output"
	grep -q "$DATAROBOT_API_TOKEN" "$output"
	run -0 --separate-stderr api GET version/
	assert_json '.[0].major == 2 and .[0].versionString == "2.36.0"'
}

@test "the token stands in no record, no log and not in the database" {
	run -0 --separate-stderr sandbox_upload table.csv
	run ! grep -r -q -F "$DATAROBOT_API_TOKEN" "$SANDBOX_DIR/ready" "$SANDBOX_DIR/stderr" \
		"$SANDBOX_DIR/sandbox.db" "$SANDBOX_DIR/sandbox.db-wal" "$SANDBOX_DIR/projects"
}

@test "a request without the token, or with another, is refused with 401" {
	run -0 curl -s -o body -w '%{http_code}' "$DATAROBOT_ENDPOINT/version/"
	[ "$output" = 401 ]
	jq -e .message body
	run -0 curl -s -o body -w '%{http_code}' -H 'Authorization: Token abc' "$DATAROBOT_ENDPOINT/projects/"
	[ "$output" = 401 ]
	run -0 curl -s -o body -w '%{http_code}' -H "Authorization: bearer $DATAROBOT_API_TOKEN" \
		"$DATAROBOT_ENDPOINT/version/"
	[ "$output" = 200 ]
}

@test "a request that names another host is refused" {
	refuses 403 '127.0.0.1' GET version/ -H 'Host: evil.example'
	refuses 403 '127.0.0.1' GET version/ -H 'Host: 127.0.0.1.evil.example'
	refuses 400 'Host' GET version/ -H 'Host:' --http1.0
}

@test "what is not there is 404, what cannot be done there 405" {
	refuses 404 'does not offer' GET nothing/
	refuses 404 'slash' GET version
	refuses 404 'no project' GET projects/000000000000000000000000/
	refuses 404 'no status' GET status/1/
	refuses 404 'no project' GET 'projects/..%2f..%2fetc/'
	refuses 400 'UTF-8' GET 'projects/%00/'
	refuses 400 'UTF-8' GET 'projects/?projectName=%ff'
	refuses 405 'GET' POST version/
	grep -qi '^allow: GET' head
	# Two patterns have this path; each method is named once.
	refuses 405 'PUT is not possible here; GET is' PUT projects/0/features/metrics/
}

@test "a table becomes a project, by way of a status that ends in 303" {
	api POST projects/ -F projectName=demo -F file=@table.csv >body
	[ "$(api_status)" = 202 ]
	[ ! -s body ]
	[[ "$(api_location)" == "$DATAROBOT_ENDPOINT"/status/*/ ]]
	where=$(api_location)
	run -0 --separate-stderr sandbox_wait "$where"
	[[ "$output" == "$DATAROBOT_ENDPOINT"/projects/*/ ]]
	project=${output#"$DATAROBOT_ENDPOINT/"}
	run -0 --separate-stderr api GET "$project"
	assert_json '.[0] | .projectName == "demo" and .fileName == "table.csv" and .stage == "aim"
		and .target == null and .maxTrainPct == 64 and .partition.useTimeSeries == false'
	# A finished status can be asked again.
	run -0 --separate-stderr sandbox_wait "$where"
	run -0 --separate-stderr api GET "projects/?projectName=DEM"
	assert_json '.[0] | length >= 1 and all(.[]; .projectName == "demo")'
}

@test "locations use the name by which the client calls the service" {
	run -0 curl -sS -D head -H "Authorization: Token $DATAROBOT_API_TOKEN" -F file=@table.csv \
		"http://localhost:${SANDBOX_URL##*:}/api/v2/projects/"
	[[ "$(api_location)" == "http://localhost:${SANDBOX_URL##*:}/api/v2/status/"*/ ]]
	run -0 --separate-stderr sandbox_wait "$(api_location)"
}

@test "a table is fetched from a URL" {
	api_json POST projects/ "{\"url\":\"file://$PWD/table.csv\",\"projectName\":\"by url\"}"
	[ "$(api_status)" = 202 ]
	run -0 --separate-stderr sandbox_wait "$(api_location)"
	run -0 --separate-stderr api GET "${output#"$DATAROBOT_ENDPOINT/"}"
	assert_json '.[0] | .fileName == "table.csv" and .projectName == "by url"'
}

@test "a URL that cannot be fetched is an error of the status, and makes no project" {
	api_json POST projects/ '{"url":"file:///nowhere/at/all.csv","projectName":"lost"}'
	[ "$(api_status)" = 202 ]
	run -1 --separate-stderr sandbox_wait "$(api_location)"
	assert_json '.[0] | .status == "ERROR" and (.message | contains("cannot be fetched"))'
	run -0 --separate-stderr api GET "projects/?projectName=lost"
	assert_json '.[0] == []'
	refuses 422 'http' POST projects/ -H 'Content-Type: application/json' -d '{"url":"ftp://127.0.0.1/x"}'
}

@test "a project is renamed, described and deleted" {
	run -0 --separate-stderr sandbox_upload table.csv
	project=$output
	run -0 --separate-stderr api_json PATCH "projects/$project/" \
		'{"projectName":"new","projectDescription":"why","workerCount":-1,"gpuWorkerCount":-1}'
	assert_json '.[0] | .projectName == "new" and .projectDescription == "why"'
	refuses 422 'workerCount' PATCH "projects/$project/" -H 'Content-Type: application/json' -d '{"workerCount":1.5}'
	refuses 422 'no GPU' PATCH "projects/$project/" -H 'Content-Type: application/json' -d '{"gpuWorkerCount":1}'
	refuses 422 'colour' PATCH "projects/$project/" -H 'Content-Type: application/json' -d '{"colour":"red"}'
	run -0 --separate-stderr api DELETE "projects/$project/"
	[ "$(api_status)" = 204 ]
	refuses 404 'no project' GET "projects/$project/"
	[ ! -e "$SANDBOX_DIR/projects/$project" ]
}

@test "bodies that are cut, too deep, too large, or of the wrong type are refused" {
	refuses 400 'not JSON' POST projects/ -H 'Content-Type: application/json' -d '{"url":'
	refuses 400 'JSON object' POST projects/ -H 'Content-Type: application/json' -d '[1]'
	printf '[%.0s' {1..100000} >deep
	refuses 400 'not JSON' POST projects/ -H 'Content-Type: application/json' -d @deep
	refuses 400 'not JSON' POST projects/ -H 'Content-Type: application/json' -d $'{"url":"\xff"}'
	refuses 415 'application/json' POST projects/ -d 'url=x'
	head -c 6000000 /dev/zero | tr '\0' ' ' >large
	refuses 413 'too large' POST projects/ -H 'Content-Type: application/json' --data-binary @large
	refuses 413 'too large' POST projects/ -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' --data-binary @large
	refuses 422 'file' POST projects/ -F projectName=x
	refuses 422 'colour' POST projects/ -F colour=red -F file=@table.csv
	refuses 422 'url' POST projects/ -H 'Content-Type: application/json' -d '{}'
	printf -- '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n1' >torn
	refuses 400 'form' POST projects/ -H 'Content-Type: multipart/form-data; boundary=x' --data-binary @torn
	refuses 400 'boundary' POST projects/ -H 'Content-Type: multipart/form-data' --data-binary @torn
	run -0 ls "$SANDBOX_DIR/uploads"
	[ "$output" = "" ]
}

@test "what the worker says about bad data stands in the status, and nothing is left" {
	printf 'fail,y\n1,0\n' >bad.csv
	api POST projects/ -F projectName=bad -F file=@bad.csv
	run -1 --separate-stderr sandbox_wait "$(api_location)"
	assert_json '.[0] | .status == "ERROR" and .message == "the data are bad"'
	run -0 --separate-stderr api GET "projects/?projectName=bad"
	assert_json '.[0] == []'
}

@test "a worker that dies once is started again, one that dies twice is an error with its last words" {
	printf 'killonce,y\n1,0\n' >once.csv
	run -0 --separate-stderr sandbox_upload once.csv
	printf 'kill,y\n1,0\n' >twice.csv
	api POST projects/ -F file=@twice.csv
	run -1 --separate-stderr sandbox_wait "$(api_location)"
	assert_json '.[0].message | contains("signal 9") and contains("about to die")'
}

@test "a worker that answers nonsense, or nothing, is an error that says so" {
	printf 'garbage,y\n1,0\n' >bad.csv
	api POST projects/ -F file=@bad.csv
	run -1 --separate-stderr sandbox_wait "$(api_location)"
	assert_json '.[0].message | contains("not a JSON object")'
	printf 'silent,y\n1,0\n' >bad.csv
	api POST projects/ -F file=@bad.csv
	run -1 --separate-stderr sandbox_wait "$(api_location)"
	assert_json '.[0].message | contains("status 3") and contains("no answer here")'
}

@test "the service keeps its standard descriptors for what they are" {
	[ "$(readlink "/proc/$SANDBOX_PID/fd/0")" = /dev/null ]
	[ "$(readlink "/proc/$SANDBOX_PID/fd/1")" = "$SANDBOX_DIR/ready" ]
	[ "$(readlink "/proc/$SANDBOX_PID/fd/2")" = "$SANDBOX_DIR/stderr" ]
}

@test "a worker gets one thread, limits, three descriptors and not the token" {
	printf 'leak,y\n1,0\n' >leak.csv
	run -0 --separate-stderr sandbox_upload leak.csv
	dir=$SANDBOX_DIR/projects/$output/work
	grep -qx OMP_NUM_THREADS=1 "$dir/environment"
	run ! grep -q DATAROBOT "$dir/environment"
	# ls itself opens the folder that it lists.
	[ "$(wc -l <"$dir/descriptors")" -le 5 ]
}

@test "a second service on the same folder is refused" {
	run -6 --separate-stderr dr-sandbox --port 0 --dir "$SANDBOX_DIR" \
		--worker "$BATS_TEST_DIRNAME/data/fake-worker"
	[ "$output" = "" ]
	[[ $stderr == "dr-sandbox: "*"another dr-sandbox runs on this folder" ]]
}

@test "a port in use, a worker that is not there, and a wrong option are refused" {
	run -6 --separate-stderr dr-sandbox --port "${SANDBOX_URL##*:}" --dir other \
		--worker "$BATS_TEST_DIRNAME/data/fake-worker"
	[[ $stderr == "dr-sandbox: 127.0.0.1:"*": Address already in use" ]]
	run -6 --separate-stderr dr-sandbox --port 0 --dir other --worker ./nothing
	[[ $stderr == "dr-sandbox: ./nothing: No such file or directory" ]]
	run -2 --separate-stderr dr-sandbox --workers 0
	run -2 --separate-stderr dr-sandbox operand
}

@test "SIGTERM ends it, with the jobs that it runs" {
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker"
	printf 'hang,y\n1,0\n' >hang.csv
	api POST projects/ -F file=@hang.csv
	for ((i = 0; i < 100; i++)); do
		pgrep -P "$SANDBOX_PID" >children && break
		sleep 0.05
	done
	sandbox_stop
	while read -r child; do
		run ! test -d "/proc/$child"
	done <children
}

@test "a full disk refuses the table and what cannot be stored, and the service goes on" {
	bash -c 'ulimit -f 400; exec dr-sandbox "$@" 3>&-' _ --port 0 --dir full --quiet \
		--worker "$BATS_TEST_DIRNAME/data/fake-worker" >ready 2>words &
	SANDBOX_PID=$! SANDBOX_DIR=$PWD
	for ((i = 0; i < 100; i++)); do
		[[ -s ready ]] && break
		sleep 0.05
	done
	DATAROBOT_ENDPOINT=$(jq -r .endpoint ready) DATAROBOT_API_TOKEN=$(<full/token)
	head -c 600000 /dev/zero | tr '\0' 'x' >large
	refuses 500 'cannot be stored' POST projects/ -F file=@large
	# The database cannot grow for ever either.
	for ((i = 0; i < 60; i++)); do
		api POST projects/ -F file=@table.csv >body
		[[ $(api_status) == 202 ]] || break
	done
	[ "$(api_status)" = 500 ]
	jq -e '.message | startswith("database: ")' body
	run -0 --separate-stderr api GET projects/
	[ "$(api_status)" = 200 ]
	kill "$SANDBOX_PID"
	wait "$SANDBOX_PID" || [ $? = 143 ]
}

@test "HEAD answers like GET, without the body" {
	run -0 --separate-stderr curl -sS -I -H "Authorization: Token $DATAROBOT_API_TOKEN" "$DATAROBOT_ENDPOINT/version/"
	[[ $output == "HTTP/1.1 200 OK"* ]]
}

@test "a browser gets a page without the token, and the page holds no data" {
	sandbox_upload table.csv 'secret plans' >/dev/null
	for path in '' page.js; do
		run -0 curl -sS -D head "$SANDBOX_URL/$path"
		[ "$(api_status)" = 200 ]
		run ! grep -qF -e 'secret plans' -e "$DATAROBOT_API_TOKEN" <<<"$output"
	done
	grep -qi '^content-type: text/javascript' head
	run -0 curl -sS "$SANDBOX_URL/"
	[[ $output == *"default-src 'none'; script-src 'self'"* ]]
	# Foreign words go into it as text only.
	run ! grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(' \
		"$BATS_TEST_DIRNAME/../src/dr-sandbox/page/page.js"
}

@test "a file that only its owner reads takes a browser to the page with the token" {
	run -0 jq -r .page_file "$SANDBOX_DIR/ready"
	[ "$output" = "$(realpath "$SANDBOX_DIR")/open.html" ]
	[ "$(stat -c %a "$output")" = 600 ]
	grep -qF "url=$SANDBOX_URL/#$DATAROBOT_API_TOKEN\"" "$output"
}
