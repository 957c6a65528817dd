# A model to tune, in a private dr-sandbox: `load sandbox; load model`.
#
# model_start [OPTION...]  sandbox_start with these options, sandbox_project; exports
#     DR_PROJECT, MODEL and MODEL_PARAMS, the file of its parameter records
# param NAME FILTER        of the first parameter of this name, by jq
# trial N PARAMS           a proposed trial, N from 0 as its id

model_start() {
	sandbox_start --min-job-time 0.3s "$@" && sandbox_project || return
	export DR_PROJECT=$PROJECT MODEL_PARAMS=$BATS_FILE_TMPDIR/params.ndjson
	dr-params --model "$MODEL" >"$MODEL_PARAMS"
}

param() {
	jq -r --arg name "$1" "select(.parameter == \$name) | $2" "$MODEL_PARAMS" | head -n 1
}

trial() {
	printf '{"trial":"%016x","state":"proposed","by":"test","params":%s}\n' "$1" "$2"
}
