# A private dr-sandbox for a bats file: `load sandbox`.
#
#	setup_file() { load sandbox; sandbox_start; sandbox_project; }
#	teardown_file() { load sandbox; sandbox_stop; }
#
# sandbox_start [OPTION...]  starts it in a folder of its own on a port that the
#     kernel chooses, exports DATAROBOT_ENDPOINT, DATAROBOT_API_TOKEN,
#     SANDBOX_DIR, SANDBOX_PID and SANDBOX_URL (without /api/v2)
# sandbox_stop               ends it, and fails if it did not end as it should
# sandbox_table FILE         writes a small table: 400 rows, target `bought` (yes, no)
# sandbox_project            makes a project of such a table with all blueprints trained,
#     and exports PROJECT, MODEL (the best boosted trees) and TABLE
#
# Where setup_file cannot be used, call them in setup and teardown alike.

# sandbox_start [OPTION...]
sandbox_start() {
	SANDBOX_DIR=$(mktemp -d "${BATS_FILE_TMPDIR:-${BATS_TEST_TMPDIR:-/tmp}}/sandbox.XXXXXX") || return
	sandbox_run --dir "$SANDBOX_DIR" "$@"
}

# sandbox_run [OPTION...]: start it with exactly these options.
sandbox_run() {
	local ready=$SANDBOX_DIR/ready
	rm -f "$ready"
	# 3 is the descriptor that bats waits for.
	dr-sandbox --port 0 --quiet "$@" >"$ready" 2>"$SANDBOX_DIR/stderr" </dev/null 3>&- &
	SANDBOX_PID=$!
	for ((i = 0; i < 600; i++)); do
		[[ -s $ready ]] && break
		if ! kill -0 "$SANDBOX_PID" 2>/dev/null; then
			cat "$SANDBOX_DIR/stderr" >&2
			return 1
		fi
		sleep 0.05
	done
	DATAROBOT_ENDPOINT=$(jq -r .endpoint "$ready") &&
		DATAROBOT_API_TOKEN=$(<"$(jq -r .token_file "$ready")") || return
	SANDBOX_URL=${DATAROBOT_ENDPOINT%/api/v2}
	export DATAROBOT_ENDPOINT DATAROBOT_API_TOKEN SANDBOX_DIR SANDBOX_PID SANDBOX_URL
}

# True while the process runs; one that nobody has waited for yet does not.
sandbox_runs() {
	[[ -n ${SANDBOX_PID-} && -e /proc/$SANDBOX_PID ]] &&
		! grep -q '^State:[[:space:]]*Z' "/proc/$SANDBOX_PID/status" 2>/dev/null
}

sandbox_stop() {
	[[ -n ${SANDBOX_PID-} ]] || return 0
	kill -TERM "$SANDBOX_PID" 2>/dev/null
	for ((i = 0; i < 400; i++)); do
		sandbox_runs || break
		sleep 0.05
	done
	if sandbox_runs || [[ -s $SANDBOX_DIR/stderr ]]; then
		echo "dr-sandbox did not end as it should:" >&2
		cat "$SANDBOX_DIR/stderr" >&2
		return 1
	fi
	unset SANDBOX_PID
}

# api METHOD PATH [CURL OPTION...]: the answer's body on stdout, and in
# $SANDBOX_DIR/head its head; PATH is below /api/v2/.
api() {
	local method=$1 path=$2
	shift 2
	curl -sS -X "$method" -D "${BATS_TEST_TMPDIR:-$SANDBOX_DIR}/head" \
		-H "Authorization: Token $DATAROBOT_API_TOKEN" "$@" "$DATAROBOT_ENDPOINT/$path"
}

# api_json METHOD PATH JSON [CURL OPTION...]
api_json() {
	local method=$1 path=$2 body=$3
	shift 3
	api "$method" "$path" -H 'Content-Type: application/json' --data-binary "$body" "$@"
}

# api_status, api_location: of the last answer.
api_status() {
	sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' "${BATS_TEST_TMPDIR:-$SANDBOX_DIR}/head" | tail -n 1
}
api_location() {
	sed -n 's/^[Ll]ocation: \(.*\)\r$/\1/p' "${BATS_TEST_TMPDIR:-$SANDBOX_DIR}/head"
}

# sandbox_wait URL [SECONDS]: poll a status or a job until it answers 303 (then
# print its Location) or has failed (then print its body and fail).
sandbox_wait() {
	local body
	for ((i = 0; i < ${2:-60} * 10; i++)); do
		body=$(api GET "${1#*/api/v2/}") || return
		if [[ $(api_status) == 303 ]]; then
			api_location
			return 0
		fi
		if [[ $(api_status) != 200 ]] || jq -e '.status | ascii_downcase | test("^(error|abort)")' \
			<<<"$body" >/dev/null; then
			break
		fi
		sleep 0.1
	done
	echo "$body"
	return 1
}

# sandbox_upload FILE [NAME]: create a project, print its id.
sandbox_upload() {
	local where
	api POST projects/ -F "projectName=${2:-test}" -F "file=@$1" || return
	where=$(sandbox_wait "$(api_location)") || {
		echo "$where" >&2
		return 1
	}
	where=${where%/}
	echo "${where##*/}"
}

# sandbox_table FILE: two numbers and a category that tell something about the
# target, a text that does, a constant, and gaps; always the same bytes.
sandbox_table() {
	awk 'function draw() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
	BEGIN {
		seed = 2024
		split("red green blue", colour)
		split("cheap dear late quick broken lovely", word)
		print "id,age,income,colour,note,unit,bought"
		for (i = 1; i <= 400; i++) {
			age = 18 + int(draw() * 60); income = int(draw() * 9000) / 100
			c = 1 + int(draw() * 3); w = 1 + int(draw() * 6); v = 1 + int(draw() * 6)
			z = (age - 45) / 12 + (income - 45) / 30 + (c == 1) - (w == 5 || v == 5) * 2 + (w == 6)
			printf "%d,%s,%s,%s,\"the %s, the %s one\",kg,%s\n", 1000 + i, age,
				draw() < 0.05 ? "" : income, colour[c], word[w], word[v],
				draw() < 1 / (1 + exp(-z)) ? "yes" : "no"
		}
	}' >"$1"
}

# sandbox_aim PROJECT JSON: set the target and wait until the autopilot is done.
sandbox_aim() {
	api_json PATCH "projects/$1/aim/" "$2" || return
	sandbox_wait "$(api_location)" >&2 || return
	for ((i = 0; i < 1200; i++)); do
		[[ $(api GET "projects/$1/status/" | jq .autopilotDone) == true ]] && return
		sleep 0.1
	done
	echo "the autopilot does not end" >&2
	return 1
}

# sandbox_best PROJECT: the id of the best model of boosted trees that has parameters.
sandbox_best() {
	local m
	for m in $(api GET "projects/$1/models/" | jq -r '.[] | select(.modelType | test("Boosted")) | .id'); do
		api GET "projects/$1/models/$m/advancedTuning/parameters/" >"$SANDBOX_DIR/parameters"
		[[ $(api_status) == 200 ]] && echo "$m" && return
	done
	return 1
}

sandbox_project() {
	TABLE=$SANDBOX_DIR/table.csv
	sandbox_table "$TABLE" && PROJECT=$(sandbox_upload "$TABLE" shop) &&
		sandbox_aim "$PROJECT" '{"target":"bought","mode":"auto"}' &&
		MODEL=$(sandbox_best "$PROJECT") || return
	export TABLE PROJECT MODEL
}
