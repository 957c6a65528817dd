bats_require_minimum_version 1.5.0

# A short run of `make check-secrets`.

@test "the token is nowhere, and nothing that must be refused is let in" {
	run --separate-stderr "$BATS_TEST_DIRNAME/secrets/run" "$DRTUNE_BIN" --short
	[ "${lines[-1]}" = "7 of 7 promises kept" ]
	[ "$stderr" = "" ]
	[ "$status" = 0 ]
}
