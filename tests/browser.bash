# A browser without a window for a bats file: `load browser`.
#
# browser_start            or skips the test, with the reason, where there is none
# browser_open URL [WIDTH [HEIGHT]]
# browser_eval JAVASCRIPT  prints its value as JSON; a promise is waited for
# browser_until JAVASCRIPT [SECONDS]  until it is true; else fails and says what it is
# browser_picture FILE     a screenshot, PNG
# browser_stop
#
# It is driven over two pipes, in the browser's own protocol: JSON, a NUL at the end of each
# message (chromium --remote-debugging-pipe, descriptors 3 and 4).

browser_start() {
	local program arguments=()
	for program in chromium chromium-browser google-chrome; do
		command -v "$program" >/dev/null && break
		program=
	done
	[[ -n $program ]] || skip 'no browser: apt-get install chromium'
	BROWSER_DIR=$(mktemp -d "$BATS_TEST_TMPDIR/browser.XXXXXX") || return
	mkfifo "$BROWSER_DIR/to" "$BROWSER_DIR/from" || return
	# It refuses to have its own sandbox where root starts it.
	[[ $(id -u) != 0 ]] || arguments+=(--no-sandbox)
	"$program" --headless=new --disable-gpu --disable-dev-shm-usage --no-first-run \
		--disable-background-networking --disable-component-update --mute-audio \
		--user-data-dir="$BROWSER_DIR/profile" --remote-debugging-pipe "${arguments[@]}" \
		about:blank 3<"$BROWSER_DIR/to" 4>"$BROWSER_DIR/from" \
		>"$BROWSER_DIR/log" 2>&1 </dev/null &
	BROWSER_PID=$!
	exec {BROWSER_TO}>"$BROWSER_DIR/to" {BROWSER_FROM}<"$BROWSER_DIR/from"
	local target
	BROWSER_SESSION=
	target=$(browser_call Target.createTarget '{"url":"about:blank"}' | jq -r .targetId) || return
	BROWSER_SESSION=$(browser_call Target.attachToTarget \
		"{\"targetId\":\"$target\",\"flatten\":true}" | jq -r .sessionId) || return
}

# browser_call METHOD PARAMETERS: the result.
browser_call() {
	# A clock and no counter: one that a subshell counts on would come again.
	local id=${EPOCHREALTIME//[.,]/} answer
	id=$((10#${id: -9}))
	jq -cjn --arg method "$1" --argjson params "$2" --argjson id "$id" \
		--arg session "$BROWSER_SESSION" '{$id, $method, $params} +
		(if $session == "" then {} else {sessionId: $session} end)' >&"$BROWSER_TO" &&
		printf '\0' >&"$BROWSER_TO" || return
	while IFS= read -r -d '' -t 60 answer <&"$BROWSER_FROM"; do
		[[ $answer == "{\"id\":$id,"* ]] || continue
		if jq -e .error <<<"$answer" >/dev/null; then
			echo "browser: $1: $answer" >&2
			return 1
		fi
		jq -c .result <<<"$answer"
		return
	done
	echo "browser: $1: no answer" >&2
	return 1
}

browser_open() {
	browser_call Emulation.setDeviceMetricsOverride \
		"{\"width\":${2:-1200},\"height\":${3:-1000},\"deviceScaleFactor\":1,\"mobile\":false}" \
		>/dev/null || return
	browser_call Page.navigate "$(jq -cn --arg url "$1" '{$url}')" >/dev/null
}

browser_eval() {
	browser_call Runtime.evaluate "$(jq -cn --arg expression "$1" \
		'{$expression, returnByValue: true, awaitPromise: true}')" |
		jq -c 'if .exceptionDetails then error(.exceptionDetails.exception.description)
			else .result.value end'
}

browser_until() {
	local end=$((SECONDS + ${2:-30})) got
	while ((SECONDS < end)); do
		got=$(browser_eval "$1") || got=error
		[[ $got != true ]] || return 0
		sleep 0.2
	done
	echo "not true in ${2:-30} s: $1" >&2
	browser_eval 'document.body.innerText' >&2
	return 1
}

browser_picture() {
	browser_call Page.captureScreenshot '{"format":"png"}' | jq -r .data | base64 -d >"$1"
}

browser_stop() {
	[[ -n ${BROWSER_PID-} ]] || return 0
	exec {BROWSER_TO}>&- {BROWSER_FROM}<&-
	for ((i = 0; i < 100; i++)); do
		kill -0 "$BROWSER_PID" 2>/dev/null || break
		sleep 0.05
	done
	kill "$BROWSER_PID" 2>/dev/null || true
	wait "$BROWSER_PID" 2>/dev/null || true
	unset BROWSER_PID
}
