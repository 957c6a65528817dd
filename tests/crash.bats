#!/usr/bin/env bats
# The crash test, short: `make crash-test` is the whole one.
bats_require_minimum_version 1.5.0

@test "pipelines killed with -9 under a faulty service lose no trial and pay none twice" {
	run -0 "$BATS_TEST_DIRNAME/crash/run" "$DRTUNE_BIN" 12
	[[ $output == *$'\n0 lost, 0 doubled, 0 wrong, 0 unfinished, 0 hung\nok' ]]
}
