# shellcheck shell=bash
# Jobs for dr-worker in the current folder, which has a folder `prepared`.

# job JSON-TEXT STATUS: run it with that status expected.
job() {
	run "-${2:-0}" --separate-stderr dr-worker <<<"$1"
}

aim() {
	job "{\"job\":\"aim\",\"csv\":\"table.csv\",\"dir\":\"prepared\",\"target\":\"$1\"${2-}}" "${3-0}"
}

refused() {
	[ "$stderr" = "" ]
	assert_json "length == 1 and (.[0] | keys == [\"error\"]) and .[0].error == \"$1\""
}

# The first 600 packages of the frozen table, prepared for a target; ids in $ids.
packages() {
	"$BATS_TEST_DIRNAME/../pipelines/packages-table.sh" --frozen | awk 'NR <= 601' >table.csv
	dr-worker <<<"{\"job\":\"aim\",\"csv\":\"table.csv\",\"dir\":\"prepared\",\"target\":\"$1\"}" >aim.json
}

# Every n-th package: text needs more of them.
text_packages() {
	"$BATS_TEST_DIRNAME/../pipelines/packages-table.sh" --frozen |
		awk -v n="$2" 'NR % n == 1' >table.csv
	dr-worker <<<"{\"job\":\"aim\",\"csv\":\"table.csv\",\"dir\":\"prepared\",\"target\":\"$1\"}" >aim.json
}

# fit MODEL-TYPE-PATTERN EXTRA-FIELDS STATUS: train the first such blueprint.
fit() {
	local id
	id=$(jq -r --arg p "$1" 'first(.blueprints[] | select(.model_type | test($p))) | .id' aim.json)
	job "{\"job\":\"fit\",\"dir\":\"prepared\",\"blueprint\":\"$id\"${2-}}" "${3-0}"
}

# param MODEL-TYPE-PATTERN NAME: the id of a parameter.
param() {
	jq -r --arg p "$1" --arg n "$2" 'first(.blueprints[] | select(.model_type | test($p)))
		| first(.parameters[] | select(.parameterName == $n)) | .parameterId' aim.json
}

# changes MODEL-TYPE-PATTERN EXTRA-FIELDS NAME VALUE...: each value alone gives other metrics.
changes() {
	local model=$1 extra=$2 default
	shift 2
	fit "$model" "$extra"
	default=$(jq -c .metrics <<<"$output")
	while [ $# -gt 0 ]; do
		fit "$model" "$extra,\"values\":{\"$(param "$model" "$1")\":$2}"
		assert_json ".[0].values[\"$(param "$model" "$1")\"] == $2"
		[ "$(jq -c .metrics <<<"$output")" != "$default" ] || return
		shift 2
	done
}
