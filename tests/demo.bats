# make demo, as a new user sees it.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	demo=$(cd "$BATS_TEST_DIRNAME/../pipelines" && pwd)/demo.sh
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the demonstration tunes by grid and by Bayes, gains, names its records and leaves nothing running" {
	run -0 --separate-stderr "$demo" here 3>&-
	[ "$stderr" = "" ]
	[[ ${lines[-1]} == "== records in $BATS_TEST_TMPDIR/here" ]]
	grid=$(awk '/best of grid/ { print $4 }' <<<"$output")
	bayes=$(awk '/best of Bayes/ { print $4 }' <<<"$output")
	default=$(awk '$1 == "default" { print $2 }' <<<"$output")
	jq -ne "$grid < $default and $bayes < $default" >/dev/null
	[ "$(jq -s 'map(select(.state == "completed")) | length' here/grid.ndjson)" = 12 ]
	[ "$(jq -s 'map(select(.state == "completed")) | length' here/bayes.ndjson)" = 24 ]
	run ! kill -0 "$(jq .pid here/sandbox.ndjson)"
}

@test "the demonstration does not write into a folder that holds something" {
	mkdir full
	touch full/file
	run -2 --separate-stderr "$demo" full
	[ "$output" = "" ]
	[ "$stderr" = "demo.sh: $BATS_TEST_TMPDIR/full: not empty; name a new folder" ]
}
