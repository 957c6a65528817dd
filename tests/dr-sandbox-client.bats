bats_require_minimum_version 1.5.0

# What DataRobot's own Python client sends and reads, as `make check-client` showed it;
# here without Python.  Everything runs on a worker that makes its numbers up.
setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >"$SANDBOX_DIR/table.csv"
	export TABLE=$SANDBOX_DIR/table.csv
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the target is taken with the options that the client always sends" {
	project=$(sandbox_upload "$TABLE" client)
	run -0 --separate-stderr api_json PATCH "projects/$project/aim/" '{"target":"y","mode":"manual",
		"useSupervisedFeatureReduction":true,"autopilotWithFeatureDiscovery":false,"seed":7}'
	[ "$(api_status)" = 202 ]
	run -0 --separate-stderr sandbox_wait "$(api_location)"
	run -0 --separate-stderr api GET "projects/$project/"
	assert_json '.[0] | .stage == "modeling" and .advancedOptions.seed == 7'
}

@test "a model says what can be asked of it" {
	project=$(sandbox_upload "$TABLE" capable)
	sandbox_aim "$project" '{"target":"y","mode":"auto"}'
	model=$(sandbox_best "$project")
	run -0 --separate-stderr api GET "projects/$project/models/$model/supportedCapabilities/"
	[ "$(api_status)" = 200 ]
	assert_json '.[0] | all(.[]; type == "boolean") and .supportsBlending == true and
		.hasParameters == false and has("supportsEarlyStopping") and has("supportsMonotonicConstraints")'
	run -0 --separate-stderr api GET "projects/$project/models/x/supportedCapabilities/"
	[ "$(api_status)" = 404 ]
}
