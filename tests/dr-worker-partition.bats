# How the trainer parts the rows.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	mkdir prepared
	awk 'BEGIN {
		srand(5)
		print "size,shop,part,year,sold"
		for (i = 0; i < 400; i++) {
			size = int(rand() * 100); shop = int(rand() * rand() * 30); year = 2015 + int(rand() * 4)
			part = rand() < 0.2 ? "test" : rand() < 0.3 ? "check" : "learn"
			class = (rand() * 100 < size) ? 1 : 0
			printf "%d,s%d,%s,%d,%d\n", size, shop, part, year, class
		}
	}' >table.csv
}

# aim FIELDS [STATUS]
aim() {
	run "-${2:-0}" --separate-stderr dr-worker <<<"{\"job\":\"aim\",\"csv\":\"table.csv\",\"dir\":\"prepared\",\"target\":\"${target-sold}\",$1}"
	[ "${2:-0}" != 0 ] || echo "$output" >aim.json
}

refused() {
	aim "$1" 1
	[ "$stderr" = "" ]
	assert_json "(.[0] | keys) == [\"error\"] and .[0].error == \"$2\""
}

wrong() {
	aim "$1" 3
	[ "$output" = "" ]
	[ "$stderr" = "dr-worker: $2" ]
}

# job NAME FIELDS: of the first constant model.
job() {
	dr-worker <<<"{\"job\":\"$1\",\"dir\":\"prepared\",\"blueprint\":\"$(jq -r '.blueprints[0].id' aim.json)\"$2}"
}

# parts COLUMN: "PART VALUE" of every row, the holdout being -1.
parts() {
	job predict ",\"out\":\"out\",\"subset\":\"${2-all}\"" >/dev/null
	od -An -v -j24 -w16 -td4 prepared/out | awk -v c="$1" 'NR == FNR { split($0, f, ","); v[FNR - 2] = f[c]; next }
		{ print $2, v[$1] }' table.csv FS=' ' -
}

@test "groups stay together, in folds and a holdout of their shares" {
	aim '"cv_method":"group","column":"shop","reps":4,"holdout_pct":25'
	assert_json '.[0].partition | .cvMethod == "group" and .validationType == "CV" and .reps == 4 and
		.partitionKeyCols == ["shop"] and (.holdoutPct | . > 20 and . < 30) and (.maxTrainPct | . > 50 and . < 62)'
	parts 2 >got
	[ "$(sort -u got | awk '{ print $2 }' | sort | uniq -d)" = "" ]
	[ "$(awk '{ print $1 }' got | sort -un | tr '\n' ' ')" = "-1 0 1 2 3 " ]
	[ "$(wc -l <got)" = 400 ]
}

@test "a column of the user's says which fold a row is in" {
	aim '"cv_method":"user","column":"year"'
	assert_json '.[0] | .partition == {cvMethod: "user", validationType: "CV", reps: 4, holdoutPct: 0,
			maxTrainPct: .partition.maxTrainPct, userPartitionCol: "year", cvHoldoutLevel: null} and
		(.featurelists["Informative Features"] | index("year") == null)'
	[ "$(parts 4 | sort -u | tr '\n' ' ')" = "0 2015 1 2016 2 2017 3 2018 " ]
	aim '"cv_method":"user","column":"year","holdout_level":2016'
	assert_json '.[0].partition | .reps == 3 and .cvHoldoutLevel == 2016 and .holdoutPct > 20'
	[ "$(parts 4 | sort -u | tr '\n' ' ')" = "-1 2016 0 2015 1 2017 2 2018 " ]
	aim '"cv_method":"user","column":"year","holdout_level":"2016"'
	[ "$(parts 4 | sort -u | tr '\n' ' ')" = "-1 2016 0 2015 1 2017 2 2018 " ]
}

@test "without cross validation one part is trained on and one scored" {
	aim '"cv_method":"random","validation_type":"TVH","holdout_pct":10,"validation_pct":30'
	assert_json '.[0].partition == {cvMethod: "random", validationType: "TVH", holdoutPct: 10, validationPct: 30, maxTrainPct: 60}'
	[ "$(parts 1 validationAndHoldout | awk '{ print $1 }' | sort -n | uniq -c | tr -s ' ')" = " 40 -1
 120 0" ]
	job fit '' >fit.json
	jq -e '.training_rows == 240 and (.metrics.LogLoss | (.folds | length == 1) and .holdout > 0)' fit.json
	run -1 job predict ',"out":"out","subset":"all"'
	assert_json '.[0].error == "without cross validation the rows trained on have no predictions by a model that has not seen them"'
	aim '"cv_method":"group","column":"shop","validation_type":"TVH","holdout_pct":0,"validation_pct":40'
	assert_json '.[0].partition | .holdoutPct == 0 and (.validationPct | . > 30 and . < 50)'
	aim '"validation_type":"TVH"'
	assert_json '.[0].partition | .cvMethod == "stratified" and .maxTrainPct == 64'
}

@test "values of the user's column name the parts to train on, to score, and to keep" {
	aim '"cv_method":"user","validation_type":"TVH","column":"part","training_level":"learn","validation_level":"check","holdout_level":"test"'
	assert_json '.[0].partition | .trainingLevel == "learn" and .validationLevel == "check" and .holdoutLevel == "test" and
		.userPartitionCol == "part" and (.maxTrainPct + .validationPct + .holdoutPct | . > 99.9999 and . < 100.0001)'
	[ "$(parts 3 validationAndHoldout | sort -u | tr '\n' ' ')" = "-1 test 0 check " ]
	job fit '' | jq -e --argjson n "$(grep -c learn table.csv)" '.training_rows == $n'
	refused '"cv_method":"user","validation_type":"TVH","column":"part","training_level":"learn","validation_level":"check"' \
		"the column 'part' has the value 'test', which is none of training, validation and holdout"
	refused '"cv_method":"user","validation_type":"TVH","column":"part","training_level":"learn","validation_level":"check","holdout_level":"late"' \
		"the column 'part' has the value 'test', which is none of training, validation and holdout"
}

@test "a partition that the data do not allow is refused with a sentence" {
	refused '"cv_method":"group","column":"nothing"' "the table has no column 'nothing'"
	refused '"cv_method":"group","column":"sold"' "the target cannot part the rows"
	refused '"cv_method":"group","column":"part"' \
		"the column 'part' has 3 groups; at least 6 are needed, one for each fold and the holdout"
	refused '"cv_method":"user","column":"year","holdout_level":1999' "the column 'year' has no value 1999"
	refused '"cv_method":"user","column":"part","holdout_level":"x"' "the column 'part' has no value \\\"x\\\""
	sed -i '3s/,2[0-9]*,/,,/' table.csv
	refused '"cv_method":"user","column":"year"' "the column 'year' lacks a value in 1 rows: it must say of each where it belongs"
	target=size refused '"cv_method":"stratified"' "a partition can be stratified by classes only; the target is a number"
	refused '"cv_method":"user","validation_type":"TVH","column":"part","training_level":"check","validation_level":"check","holdout_level":"test"' \
		"the value 'check' of the column 'part' cannot stand for two parts"
	awk 'NR > 1 { $0 = $0 "," ($5 == 1 ? "a" : "b") } NR == 1 { $0 = $0 ",side" } 1' FS=, table.csv >t && mv t table.csv
	aim '"cv_method":"user","column":"side"' 1
	assert_json '.[0].error | test("^a fold of [0-9]+ rows has one class only: ")'
	awk 'NR > 1 { $0 = $0 "," NR } NR == 1 { $0 = $0 ",key" } 1' table.csv >t && mv t table.csv
	refused '"cv_method":"user","column":"key"' "the column 'key' makes more than 50 folds"
}

@test "a partition that leaves too few rows for a part is refused when it is asked for" {
	sed -i 61q table.csv
	aim '"reps":30' 1
	assert_json '.[0].error | test("^a fold of [12] rows has one class only: choose larger parts or fewer folds$")'
	sed -i 22q table.csv
	target=size
	refused '"holdout_pct":80,"reps":2' \
		"2 of 21 rows are left to train on, at least 10 are needed: choose a smaller holdout or smaller folds"
	refused '"holdout_pct":1' "a holdout of 1 % of 21 rows has none of them: choose a larger one, or 0"
	refused '"holdout_pct":0,"reps":22' "21 rows are too few: a fold has none of them"
	refused '"validation_type":"TVH","validation_pct":1' "21 rows are too few: a validation part has none of them"
	aim '"holdout_pct":0,"reps":21'
	assert_json '.[0].partition | .reps == 21 and .holdoutPct == 0 and (.maxTrainPct | . > 95.2 and . < 95.3)'
	aim '"holdout_pct":5'
}

@test "fields that do not go together are errors of the record" {
	wrong '"cv_method":"datetime"' "field 'cv_method' must be random, stratified, group or user"
	wrong '"validation_type":"X"' "field 'validation_type' must be CV or TVH"
	wrong '"cv_method":"group"' "field 'column' is missing"
	wrong '"column":"shop"' "field 'column' goes with cv_method group and user only"
	wrong '"validation_type":"TVH","reps":5' "field 'reps' goes with CV by chance only"
	wrong '"validation_pct":20' "field 'validation_pct' goes with TVH by chance only"
	wrong '"cv_method":"user","column":"year","holdout_pct":20' "field 'holdout_pct' goes with a partition by chance only"
	wrong '"cv_method":"user","column":"part","validation_type":"TVH","training_level":"learn"' "field 'validation_level' is missing"
	wrong '"validation_type":"TVH","holdout_pct":50,"validation_pct":45' \
		"fields 'holdout_pct' and 'validation_pct' leave less than 10 % to train on"
	wrong '"reps":1' "field 'reps' must be at least 2"
}
