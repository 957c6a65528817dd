#!/usr/bin/env bash
#
# tests/bench/gridgen.sh [BIN]: settings a second, alone and with --where and --log.
set -euo pipefail

PATH="$(cd "${1:-$(dirname "$0")/../../bin}" && pwd):$PATH"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT
space=("a=1..1000" "b=0.1..1.0:levels=300" "c=x,y")
n=$(gridgen --count "${space[@]}")
gridgen "${space[@]}" | head -n 100000 | sed 's/"proposed"/"completed"/' >"$tmp/log" || true

measure() {
	local from=$EPOCHREALTIME to what=$1
	shift
	gridgen "$@" "${space[@]}" | cat >/dev/null
	to=$EPOCHREALTIME
	awk -v n="$n" -v t="$((${to/./} - ${from/./}))" -v what="$what" \
		'BEGIN { printf "%-28s %8.0f settings a second\n", what, n / t * 1e6 }'
}
measure 'three parameters'
measure '--where, one in ten kept' --where '.a % 10 == 0'
measure '--log of 100,000 trials' --log "$tmp/log"
