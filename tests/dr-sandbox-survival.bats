# What becomes of jobs where memory, time, disk or the service itself is taken away.
# shellcheck disable=SC2030,SC2031 # each test has a service of its own
bats_require_minimum_version 1.5.0

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[[ -z ${SANDBOX_PID-} ]] || kill "$SANDBOX_PID" 2>/dev/null || true
}

# A project of the small table at modeling, with nothing trained: PROJECT.
untrained() {
	sandbox_table table.csv
	PROJECT=$(sandbox_upload table.csv survive) &&
		sandbox_aim "$PROJECT" '{"target":"bought","mode":"manual"}'
}

# blueprint PATTERN: the id of the first whose name it matches.
blueprint() {
	api GET "projects/$PROJECT/blueprints/" |
		jq -r --arg p "$1" 'first(.[] | select(.modelType | test($p))) | .id'
}

# train PATTERN [FIELDS]: start that blueprint; its job's URL.
train() {
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$(blueprint "$1")\"${2-}}" >/dev/null &&
		api_location
}

# again [OPTION...]: kill the service at once, and start it on the same folder.
again() {
	kill -9 "$SANDBOX_PID"
	while sandbox_runs; do sleep 0.01; done
	sandbox_run --dir "$SANDBOX_DIR" --min-job-time 0 "$@"
}

# here URL: the same path at the service as it runs now.
here() {
	echo "$DATAROBOT_ENDPOINT/${1#*/api/v2/}"
}

# scores MODEL-URL: its validation scores by all metrics.
scores() {
	api GET "${1#*/api/v2/}" | jq -cS '.metrics | map_values([.validation, .crossValidation])'
}

# A table of 40,000 rows and 30 numbers without meaning.
large_table() {
	awk 'BEGIN {
		srand(3)
		printf "y"
		for (k = 0; k < 30; k++) printf ",n%d", k
		for (i = 0; i < 40000; i++) {
			printf "\n%d", rand() < 0.5
			for (k = 0; k < 30; k++) printf ",%.6f", rand()
		}
		print ""
	}' >"$1"
}

@test "a job that needs more memory than it may use says so, and no other is harmed" {
	[[ ${DRTUNE_BIN-} != */asan/* ]] || skip "the sanitizer wants terabytes of addresses"
	sandbox_start --memory 100 --min-job-time 0
	large_table large.csv
	api POST projects/ -F file=@large.csv
	run -1 --separate-stderr sandbox_wait "$(api_location)"
	assert_json '.[0] | .status == "ERROR" and .message == "the job needs more memory than the 100 MiB that it may use"'
	untrained
	# What the linear algebra works in is more than that: no job may wait for it for ever.
	run -1 --separate-stderr sandbox_wait "$(train Neural)" 30
	assert_json '.[0] | .status == "error" and (.message | contains("100 MiB"))'
	run -0 --separate-stderr api GET "projects/$PROJECT/models/"
	assert_json '.[0] == []'
	sandbox_stop
}

@test "a fit that takes longer than the time limit is ended, and the next one runs" {
	sandbox_start --min-job-time 0
	large_table large.csv
	PROJECT=$(sandbox_upload large.csv slow)
	sandbox_aim "$PROJECT" '{"target":"y","mode":"manual"}'
	again --time-limit 1
	run -1 --separate-stderr sandbox_wait "$(train RandomForest)" 30
	assert_json '.[0] | .status == "error" and .message == "the job took longer than its time limit"'
	again --time-limit 600
	run -0 --separate-stderr sandbox_wait "$(train Majority)" 60
	sandbox_stop
}

@test "a fit gives the same scores, whenever the service was killed" {
	sandbox_start --min-job-time 0 --workers 1
	untrained
	model=$(sandbox_wait "$(train 'Early Stopping$' ',"scoringType":"crossValidation"')")
	want=$(scores "$model")
	for pause in 0 0.03 0.1 0.2 0.4; do
		api DELETE "${model#*/api/v2/}"
		job=$(train 'Early Stopping$' ',"scoringType":"crossValidation"')
		sleep "$pause"
		again --workers 1
		model=$(sandbox_wait "$(here "$job")") || { echo "$model" && false; }
		[ "$(scores "$model")" = "$want" ]
	done
	[ "$(api GET "projects/$PROJECT/models/" | jq length)" = 1 ]
	sandbox_stop
}

@test "a search inside the model finds the same, whenever the service was killed" {
	sandbox_start --min-job-time 0 --workers 1
	untrained
	base=$(sandbox_wait "$(train 'Elastic-Net.*L2')")
	base=${base#*/api/v2/}
	ask=$(api GET "${base}advancedTuning/parameters/" | jq -c '{tuningParameters: [first(.tuningParameters[] |
		select(.parameterName == "enet_lambda")) | {parameterId, value: [0.0001, 0.001, 0.01, 0.1]}]}')
	want=
	for pause in none 0 0.05 0.2; do
		api_json POST "${base}advancedTuning/" "$ask"
		job=$(api_location)
		if [[ $pause != none ]]; then
			sleep "$pause"
			again --workers 1
		fi
		model=$(sandbox_wait "$(here "$job")") || { echo "$model" && false; }
		got=$(scores "$model")$(api GET "${model#*/api/v2/}advancedTuning/parameters/" |
			jq -cS '[.tuningParameters[] | {parameterName, defaultValue, currentValue}]')
		[ "$got" = "${want:=$got}" ]
		api DELETE "${model#*/api/v2/}"
	done
	sandbox_stop
}

@test "an upload, an aim and predictions give the same, whenever the service was killed" {
	sandbox_start --min-job-time 0 --workers 1
	sandbox_table table.csv
	want_features='' want_lists='' want_rows=''
	for pause in none 0 0.05; do
		api POST projects/ -F file=@table.csv
		where=$(api_location)
		[[ $pause == none ]] || { sleep "$pause" && again --workers 1; }
		PROJECT=$(sandbox_wait "$(here "$where")") && PROJECT=${PROJECT%/} && PROJECT=${PROJECT##*/}
		api_json PATCH "projects/$PROJECT/aim/" '{"target":"bought","mode":"manual"}'
		where=$(api_location)
		[[ $pause == none ]] || { sleep "$pause" && again --workers 1; }
		run -0 --separate-stderr sandbox_wait "$(here "$where")"
		got=$(api GET "projects/$PROJECT/features/" | jq -cS 'map(del(.projectId))')
		[ "$got" = "${want_features:=$got}" ]
		got=$(api GET "projects/$PROJECT/blueprints/" | jq -cS 'map(.id)')
		[ "$got" = "${want_lists:=$got}" ]
		model=$(sandbox_wait "$(train 'Logistic|Majority')") && model=${model%/} && model=${model##*/}
		api_json POST "projects/$PROJECT/trainingPredictions/" "{\"modelId\":\"$model\",\"dataSubset\":\"all\"}"
		where=$(api_location)
		[[ $pause == none ]] || { sleep "$pause" && again --workers 1; }
		where=$(sandbox_wait "$(here "$where")")
		got=$(api GET "${where#*/api/v2/}" | jq -cS .data | sha256sum)
		[ "$got" = "${want_rows:=$got}" ]
	done
	[ "$(api GET projects/ | jq length)" = 3 ]
	sandbox_stop
}

@test "a cache that is damaged, cut, or full of rubbish is made anew, with the same scores" {
	sandbox_start --min-job-time 0
	awk 'BEGIN {
		srand(5)
		print "note,size,y"
		for (i = 1; i <= 400; i++) {
			y = rand() < 0.5
			printf "%s thing of kind %d in box %d,%d,%d\n", rand() < 0.8 == y ? "good" : "bad",
				rand() * 50, rand() * 50, rand() * 9, y
		}
	}' >table.csv
	PROJECT=$(sandbox_upload table.csv text)
	sandbox_aim "$PROJECT" '{"target":"y","mode":"manual"}'
	model=$(sandbox_wait "$(train 'with text')")
	want=$(scores "$model")
	cache=$SANDBOX_DIR/projects/$PROJECT/work/cache
	[ -n "$(ls "$cache")" ]
	for harm in cut bits rubbish empty directory file; do
		api DELETE "${model#*/api/v2/}"
		for entry in "$cache"/*; do
			case $harm in
			cut) truncate -s -3 "$entry" ;;
			bits) printf 'x' | dd of="$entry" bs=1 seek=300 conv=notrunc 2>/dev/null ;;
			rubbish) head -c 5000 /dev/urandom >"$entry" ;;
			empty) : >"$entry" ;;
			directory) rm -rf "$entry" && mkdir "$entry" ;;
			file) rm -rf "$cache" && echo rubbish >"$cache" ;;
			esac
		done
		model=$(sandbox_wait "$(train 'with text')") || { echo "$harm: $model" && false; }
		[ "$(scores "$model")" = "$want" ]
	done
	sandbox_stop
}

@test "a full disk ends jobs with a sentence, and the service goes on when there is room again" {
	bash -c 'ulimit -f 1500; exec dr-sandbox "$@" 3>&-' _ --port 0 --dir home --quiet --min-job-time 0 \
		>ready 2>words &
	SANDBOX_PID=$! SANDBOX_DIR=$PWD/home
	for ((i = 0; i < 100; i++)); do
		[[ -s ready ]] && break
		sleep 0.05
	done
	export DATAROBOT_ENDPOINT DATAROBOT_API_TOKEN
	DATAROBOT_ENDPOINT=$(jq -r .endpoint ready) DATAROBOT_API_TOKEN=$(<home/token)
	# The table fits; what is made of it does not.
	awk 'BEGIN { print "y,a,b"; for (i = 0; i < 120000; i++) print i % 2 "," i % 97 "," i % 7 }' >table.csv
	PROJECT=$(sandbox_upload table.csv full)
	api_json PATCH "projects/$PROJECT/aim/" '{"target":"y","mode":"manual"}'
	run -1 --separate-stderr sandbox_wait "$(api_location)"
	assert_json '.[0] | .status == "ERROR" and (.message | contains("File too large"))'
	run -0 --separate-stderr api GET "projects/$PROJECT/"
	assert_json '.[0] | .stage == "aim" and .target == null'
	again
	run -0 --separate-stderr sandbox_aim "$PROJECT" '{"target":"y","mode":"manual"}'
	sandbox_stop
}

@test "a job is cancelled in every state that it can be in, and only once" {
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0 --workers 1
	printf 'fit-hang,y\n1,0\n2,1\n' >table.csv
	PROJECT=$(sandbox_upload table.csv states)
	sandbox_aim "$PROJECT" '{"target":"y","mode":"manual"}'
	running=$(train Gradient) queued=$(train Gradient ',"samplePct":20') paused=$(train Gradient ',"samplePct":30')
	for ((k = 0; k < 100; k++)); do
		[[ $(api GET "${running#*/api/v2/}" | jq -r .status) == inprogress ]] && break
		sleep 0.05
	done
	api_json PATCH "projects/$PROJECT/" '{"workerCount":0}' >/dev/null
	for job in "$paused" "$queued" "$running"; do
		api DELETE "${job#*/api/v2/}"
		[ "$(api_status)" = 204 ]
		api DELETE "${job#*/api/v2/}" >/dev/null
		[ "$(api_status)" = 404 ]
		run -0 --separate-stderr api GET "${job#*/api/v2/}"
		assert_json '.[0].status == "ABORTED"'
	done
	again --worker "$BATS_TEST_DIRNAME/data/fake-worker" --workers 1
	run -0 --separate-stderr api GET "${running#*/api/v2/}"
	assert_json '.[0].status == "ABORTED"'
	# What was cancelled can be asked for again.
	api_json PATCH "projects/$PROJECT/" '{"workerCount":-1}' >/dev/null
	run -0 --separate-stderr train Gradient ',"samplePct":20'
	sandbox_stop
}
