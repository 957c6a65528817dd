# The trainer: one job in, one result out.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	load worker
	cd "$BATS_TEST_TMPDIR" || return
	mkdir prepared
}

# 200 rows: a number that decides the class together with a category, and noise.
table() {
	awk 'BEGIN {
		srand(7)
		print "id,size,colour,price,sold"
		for (i = 1; i <= 200; i++) {
			size = int(rand() * 100); colour = rand() < 0.5 ? "red" : "blue"
			p = size / 100 * (colour == "red" ? 0.9 : 0.5)
			printf "%d,%d,%s,%.2f,%s\n", i, size, colour,
				size * 3 + rand() * 10, rand() < p ? "yes" : "no"
		}
	}' >table.csv
}

upload() {
	job "{\"job\":\"upload\",\"csv\":\"${1-table.csv}\"}" "${2-0}"
}

@test "an upload is described column by column" {
	table
	upload
	[ "$stderr" = "" ]
	assert_json '.[0].rows == 200 and
		[.[0].features[].name] == ["id","size","colour","price","sold"] and
		[.[0].features[].feature_type] == ["Numeric","Numeric","Categorical","Numeric","Boolean"] and
		[.[0].features[].low_information] == [true,false,false,false,false] and
		.[0].features[0].mean == 100.5 and .[0].features[2].unique_count == 2'
}

@test "an upload says how dates are written, and what each column could be as the target" {
	awk 'BEGIN {
		print "day,hour,two,few,many,amount,signed,rare,one,gaps"
		for (i = 0; i < 40; i++)
			printf "%02d/03/2024,2024-03-%02d 10:%02d:00.5Z,%s,c%d,v%d,%g,%d,%s,k,%s\n", i % 28 + 1, i % 28 + 1,
				i, i % 2 ? "y" : "n", i % 3, i * 7, i % 5 + 1, i % 4 - 1, i < 9 ? "r" : "s",
				i < 25 ? "" : i % 2
	}' >table.csv
	upload
	assert_json '.[0].features | map({(.name): .date_format}) | add | .day == "%d/%m/%Y" and
		.hour == "%Y-%m-%d %H:%M:%S.%fZ" and .two == null'
	assert_json '.[0] as $all | $all.features | map({(.name): (.target as $t | if $t == null then null else
			$all.targets[$t] | {type: .target_type, n: [.metrics[].metricName]} end)}) | add |
		.two.type == "Binary" and (.two.n | index("FVE Binomial")) and
		.few.type == "Multiclass" and (.few.n | index("FVE Multinomial")) and
		.amount.type == "Regression" and (.amount.n | index("Gamma Deviance")) and
		.signed.type == "Regression" and (.signed.n | index("MAPE") or index("RMSLE") | not) and
		.many == null and .rare == null and .one == null and .gaps == null'
}

@test "byte-order mark, CRLF, quoted line breaks, Latin-1 bytes and missing values are read" {
	printf '\xef\xbb\xbfa,b\r\n"x\r\ny",1\r\ncaf\xe9,?\r\nn/a,2\r\n' >table.csv
	upload
	assert_json '.[0].rows == 3 and .[0].features[0].na_count == 1 and
		.[0].features[0].name == "a" and .[0].features[1].na_count == 1'
}

@test "a file that is no table is refused with a sentence that says what to change" {
	printf 'a,b\n' >table.csv
	upload table.csv 1
	refused "the file has no rows below its header"
	printf 'a\n1\n' >table.csv
	upload table.csv 1
	refused "the file has one column: a target and at least one feature are needed"
	printf 'a,b,a\n1,2,3\n' >table.csv
	upload table.csv 1
	refused "two columns are named 'a': rename one of them"
	printf 'a,b\n1,2\n1,2,3\n' >table.csv
	upload table.csv 1
	refused "line 3 has 3 fields where the header has 2"
	printf 'a,b\n1,"2\n' >table.csv
	upload table.csv 1
	refused "line 2: a quote that is not closed"
	: >table.csv
	upload table.csv 1
	refused "the file is empty"
	upload missing.csv 1
	refused "the file cannot be read: No such file or directory"
	upload . 1
	refused "the file cannot be read: not a regular file"
}

@test "an endless line, a million columns and a pipe end with a sentence" {
	head -c 3000000 /dev/zero | tr '\0' x >table.csv
	upload table.csv 1
	assert_json '.[0].error | startswith("line 1: a field of more than")'
	head -c 1000000 /dev/zero | tr '\0' , >table.csv
	upload table.csv 1
	refused "line 1: more than 10000 columns"
	mkfifo pipe
	upload pipe 1
	refused "the file cannot be read: not a regular file"
}

@test "aim makes the partition, the feature lists and the blueprints of a binary target" {
	table
	aim sold
	[ "$stderr" = "" ]
	assert_json '.[0] | .target_type == "Binary" and .positive_class == "yes" and
		.classes == ["no","yes"] and .metric == "LogLoss" and .rows == 200 and
		.partition == {cvMethod:"stratified",validationType:"CV",reps:5,holdoutPct:20,maxTrainPct:64} and
		.featurelists["Raw Features"] == ["id","size","colour","price","sold"] and
		.featurelists["Informative Features"] == ["size","colour","price","sold"] and
		(.features | map({(.name): .importance}) | add | .sold == 1 and .size > 0.05) and
		(.blueprints | length > 0 and all(.id | test("^[0-9a-f]{32}$")))'
	[ "$(ls prepared)" = table ]
}

@test "a number with many values is a regression target" {
	table
	aim price
	assert_json '.[0] | .target_type == "Regression" and .positive_class == null and
		.metric == "RMSE" and .partition.cvMethod == "random"'
}

@test "a metric that is not defined for the target is neither offered nor taken" {
	table
	aim price
	assert_json '.[0].metrics | map(.metricName) == ["RMSE", "Gini", "Gini Norm", "MAE", "MAPE", "RMSLE", "R Squared", "Poisson Deviance",
		"Gamma Deviance", "Tweedie Deviance", "FVE Poisson", "FVE Gamma", "FVE Tweedie"] and
		(map({(.metricName): .ascending}) | add | .["Gamma Deviance"] and (.["FVE Gamma"] | not))'
	aim price ',"metric":"Gamma Deviance"'
	assert_json '.[0].metric == "Gamma Deviance"'
	sed -i '2s/^\(.*\),[^,]*,\([^,]*\)$/\1,0,\2/' table.csv
	aim price
	assert_json '.[0].metrics | map(.metricName) == ["RMSE", "Gini", "Gini Norm", "MAE", "RMSLE", "R Squared", "Poisson Deviance",
		"Tweedie Deviance", "FVE Poisson", "FVE Tweedie"]'
	aim price ',"metric":"Gamma Deviance"' 1
	refused "the metric 'Gamma Deviance' is not defined for a target with zeros or negative numbers like this one"
	sed -i '2s/^\(.*\),[^,]*,\([^,]*\)$/\1,-1,\2/' table.csv
	aim price
	assert_json '.[0].metrics | map(.metricName) == ["RMSE", "Gini Norm", "MAE", "MAPE", "R Squared"]'
}

@test "a target that cannot be learned is refused" {
	table
	aim nothing '' 1
	refused "the table has no column 'nothing'"
	aim sold ',"metric":"RMSLE"' 1
	refused "the metric 'RMSLE' is not available for a Binary target"
	aim sold ',"positive_class":"maybe"' 1
	refused "the positive class is not one of the target's classes, 'no' and 'yes'"
	awk 'BEGIN { print "x,y"; for (i = 0; i < 50; i++) print i % 7 ",1" }' >table.csv
	aim y '' 1
	refused "the target 'y' has one value only, '1'"
	awk 'BEGIN { print "x,y"; for (i = 0; i < 2020; i++) print i % 7 ",c" i % 101 }' >table.csv
	aim y '' 1
	refused "the target 'y' has more than 100 classes (Categorical): choose one with fewer, or a number"
	awk 'BEGIN { print "x,y"; for (i = 0; i < 50; i++) print i % 7 ",c" i % 3 }' >table.csv
	aim y ',"target_type":"Regression"' 1
	refused "the target 'y' is Multiclass, not Regression"
	aim y ',"positive_class":"c1"' 1
	refused "the target has 3 classes: none of them is the positive one"
	aim y ',"metric":"Max MCC"' 1
	refused "the metric 'Max MCC' is not available for a Multiclass target"
	aim y ',"target_type":"Multilabel"' 3
	[ "$stderr" = "dr-worker: field 'target_type' must be Binary, Regression or Multiclass" ]
	[ "$(ls prepared)" = "" ]
}

@test "rows whose target is missing are dropped" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 90; i++) print i * 7 % 31 "," (i % 3 == 2 ? "NA" : i % 3) }' >table.csv
	aim y
	assert_json '.[0] | .rows == 60 and .classes == [0,1] and .positive_class == 1'
}

@test "the constant model scores the entropy of the classes, on every fold and the holdout" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 100; i++) print i * 7 % 31 "," i % 2 }' >table.csv
	aim y
	id=$(jq -r '.blueprints[] | select(.model_type | startswith("Majority")) | .id' <<<"$output")
	job "{\"job\":\"fit\",\"dir\":\"prepared\",\"blueprint\":\"$id\"}"
	assert_json '.[0] | .metrics.LogLoss == {folds: [range(5) | 0.6931471805599453], holdout: 0.6931471805599453} and
		.metrics.AUC.folds[0] == 0.5 and .training_rows == 64 and .iterations == null and .values == {}'
	job "{\"job\":\"fit\",\"dir\":\"prepared\",\"blueprint\":\"$id\",\"cross_validation\":false,\"holdout\":false,\"sample_pct\":32}"
	assert_json '.[0] | .metrics.LogLoss == {folds: [0.6931471805599453], holdout: null} and .training_rows == 32'
}

@test "a job that is not understood ends with status 3 and writes nothing" {
	refuse() {
		job "$1" 3
		[ "$output" = "" ]
		[ "$stderr" = "dr-worker: $2" ]
	}
	refuse '{"job":"upload"}' "field 'csv' is missing"
	refuse '{"job":"dance"}' "field 'job' must be upload, aim, fit or predict, not 'dance'"
	refuse '{"job":"upload","csv":"a","colour":1}' "field 'colour' is not known in this job"
	refuse '{"job":"fit","dir":"prepared","blueprint":"x"}' "prepared: no prepared table: No such file or directory"
	refuse $'{"job":"upload","csv":"a"}\n{}' "<stdin>:2: a second job; one is done at a time"
	run -3 --separate-stderr dr-worker </dev/null
	[ "$stderr" = "dr-worker: no job on standard input" ]
}

@test "a damaged prepared table is told from a good one" {
	table
	aim sold
	id=$(jq -r '.blueprints[0].id' <<<"$output")
	truncate -s -1 prepared/table
	job "{\"job\":\"fit\",\"dir\":\"prepared\",\"blueprint\":\"$id\"}" 3
	[ "$stderr" = "dr-worker: prepared: the prepared table is damaged, or of another version" ]
}

@test "a full disk is an error" {
	table
	run -6 --separate-stderr bash -c 'dr-worker <<<"{\"job\":\"upload\",\"csv\":\"table.csv\"}" >/dev/full'
	[[ $stderr == "dr-worker: write: "* ]]
}

@test "boosted trees beat the constant on packages, and the same job gives the same numbers" {
	packages orphaned
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	fit '^eXtreme.*Stopping$'
	[ "$stderr" = "" ]
	first=$(jq -cS 'del(.seconds)' <<<"$output")
	assert_json ".[0] | (.metrics.LogLoss.folds | length == 5 and add < $constant) and
		.metrics.LogLoss.holdout > 0 and .iterations > 0 and .training_rows > 380 and
		(.features | index(\"section\")) and (.features | index(\"orphaned\") == null)"
	fit '^eXtreme.*Stopping$'
	[ "$(jq -cS 'del(.seconds)' <<<"$output")" = "$first" ]
	fit '^eXtreme.*Stopping$' ',"seed":1'
	[ "$(jq -cS 'del(.seconds)' <<<"$output")" != "$first" ]
}

@test "every value of a parameter that is given is in use, and none is without effect" {
	packages orphaned
	tree='^eXtreme.*Stopping$'
	fit "$tree"
	default=$(jq -c .metrics <<<"$output")
	try() {
		fit "$tree" ",\"values\":{\"$(param "$tree" "$1")\":$2}"
		assert_json ".[0].values[\"$(param "$tree" "$1")\"] == $2"
		[ "$(jq -c .metrics <<<"$output")" != "$default" ]
	}
	try base_margin_initialize '"True"'
	try colsample_bylevel 0.3
	try colsample_bytree 0.7
	try interval 3
	try learning_rate 0.2
	try max_bin 16
	try max_delta_step 0.1
	try max_depth 5
	try min_child_weight 3
	try min_split_loss 2
	try missing_value 1
	try n_estimators 10
	try num_parallel_tree 3
	try random_state 1
	try reg_alpha 2
	try reg_lambda 9
	try scale_pos_weight 3
	try smooth_interval 2
	try subsample 0.5
	try tree_method '"exact"'
	try method '"lex"'
	try method '"resp"'
	try card_max 3
	try min_support 1
	try arbimp 0
}

@test "a category that has nothing to do with the target gains nothing from its mean" {
	awk 'BEGIN {
		srand(3); print "level,y"
		for (i = 0; i < 1500; i++)
			printf "level %d,%s\n", int(rand() * 400), rand() < 0.5 ? "yes" : "no"
	}' >table.csv
	dr-worker <<<'{"job":"aim","csv":"table.csv","dir":"prepared","target":"y"}' >aim.json
	tree='^eXtreme.*Stopping$'
	values="\"$(param "$tree" method)\":\"resp\",\"$(param "$tree" min_support)\":1"
	fit "$tree" ",\"features\":[\"level\"],\"values\":{$values}"
	# A constant has ln 2; learning from a row's own target would give more than 0.8.
	assert_json '.[0].metrics.LogLoss | (.folds + [.holdout]) | all(. > 0.67 and . < 0.73)'
}

@test "a value outside its bounds is refused, with the parameter, the bound and the task" {
	packages orphaned
	tree='^eXtreme.*Stopping$'
	fit "$tree" ",\"values\":{\"$(param "$tree" max_depth)\":17}" 3
	[ "$stderr" = "dr-worker: values: max_depth=17 is above its maximum 16 (eXtreme Gradient Boosted Trees Classifier with Early Stopping)" ]
	fit "$tree" ",\"values\":{\"$(param "$tree" max_depth)\":2.5}" 3
	[[ $stderr == "dr-worker: values: max_depth=2.5 is not a whole number ("* ]]
	fit "$tree" ",\"values\":{\"$(param "$tree" tree_method)\":\"gpu\"}" 3
	[[ $stderr == 'dr-worker: values: tree_method="gpu" is not one of its values ('* ]]
	fit "$tree" ",\"values\":{\"$(param "$tree" interval)\":[5,10]}" 3
	[[ $stderr == "dr-worker: values: interval takes one value, not a list ("* ]]
	fit "$tree" ',"values":{"nonsense":1}' 3
	[ "$stderr" = "dr-worker: values: the blueprint has no parameter 'nonsense'" ]
}

@test "features can be chosen, and a sample can be smaller or larger than 64 %" {
	packages orphaned
	tree='^eXtreme.*Stopping$'
	fit "$tree" ',"features":["section","epoch"],"sample_pct":32'
	assert_json '.[0] | .features == ["section","epoch"] and .training_rows == 192'
	fit "$tree" ',"features":["section","epoch"],"sample_pct":100'
	assert_json '.[0] | .training_rows == 600 and .metrics.LogLoss.holdout > 0 and
		(.metrics.LogLoss.folds | length == 5 and all(. > 0))'
	fit "$tree" ',"features":["section","epoch"],"sample_pct":1' 1
	refused "a sample of 6 rows is too small: at least 10 are needed"
	fit "$tree" ',"features":["description"]' 1
	refused "none of the features can be used by this model"
	fit "$tree" ',"features":["colour"]' 3
	[ "$stderr" = "dr-worker: field 'features': no column 'colour'" ]
}

@test "boosted trees explain a number" {
	packages n_depends
	fit '^eXtreme.*Stopping$'
	assert_json '.[0].metrics | (.["R Squared"].folds | add > 0) and (.RMSE.folds | length == 5)'
}

@test "the blueprint with text has a modeler for each text column, whose parameters can be told apart" {
	awk 'BEGIN { print "a,b,y"; for (i = 0; i < 300; i++) print "the word is a" i % 211 ",and the other b" i % 199 "," i % 2 }' >table.csv
	aim y
	assert_json '.[0].blueprints | map(select(.model_type | test("text"))) | length == 1 and (.[0] |
		(.nodes | map(.id)) == ["0","-3","1","2","3","4","5","6"] and
		.edges == [["0","-3"],["-3","1"],["1","2"],["-3","3"],["3","4"],["2","5"],["4","5"],["5","6"]] and
		(.parameters | map(.parameterId) | length == (unique | length)) and
		([.parameters[] | select(.parameterName == "analyzer") | .vertexId] == ["2","4"]) and
		(.parameters[0] | .parameterId == "eyJhcmciOiJhbmFseXplciIsInZpZCI6IjIifQ" and
			.constraints == {select: {values: ["word","char"], supportsGridSearch: false}}))'
}

@test "text makes the model of packages better" {
	text_packages orphaned 3
	fit '^eXtreme.*Stopping$'
	without=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	fit '^eXtreme.*text'
	assert_json ".[0].metrics.LogLoss.folds | add < $without"
	assert_json '.[0].features | index("description")'
}

@test "every parameter of the text modeler that can be changed changes the model" {
	text_packages orphaned 8
	try() {
		local values="" name
		while [ $# -gt 0 ]; do
			name=$1
			values="$values,\"$(param text "$1")\":$2"
			shift 2
		done
		fit text ",\"features\":[\"description\"],\"cross_validation\":false,\"values\":{${values#,}}"
		jq -c .metrics <<<"$output" >"$name.json"
	}
	try analyzer '"word"'
	default=$(cat analyzer.json)
	differs() {
		try "$@"
		[ "$(jq -c .metrics <<<"$output")" != "$default" ]
	}
	differs analyzer '"char"'
	differs max_ngram 2
	differs max_ngram 3 min_ngram 2
	differs min_df 20
	differs max_df 0.01
	differs min_tc 40
	differs max_features 50
	differs norm '"l1"'
	differs use_idf '"True"'
	differs use_hashing '"True"' n_features 64
	differs stop_words '"english"'
	differs stemmer '"snowball"'
	differs stemmer '"porter"'
	differs stemmer '"snowball"' language '"german"'
	differs lowercase '"False"'
	differs tokenizer '"space"'
	differs tokenizer '"wordpunct"'
	differs binary '"False"' norm '"None"'
	default=$(jq -c .metrics <<<"$output")
	differs sublinear_tf '"True"' norm '"None"' binary '"False"'
	try use_idf '"True"'
	default=$(jq -c .metrics <<<"$output")
	differs use_idf '"True"' smooth_idf '"False"'
	fit text ",\"values\":{\"$(param text use_bns)\":\"True\"}" 3
	[[ $stderr == 'dr-worker: values: use_bns="True" is not one of its values (Auto-Tuned'* ]]
	fit text ",\"values\":{\"$(param text min_ngram)\":2}" 1
	refused "Auto-Tuned Word N-Gram Text Modeler using token occurrences: min_ngram=2 is above max_ngram=1"
}

@test "a list asks for a search inside the model, and the chosen value is in use" {
	packages orphaned
	tree='^eXtreme.*Stopping$'
	depth=$(param "$tree" max_depth) rate=$(param "$tree" learning_rate)
	fit "$tree" ",\"values\":{\"$depth\":[1,4,7],\"$rate\":[0.05,0.2]}"
	assert_json ".[0].values | (.[\"$depth\"] | IN(1,4,7)) and (.[\"$rate\"] | IN(0.05,0.2))"
	chosen=$(jq -c ".values | {\"$depth\",\"$rate\"}" <<<"$output")
	metrics=$(jq -c .metrics <<<"$output")
	fit "$tree" ",\"values\":$chosen"
	[ "$(jq -c .metrics <<<"$output")" = "$metrics" ]
	fit "$tree" ",\"values\":{\"$depth\":[5]}"
	assert_json ".[0].values[\"$depth\"] == 5"
}

@test "a search over more than 64 combinations ends" {
	packages orphaned
	tree='^eXtreme.*Stopping$'
	lists="\"$(param "$tree" max_depth)\":[1,2,3,4,5,6,7,8]"
	lists="$lists,\"$(param "$tree" subsample)\":[0.5,0.6,0.7,0.8,0.9,1]"
	lists="$lists,\"$(param "$tree" min_child_weight)\":[1,2,4,8]"
	fit "$tree" ",\"cross_validation\":false,\"features\":[\"section\",\"epoch\"],\"values\":{$lists}"
	assert_json ".[0].values[\"$(param "$tree" max_depth)\"] | IN(range(1; 9))"
}

@test "linear models beat the constant on categories, numbers and words, for classes and numbers" {
	text_packages orphaned 8
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	for model in 'Elastic-Net Classifier .mixing' 'Elastic-Net Classifier .L2'; do
		fit "$model"
		assert_json ".[0] | (.metrics.LogLoss.folds | add < $constant) and .iterations == null"
		fit "$model" ',"features":["description"]'
		assert_json ".[0].metrics.LogLoss.folds | add < $constant"
	done
	packages n_depends
	for model in 'Elastic-Net Regressor .mixing' 'Elastic-Net Regressor .L2'; do
		fit "$model"
		assert_json '.[0].metrics["R Squared"].folds | add > 0'
	done
}

@test "every parameter of the linear models changes the model" {
	text_packages orphaned 8
	net='Elastic-Net Classifier .mixing'
	only=',"cross_validation":false,"features":["section","n_depends","debian_rev","description"]'
	fit "$net" "$only"
	default=$(jq -c .metrics <<<"$output")
	try() {
		fit "$net" "$only,\"values\":{\"$(param "$net" "$1")\":$2${3-}}"
		assert_json ".[0].values[\"$(param "$net" "$1")\"] == $2"
		[ "$(jq -c .metrics <<<"$output")" != "$default" ]
	}
	try enet_alpha 0
	try enet_alpha 1
	try enet_alpha '"auto"' ",\"$(param "$net" enet_lambda)\":0.01"
	try enet_lambda 0.1
	try enet_lambda 0.0001
	try fit_intercept '"False"'
	try max_iter 1
	try random_state 1
	try tol 0.1
	try max_ngram 2
	try min_support 40
	try min_count_na 1000
	run -0 jq -r --arg p "$net" 'first(.blueprints[] | select(.model_type | test($p))) |
		[.parameters[] | select(.taskName | startswith("One-Hot")) | .parameterId][0]' aim.json
	fit "$net" "$only,\"values\":{\"$output\":1}"
	[ "$(jq -c .metrics <<<"$output")" != "$default" ]
}

@test "four text columns make the chart of 24 nodes and 31 edges, and fewer a smaller one" {
	awk 'BEGIN {
		srand(1); print "t1,t2,t3,t4,n,c,y"
		for (i = 0; i < 300; i++)
			printf "the a%d word,some b%d thing,here c%d now,of d%d there,%d,%s,%d\n",
				i % 197, i % 199, i % 193, i % 191, int(rand() * 100),
				rand() < 0.5 ? "u" : "v", i % 2
	}' >table.csv
	aim y
	assert_json '.[0].blueprints | map(select(.model_type | test("Unsupervised Learning Features"))) | .[0] |
		(.nodes | length == 24) and (.edges | length == 31 and (unique | length == 31)) and
		([.nodes[].label] | map(select(test("Bind"))) | length == 2) and
		([.edges[] | select(.[1] == "19") | .[0]] == ["1","4","13","18"]) and
		([.edges[] | select(.[1] == "17") | .[0]] == ["15","16"]) and
		([.edges[] | select(.[0] == "-2") | .[1]] == ["2","14"]) and
		(.nodes[-1] == {id: "20", label: "Prediction"}) and
		.processes == ["Ordinal encoding of categorical variables", "Missing Values Imputed",
			"Search for differences", "Converter for Text Mining",
			"Auto-Tuned Word N-Gram Text Modeler using token occurrences", "Standardize",
			"One-Hot Encoding", "Partial Principal Components Analysis",
			"K-Means Clustering", .model_type] and
		([.parameters[].taskName] | unique | length == 7) and
		([.parameters[] | .parameterName] | unique | length >= 50) and
		([.parameters[].parameterId] | length == (unique | length)) and
		(.parameters[] | select(.parameterName == "n_clusters") | .vertexId == "18" and
			.constraints == {select: {values: ["auto","pham"], supportsGridSearch: false},
				int: {min: 2, max: 10000, supportsGridSearch: false}})'
	cut -d, -f5- table.csv >numbers.csv
	mv numbers.csv table.csv
	aim y
	assert_json '.[0].blueprints | map(select(.model_type | test("Unsupervised Learning Features"))) | .[0] |
		(.nodes | length == 14) and (.edges | length == 17)'
}

@test "components, clusters and differences are learned from, for classes and numbers" {
	packages orphaned
	model=Unsupervised
	fit Majority
	constant=$(jq '.metrics.LogLoss.folds | add' <<<"$output")
	only=',"features":["section","n_depends","deb_bytes","installed_kb","role"]'
	fit "$model" "$only"
	assert_json ".[0].metrics.LogLoss.folds | add < $constant"
	default=$(jq -c .metrics <<<"$output")
	for value in k:2 n_clusters:5 n_clusters:'"pham"'; do
		fit "$model" "$only,\"values\":{\"$(param "$model" "${value%%:*}")\":${value#*:}}"
		[ "$(jq -c .metrics <<<"$output")" != "$default" ]
	done
	fit "$model" "$only,\"values\":{\"$(param "$model" n_clusters)\":5000}" 1
	refused "K-Means Clustering: n_clusters=5000 is above the number of training rows, 384"
	packages n_depends
	fit "$model"
	assert_json '.[0].metrics["R Squared"].folds | add > 0'
}

@test "boosting on predictions of an elastic net learns what that one leaves" {
	awk 'BEGIN {
		srand(5); print "a,b,c,y"
		for (i = 0; i < 800; i++) {
			a = rand(); b = rand(); c = rand() < 0.5 ? "u" : "v"
			printf "%.4f,%.4f,%s,%.4f\n", a, b, c, 40 * a + (b > 0.3 && b < 0.6) * (c == "u") + rand() / 9
		}
	}' >table.csv
	dr-worker <<<'{"job":"aim","csv":"table.csv","dir":"prepared","target":"y"}' >aim.json
	fit 'Elastic-Net Regressor .mixing'
	linear=$(jq '.metrics.RMSE.folds | add' <<<"$output")
	fit '^eXtreme.*Stopping$'
	trees=$(jq '.metrics.RMSE.folds | add' <<<"$output")
	model='on ElasticNet Predictions'
	fit "$model"
	assert_json ".[0].metrics.RMSE.folds | add < 0.8 * $linear and add < $trees"
	default=$(jq -c .metrics <<<"$output")
	for value in enet_lambda:0.5 enet_alpha:0.1 max_depth:2; do
		fit "$model" ",\"values\":{\"$(param "$model" "${value%%:*}")\":${value#*:}}"
		[ "$(jq -c .metrics <<<"$output")" != "$default" ]
	done
	packages orphaned
	jq -e --arg m "$model" '.blueprints[] | select(.model_type | test($m)) |
		(.nodes | length == 11) and ([.parameters[].parameterName] | index("base_margin_initialize") == null)' aim.json
	fit "$model" ',"cross_validation":false,"features":["section","n_depends"]'
	assert_json '.[0].metrics.LogLoss.folds[0] < 0.6'
}

@test "the kinds of search inside the model can be asked for, and their limits are kept" {
	packages orphaned
	tree='^eXtreme.*Stopping$'
	depth=$(param "$tree" max_depth) rate=$(param "$tree" learning_rate) method=$(param "$tree" tree_method)
	lists="\"$depth\":[1,2,3,4,5,6],\"$rate\":[0.02,0.05,0.1,0.2,0.4],\"$method\":[\"hist\",\"exact\"]"
	search() {
		fit "$tree" ",\"cross_validation\":false,\"features\":[\"section\",\"epoch\",\"n_depends\"],\"values\":{$lists},\"search\":{$1}" "${2-0}"
	}
	for kind in '"type":"smart"' '"type":"smart","algorithm":"accelerated"' \
		'"type":"bayesian","batch_size":4,"random_state":7' \
		'"type":"bayesian","algorithm":"gaussian","batch_size":4,"random_state":7' \
		'"type":"brute force"' '"type":"brute force","algorithm":"greedy"'; do
		search "$kind,\"max_iterations\":12"
		assert_json ".[0].values | (.[\"$depth\"] | IN(range(1; 7))) and (.[\"$method\"] | IN(\"hist\",\"exact\"))"
		first=$(jq -cS 'del(.seconds)' <<<"$output")
		search "$kind,\"max_iterations\":12"
		[ "$(jq -cS 'del(.seconds)' <<<"$output")" = "$first" ]
	done
	# One combination, and as much as can be done in no time, are where a search starts.
	for kind in '"type":"smart"' '"type":"smart","algorithm":"accelerated"' '"type":"bayesian"'; do
		for limit in '"max_iterations":1' '"time_limit":0.000001'; do
			search "$kind,$limit"
			assert_json ".[0].values | .[\"$depth\"] == 3 and .[\"$rate\"] == 0.05"
		done
	done
	search '"type":"bayesian","algorithm":"gaussian","time_limit":0.001'
	assert_json ".[0].values | .[\"$depth\"] | IN(range(1; 7))"
	search '"type":"smart","algorithm":"tpe"' 3
	[ "$stderr" = "dr-worker: search: a smart search has no algorithm 'tpe'" ]
	search '"type":"clever"' 3
	[ "$stderr" = "dr-worker: search: field 'type' must be smart, bayesian or brute force" ]
	search '"type":"smart","speed":1' 3
	[ "$stderr" = "dr-worker: search: field 'speed' is not known in this job" ]
}

@test "the Bayesian and the accelerated search find what is better, within few combinations, and repeat it" {
	text_packages orphaned 4
	tree='with text'
	n=$(param "$tree" n_estimators) depth=$(param "$tree" max_depth) rate=$(param "$tree" learning_rate)
	weight=$(param "$tree" min_child_weight)
	# 40 rounds are few: 5 of 10 rates are hopeless, the start among them.
	rates='[0.0005,0.0006,0.0007,0.0008,0.0009,0.001,0.0011,0.3,0.35,0.4]'
	search() {
		fit "$tree" ",\"cross_validation\":false,\"holdout\":false,\"values\":{\"$n\":40,\"$rate\":$rates,\"$depth\":[1,2,3,4,5,6,7,8],\"$weight\":[1,2,4,8,5000]},\"search\":{$1}"
	}
	fit "$tree" ",\"cross_validation\":false,\"holdout\":false,\"values\":{\"$n\":40,\"$rate\":0.001}"
	start=$(jq '.metrics.LogLoss.folds[0]' <<<"$output")
	for kind in '"type":"bayesian"' '"type":"bayesian","algorithm":"tpe","random_state":3' \
		'"type":"smart","algorithm":"accelerated"' '"type":"smart","algorithm":"accelerated","random_state":3'; do
		search "$kind,\"max_iterations\":24"
		assert_json ".[0] | .values[\"$rate\"] >= 0.3 and .values[\"$weight\"] < 5000 and
			.metrics.LogLoss.folds[0] < $start - 0.05"
		first=$(jq -cS 'del(.seconds)' <<<"$output")
		search "$kind,\"max_iterations\":24,\"time_limit\":600"
		[ "$(jq -cS 'del(.seconds)' <<<"$output")" = "$first" ]
	done
	# The points of a seed are its own: of a few, others win.
	for kind in '"type":"bayesian"' '"type":"smart","algorithm":"accelerated"'; do
		for seed in 1 2 3 4 5 6; do
			search "$kind,\"max_iterations\":5,\"random_state\":$seed"
			jq -c .values <<<"$output"
		done | sort -u >seeds
		[ "$(wc -l <seeds)" -gt 1 ]
	done
	# Two chosen together know nothing of each other.
	for batch in 1 20; do
		search "\"type\":\"bayesian\",\"max_iterations\":40,\"batch_size\":$batch"
		jq -c '[.values, .metrics]' <<<"$output"
	done | uniq >batches
	[ "$(wc -l <batches)" = 2 ]
}

@test "the accelerated search trains on few rows first, as far as there are enough" {
	tree='with text'
	# 1 block for the model that is scored, and 1 for each share of the rows.
	while read -r every blocks; do
		text_packages orphaned "$every"
		for kind in '"type":"smart"|2' "\"type\":\"smart\",\"algorithm\":\"accelerated\"|$blocks"; do
			rm -rf prepared/cache
			values="{\"$(param "$tree" n_estimators)\":10,\"$(param "$tree" max_depth)\":[1,2,3]}"
			fit "$tree" ",\"cross_validation\":false,\"holdout\":false,\"values\":$values,\"search\":{${kind%|*}}"
			[ "$(find prepared/cache -type f | wc -l)" = "${kind#*|}" ]
		done
	done <<-'END'
		4 4
		15 3
		50 2
	END
}

@test "a search by brute force finds what no other combination beats" {
	packages orphaned
	tree='^eXtreme.*Stopping$'
	n=$(param "$tree" n_estimators) depth=$(param "$tree" max_depth) rate=$(param "$tree" learning_rate)
	only=",\"cross_validation\":false,\"features\":[\"section\",\"epoch\"]"
	fit "$tree" "$only,\"values\":{\"$n\":30,\"$depth\":[2,4,6],\"$rate\":[0.05,0.3]},\"search\":{\"type\":\"brute force\"}"
	best=$(jq -c ".values | [.[\"$depth\"], .[\"$rate\"]]" <<<"$output")
	fit "$tree" "$only,\"values\":{\"$n\":30,\"$depth\":[2,4,6],\"$rate\":[0.05,0.3]},\"search\":{\"type\":\"bayesian\"}"
	[ "$(jq -c ".values | [.[\"$depth\"], .[\"$rate\"]]" <<<"$output")" = "$best" ]
	lists=$(seq -s, 1 16)
	fit "$tree" "$only,\"values\":{\"$depth\":[$lists],\"$rate\":[$(seq -s, 0.01 0.01 0.3)],\"$(param "$tree" max_bin)\":[$(seq -s, 16 40)]},\"search\":{\"type\":\"brute force\"}" 1
	refused "the lists have 12000 combinations; an exhaustive search tries at most 4096"
}

@test "what the cache holds gives the same numbers to the last bit, and so does a damaged one" {
	text_packages orphaned 12
	for model in text Unsupervised 'on ElasticNet'; do
		fit "$model" ',"cache":false'
		[ ! -e prepared/cache ]
		without=$(jq -cS 'del(.seconds)' <<<"$output")
		for state in empty full damaged; do
			if [ "$state" = damaged ]; then
				for entry in prepared/cache/*; do
					printf X | dd of="$entry" bs=1 seek=200 conv=notrunc status=none
				done
			fi
			fit "$model"
			[ "$(jq -cS 'del(.seconds)' <<<"$output")" = "$without" ]
			[ -n "$(ls prepared/cache)" ]
		done
		rm -r prepared/cache
	done
}

@test "a parameter of the learner takes all blocks from the cache, one of the text makes its own anew" {
	text_packages orphaned 12
	entries() { find prepared/cache -type f | wc -l; }
	fit text
	[ "$(entries)" = 5 ]
	fit text ",\"values\":{\"$(param text max_depth)\":5}"
	[ "$(entries)" = 5 ]
	fit text ",\"values\":{\"$(param text max_ngram)\":2}"
	[ "$(entries)" = 10 ]
	fit text ',"seed":5'
	[ "$(entries)" = 15 ]
	fit text ',"sample_pct":32'
	[ "$(entries)" -gt 15 ]
}

# blend MEMBERS EXTRA-FIELDS STATUS
blend() {
	job "{\"job\":\"fit\",\"dir\":\"prepared\",\"blend\":[$1]${2-}}" "${3-0}"
}

@test "a blend predicts the mean of its members" {
	packages orphaned
	member() {
		jq -c --arg p "$1" 'first(.blueprints[] | select(.model_type | test($p))) | {blueprint: .id}' aim.json
	}
	worst=0
	for model in '^eXtreme.*Stopping$' 'Elastic-Net Classifier .mixing' Majority; do
		fit "$model"
		worst=$(jq "$worst + (.metrics.LogLoss.folds | add) / 3" <<<"$output")
		alone=$(jq -c .metrics <<<"$output")
	done
	trees=$(member '^eXtreme.*Stopping$') net=$(member 'Elastic-Net Classifier .mixing') constant=$(member Majority)
	blend "$trees,$net,$constant"
	[ "$stderr" = "" ]
	# The loss of a mean is less than the mean of the losses: it is convex.
	assert_json ".[0] | (.metrics.LogLoss.folds | length == 5 and add < $worst) and
		.metrics.LogLoss.holdout > 0 and .values == {} and .iterations == null and
		(.features | index(\"section\") and index(\"description\")) and
		(.blueprint | .model_type == \"AVG Blender\" and .parameters == [] and
			(.nodes | length == 6) and (.edges | length == 7) and .processes == [\"Average Blend\"])"
	blend "$constant,$constant"
	[ "$(jq -c .metrics <<<"$output")" = "$alone" ]
	depth=$(param '^eXtreme.*Stopping$' max_depth)
	blend "$(jq -c ". + {values: {\"$depth\": 5}, features: [\"section\"]}" <<<"$trees"),$net"
	assert_json '.[0].metrics.LogLoss.folds | length == 5'
	job "{\"job\":\"predict\",\"dir\":\"prepared\",\"blend\":[$trees,$net],\"subset\":\"all\",\"out\":\"p\"}"
	assert_json '.[0].rows == 600'
	blend "$trees" '' 3
	[ "$stderr" = "dr-worker: field 'blend' must be an array of 2 to 10 models" ]
	blend "$trees,$net" ',"values":{}' 3
	[[ $stderr == "dr-worker: a blend has no 'blueprint', 'values', 'features' and 'search' of its own" ]]
	blend "$(jq -c ". + {values: {\"$depth\": [5, 6]}}" <<<"$trees"),$net" '' 3
	[[ $stderr == "dr-worker: blend: max_depth takes one value, not a list ("* ]]
	blend '{"blueprint":"x"},{}' '' 3
	[ "$stderr" = "dr-worker: blend: no blueprint 'x'" ]
}
