#!/usr/bin/env bash
#
# tests/bench/status.sh [BIN]: what questions cost dr-sandbox with 1,000 jobs in its store, how
# much memory it has, and how much during an upload of 500 MB.
#
# The service is kept on one processor, whoever asks on the others.  "Per second of the
# processor" is what one core could answer if it did nothing else: other load on the machine
# changes it less than the answers per second of the clock.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH="$(cd "${1:-$here/../../bin}" && pwd):$PATH"
tmp=$(mktemp -d) seconds=${SECONDS_EACH:-3} connections=8 server=
stop() {
	[[ -z $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null || true
	rm -rf -- "$tmp"
}
trap stop EXIT
cc -std=c11 -D_GNU_SOURCE -O2 -o "$tmp/load" "$here/load.c"
cores=$(nproc)
others=0
((cores == 1)) || others=1-$((cores - 1))

taskset -c 0 dr-sandbox -q --dir "$tmp/sandbox" --port 0 --queue-limit 5000 --min-job-time 0 \
	>"$tmp/ready" &
server=$!
until [[ -s $tmp/ready ]]; do sleep 0.1; done
export DATAROBOT_CONFIG_FILE=$tmp/sandbox/drconfig.yaml
endpoint=$(jq -r .endpoint "$tmp/ready")
DATAROBOT_API_TOKEN=$(cat "$(jq -r .token_file "$tmp/ready")")
export DATAROBOT_API_TOKEN

memory() { # VmRSS or VmHWM, in MB
	awk -v what="$1:" '$1 == what { printf "%.1f", $2 / 1024 }' "/proc/$server/status"
}
call() { # METHOD PATH [JSON]
	curl -sS -o "$tmp/answer" -D "$tmp/head" -X "$1" -H "Authorization: Token $DATAROBOT_API_TOKEN" \
		${3:+-H 'Content-Type: application/json' -d "$3"} "$endpoint/$2"
}

echo "resident at the start: $(memory VmRSS) MB"
"$here/table.sh" 500 >"$tmp/table.csv"
DR_PROJECT=$(dr-project create "$tmp/table.csv" | jq -r .id)
export DR_PROJECT
dr-project start --target bought --mode manual --wait >"$tmp/project"
dr-blueprints | jq -c 'select(.model_type | test("Early Stopping$"))' | dr-train | dr-collect >"$tmp/trained"
model=$(dr-models | jq -sr '.[0].id')
# Nothing of the project is taken from the queue any more.
call PATCH "projects/$DR_PROJECT/" '{"workerCount": 0}'
gridgen 'learning_rate=0.001..0.9:levels=500' 'max_depth=3,4' |
	dr-submit --model "$model" >"$tmp/submitted"
job=$(jq -r .job "$tmp/submitted" | sed -n 500p)
status=$(curl -sS -H "Authorization: Token $DATAROBOT_API_TOKEN" "$endpoint/status/" | jq -r '.data[0].statusId')
echo "with $(wc -l <"$tmp/submitted") jobs:  $(memory VmRSS) MB"
echo

printf '%-34s %10s %16s %8s %8s\n' '' 'a second' 'a s of the core' status bytes
ask() {
	taskset -c "$others" "$tmp/load" "$endpoint/$2" "$seconds" "$connections" "$server" |
		jq -r --arg what "$1" '[$what, (.requests / .seconds | round),
			(.requests / ([.processor, 0.01] | max) | round), .status, .bytes] | @tsv' |
		while IFS=$'\t' read -r what rate cpu code bytes; do
			printf '%-34s %10d %16d %8d %8d\n' "$what" "$rate" "$cpu" "$code" "$bytes"
		done
}
ask 'status/ID/' "status/$status/"
ask 'projects/ID/modelJobs/ID/' "projects/$DR_PROJECT/modelJobs/$job/"
ask 'projects/ID/jobs/ID/' "projects/$DR_PROJECT/jobs/$job/"
ask 'projects/ID/' "projects/$DR_PROJECT/"
ask 'projects/ID/modelJobs/ (all)' "projects/$DR_PROJECT/modelJobs/"
ask 'projects/ID/jobs/?limit=20' "projects/$DR_PROJECT/jobs/?limit=20"
ask 'projects/ID/status/' "projects/$DR_PROJECT/status/"
echo
echo "resident after these:  $(memory VmRSS) MB"

# The rows are those of a table again and again.
"$here/table.sh" 5000 >"$tmp/rows.csv"
tail -n +2 "$tmp/rows.csv" >"$tmp/rows"
size=$(stat -c %s "$tmp/rows")
cat "$tmp/rows.csv" >"$tmp/large.csv"
for ((i = 0; i < 500000000 / size; i++)); do cat "$tmp/rows"; done >>"$tmp/large.csv"
curl -sS -o "$tmp/answer" -w 'upload of %{size_upload} bytes: %{time_total} s, status %{http_code}\n' \
	-H "Authorization: Token $DATAROBOT_API_TOKEN" \
	-F "file=@$tmp/large.csv" -F projectName=large "$endpoint/projects/"
echo "most resident ever:    $(memory VmHWM) MB"
grep -E '^(RssAnon|RssFile)' "/proc/$server/status"
