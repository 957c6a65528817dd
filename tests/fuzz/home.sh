#!/usr/bin/env bash
#
# tests/fuzz/home.sh BIN DIR
#
# Make DIR, a folder of dr-sandbox with some of everything that it can hold, for the targets
# that need one: a project with models, tuned and blended ones, lists, predictions, a dataset,
# jobs that wait, and a project without a target.
set -euo pipefail

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
export PATH="$bin:$PATH"
BATS_TEST_TMPDIR=$(mktemp -d)
export BATS_TEST_TMPDIR
# shellcheck source=tests/sandbox.bash
. "$here/sandbox.bash"
trap 'kill "${SANDBOX_PID-}" 2>/dev/null || true; rm -rf -- "$BATS_TEST_TMPDIR"' EXIT

# location METHOD PATH JSON: what the answer is the way to, once it is there.
location() {
	api_json "$@" >/dev/null
	sandbox_wait "$(api_location)"
}

SANDBOX_DIR=$BATS_TEST_TMPDIR/home
mkdir "$SANDBOX_DIR"
sandbox_run --dir "$SANDBOX_DIR" --min-job-time 0 --workers 1
sandbox_table "$SANDBOX_DIR/all.csv"
head -n 101 "$SANDBOX_DIR/all.csv" >"$SANDBOX_DIR/table.csv"
project=$(sandbox_upload "$SANDBOX_DIR/table.csv" shop)
sandbox_upload "$SANDBOX_DIR/table.csv" untouched >/dev/null
api_json PATCH "projects/$project/aim/" '{"target":"bought","mode":"manual"}' >/dev/null
sandbox_wait "$(api_location)" >/dev/null

# fit NUMBER: train that blueprint, print the model's id.
fit() {
	local id
	id=$(api GET "projects/$project/blueprints/" | jq -r ".[$1].id")
	id=$(location POST "projects/$project/models/" "{\"blueprintId\":\"$id\",\"scoringType\":\"crossValidation\"}")
	id=${id%/}
	echo "${id##*/}"
}
first=$(fit 1)
second=$(fit 0)
parameter=$(api GET "projects/$project/models/$first/advancedTuning/parameters/" |
	jq -r '.tuningParameters[] | select(.parameterName == "max_depth") | .parameterId')
location POST "projects/$project/models/$first/advancedTuning/" \
	"{\"tuningParameters\":[{\"parameterId\":\"$parameter\",\"value\":2}]}" >/dev/null
location POST "projects/$project/blenderModels/" \
	"{\"modelIds\":[\"$first\",\"$second\"],\"blenderMethod\":\"AVG\"}" >/dev/null
api_json POST "projects/$project/featurelists/" '{"name":"mine","features":["age","income"]}' >/dev/null
location POST "projects/$project/trainingPredictions/" \
	"{\"modelId\":\"$first\",\"dataSubset\":\"all\"}" >/dev/null
api POST "projects/$project/predictionDatasets/fileUploads/" -F "file=@$SANDBOX_DIR/table.csv" >/dev/null
dataset=$(sandbox_wait "$(api_location)")
dataset=${dataset%/}
location POST "projects/$project/predictions/" \
	"{\"modelId\":\"$first\",\"datasetId\":\"${dataset##*/}\"}" >/dev/null
sandbox_stop

# Jobs that wait, as none is done any more.
printf '#!/bin/sh\nexec sleep 1000\n' >"$BATS_TEST_TMPDIR/worker"
chmod +x "$BATS_TEST_TMPDIR/worker"
sandbox_run --dir "$SANDBOX_DIR" --workers 1 --worker "$BATS_TEST_TMPDIR/worker"
for i in 2 3 4; do
	id=$(api GET "projects/$project/blueprints/" | jq -r ".[$i].id")
	api_json POST "projects/$project/models/" "{\"blueprintId\":\"$id\"}" >/dev/null
done
sandbox_stop
rm -rf -- "$2" "$SANDBOX_DIR"/{all.csv,table.csv,ready,head,stderr}
mkdir -p "$(dirname "$2")"
mv "$SANDBOX_DIR" "$2"
