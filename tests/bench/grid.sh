#!/usr/bin/env bash
#
# tests/bench/grid.sh [BIN]: how busy dr-sandbox's places are while pipelines/grid.sh tries 48
# combinations on the demo's table.
#
# From the start of grid.sh to its end, the workers that run are counted 50 times a second, by
# the service's children: the share of the places that are taken, and when that is not so: at
# the start, between jobs, or at the end, from when the last place falls free.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/bench/places.bash
. "$here/places.bash"
PATH="$(cd "${1:-$here/../../bin}" && pwd):$PATH"
tmp=$(mktemp -d) places=${PLACES:-$(nproc)} server=
stop() {
	[[ -z $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null || true
	rm -rf -- "$tmp"
}
trap stop EXIT

dr-sandbox -q --dir "$tmp/sandbox" --port 0 --workers "$places" >"$tmp/ready" &
server=$!
until [[ -s $tmp/ready ]]; do sleep 0.1; done
export DATAROBOT_CONFIG_FILE=$tmp/sandbox/drconfig.yaml
"$here/../../pipelines/packages-table.sh" --frozen >"$tmp/packages.csv"
DR_PROJECT=$(dr-project create "$tmp/packages.csv" | jq -r .id)
export DR_PROJECT
dr-project start --target orphaned --mode manual --wait >"$tmp/project"
dr-blueprints | jq -c 'select(.model_type | test("Early Stopping \\(with text\\)$"))' |
	dr-train | dr-collect >"$tmp/trained"
model=$(dr-models | jq -sr '.[0].id')

# Seconds of the processor that ended children have had.
children() {
	awk '{ sub(/.*\) /, ""); print ($14 + $15) / 100 }' "/proc/$server/stat"
}
before=$(children)
"$here/../../pipelines/grid.sh" "$model" "$tmp/log" max_depth=3,4,5,6 learning_rate=0.05,0.1,0.2 \
	method=freq,resp use_idf=False,True >"$tmp/results" &
grid=$!
places_watch "$server" "$grid" >"$tmp/samples"
wait "$grid"
after=$(children)

echo "$(jq -s 'map(select(.state == "completed")) | length' "$tmp/results") combinations completed"
awk -v places="$places" -v processor="$(jq -n "$after - $before")" '
{
	if (NR > 1) {
		step = $1 - at
		busy += step * running
		all += step
		if (!begun)
			start += step * places
		free[NR] = step * (places - running)
		if (running)
			last = NR
		if (running == places)
			full = NR
	}
	at = $1
	running = $2 > places ? places : $2
	begun = begun || running
}
END {
	for (i = 2; i <= NR; i++)
		if (i <= full)
			between += free[i]
		else
			tail += free[i]
	between -= start
	printf "%.1f s, %d places: taken %.1f %% of the time\n", all, places,
		100 * busy / all / places
	printf "free: %.2f s at the start, %.2f s between jobs, %.2f s at the end (summed over places)\n",
		start, between, tail
	printf "workers had %.1f s of the processor; were each place a core with nothing else to do, ",
		processor
	printf "it would be busy %.1f %% of the time\n",
		100 * processor / (processor + start + between + tail)
}' "$tmp/samples"
