# The trainer's predictions: of the table's own rows, out of fold, and of new rows.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	mkdir prepared
}

# 300 rows: a number, a category, a date and a text that tell something about the class;
# ten rows, from the 100th on, have no class.
table() {
	awk 'BEGIN {
		srand(11)
		split("red green blue", colour)
		print "size,colour,day,note,sold"
		for (i = 0; i < 300; i++) {
			size = int(rand() * 100); c = 1 + int(rand() * 3); old = int(rand() * 28)
			z = size / 20 + (c == 1) - old / 10 - 1
			class = (rand() < 1 / (1 + exp(-z))) ? 1 : 0
			if (i >= 99 && i < 109) class = ""
			printf "%s,%s,2024-05-%02d,the %s one is number %d,%s\n", size, colour[c], 1 + old,
				colour[1 + i % 3], i, class
		}
	}' >table.csv
	dr-worker <<<'{"job":"aim","csv":"table.csv","dir":"prepared","target":"sold"}' >aim.json
}

blueprint() {
	jq -r --arg p "$1" 'first(.blueprints[] | select(.model_type | test($p))) | .id' aim.json
}

# predict PATTERN FIELDS [STATUS]: by the first such blueprint, into prepared/out.
predict() {
	run "-${3:-0}" --separate-stderr dr-worker <<<"{\"job\":\"predict\",\"dir\":\"prepared\",\"out\":\"out\",\"blueprint\":\"$(blueprint "$1")\",$2}"
}

refused() {
	[ "$stderr" = "" ]
	assert_json "length == 1 and (.[0] | keys == [\"error\"]) and .[0].error == \"$1\""
	[ -z "$(find prepared -name "out*")" ]
}

# rows: row, part (fold, or -1 for the holdout, -2 for none) and probability, as text.
rows() {
	paste <(od -An -v -j24 -w16 -td4 prepared/out | awk '{ print $1, $2 }') \
		<(od -An -v -j24 -w16 -tf8 prepared/out | awk '{ print $2 }')
}

# loss: the LogLoss of every part, as "PART LOSS" in their order.
loss() {
	rows | awk 'NR == FNR { if (FNR > 1) { n = split($0, f, ","); y[FNR - 2] = f[n] }; next }
		{ sum[$2] -= y[$1] == 1 ? log($3) : log(1 - $3); n_of[$2]++ }
		END { for (p in sum) printf "%s %.9f\n", p, sum[p] / n_of[p] }' table.csv - | sort -n
}

tree='^eXtreme.*Stopping$'

@test "predictions of the table's rows are out of fold: their scores are those of the fit" {
	table
	for pattern in "$tree" text Elastic; do
		id=$(blueprint "$pattern")
		for pct in 64 40 90; do
			dr-worker <<<"{\"job\":\"fit\",\"dir\":\"prepared\",\"blueprint\":\"$id\",\"sample_pct\":$pct}" >fit.json
			predict "$pattern" "\"subset\":\"all\",\"sample_pct\":$pct"
			[ "$stderr" = "" ]
			assert_json '.[0] == {rows: 290, task: "Binary", labels: [1, 0]}'
			jq -r '.metrics.LogLoss | ([.holdout] + .folds)[]' fit.json | awk '{ printf "%.9f\n", $1 }' >want
			loss | awk '{ print $2 }' >got
			cmp want got
		done
	done
}

@test "rows are numbered as in the file, and those without a class are not there" {
	table
	predict "$tree" '"subset":"all"'
	rows | awk '{ print $1 }' >got
	seq 0 299 | awk '$1 < 99 || $1 > 108' >want
	cmp want got
}

@test "a part of the rows can be asked for, and the holdout left out" {
	table
	predict "$tree" '"subset":"all"'
	rows >all
	for part in '"validationAndHoldout"|^(0|-1)$' '"holdout"|^-1$' '"all","holdout":false|^[0-4]$' \
		'"validationAndHoldout","holdout":false|^0$'; do
		predict "$tree" "\"subset\":${part%%|*}"
		rows >got
		awk -v p="${part#*|}" '$2 ~ p' all >want
		[ -s want ]
		cmp want got
		assert_json ".[0].rows == $(wc -l <want)"
	done
	predict "$tree" '"subset":"holdout","holdout":false' 1
	assert_json '.[0].error == "there are no rows in the holdout"'
}

@test "new rows get what the same rows in the holdout got, whatever the order of their columns" {
	table
	for pattern in "$tree" Elastic; do
		predict "$pattern" '"subset":"holdout"'
		rows | awk '{ print $1, $3 }' >want
		awk -F, 'NR == FNR { want[$1 + 2]; next } FNR == 1 || FNR in want' <(awk '{ print $1 }' want) table.csv |
			awk -F, -v OFS=, '{ print "extra" NR, $3, $4, $2, $1 }' | sed '1s/extra1/extra/' >new.csv
		predict "$pattern" '"csv":"new.csv"'
		[ "$stderr" = "" ]
		assert_json ".[0].rows == $(wc -l <want)"
		[ "$(rows | awk '{ print $1, $2 }')" = "$(seq 0 $(($(wc -l <want) - 1)) | sed 's/$/ -2/')" ]
		cmp <(awk '{ print $2 }' want) <(rows | awk '{ print $3 }')
	done
}

@test "what is done to new rows comes from the training rows alone" {
	table
	awk 'NR == 1 || NR > 200' table.csv >many.csv
	awk 'NR == 1 || NR == 250' table.csv >one.csv
	for pattern in "$tree" Elastic; do
		predict "$pattern" '"csv":"many.csv"'
		want=$(rows | awk 'NR == 50 { print $3 }')
		predict "$pattern" '"csv":"one.csv"'
		[ "$(rows | awk '{ print $3 }')" = "$want" ]
	done
}

@test "unseen levels and missing values are predicted, unreadable numbers and dates refused" {
	table
	printf 'size,colour,day,note\n5,violet,2024-05-02,words nobody knows\n,,,\n7.5,red,2030-01-01,x\n' >new.csv
	predict 'Elastic' '"csv":"new.csv"'
	assert_json '.[0].rows == 3'
	[ "$(rows | awk '$3 > 0 && $3 < 1' | wc -l)" = 3 ]
	rm prepared/out
	printf 'size,colour,day,note\nabc,red,2024-05-02,x\n' >new.csv
	predict "$tree" '"csv":"new.csv"' 1
	refused "column 'size': 'abc' is not written as the table's numbers are"
	printf 'size,colour,day,note\n5,red,31.05.2024,x\n' >new.csv
	predict "$tree" '"csv":"new.csv"' 1
	refused "column 'day': '31.05.2024' is not written as the table's dates are"
	printf 'size,colour,note\n5,red,x\n' >new.csv
	predict "$tree" '"csv":"new.csv"' 1
	refused "the new data has no column 'day', which the model uses"
	: >new.csv
	predict "$tree" '"csv":"new.csv"' 1
	refused "the file is empty"
}

@test "columns that the model does not use need not be there" {
	table
	printf 'size\n5\n95\n' >new.csv
	predict "$tree" '"csv":"new.csv","features":["size"]'
	[ "$(rows | awk 'NR == 2 { big = $3 } NR == 1 { small = $3 } END { print (small < big) }')" = 1 ]
	predict Majority '"csv":"new.csv"'
	assert_json '.[0].rows == 2'
	run -0 --separate-stderr dr-worker <<<'{"job":"upload","csv":"new.csv","predict":true}'
	assert_json '.[0].rows == 2'
	run -1 --separate-stderr dr-worker <<<'{"job":"upload","csv":"new.csv"}'
	assert_json '.[0].error | startswith("the file has one column")'
}

@test "a number is predicted in its own unit, under the name of the target" {
	table
	dr-worker <<<'{"job":"aim","csv":"table.csv","dir":"prepared","target":"size"}' >aim.json
	predict "$tree" '"subset":"all"'
	assert_json '.[0] == {rows: 300, task: "Regression", labels: ["size"]}'
	rows | awk '$3 < -20 || $3 > 120 { bad = 1 } END { exit bad }'
}

@test "labels are spelled as the table spells them" {
	table
	sed -i 's/,1$/,Yes/; s/,0$/,no/' table.csv
	dr-worker <<<'{"job":"aim","csv":"table.csv","dir":"prepared","target":"sold"}' >aim.json
	predict Majority '"subset":"all"'
	assert_json '.[0].labels == ["Yes", "no"]'
}

@test "a prediction that is not understood is an error of the record" {
	table
	refuse() {
		predict "$tree" "$1" 3
		[ "$output" = "" ]
		[ "$stderr" = "dr-worker: $2" ]
	}
	refuse '"holdout":true' "either 'subset' or 'csv' is needed"
	refuse '"subset":"all","csv":"x"' "either 'subset' or 'csv' is needed"
	refuse '"subset":"some"' "field 'subset' must be all, validationAndHoldout or holdout"
	run -3 --separate-stderr dr-worker <<<'{"job":"predict","dir":"prepared","out":"../x","blueprint":"b","subset":"all"}'
	[ "$stderr" = "dr-worker: field 'out' must be the name of a file in 'dir'" ]
}

@test "every blueprint gives new rows what the same rows in the holdout got, alone or together" {
	table
	awk -F, 'NR == FNR { want[$1 + 2]; next } FNR == 1 || FNR in want' <(predict Majority '"subset":"holdout"' && rows) table.csv >new.csv
	head -n 2 new.csv >one.csv
	for id in $(jq -r '.blueprints[].id' aim.json); do
		job="{\"job\":\"predict\",\"dir\":\"prepared\",\"out\":\"out\",\"blueprint\":\"$id\""
		dr-worker <<<"$job,\"subset\":\"holdout\"}" >/dev/null
		rows | awk '{ print $3 }' >want
		dr-worker <<<"$job,\"csv\":\"new.csv\"}" >/dev/null
		rows | awk '{ print $3 }' >got
		cmp want got || { jq -r --arg id "$id" '.blueprints[] | select(.id == $id) | .model_type' aim.json && false; }
		dr-worker <<<"$job,\"csv\":\"one.csv\"}" >/dev/null
		[ "$(rows | awk '{ print $3 }')" = "$(head -n 1 want)" ]
	done
}
