#!/usr/bin/env bats
# Slurm, short: `make check-slurm` is the whole one.
bats_require_minimum_version 1.5.0

@test "jobs of Slurm that are cancelled, killed or requeued lose no trial and pay none twice" {
	run -0 "$BATS_TEST_DIRNAME/slurm/run" "$DRTUNE_BIN" --short 3>&-
	[[ $output != *skipped* ]] || skip "${output#check-slurm: skipped: }"
	[[ $output == *$': 0 lost, 0 doubled, 0 wrong\nok' ]]
}
