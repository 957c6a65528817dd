# Tables as people have them, and as nobody should.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	load worker
	cd "$BATS_TEST_TMPDIR" || return
	mkdir prepared
}

upload() {
	job '{"job":"upload","csv":"table.csv"}' "${1-0}"
}

# rows N AWK-FORMAT-ARGS: N rows under the header a,y, with i from 1.
rows() {
	awk -v n="$1" "BEGIN { srand(5); print \"a,y\"; for (i = 1; i <= n; i++) printf $2 }" >table.csv
}

# column TYPE: what the upload says of column a.
column() {
	upload
	assert_json ".[0].features[0].feature_type == \"$1\""
}

@test "numbers with signs, groups and units are read as numbers" {
	rows 40 '"\"%d,%03d.5\",%d\n", i, i, i % 2'
	column Numeric
	assert_json '.[0].features[0] | .min == 1001.5 and .max == 40040.5'
	rows 40 '"%d%%,%d\n", i, i % 2'
	column Percentage
	for sign in '$' '€' '£' '-$'; do
		rows 40 "\"$sign%d,%d\\n\", i, i % 2"
		column Currency
	done
	rows 40 '"%s,%d\n", i % 2 ? "5%" : "$5", i % 2'
	column Categorical
	rows 40 '"%de%d,%d\n", i, i % 9, i % 2'
	column Numeric
}

@test "NaN and infinity are missing values, and numbers beyond the doubles are words" {
	for word in NaN nan inf -Inf +inf Infinity -infinity; do
		rows 40 "\"%s,%d\\n\", i % 4 ? i : \"$word\", i % 2"
		column Numeric
		assert_json '.[0].features[0].na_count == 10'
	done
	rows 40 '"1e%d,%d\n", 300 + i, i % 2'
	column Categorical
}

@test "dates in the usual spellings are dates, and what is on no calendar is not" {
	rows 40 '"2024-%02d-%02d,%d\n", 1 + i % 12, 1 + i % 28, i % 2'
	column Date
	rows 40 '"31.12.%d,%d\n", 1980 + i, i % 2'
	column Date
	rows 40 '"2023-02-%02d,%d\n", 20 + i % 10, i % 2'
	column Categorical
}

@test "headers without a name get one, and names that are rows of data are refused" {
	printf ',,y\n1,2,3\n4,5,6\n' >table.csv
	upload
	assert_json '[.[0].features[].name] == ["Unnamed: 0", "Unnamed: 1", "y"]'
	printf ',Unnamed: 0,y\n1,2,3\n' >table.csv
	upload 1
	refused "two columns are named 'Unnamed: 0': rename one of them"
	printf '"a\nb\x1b[31m",y\n1,2\n' >table.csv
	upload
	assert_json '.[0].features[0].name == "a b [31m"'
	{ head -c 2000 /dev/zero | tr '\0' n && printf ',y\n1,2\n'; } >table.csv
	upload 1
	refused "line 1: the name of column 1 is longer than 1000 bytes (is it a row of data?)"
}

@test "line ends of CR alone are read; UTF-16 and other files are refused by what they are" {
	rows 40 '"%d,%d\n", i, i % 2'
	tr '\n' '\r' <table.csv >cr && mv cr table.csv
	column Numeric
	assert_json '.[0].rows == 40'
	for code in UTF-16 UTF-16BE UTF-16LE UTF-32; do
		rows 40 '"%d,%d\n", i, i % 2'
		iconv -t "$code" table.csv >wide && mv wide table.csv
		upload 1
		assert_json '.[0].error | test("UTF-16|zero byte")'
	done
	rows 40 '"%d,%d\n", i, i % 2'
	gzip table.csv && mv table.csv.gz table.csv
	upload 1
	refused 'the file is compressed by gzip: unpack it first'
	printf 'PK\x03\x04%0500d' 0 >table.csv
	upload 1
	refused 'the file is a zip archive or a spreadsheet: save it as CSV'
	printf '\xef\xbb\xbf' >table.csv
	upload 1
	refused 'the file is empty'
}

@test "a table too small, or a target that cannot be learned, is refused with the reason" {
	printf 'a,y\n1,0\n' >table.csv
	aim y '' 1
	refused 'the table has 1 rows with a target; at least 20 are needed'
	rows 100 '"%d,\n", i'
	aim y '' 1
	refused 'the table has 0 rows with a target; at least 20 are needed'
	rows 100 '"%d,1\n", i'
	aim y '' 1
	refused "the target 'y' has one value only, '1'"
	rows 2020 '"%d,c%d\n", i % 17, i % 101'
	aim y '' 1
	assert_json '.[0].error | contains("more than 100 classes")'
	rows 100 '"%d,%se307\n", i, (i % 2 ? "-" : "") (i % 9 + 1)'
	aim y '' 1
	assert_json '.[0].error | contains("beyond 1e30: divide them")'
}

@test "words of Chinese are found without spaces between them, and explain the target" {
	awk 'BEGIN {
		srand(11)
		n = split("产品 质量 服务 态度 价格 包装 快递 客服 颜色 尺寸", word, " ")
		print "note,noise,y"
		for (i = 1; i <= 600; i++) {
			y = rand() < 0.5
			s = ""
			for (k = 0; k < 5; k++) s = s word[1 + int(rand() * n)]
			printf "%s%s%s,%d,%d\n", s, (rand() < 0.85) == y ? "满意" : "失望", word[1 + int(rand() * n)],
				rand() * 100, y
		}
	}' >table.csv
	upload
	assert_json '.[0].features[0].feature_type == "Text"'
	aim y >/dev/null
	dr-worker <<<'{"job":"aim","csv":"table.csv","dir":"prepared","target":"y"}' >aim.json
	fit Majority
	majority=$(jq '.metrics.LogLoss.folds[0]' <<<"$output")
	fit 'Text Modeler'
	assert_json ".[0].metrics.LogLoss.folds[0] < 0.8 * $majority"
}

@test "a table of ten thousand columns is read, and described within seconds" {
	awk 'BEGIN {
		for (r = 0; r <= 40; r++)
			for (k = 0; k < 10000; k++)
				printf "%s%s", r ? (r * k) % 7 : "c" k, k < 9999 ? "," : "\n"
	}' >table.csv
	upload
	assert_json '.[0].features | length == 10000'
}

@test "more than a gigabyte in one line is refused in constant memory" {
	[[ ${DRTUNE_BIN-} != */asan/* ]] || skip "the sanitizer wants terabytes of addresses"
	truncate -s 1200M table.csv # zeros that take no room
	{ printf 'a,y\n1,"' && head -c 3000000 /dev/zero | tr '\0' x; } | dd of=table.csv conv=notrunc 2>/dev/null
	run -1 --separate-stderr bash -c 'ulimit -v 150000 && dr-worker <<<"{\"job\":\"upload\",\"csv\":\"table.csv\"}"'
	assert_json '.[0].error | startswith("line 2: a field of more than")'
}
