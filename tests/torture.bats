bats_require_minimum_version 1.5.0

# A short form of `make torture`: some calls of some tools.

@test "a tool whose call of the system fails says so and loses nothing" {
	grep -q __asan_init "$(command -v gridgen)" && skip "the library that makes faults has an allocator of its own"
	run -0 "$BATS_TEST_DIRNAME/torture/run" "$DRTUNE_BIN" --every 97 \
		--only '^(gridgen|dr-project-list|dr-submit|dr-collect)$'
	[[ ${lines[-1]} == *" faults in 4 cases, 0 runs ended as they should not"* ]]
}
