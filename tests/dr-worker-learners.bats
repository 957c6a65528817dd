# What every learner of the trainer must do.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	load worker
	cd "$BATS_TEST_TMPDIR" || return
	mkdir prepared
}

@test "a random forest beats the constant, and all its parameters change it" {
	packages orphaned
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	fit RandomForest
	assert_json ".[0] | (.metrics.LogLoss.folds | add < $constant) and .iterations == null"
	changes RandomForest ',"cross_validation":false' n_estimators 20 max_depth 2 \
		max_features 0.9 min_samples_leaf 40 bootstrap_share 0.3 random_state 1 arbimp 0
	packages n_depends
	fit RandomForest
	assert_json '.[0].metrics["R Squared"].folds | add > 0'
}
