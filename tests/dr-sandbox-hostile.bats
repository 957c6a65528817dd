# shellcheck disable=SC2030,SC2031,SC2153 # a test may talk to a service of its own
# Requests that are good HTTP and good JSON, and that nobody should send.
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0 --max-upload 1
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	load faults
	cd "$BATS_TEST_TMPDIR" || return
	shared=$SANDBOX_PID
	table=$BATS_TEST_DIRNAME/../src/dr-sandbox/routes/table.c
	blueprint=0123456789abcdef0123456789abcdef
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >table.csv
}

# Whatever a test has done, the next request is answered.
teardown() {
	faults_stop
	if [[ ${SANDBOX_PID-} != "$shared" ]]; then
		[[ -z ${SANDBOX_PID-} ]] || kill "$SANDBOX_PID" 2>/dev/null || true
		return 0
	fi
	run -0 --separate-stderr api GET version/
	[ "$(api_status)" = 200 ]
}

# refuses STATUS WORDS METHOD PATH [CURL OPTION...]
refuses() {
	local want=$1 words=$2
	shift 2
	api "$@" >body || return
	# shellcheck disable=SC2053 # a pattern
	[[ $(api_status) == $want ]] && grep -qi '^content-type: application/json.$' head &&
		jq -e --arg words "$words" '([.message] + [.errors // {} | to_entries[] | .key, .value] |
			join(" ")) | contains($words)' body >/dev/null && return
	echo "$*: $(api_status)" && cat body
	return 1
}

refuses_json() {
	refuses "$1" "$2" "$3" "$4" -H 'Content-Type: application/json' --data-binary "$5"
}

# fails WORDS URL: a project from there ends in an error with these words, and leaves nothing.
fails() {
	local body
	api_json POST projects/ "$(jq -nc --arg url "$2" '{url: $url, projectName: "lost"}')" || return
	body=$(sandbox_wait "$(api_location)") && return 1
	jq -e --arg words "$1" '.status == "ERROR" and (.message | contains($words))' <<<"$body" || {
		echo "$body"
		return 1
	}
	[ "$(api GET 'projects/?projectName=lost')" = '[]' ]
}

# A project at modeling, with a model, its job, a user's list, a dataset and predictions of both kinds.
full_project() {
	project=$(sandbox_upload table.csv "$1") || return
	sandbox_aim "$project" '{"target":"y","mode":"manual"}' || return
	api_json POST "projects/$project/models/" "{\"blueprintId\":\"$blueprint\"}" || return
	job=$(api_location) && job=${job%/} && job=${job##*/}
	model=$(sandbox_wait "$(api_location)") && model=${model%/} && model=${model##*/} || return
	list=$(api_json POST "projects/$project/featurelists/" '{"name":"two","features":["a","b"]}' | jq -r .id)
}

# Everything that can be seen of a project.
view() {
	for path in '' features/ featurelists/ models/ 'jobs/?status=COMPLETED' options/ status/ \
		modelRecords/ predictionDatasets/ trainingPredictions/ "models/$model/advancedTuning/parameters/"; do
		api GET "projects/$1/$path"
	done
}

@test "every row of the catalogue of errors is as documented" {
	full_project catalogue
	unknown=000000000000000000000000
	run -0 curl -s -o body -w '%{http_code}' "$DATAROBOT_ENDPOINT/version/"
	[ "$output" = 401 ]
	refuses 404 'project' GET "projects/$unknown/"
	refuses 404 'model' GET "projects/$project/models/$unknown/"
	refuses 404 'job' GET "projects/$project/jobs/99999/"
	refuses 404 'status' GET "status/$unknown/"
	refuses 405 'PUT' PUT "projects/$project/models/"
	tuning=projects/$project/models/$model/advancedTuning/
	many=$(jq -nc '[range(20000) | 1 + . % 16]')
	refuses_json 413 '' POST "$tuning" "{\"tuningParameters\":[{\"parameterId\":\"p-depth\",\"value\":$many}]}"
	jq -e '. == {message: "Tuning request is too large"}' body
	refuses_json 422 'samplePct' POST "projects/$project/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":101}"
	jq -e '.message == "Invalid field data" and .errors.samplePct' body
	refuses_json 422 '' POST "$tuning" '{"tuningParameters":[{"parameterId":"p-smooth","value":[2,3]}]}'
	jq -e '. == {message: "Only one value allowed for this parameter"}' body
	# The majority class has nothing to tune.
	api_json POST "projects/$project/models/" '{"blueprintId":"fedcba9876543210fedcba9876543210"}'
	dull=$(sandbox_wait "$(api_location)")
	dull=${dull#"$DATAROBOT_ENDPOINT/"}
	refuses 422 '' GET "${dull}advancedTuning/parameters/"
	refuses_json 422 '' POST "${dull}advancedTuning/" '{"tuningParameters":[]}'
	refuses_json 422 'duplicates' POST "projects/$project/models/" "{\"blueprintId\":\"$blueprint\"}"
	jq -e --arg url "$DATAROBOT_ENDPOINT/projects/$project/modelJobs/$job/" --arg job "$job" \
		'.errorName == "JobAlreadyAdded" and .jobId == $job and
		 .previousJob == {id: $job, status: "COMPLETED", url: $url}' body
	api_json PATCH "projects/$project/" '{"workerCount":0}' >/dev/null
	api_json POST "projects/$project/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":20}"
	refuses 409 'cancel' DELETE "projects/$project/"
}

@test "a project that is not there is not found, on every route" {
	sed -n 's,^\t{"\([A-Z]*\)"\, "\(projects/{}/[^"]*\)".*,\1 \2,p' "$table" >routes
	[ "$(wc -l <routes)" -gt 60 ]
	while read -r method path; do
		path=${path//\{\}/000000000000000000000000}
		if [[ $method == GET || $method == DELETE || $path == */crossValidation/ ]]; then
			refuses 404 '' "$method" "$path"
		elif [[ $path == */fileUploads/ ]]; then
			refuses 404 'project' "$method" "$path" -F file=@table.csv
		else
			refuses_json 404 '' "$method" "$path" '{}'
		fi
	done <routes
}

@test "what belongs to one project is not found in another, on every route, and stays as it is" {
	full_project mine
	mine=$project
	view "$mine" >before
	other=$(sandbox_upload table.csv other)
	sandbox_aim "$other" '{"target":"y","mode":"manual"}'
	sed -n 's,^\t{"\([A-Z]*\)"\, "projects/{}/\([^"]*{}[^"]*\)".*,\1 \2,p' "$table" >routes
	[ "$(wc -l <routes)" -gt 30 ]
	while read -r method path; do
		case $path in
		features/* | modelingFeatures/* | blueprints/*) continue ;; # every project has these names
		*eaturelists/*) path=${path/\{\}/$list} ;;
		*obs/*) path=${path/\{\}/$job} ;;
		*) path=${path/\{\}/$model} ;;
		esac
		if [[ $method == GET || $method == DELETE || $path == */crossValidation/ ]]; then
			refuses 404 '' "$method" "projects/$other/$path"
		else
			refuses_json 404 '' "$method" "projects/$other/$path" '{}'
		fi
	done <routes
	refuses_json 4?? '' POST "projects/$other/models/fromModel/" "{\"modelId\":\"$model\"}"
	refuses_json 4?? '' POST "projects/$other/frozenModels/" "{\"modelId\":\"$model\",\"samplePct\":20}"
	refuses_json 4?? '' POST "projects/$other/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"all\"}"
	refuses_json 4?? '' POST "projects/$other/predictions/" "{\"modelId\":\"$model\",\"datasetId\":\"$model\"}"
	refuses_json 4?? '' POST "projects/$other/models/" "{\"blueprintId\":\"$blueprint\",\"featurelistId\":\"$list\"}"
	refuses_json 4?? '' POST "projects/$other/autopilots/" "{\"featurelistId\":\"$list\",\"mode\":\"quick\"}"
	view "$mine" >after
	cmp before after
	[ "$(api GET "projects/$other/models/")" = '[]' ]
	[ "$(api GET "projects/$other/modelJobs/")" = '[]' ]
}

@test "fields of a wrong type or size are refused by every route that takes a body" {
	full_project fields
	view "$project" >before
	sed -n 's,^\t{"\([A-Z]*\)"\, "\(projects/{}/[^"]*\)".*WEB_JSON.*,\1 \2,p' "$table" |
		grep -v options/ >routes
	while read -r method path; do
		path=${path/\{\}/$project}
		[[ $path == *eaturelists/* ]] && path=${path/\{\}/$list} || path=${path/\{\}/$model}
		for body in '{"no_such_field":1}' '[]' null; do
			refuses_json 4?? '' "$method" "$path" "$body"
		done
		for value in '{"a":[]}' '[[[1]]]' 1e308 '"\ud83d\ude00"'; do
			body=$(jq -nc --argjson v "$value" '["url", "target", "mode", "blueprintId", "modelId",
				"featurelistId", "samplePct", "tuningParameters", "features", "command",
				"dataSubset", "datasetId", "workerCount", "holdoutUnlocked", "isStarred"] |
				map({(.): $v}) | add')
			refuses_json 4?? '' "$method" "$path" "$body"
		done
	done <routes
	view "$project" >after
	cmp before after
}

@test "a list that names a column twice, or more than there are, is refused" {
	full_project lists
	refuses_json 422 "'a' is there twice" POST "projects/$project/featurelists/" '{"name":"x","features":["a","b","a"]}'
	many=$(jq -nc '[range(100000) | "a"]')
	refuses 422 'more columns than' POST "projects/$project/featurelists/" -H 'Content-Type: application/json' \
		--data-binary @- <<<"{\"name\":\"x\",\"features\":$many}"
}

@test "what is no regular file is not read from a file: URL" {
	mkfifo pipe
	: >empty.csv
	fails 'regular file' "file://$PWD"
	fails 'regular file' "file://$PWD/pipe"
	fails 'regular file' 'file:///dev/zero'
	fails 'regular file' 'file:///dev/tty0' || fails 'cannot be fetched' 'file:///dev/tty0'
	fails 'empty' "file://$PWD/empty.csv"
	fails 'empty' 'file:///proc/self/maps'
	fails 'No such file' 'file:///nowhere%20at%20all'
	fails 'cannot be fetched' 'file:///%00'
	fails 'cannot be fetched' 'file://example.org/etc/passwd'
	head -c 1100000 /dev/zero >large.csv
	fails 'larger than 1048576' "file://$PWD/large.csv"
	for url in /etc/passwd ftp://127.0.0.1/x gopher://127.0.0.1/x 'file' '' 'javascript:1' 's3://a/b'; do
		refuses_json 422 'http' POST projects/ "$(jq -nc --arg url "$url" '{url: $url}')"
	done
}

@test "a server that sends nothing, too much, or elsewhere for ever is given up" {
	fails 'cannot be fetched' 'http://127.0.0.1:1/table.csv'
	fails 'cannot be fetched' 'http://no-such-host.invalid/table.csv'
	fails 'cannot be fetched' 'http://[::1/table.csv'
	direct=$DATAROBOT_ENDPOINT
	faults_start '0 0 GET /404 answer 404 {}' '0 0 GET /loop redirect /loop' '0 0 GET /endless endless' \
		'0 0 GET /local redirect file:///etc/passwd' '0 0 GET /empty answer 200'
	at=${DATAROBOT_ENDPOINT%/api/v2} DATAROBOT_ENDPOINT=$direct
	fails '404' "$at/404"
	fails 'redirects' "$at/loop"
	fails 'larger than 1048576' "$at/endless"
	fails 'cannot be fetched' "$at/local"
	run -0 find "$SANDBOX_DIR/projects" -mindepth 1 -maxdepth 1
	[ "${#lines[@]}" = "$(api GET projects/ | jq length)" ]
}

@test "a server that keeps silent is given up at the time limit, and four of them keep no job waiting" {
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0 --time-limit 4
	direct=$DATAROBOT_ENDPOINT
	faults_start '0 0 GET /stall stall'
	at=${DATAROBOT_ENDPOINT%/api/v2} DATAROBOT_ENDPOINT=$direct
	for k in 1 2 3 4 5; do
		api_json POST projects/ "{\"url\":\"$at/stall\"}"
		where[k]=$(api_location)
	done
	run -0 --separate-stderr sandbox_upload table.csv
	for k in 1 2 3 4 5; do
		run -1 --separate-stderr sandbox_wait "${where[k]}"
		assert_json '.[0] | .status == "ERROR" and (.message | contains("cannot be fetched"))'
	done
	sandbox_stop
}
