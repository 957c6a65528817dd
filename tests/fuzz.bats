bats_require_minimum_version 1.5.0

# A short run of `make fuzz`: the corpus, and a few inputs more with a fixed seed.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
}

@test "no bytes from outside break what reads them" {
	command -v clang >/dev/null || skip "clang is not there: bin/setup installs it"
	[[ $DRTUNE_BIN == "$PWD/bin" ]] || skip "they have a build of their own, run with the release tools"
	# A make that runs this has settings that are not meant here.
	run -0 env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES make -s -j"$(nproc)" MODE=fuzz CC=clang fuzzers
	run -0 env FUZZ_RUNS=300 tests/fuzz/run "$DRTUNE_BIN" build/fuzz
	[[ ${lines[-1]} == *" fuzz targets found nothing, 0 failed" ]]
	[[ ${#lines[@]} -gt 10 ]]
}
