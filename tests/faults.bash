# A proxy that makes faults, between the tools and a private dr-sandbox: `load faults`.
#
# faults_start [RULE...]  after sandbox_start: build and start it with these rules (see
#     faults.c) and point DATAROBOT_ENDPOINT at it
# faults_requests PATTERN  how many requests `METHOD PATH` matched so far
# faults_stop              end it; DATAROBOT_ENDPOINT is the sandbox again

faults_start() {
	local dir=$BATS_FILE_TMPDIR
	[[ -x $dir/faults ]] ||
		cc -O1 -D_GNU_SOURCE -o "$dir/faults" "$BATS_TEST_DIRNAME/faults.c" -lpthread || return
	FAULTS_DIRECT=$DATAROBOT_ENDPOINT
	FAULTS_REQUESTS=$BATS_TEST_TMPDIR/requests
	printf '%s\n' "$@" | sed '/^$/d' >"$BATS_TEST_TMPDIR/rules"
	local port=${DATAROBOT_ENDPOINT##*:}
	: >"$FAULTS_REQUESTS"
	: >"$BATS_TEST_TMPDIR/port"
	"$dir/faults" "${port%%/*}" "$BATS_TEST_TMPDIR/rules" "$FAULTS_REQUESTS" \
		>"$BATS_TEST_TMPDIR/port" </dev/null 3>&- &
	FAULTS_PID=$!
	for ((i = 0; i < 200; i++)); do
		[[ -s $BATS_TEST_TMPDIR/port ]] && break
		kill -0 "$FAULTS_PID" || return
		sleep 0.02
	done
	DATAROBOT_ENDPOINT=http://127.0.0.1:$(<"$BATS_TEST_TMPDIR/port")/api/v2
	export DATAROBOT_ENDPOINT
}

faults_requests() {
	grep -cE "$1" "$FAULTS_REQUESTS"
}

faults_stop() {
	[[ -n ${FAULTS_PID-} ]] || return 0
	kill "$FAULTS_PID"
	wait "$FAULTS_PID" 2>/dev/null || true
	DATAROBOT_ENDPOINT=$FAULTS_DIRECT
	unset FAULTS_PID
}
