bats_require_minimum_version 1.5.0

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	cat >records <<-'END'
		{"parameter":"max_depth","task":"Boosted Trees","id":"p1","model":"m1","types":["int"],"min":1,"max":64,"grid":true,"default":3,"current":[3,5]}
		{"parameter":"learning_rate","task":"Boosted Trees","id":"p2","model":"m1","types":["float"],"min":0,"max":1,"log":true,"grid":true,"default":0.05,"current":0.05}
		{"parameter":"tree_method","task":"Boosted Trees","id":"p3","model":"m1","types":["select"],"values":["auto","hist"],"default":"auto","current":"auto"}
		{"parameter":"method","task":"Encoding","id":"p4","model":"m1","types":["select"],"values":["freq"],"default":"freq","current":"freq"}
	END
}

# final STATE: turn proposed records into ones of this state.
final() { jq -c --arg s "$1" '.state = $s'; }

@test "two parameters of two values are four trials, and the same bytes each time" {
	run -0 --separate-stderr gridgen a=1,2 b=x,y
	[ "$stderr" = "" ]
	[ "${#lines[@]}" = 4 ]
	[ "${lines[0]}" = '{"trial":"a91dbea398944fd1","state":"proposed","by":"gridgen","params":{"a":1,"b":"x"}}' ]
	assert_json '[.[].params] == [{"a":1,"b":"x"},{"a":1,"b":"y"},{"a":2,"b":"x"},{"a":2,"b":"y"}]'
	first=$output
	run -0 gridgen a=1,2 b=x,y
	[ "$output" = "$first" ]
}

@test "a trial is named by the SHA-256 of its canonical params" {
	run -0 gridgen b=x a=1
	[ "$(printf '{"params":{"a":1,"b":"x"}}' | sha256sum | cut -c1-16)" = \
		"$(jq -r .trial <<<"$output")" ]
}

@test "standard input is not touched unless a parameter has no values" {
	run -0 bash -c 'echo kept | { gridgen a=1 >out; cat; }'
	[ "$output" = kept ]
	run -0 bash -c 'gridgen a=1 <&-'
}

@test "every form of the grammar gives its levels" {
	run -0 gridgen a=3..5 b=0.5..1.0:levels=2 c=true d=10..30:step=10
	assert_json 'length == 18 and ([.[].params.d] | unique) == [10,20,30]'
	run -0 --separate-stderr gridgen a=3..5 b=0.5..1.0:levels=2 c=true,false 'e=7,8?c=false'
	assert_json 'length == 18 and all(.[].params; has("e") == (.c | not))'
	run -0 gridgen lr=0.01..1.0:log:levels=3
	assert_json '[.[].params.lr] == [0.01,0.1,1]'
	run -0 gridgen k=auto,2..4
	assert_json '[.[].params.k] == ["auto",2,3,4]'
}

@test "--levels is for real ranges that say nothing themselves" {
	run -0 gridgen --count lr=0.1..0.9
	[ "$output" = 5 ]
	run -0 gridgen --count --levels 3 a=0.1..0.9 b=0.1..0.9:levels=2 c=1..7
	[ "$output" = 42 ]
	run -2 --separate-stderr gridgen --levels 0 a=0.1..0.9
	[ "$output" = "" ]
}

@test "a grid of 10^12 settings is counted and started at once" {
	run -0 timeout 10 gridgen --count a=1..1000000 b=1..1000000
	[ "$output" = 1000000000000 ]
	run -0 --separate-stderr timeout 10 bash -c \
		'set -o pipefail; gridgen a=1..1000000 b=1..1000000 | head -n 1; echo "${PIPESTATUS[0]}"'
	[ "${lines[1]}" = 141 ]
	[ "$stderr" = "" ]
}

@test "memory does not grow with the number of settings" {
	[[ $DRTUNE_BIN != */asan/* ]] || skip "the sanitizer wants terabytes of addresses"
	run -0 bash -c 'ulimit -v 200000; gridgen a=1..200000 >out'
	[ "$(wc -l <out)" = 200000 ]
}

@test "the count respects conditions" {
	run -0 gridgen --count 'leaves=8..256?policy=loss' policy=depth,loss x=1,2,3
	[ "$output" = 750 ]
	run -0 bash -c "gridgen 'leaves=8..256?policy=loss' policy=depth,loss x=1,2,3 | sort -u | wc -l"
	[ "$output" = 750 ]
}

@test "parameter records alone are the space; what leaves no choice is left out" {
	run -0 --separate-stderr gridgen --count <records
	[ "$output" = 640 ]
	[ "$stderr" = "gridgen: note: no choice, left out: method" ]
	run -0 --separate-stderr gridgen --quiet --count <records
	[ "$stderr" = "" ]
}

@test "a bare parameter takes its range from the records, and the trials their model" {
	run -0 --separate-stderr gridgen tree_method max_depth=4,6 <records
	[ "$stderr" = "" ]
	assert_json 'length == 4 and all(.[]; .model == "m1") and
		([.[].params.tree_method] | unique) == ["auto","hist"]'
	from_stdin=$output
	run -0 gridgen --space records tree_method max_depth=4,6
	[ "$output" = "$from_stdin" ]
	run -0 bash -c 'jq -s . records | gridgen --space - tree_method max_depth=4,6'
	[ "$output" = "$from_stdin" ]
	run -0 gridgen --space records --model m2 tree_method max_depth=4,6
	assert_json 'all(.[]; .model == "m2")'
	[ "$(jq -r .trial <<<"$output" | head -n 1)" != \
		"$(jq -r .trial <<<"$from_stdin" | head -n 1)" ]
}

@test "a value beyond a record's bounds is refused, naming parameter, task and bound" {
	run -3 --separate-stderr gridgen --space records max_depth=4,4000
	[ "$output" = "" ]
	[ "$stderr" = "gridgen: max_depth=4000 is above its maximum 64 (Boosted Trees)" ]
	run -3 --separate-stderr gridgen --space records tree_method=fast
	[ "$stderr" = "gridgen: tree_method='fast' is not one of auto, hist (Boosted Trees)" ]
	run -3 --separate-stderr gridgen --space records maxdepth=1
	[ "$stderr" = "gridgen: maxdepth: no parameter of the model has this name; nearest: max_depth" ]
}

@test "a name means every task that has it, and Task/name one task's" {
	sed 's/Boosted Trees/Forest/; s/"max":64/"max":10/; q' records >forest
	cat forest >>records
	run -3 --separate-stderr gridgen --space records max_depth=20
	[ "$stderr" = "gridgen: max_depth=20 is above its maximum 10 (Forest)" ]
	run -0 gridgen --space records 'Boosted Trees/max_depth=20'
	assert_json '.[0].params == {"Boosted Trees/max_depth":20}'
	run -0 bash -c 'grep max_depth records | gridgen --count'
	[ "$output" = 640 ]
}

@test "a JSON object of lists is a space" {
	printf '{\n "max_depth": [4,6,8],\n "lr": {"min": 0.01, "max": 1, "log": true, "levels": 2}\n}\n' >space.json
	run -0 --separate-stderr gridgen --space space.json b=x
	assert_json 'length == 6 and .[1].params == {"max_depth":4,"lr":1,"b":"x"}'
}

@test "a space that cannot be is status 3, an argument that cannot be read 2" {
	while IFS='|' read -r status args want; do
		read -ra words <<<"$args"
		run "-$status" --separate-stderr gridgen "${words[@]}"
		[ "$output" = "" ]
		[ "$stderr" = "gridgen: $want" ]
	done <<-'END'
		3|a=5..2|a: its minimum 5 is above its maximum 2
		3|a=0..1.0:log|a: a log scale needs a minimum above 0, not 0
		3|a=1 a=2|a: is given twice
		3|a=1?b=2|a: depends on 'b', which is no parameter of the space
		3|a=1?b=z b=x,y|a: its condition names a value that 'b' never has: "z"
		2|a=1..x|'a=1..x': a range needs a number on both sides of '..'
		2|a=1,,2|'a=1,,2': a value is missing (an empty text is written "")
		2|=1|'=1': a name is missing
	END
}

@test "an empty space, an empty input and a broken line are each told apart" {
	run -3 --separate-stderr gridgen --space - <<<'{}'
	[ "$stderr" = "gridgen: the space is empty: no parameter to try" ]
	run -3 --separate-stderr gridgen </dev/null
	[ "$stderr" = "gridgen: <stdin>: is empty: no parameter records" ]
	{ cat records && echo '{"parameter":'; } >bad
	run -3 --separate-stderr gridgen --space bad
	[[ $stderr == "gridgen: bad:5: "*"at byte "* ]]
	run -3 --separate-stderr gridgen --space - <<<'{"model":"m1","id":"x"}'
	[ "$stderr" = "gridgen: model: needs a list of at least one value" ]
	run -6 --separate-stderr gridgen --space nowhere
	[ "$stderr" = "gridgen: nowhere: No such file or directory" ]
}

@test "--where keeps what jq finds true" {
	run -0 --separate-stderr gridgen --where '.min <= .max * 4' max=1..2 min=4,8,16
	assert_json '[.[].params] == [{"max":1,"min":4},{"max":2,"min":4},{"max":2,"min":8}]'
	run -0 gridgen --count --where '.min <= .max * 4' max=1..2 min=4,8,16
	[ "$output" = 3 ]
	run -0 gridgen --where '.leaves == null or .leaves < 3' 'leaves=2..4?p=x' p=x,y
	assert_json 'length == 2'
}

@test "an expression that does not compile is status 2, one that fails 3" {
	run -2 --separate-stderr gridgen --where '.a <' a=1
	[ "$stderr" = "gridgen: --where '.a <': syntax error, unexpected \$end" ]
	run -3 --separate-stderr gridgen --where '.a + 1 > 2' a=5,x
	assert_json 'length == 1'
	[ "$stderr" = "gridgen: --where: string (\"x\") and number (1) cannot be added at {\"a\":\"x\"}" ]
	run -3 --separate-stderr gridgen --where '.a' a=5
	[ "$stderr" = "gridgen: --where: the expression gives 5, not true or false, at {\"a\":5}" ]
	run -3 --separate-stderr gridgen --where '.a > 5' a=5
	[ "$stderr" = "gridgen: no setting satisfies --where" ]
	run -0 gridgen --count --where '.a > 5' a=5
	[ "$output" = 0 ]
}

@test "--log leaves out what is final and first hands on what is not, as it stands" {
	gridgen a=1..6 >all
	{
		sed -n 2p all | final completed
		sed -n 3p all | final failed
		sed -n 5p all | jq -c '. + {state:"submitted",job:"17",extra:{"x":[1]}}'
		sed -n 4p all
		sed -n 4p all | final aborted
		gridgen z=9
	} >log
	cp log before
	run -0 --separate-stderr gridgen --log log a=1..6
	[ "$stderr" = "" ]
	assert_json '[.[].params] == [{"a":5},{"z":9},{"a":1},{"a":6}]'
	[ "${lines[0]}" = "$(sed -n 3p log)" ]
	cmp log before
}

@test "what the log holds unfinished of another model is passed over, and it is said" {
	gridgen --model m1 a=1,2 >log
	gridgen --model m2 a=2 >>log
	run -0 --separate-stderr gridgen --model m2 --log log a=2,3
	assert_json '[.[] | [.model, .params.a]] == [["m2",2],["m2",3]]'
	[ "$stderr" = "gridgen: note: log: passed over 2 unfinished trial(s) of other models" ]
	run -0 --separate-stderr gridgen --log log a=2
	assert_json '[.[] | [.model, .params.a]] == [["m1",1],["m1",2],["m2",2],[null,2]]'
}

@test "a log that does not exist is empty, and one that holds everything is success" {
	run -0 --separate-stderr gridgen --log none a=1,2
	[ "${#lines[@]}" = 2 ]
	[ ! -e none ]
	gridgen a=1,2 | final completed >log
	run -0 --separate-stderr gridgen --log log a=1,2
	[ "$output" = "" ]
	[ "$stderr" = "gridgen: note: log: holds every setting already, nothing left to try" ]
	run -2 --separate-stderr gridgen --count --log log a=1,2
}

@test "a log line cut short by a crash is passed over with a warning" {
	gridgen a=1,2 | final completed >log
	printf '{"trial":"a91dbea39' >>log
	run -0 --separate-stderr gridgen --log log a=1,2,3
	[ "${#lines[@]}" = 1 ]
	[ "$stderr" = "gridgen: warning: log: 1 torn line(s) passed over" ]
}

@test "a full disk is an error, not a short grid" {
	run -6 --separate-stderr bash -c 'gridgen a=1,2 >/dev/full'
	[ "$stderr" = "gridgen: write: No space left on device" ]
	run -6 --separate-stderr bash -c 'gridgen --count a=1,2 >/dev/full'
	[ "$stderr" = "gridgen: write: No space left on device" ]
}
