bats_require_minimum_version 1.5.0

# Short forms of `make load` and `make tsan`.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
}

@test "a service with 300 queued jobs and 64 clients loses none, nor does dr-collect" {
	run -0 env LOAD_JOBS=300 tests/load/run "$DRTUNE_BIN"
	[ "${lines[-1]}" = "all bounds are met" ]
}

@test "the thread sanitizer has nothing to say about dr-sandbox under parallel clients" {
	[[ $DRTUNE_BIN == "$PWD/bin" ]] || skip "it has a build of its own, run with the release tools"
	# A make that runs this has settings that are not meant here.
	run -0 env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES make -s -j"$(nproc)" MODE=tsan build/tsan/bin/dr-sandbox
	run -0 env LOAD_ROUNDS=1 tests/load/tsan "$DRTUNE_BIN" build/tsan/bin
	[[ ${lines[-1]} == "reports of the thread sanitizer "*" 0" ]]
}
