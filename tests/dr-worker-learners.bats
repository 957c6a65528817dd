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

@test "logistic regression beats the constant, and all its parameters change it" {
	packages orphaned
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	fit Logistic
	assert_json ".[0] | (.metrics.LogLoss.folds | add < $constant) and .iterations == null and
		(.features | index(\"description\") == null)"
	changes Logistic ',"cross_validation":false' C 1 penalty '"l2"' \
		tol 0.5 random_state 1
	packages n_depends
	jq -e '.blueprints | all(.model_type | test("Logistic") | not)' aim.json
}

@test "a text column has a model of its own, named after it, that beats the constant" {
	text_packages orphaned 3
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	fit 'Modeler.* - description$'
	assert_json ".[0] | (.metrics.LogLoss.folds | add < $constant) and .features == [\"description\"]"
	changes 'Modeler.* - description$' ',"cross_validation":false' max_ngram 2 use_idf '"True"'
	jq -e '.blueprints[] | select(.model_type | endswith(" - description")) |
		(.nodes | map(.id)) == ["0","-3","1","2","3"] and
		.edges == [["0","-3"],["-3","1"],["1","2"],["2","3"]]' aim.json
	fit 'Modeler.* - description$' ',"features":["section"]' 1
	refused "none of the features can be used by this model"
}

@test "kernel, neighbours and network beat the constant, for classes and numbers, twice alike" {
	packages orphaned
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	for model in Kernel Nearest Neural; do
		fit "$model"
		assert_json ".[0].metrics.LogLoss.folds | add < $constant"
		first=$(jq -cS 'del(.seconds)' <<<"$output")
		fit "$model"
		[ "$(jq -cS 'del(.seconds)' <<<"$output")" = "$first" ]
	done
	assert_json '.[0].iterations > 0'
	packages n_depends
	for model in Kernel Nearest Neural; do
		fit "$model"
		assert_json '.[0].metrics["R Squared"].folds | add > 0'
	done
}

@test "every parameter of kernel, neighbours and network changes the model" {
	packages orphaned
	changes Kernel ',"cross_validation":false' C 0.1 gamma 1 n_components 16 random_state 1
	changes Nearest ',"cross_validation":false' n_neighbors 3 weights '"uniform"' \
		metric '"manhattan"' metric '"chebyshev"' metric '"minkowski"'
	changes Neural ',"cross_validation":false' activation '"tanh"' batch_size 16 \
		dropout_proba 0 learning_rate 0.1 n_hidden_units 8 n_iter 2 n_layers 3 \
		optimizer '"sgd"' random_state 1
}

# Packages of four sections, 120 of each at most.
sections() {
	"$BATS_TEST_DIRNAME/../pipelines/packages-table.sh" --frozen >all.csv
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "section") at = i; print; next }
		match($0, /,(perl|python|haskell|doc),(optional|extra),/) && n[substr($0, RSTART, RLENGTH)]++ < 120' all.csv >table.csv
	dr-worker <<<'{"job":"aim","csv":"table.csv","dir":"prepared","target":"section"}' >aim.json
}

@test "several classes are learned by every blueprint that there is for them" {
	sections
	jq -e '.target_type == "Multiclass" and .classes == ["doc","haskell","perl","python"] and
		.positive_class == null and .metric == "LogLoss" and .partition.cvMethod == "stratified" and
		(.metrics | map(.metricName) | sort) ==
			["AUC","Accuracy","Balanced Accuracy","FVE Multinomial","LogLoss"] and
		(.features | map({(.name): .importance}) | add | .section == 1 and .architecture > 0.1) and
		([.blueprints[].parameters[].parameterName] | index("scale_pos_weight") == null) and
		(.blueprints | length >= 10)' aim.json
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds[0]' <<<"$output")
	while read -r model; do
		fit "^\\Q$model\\E$" ',"cross_validation":false'
		assert_json ".[0].metrics | .LogLoss.folds[0] < $constant and .LogLoss.holdout < $constant and
			.AUC.folds[0] > 0.7 and .Accuracy.folds[0] > 0.4 and .[\"Balanced Accuracy\"].folds[0] > 0.4"
	done < <(jq -r '.blueprints[].model_type | select(startswith("Majority") | not)' aim.json)
}

@test "the boosted trees of several classes start where they are told to, and choose by a list" {
	sections
	tree='^eXtreme.*Stopping$'
	changes "$tree" ',"cross_validation":false' base_margin_initialize '"True"' max_depth 6
	fit "$tree" ",\"cross_validation\":false,\"values\":{\"$(param "$tree" max_depth)\":[1,5]}"
	assert_json ".[0].values[\"$(param "$tree" max_depth)\"] | IN(1,5)"
}

@test "numbers are classes where that is asked for" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 200; i++) print i % 37 "," (i % 37 < 12 ? 10 : i % 37 < 25 ? 9 : 8) }' >table.csv
	aim y ',"target_type":"Multiclass"'
	assert_json '.[0] | .target_type == "Multiclass" and .classes == [8,9,10]'
	jq -c . <<<"$output" >aim.json
	fit '^eXtreme'
	assert_json '.[0].metrics.Accuracy.folds | all(. > 0.9)'
	id=$(jq -r 'first(.blueprints[] | select(.model_type | test("RandomForest"))) | .id' aim.json)
	job "{\"job\":\"predict\",\"dir\":\"prepared\",\"out\":\"out\",\"blueprint\":\"$id\",\"subset\":\"holdout\"}"
	assert_json '.[0] | .task == "Multiclass" and .labels == [8,9,10] and .rows == 40'
}

@test "a class that the training rows do not have is thought possible" {
	awk 'BEGIN { print "x,y,part"; for (i = 0; i < 240; i++) print i % 37 "," (i < 20 ? "new" : i % 37 < 12 ? "low" : i % 37 < 25 ? "mid" : "high") "," (i < 80 ? "a" : i < 160 ? "b" : "c") }' >table.csv
	aim y ',"cv_method":"user","column":"part"'
	jq -c . <<<"$output" >aim.json
	for model in '^eXtreme' RandomForest 'L2 /' Logistic Nearest Neural Majority; do
		fit "$model"
		# A quarter of fold 0 is new: at a probability of 1e-15 it would cost 8 and more.
		assert_json '.[0].metrics.LogLoss.folds[0] | . > 0.5 and . < 4'
	done
}

@test "a search tries what comes before the learner too" {
	packages orphaned
	lambda=$(param "ElasticNet Predictions" enet_lambda)
	only=',"cross_validation":false,"holdout":false'
	fit "ElasticNet Predictions" "$only,\"values\":{\"$lambda\":[1e-10,0.01,0.1],\"$(param "ElasticNet Predictions" max_depth)\":[3,3]}"
	# The first one fits noise.
	assert_json ".[0].values[\"$lambda\"] > 1e-9"
	found=$(jq -c .values <<<"$output") scores=$(jq -c .metrics <<<"$output")
	fit "ElasticNet Predictions" "$only,\"values\":$found"
	[ "$(jq -c .metrics <<<"$output")" = "$scores" ]
}

@test "a search passes over values that cannot be fitted, unless all are such" {
	packages n_depends
	rate=$(param Neural learning_rate)
	deep=",\"cross_validation\":false,\"holdout\":false,\"values\":{\"$(param Neural optimizer)\":\"sgd\",\"$(param Neural n_layers)\":5,\"$(param Neural n_hidden_units)\":128"
	fit Neural "$deep,\"$rate\":1}" 1
	refused "the model diverged: its loss is no number"
	fit Neural "$deep,\"$rate\":[1,0.001]}"
	assert_json ".[0].values[\"$rate\"] == 0.001"
	fit Neural "$deep,\"$rate\":[1,0.9]}" 1
	refused "the model diverged: its loss is no number"
}
