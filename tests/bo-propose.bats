bats_require_minimum_version 1.5.0

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	space=(lr=0.01..0.3:log depth=2..12 'kind=a,b,c')
	# A score for a proposal: lowest at lr 0.04, depth 5, kind b.
	cat >score.jq <<-'END'
		.state = "completed" | .metric = "LogLoss" | .minimize = true |
		.score = ((.params.lr | log) + 3.2) * ((.params.lr | log) + 3.2) +
			(.params.depth - 5) * (.params.depth - 5) / 20 +
			(if .params.kind == "b" then 0 else 0.3 end)
	END
	# Eighteen trials that were proposed and scored one after the other.
	cp "$BATS_TEST_DIRNAME/data/bo-propose.ndjson" log
}

# trials STATE N: N trials of this state with params a=1, a=2, ...
trials() { gridgen "a=1..$2" | jq -c --arg s "$1" '.state = $s'; }

# loop FILTER BO-PROPOSE-ARGUMENT...: the circle with FILTER in it; what went round
# is in `round`, the statuses in `statuses`.
loop() {
	local filter=$1
	shift
	rm -f loop && mkfifo loop
	timeout 60 bash -c '
		filter=$1
		shift
		bo-propose --follow "$@" <loop | eval "$filter" | tee round >loop
		echo "${PIPESTATUS[@]:0:2}" >statuses
	' _ "$filter" "$@" 2>stderr
}
score='jq -c --unbuffered -f score.jq'

@test "the first proposal is the middle, and the same bytes each time" {
	run -0 --separate-stderr bo-propose "${space[@]}" </dev/null
	[ "$stderr" = "" ]
	assert_json 'length == 1 and (.[0] | .state == "proposed" and .by == "bo-propose" and
		.number == 0 and .source == "start" and .params == {lr:0.0547723,depth:7,kind:"a"})'
	first=$output
	run -0 bo-propose "${space[@]}" </dev/null
	[ "$output" = "$first" ]
}

@test "the defaults of parameter records come first, and their model goes into the trial" {
	cat >params <<-'END'
		{"parameter":"lr","task":"T","model":"m1","types":["float"],"min":0.001,"max":1,"log":true,"default":0.05}
		{"parameter":"depth","task":"T","model":"m1","types":["int"],"min":1,"max":64,"default":3}
	END
	run -0 --separate-stderr bo-propose --space params lr </dev/null
	assert_json '.[0] | .params == {lr:0.05} and .model == "m1"'
	run -0 --separate-stderr bo-propose --space params --model m2 </dev/null
	assert_json '.[0] | .params == {lr:0.05,depth:3} and .model == "m2"'
	run -0 --separate-stderr bash -c 'cat params - <<<"" | bo-propose lr depth'
	assert_json '.[0] | .params == {lr:0.05,depth:3} and .model == "m1"'
}

@test "from a log the process proposes, and says what it expects" {
	run -0 --separate-stderr bo-propose -n 3 "${space[@]}" <log
	[ "$stderr" = "" ]
	assert_json 'length == 3 and ([.[].number] == [18,19,20]) and
		([.[].source] == ["model","model","trust-region"]) and
		all(.[]; .by == "bo-propose" and .acquisition < 0 and .improvement > 0 and
			.predicted.sd > 0 and .predicted.mean < 1 and .params.kind == "b")'
}

@test "the order of a log does not matter, nor how it is split" {
	run -0 bo-propose -n 4 "${space[@]}" <log
	first=$output
	for seed in 1 2 3; do
		shuf --random-source=<(yes $seed) log >shuffled
		run -0 bo-propose -n 4 "${space[@]}" <shuffled
		[ "$output" = "$first" ]
	done
	head -n 7 log >one
	tail -n +8 log >two
	run -0 bo-propose -n 4 --log two "${space[@]}" <one
	[ "$output" = "$first" ]
	run -0 bash -c 'LC_ALL=de_DE.UTF-8 bo-propose -n 4 "$@" <log' _ "${space[@]}"
	[ "$output" = "$first" ]
}

@test "the last record of a trial counts, wherever those of the others stand" {
	jq -c '{trial, state: "proposed", params, number}' log >first
	run -0 --separate-stderr bo-propose -n 2 "${space[@]}" <log
	want=$output
	run -0 --separate-stderr bo-propose -n 2 "${space[@]}" < <(cat first log)
	[ "$output" = "$want" ]
	run -0 --separate-stderr bo-propose -n 2 "${space[@]}" < <(paste -d '\n' first log)
	[ "$output" = "$want" ]
	# A failed trial that was put back is open again.
	run -0 --separate-stderr bo-propose -n 2 "${space[@]}" < <(cat log first)
	assert_json 'all(.[]; .source == "start" and .number >= 18)'
}

@test "another seed proposes something else" {
	run -0 bo-propose -n 4 "${space[@]}" <log
	first=$output
	run -0 bo-propose -n 4 --seed 1 "${space[@]}" <log
	[ "$output" != "$first" ]
}

@test "one proposal at a time is what -n 1 would say each time" {
	run -0 bo-propose -n 3 "${space[@]}" <log
	first=$output
	for _ in 1 2 3; do
		bo-propose "${space[@]}" <log >next
		cat next >>log
	done
	[ "$(tail -n 3 log)" = "$first" ]
}

@test "nothing that is in the log is proposed, whatever its state" {
	for state in proposed submitted completed failed aborted; do
		trials "$state" 19 >nineteen
		run -8 --separate-stderr bo-propose -n 3 a=1..20 <nineteen
		[ "$stderr" = "bo-propose: the space is used up" ]
		assert_json 'length == 1 and .[0].params == {a:20}'
	done
}

@test "a space of four points ends with status 8 after four" {
	run -8 --separate-stderr bo-propose -n 9 a=1,2 b=x,y </dev/null
	[ "$stderr" = "bo-propose: the space is used up" ]
	assert_json 'length == 4 and ([.[].params] | unique | length) == 4'
	run -8 --separate-stderr bo-propose a=1,2 b=x,y <<<"$output"
	[ "$output" = "" ]
}

@test "a batch larger than what is left of a scored space ends with status 8" {
	bo-propose -n 12 a=1..5 b=x,y,z </dev/null |
		jq -c '.state = "completed" | .score = .params.a' >twelve
	run -8 --separate-stderr bo-propose -q -n 100 a=1..5 b=x,y,z <twelve
	[ "$stderr" = "bo-propose: the space is used up" ]
	assert_json 'length == 3 and ([.[].source] | all(. != "start"))'
	[ "$(cat twelve - <<<"$output" | jq -c .params | sort -u | wc -l)" = 15 ]
}

@test "ten thousand proposals are ten thousand settings" {
	bo-propose -n 10000 --start 10000 x=0.0..1.0 kind=a,b </dev/null >many
	[ "$(jq -c .params many | sort -u | wc -l)" = 10000 ]
	[ "$(jq -r .trial many | sort -u | wc -l)" = 10000 ]
}

@test "of one trial with several scores the last counts, of one setting with several all do" {
	jq -c '.score += 1' log >worse
	run -0 bo-propose -n 2 "${space[@]}" <log
	want=$output
	run -0 --separate-stderr bo-propose -n 2 "${space[@]}" < <(cat worse log)
	[ "$output" = "$want" ]
	run -0 --separate-stderr bo-propose -n 2 "${space[@]}" < <(cat log worse)
	[ "$output" != "$want" ]
	jq -c '.score += 0.3 | .replicate = 1 | .trial |= "eeee" + .[4:]' log >again
	run -0 --separate-stderr bo-propose -q --explain "${space[@]}" < <(cat log again)
	assert_json '(.[0] | .scores == 36 and .noise > 0.01)'
}

@test "a score that is no number of JSON is a broken line" {
	for number in NaN Infinity 1e999 0x1 ''; do
		sed "2s/\"score\":[^,}]*/\"score\":$number/" log >broken
		run -3 --separate-stderr bo-propose "${space[@]}" <broken
		[ "$output" = "" ]
		[[ $stderr == "bo-propose: <stdin>:2: "* ]]
	done
}

@test "a maximized metric is maximized" {
	jq -c '.score *= -1 | .minimize = false | .metric = "AUC"' log >auc
	run -0 bo-propose -n 2 "${space[@]}" <log
	less=$(jq -c .params <<<"$output")
	run -0 bo-propose -n 2 "${space[@]}" <auc
	[ "$(jq -c .params <<<"$output")" = "$less" ]
	assert_json 'all(.[]; .predicted.mean < 0)' # AUC here is minus the loss
}

@test "logs of two metrics are refused with both names" {
	jq -c 'if .number > 9 then .metric = "AUC" else . end' log >mixed
	run -3 --separate-stderr bo-propose "${space[@]}" <mixed
	[ "$output" = "" ]
	[[ $stderr == "bo-propose: <stdin>: trial "*"'LogLoss'"* && $stderr == *"'AUC'"* ]]
	jq -c 'if .number > 9 then .minimize = false else . end' log >mixed
	run -3 --separate-stderr bo-propose "${space[@]}" <mixed
	[[ $stderr == *"is to be "*imized* ]]
}

@test "scores on two partitions are refused with both names" {
	jq -c '.partition = if .number > 9 then "validation" else "crossValidation" end' log >mixed
	run -3 --separate-stderr bo-propose "${space[@]}" <mixed
	[ "$output" = "" ]
	[[ $stderr == "bo-propose: <stdin>: trial "*": its partition is '"*"', that of others is '"* ]]
	[[ $stderr == *"'crossValidation'"* && $stderr == *"'validation'"* ]]
	run -3 --separate-stderr bo-propose --log mixed "${space[@]}" </dev/null
	[[ $stderr == "bo-propose: mixed: trial "* ]]
}

@test "odd scores do no harm: equal, one, none, null, enormous" {
	for f in '.score = 0.5' 'select(.number == 0)' '.state = "failed"' '.score = null' \
		'del(.score)' '.score = "x"' '.score *= 1e300' \
		'if .number == 3 then .score = 1e308 else . end' \
		'if .number > 2 then .state = "aborted" else . end'; do
		jq -c "$f" log >odd
		run -0 --separate-stderr bo-propose -q -n 3 "${space[@]}" <odd
		[ "$stderr" = "" ]
		assert_json 'length == 3 and ([.[].params] | unique | length) == 3 and
			all(.[]; .predicted | . == null or ((.mean | type) == "number" and .sd >= 0))'
	done
}

@test "odd trials do no harm: other parameters, values outside, repetitions" {
	{
		jq -c '.params.more = 3' log
		jq -c 'del(.params.lr) | .trial |= "0" + .[1:]' log
		jq -c '.params.depth = 99 | .params.kind = "z" | .trial |= "1" + .[1:]' log
		jq -c '.params.lr = -1 | .params.depth = "x" | .trial |= "2" + .[1:]' log
		jq -c '.params = {} | .blueprint = "b" | .trial |= "3" + .[1:]' log
		jq -c '.score += 0.1 | .replicate = 1 | .trial |= "4" + .[1:]' log
	} >odd
	run -0 --separate-stderr bo-propose -n 5 "${space[@]}" <odd
	assert_json 'length == 5 and all(.[].params; .lr >= 0.01 and .lr <= 0.3 and
		.depth >= 2 and .depth <= 12 and (.kind | inside("abc")) and length == 3)'
}

@test "trials of another model are passed over, and it is said" {
	jq -c '.model = "m1"' log >other
	run -0 --separate-stderr bo-propose --model m2 "${space[@]}" <other
	assert_json '.[0] | .number == 0 and .source == "start"'
	[ "$stderr" = "bo-propose: note: passed over 18 trial(s) of other models" ]
	run -0 --separate-stderr bo-propose --model m1 "${space[@]}" <other
	assert_json '.[0] | .number == 18'
	[ "$stderr" = "" ]
}

@test "scores of another model do not change what is proposed" {
	jq -c '.model = "m1"' log >own
	jq -c '.model = "m2" | .score = -.score | .metric = "AUC" |
		.trial = "ffffffff" + .trial[8:]' log >other
	run -0 --separate-stderr bo-propose -n 3 --model m1 "${space[@]}" <own
	want=$output
	run -0 --separate-stderr bo-propose -n 3 --model m1 "${space[@]}" < <(cat other own)
	[ "$output" = "$want" ]
	run -0 --separate-stderr bo-propose -n 3 --model m1 --log other "${space[@]}" <own
	[ "$output" = "$want" ]
}

@test "without a model, trials of two models are refused with both names" {
	jq -c '.model = if .number > 9 then "m1" else "m2" end' log >mixed
	run -3 --separate-stderr bo-propose "${space[@]}" <mixed
	[ "$output" = "" ]
	[[ $stderr == *": its model is 'm"*"', that of others is 'm"*"'; --model says which to tune" ]]
	# Whether they have a score or not.
	jq -c 'if .number > 9 then .state = "submitted" else . end' mixed >open
	run -3 --separate-stderr bo-propose "${space[@]}" <open
	run -0 --separate-stderr bo-propose --model m1 "${space[@]}" <mixed
	[ "$stderr" = "bo-propose: note: passed over 10 trial(s) of other models" ]
}

@test "--where is kept to" {
	run -0 --separate-stderr bo-propose -n 6 --where '.depth >= 7 and .kind != "b"' \
		"${space[@]}" <log
	assert_json 'length == 6 and all(.[].params; .depth >= 7 and .kind != "b")'
	run -8 --separate-stderr bo-propose -n 9 --where '.a < .b' a=1..3 b=1..3 </dev/null
	assert_json 'length == 3'
	run -8 --separate-stderr bo-propose --where false "${space[@]}" <log
	[ "$output" = "" ]
	run -2 --separate-stderr bo-propose --where '.a <' a=1,2 </dev/null
	[[ $stderr == "bo-propose: "* ]]
	run -3 --separate-stderr bo-propose --where '.a | error' a=1,2 </dev/null
	[[ $stderr == "bo-propose: "* ]]
}

@test "a condition is kept to" {
	run -0 --separate-stderr bo-propose -n 12 kind=a,b 'x=1..9?kind=b' 'y=0.0..1.0?kind=a' \
		</dev/null
	assert_json 'all(.[].params; (.kind == "b") == has("x") and (.kind == "a") == has("y"))'
}

@test "a model that has learnt nothing is warned about" {
	jq -c '.score = (.trial | explode | map(. * .) | add % 17)' log >noise
	run -0 --separate-stderr bo-propose "${space[@]}" <noise
	[ "$stderr" = "bo-propose: warning: the model predicts 18 trials no better than their mean does" ]
	run -0 --separate-stderr bo-propose -q "${space[@]}" <noise
	[ "$stderr" = "" ]
}

@test "--explain says what the model believes, in units of the metric" {
	run -0 --separate-stderr bo-propose --explain "${space[@]}" <log
	[ "$stderr" = "" ]
	assert_json '([.[] | .kind] | unique) == ["dependence","expected-improvement",
		"importance","leave-one-out","length","model"] and all(.[]; has("state") | not)'
	assert_json '.[0] | .kind == "model" and .metric == "LogLoss" and .minimize and
		.trials == 18 and .scores == 18 and .skill > 0.5 and .best.score < 0.001'
	assert_json 'map(select(.kind == "length")) |
		map(.parameter) == ["lr","depth","kind"] and
		map(.scale) == ["log","linear","category"] and
		all(.[]; .length > 0 and .correlation > 0 and .correlation < 1)'
	assert_json 'map(select(.kind == "importance")) | length == 3 and
		(map(.importance) | add - 1 | fabs) < 1e-9 and all(.[]; .quantile == 4 / 18)'
	# The least of each is near that of the function.
	assert_json 'map(select(.kind == "dependence")) | group_by(.parameter) |
		map(min_by(.mean)) | map({(.parameter): .value}) | add |
		.kind == "b" and (.depth - 5 | fabs) <= 1 and .lr > 0.025 and .lr < 0.06'
	assert_json 'map(select(.kind == "dependence" and .parameter == "depth") | .value) ==
		[range(2; 13)]'
	assert_json 'map(select(.kind == "leave-one-out")) | length == 18 and
		(map(.trial) | unique | length) == 18 and
		(map(select((.score - .mean | fabs) < 3 * .sd)) | length) >= 16'
	assert_json 'map(select(.kind == "expected-improvement")) | length == 1 and
		(.[0] | .improvement > 0 and .improvement < 0.1 and .params.kind == "b" and
		.predicted.sd > 0)'
}

@test "what --explain says of a maximized metric is turned round" {
	jq -c '.score *= -1 | .minimize = false | .metric = "AUC"' log >auc
	bo-propose --explain "${space[@]}" <log >less
	bo-propose --explain "${space[@]}" <auc >turned
	run -0 jq -c 'if .mean then .mean *= -1 else . end | if .score then .score *= -1 else . end |
		if .best then .best.score *= -1 | .metric = "LogLoss" | .minimize = true else . end |
		if .predicted then .predicted.mean *= -1 else . end' turned
	[ "$output" = "$(jq -c . less)" ]
}

@test "an earlier log of the same finds the best in few trials" {
	jq -c '.model = "old" | .metric = "RMSE" | .score = .score * 1000 + 5' log >old
	loop "$score" --trials 5 --model new --prior-log old "${space[@]}"
	[ "$(cat statuses stderr)" = "0 0" ]
	output=$(cat round)
	assert_json 'length == 5 and ([.[].number] == [0,1,2,3,4]) and all(.[]; .model == "new") and
		(.[:3] | all(.source == "start")) and (.[3:] | all(.source != "start")) and
		([.[].score] | min) < 0.01'
	run -0 --separate-stderr bo-propose --explain --model new --prior-log old "${space[@]}" <round
	assert_json '(map(select(.kind == "leave-one-out")) | length == 5) and
		(map(select(.kind == "prior-log")) | length == 1 and
			(.[0] | .file == "old" and .scores == 18 and .seen == 18 and
			.correlation > 0.5)) and .[0].trials == 5 and .[0].metric == "LogLoss"'
}

@test "the order of an earlier log does not matter, nor do its open trials" {
	jq -c '.trial |= "ffff" + .[4:]' log >old
	head -n 6 log >six
	run -0 bo-propose -n 3 --prior-log old "${space[@]}" <six
	want=$output
	assert_json 'all(.[]; .source != "start") and .[0].number == 6'
	{
		shuf --random-source=<(yes 1) old
		jq -c '.trial |= "eeee" + .[4:] | .state = "submitted" | del(.score)' old
	} >shuffled
	mv shuffled old
	run -0 bo-propose -n 3 --prior-log old "${space[@]}" <six
	[ "$output" = "$want" ]
	run -0 bo-propose -n 3 "${space[@]}" <six
	[ "$output" != "$want" ]
	run -0 --separate-stderr bo-propose -n 3 --prior-log old --prior-log log "${space[@]}" <six
	[ "$stderr" = "" ]
	assert_json 'length == 3'
}

@test "an earlier log is refused where it is broken or missing, and left out where it is small" {
	head -n 2 log >two
	run -0 --separate-stderr bo-propose --prior-log two "${space[@]}" </dev/null
	[ "$stderr" = "bo-propose: note: two: left out: 2 trial(s) with scores are not enough" ]
	assert_json '.[0].source == "start"'
	run -6 --separate-stderr bo-propose --prior-log none "${space[@]}" </dev/null
	[ "$stderr" = "bo-propose: none: No such file or directory" ]
	sed '4s/completed/finished/' log >broken
	run -3 --separate-stderr bo-propose --prior-log broken "${space[@]}" </dev/null
	[[ $stderr == "bo-propose: broken:4: "* ]]
	jq -c 'if .number > 9 then .metric = "AUC" else . end' log >mixed
	run -3 --separate-stderr bo-propose --prior-log mixed "${space[@]}" </dev/null
	[[ $stderr == "bo-propose: mixed: trial "*"'AUC'"* ]]
	jq -c 'if .number > 9 then .model = "m1" else .model = "m2" end' log >mixed
	run -3 --separate-stderr bo-propose --prior-log mixed --model m1 "${space[@]}" </dev/null
	[[ $stderr == "bo-propose: mixed: trial "*"'m"*"; jq can select one" ]]
	for f in '.score = 0.5' '.score *= 1e300' '.params = {other: 1}' '.state = "failed"' \
		'.params.depth = 99 | del(.params.lr)'; do
		jq -c "$f" log >odd
		run -0 --separate-stderr bo-propose -q -n 5 --prior-log odd "${space[@]}" </dev/null
		assert_json 'length == 5 and all(.[]; .predicted == null or .predicted.sd >= 0)'
		run -0 --separate-stderr bo-propose -q -n 5 --prior-log odd "${space[@]}" <log
		assert_json 'length == 5'
	done
}

@test "--explain does not depend on the order of the log" {
	bo-propose --explain "${space[@]}" <log >want
	for seed in 1 2; do
		shuf --random-source=<(yes $seed) log >shuffled
		run -0 bo-propose --explain "${space[@]}" <shuffled
		[ "$output" = "$(cat want)" ]
	done
	head -n 7 log >one
	tail -n +8 log >two
	run -0 bo-propose --explain --log two "${space[@]}" <one
	[ "$output" = "$(cat want)" ]
}

@test "--explain takes odd logs: few, equal, failed, enormous, a space used up" {
	head -n 2 log >two
	for file in /dev/null two; do
		run -0 --separate-stderr bo-propose --explain "${space[@]}" <"$file"
		[ "$output" = "" ]
		[ "$stderr" = "bo-propose: warning: fewer than three trials have a score: there is nothing to explain" ]
	done
	for f in '.score = 0.5' 'if .number > 4 then .state = "failed" else . end' \
		'.score *= 1e300' 'if .number == 3 then .score = null else . end'; do
		jq -c "$f" log >odd
		run -0 --separate-stderr bo-propose -q --explain "${space[@]}" <odd
		[ "$stderr" = "" ]
		assert_json 'length > 40 and all(.[] | select(.kind == "dependence");
			(.mean | type) == "number" and .sd >= 0)'
	done
	gridgen a=1,2 b=x,y | jq -c '.state = "completed" | .score = .params.a' >all
	run -0 --separate-stderr bo-propose -q --explain a=1,2 b=x,y <all
	assert_json 'last == {kind: "expected-improvement", improvement: 0}'
}

@test "--explain knows conditions, and parameters that are words or numbers" {
	bo-propose -n 30 kind=a,b 'x=1..9?kind=b' k=auto,2..100 </dev/null |
		jq -c '.state = "completed" | .score = (.params.x // 3) + (.number / 100)' >cond
	run -0 --separate-stderr bo-propose -q --explain kind=a,b 'x=1..9?kind=b' k=auto,2..100 <cond
	assert_json '(map(select(.kind == "importance") | .parameter) == ["kind","x","k"]) and
		(map(select(.kind == "dependence" and .parameter == "x") | .mean) |
			.[0] < .[8]) and
		(map(select(.kind == "dependence" and .parameter == "k") | .value) |
			length == 22 and .[0] == "auto" and .[1] == 2 and .[21] == 100)'
}

@test "no proposals are no error" {
	run -0 --separate-stderr bo-propose -n 0 a=1,2 </dev/null
	[ "$output$stderr" = "" ]
}

@test "a broken line is named" {
	sed '3s/.*/{"trial":/' log >broken
	run -3 --separate-stderr bo-propose "${space[@]}" <broken
	[ "$output" = "" ]
	[[ $stderr == "bo-propose: <stdin>:3: "* ]]
	sed '4s/completed/finished/' log >broken
	run -3 --separate-stderr bo-propose "${space[@]}" <broken
	[[ $stderr == "bo-propose: <stdin>:4: "* ]]
	run -3 --separate-stderr bo-propose --log broken "${space[@]}" </dev/null
	[[ $stderr == "bo-propose: broken:4: "* ]]
}

@test "--skip-bad reports bad lines, goes on, and ends with status 1" {
	run -0 --separate-stderr bo-propose -n 2 "${space[@]}" <log
	want=$output
	sed '3i{"trial":' log | sed '7i{"trial":"x"}' >broken
	run -1 --separate-stderr bo-propose -n 2 --skip-bad "${space[@]}" <broken
	[ "$output" = "$want" ]
	[[ ${stderr_lines[0]} == "bo-propose: <stdin>:3: "* ]]
	[[ ${stderr_lines[1]} == "bo-propose: <stdin>:7: "* ]]
	loop "$score | sed -u 2ibad" --skip-bad --trials 4 "${space[@]}"
	[[ $(cat statuses) == "1 "* ]]
	[[ $(cat stderr) == "bo-propose: <stdin>:2: "* ]]
	[ "$(jq -cR 'fromjson? | .trial' round | wc -l)" = 4 ]
}

@test "a --where that keeps nothing gives up after a bounded number of settings" {
	mapfile -t many < <(printf 'p%s=1..9\n' {1..200})
	run -8 --separate-stderr bo-propose --where false "${many[@]}" </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "bo-propose: with --where: none of 19096 settings may be proposed" ]
	loop cat --trials 3 --where false "${space[@]}"
	[[ $(cat statuses) == "8 "* ]]
	[ "$(cat stderr)" = "bo-propose: after 0 trials: with --where: none of 4096 settings may be proposed" ]
}

@test "a wrong command line is refused" {
	for args in '--follow a=1,2' '--trials 3 a=1,2' '--parallel 3 a=1,2' '--space - a=1,2' \
		'--follow --trials 3 -n 2 a=1,2' '--explain -n 2 a=1,2' \
		'--explain --follow --trials 3 a=1,2' '-n -1 a=1,2' 'a=1..2:step=x' 'a' ''; do
		read -ra words <<<"$args"
		run -2 --separate-stderr bo-propose "${words[@]}" </dev/null
		[ "$output" = "" ]
		[[ $stderr == "bo-propose: "* ]]
	done
}

@test "a full disk and a reader that has gone are noticed" {
	run -6 --separate-stderr bash -c 'bo-propose a=1,2 </dev/null >/dev/full'
	[[ $stderr == "bo-propose: write: "* ]]
	run -0 --separate-stderr bash -c 'bo-propose -n 99 a=0.0..1.0 </dev/null | head -n 1'
	[ "$stderr" = "" ]
}

@test "the loop ends when all trials are done, each setting tried once" {
	loop "$score" --parallel 4 --trials 30 "${space[@]}"
	[ "$(cat statuses stderr)" = "0 0" ]
	output=$(cat round)
	assert_json 'length == 30 and ([.[].trial] | unique | length) == 30 and
		([.[].score] | min) < 0.01'
}

@test "four trials are open at a time, and no more" {
	# This filter keeps what it gets until nothing more comes for half a second.
	loop 'while IFS= read -r line; do
		held=("$line")
		while IFS= read -t 0.5 -r line; do held+=("$line"); done
		echo "${#held[@]}" >>sizes
		printf "%s\n" "${held[@]}" | tac | jq -c -f score.jq
	done' --parallel 4 --trials 10 "${space[@]}"
	[ "$(cat statuses)" = "0 0" ]
	[ "$(xargs <sizes)" = "4 4 2" ]
}

@test "results out of order, twice, and of unknown trials are taken as they come" {
	loop 'cat log; while IFS= read -r a; do
		IFS= read -t 0.2 -r b && jq -c -f score.jq <<<"$b" && jq -c -f score.jq <<<"$b"
		jq -c -f score.jq <<<"$a"
	done' --parallel 3 --trials 30 "${space[@]}"
	[ "$(cat statuses stderr)" = "0 0" ]
	[ "$(jq -r .trial round | sort -u | wc -l)" -ge 30 ]
	[ "$(jq -r .trial round | sort -u | wc -l)" -le 32 ]
}

@test "failed trials count, and are not tried again" {
	loop 'jq -c --unbuffered ".state = \"failed\" | .error = \"no\""' --parallel 2 --trials 12 \
		"${space[@]}"
	[ "$(cat statuses stderr)" = "0 0" ]
	[ "$(jq -r .trial round | sort -u | wc -l)" = 12 ]
}

@test "a loop through a space that is used up ends with status 8" {
	loop "$score" --parallel 3 --trials 100 lr=0.1,0.2 depth=3,4 kind=b
	[ "$(cat statuses)" = "8 0" ]
	[ "$(cat stderr)" = "bo-propose: after 4 trials: the space is used up" ]
	[ "$(wc -l <round)" = 4 ]
}

@test "--follow goes on where a log ends" {
	head -n 14 log >old
	bo-propose -n 3 "${space[@]}" <old >new
	{
		head -n 1 new
		sed -n 2p new | jq -c '.state = "submitted" | .job = "7"'
		sed -n 3p new
	} >>old
	loop "$score" --parallel 1 --trials 20 --log old "${space[@]}"
	[ "$(cat statuses stderr)" = "0 0" ]
	[ "$(wc -l <round)" = 6 ]
	# The submitted one first, as it stood; then the proposed ones, in their order.
	{ sed -n 2p new && sed -n 1p new && sed -n 3p new; } >expected
	[ "$(head -n 3 round | jq -r .trial)" = "$(jq -r .trial expected)" ]
	[ "$(head -n 1 round | jq -r .job)" = 7 ]
}

@test "--stop-when-converged ends a loop with status 8 when nothing is left to gain" {
	loop "$score" --parallel 2 --trials 300 --stop-when-converged "${space[@]}"
	[[ $(cat statuses) == "8 0" ]]
	[[ $(cat stderr) == "bo-propose: after "*" trials: converged: for 8 proposals less was expected to be gained than the noise of "* ]]
	n=$(wc -l <round)
	[ "$n" -gt 20 ]
	[ "$n" -lt 200 ]
	output=$(cat round)
	assert_json '([.[].score] | min) < 0.01'
	# Whoever runs it again gets the same answer; without the option it goes on.
	run -8 --separate-stderr bo-propose --stop-when-converged "${space[@]}" <round
	[ "$output" = "" ]
	[[ $stderr == "bo-propose: converged: "* ]]
	run -0 --separate-stderr bo-propose "${space[@]}" <round
	assert_json 'length == 1'
}

@test "with the scores of folds, their noise is what counts" {
	cat >folds.jq <<-END
		$(cat score.jq) | .folds = [.score, .score + 9, .score - 9]
	END
	loop 'jq -c --unbuffered -f folds.jq' --trials 300 --stop-when-converged "${space[@]}"
	[[ $(cat statuses) == "8 0" ]]
	# 9 sqrt(1/3 + 1/2), so eight proposals after the start, and the box's between them
	[[ $(cat stderr) == *"than the noise of 8.22, now "* ]]
	[ "$(wc -l <round)" -lt 20 ]
}

@test "a log that holds all trials leaves nothing to do" {
	run -0 --separate-stderr bo-propose --follow --trials 18 --log log "${space[@]}" </dev/null
	[ "$output$stderr" = "" ]
}

@test "what comes back unfinished ends the proposing, with status 7" {
	for state in proposed submitted; do
		mkfifo loop
		# shellcheck disable=SC2094 # one FIFO, read and written: that is the loop
		run -7 --separate-stderr bash -o pipefail -c 'bo-propose --follow --parallel 3 --trials 9 "${@:2}" <loop |
			jq -c --unbuffered ".state = \"$1\"" | tee back >loop' - "$state" "${space[@]}"
		[ "$stderr" = "bo-propose: 0 of 9 trials done, what else was proposed came back; run the same command again to go on" ]
		[ "$(wc -l <back)" = 3 ]
		rm loop
	done
}

@test "a loop that breaks is an error that says how many trials were open" {
	run -6 --separate-stderr bo-propose --follow --parallel 3 --trials 9 "${space[@]}" </dev/null
	[ "$stderr" = "bo-propose: <stdin>: ended with 3 trials open" ]
	assert_json 'length == 3'
	loop 'sed -u 5q | jq -c --unbuffered -f score.jq' --parallel 2 --trials 9 "${space[@]}"
	[[ $(cat statuses) == "6 0" || $(cat statuses) == "141 0" ]]
}

@test "a broken line in the loop is named" {
	run -3 --separate-stderr bo-propose --follow --trials 9 "${space[@]}" <<<'{"x":1}
{"trial":"x"}'
	[[ $stderr == "bo-propose: <stdin>:2: "* ]]
}

@test "a trial of the loop with another metric is refused" {
	loop "$score | jq -c --unbuffered 'if .number == 3 then .metric = \"AUC\" else . end'" \
		--trials 9 "${space[@]}"
	[[ $(cat statuses) == "3 "* ]]
	grep -q "'AUC'.*'LogLoss'" stderr
}

# many N OPTION...: N trials in `many`, one proposed after the other by bo-propose OPTION...,
# with x and y in 0..1: score, seconds and an AUC of their own.
many() {
	local n=$1 trial
	shift
	[ -e many ] || : >many
	for ((i = 0; i < n; i++)); do
		trial=$(bo-propose --log many "$@" x=0.0..1.0 y=0.0..1.0 </dev/null |
			jq -c '.state = "completed" | .metric = "LogLoss" | .minimize = true |
				(.params | .x) as $x | (.params | .y) as $y |
				.score = ($x - 0.3) * ($x - 0.3) + ($y - 0.6) * ($y - 0.6) |
				.seconds = 1 + 9 * $x + $y |
				.metrics.AUC.validation = 0.4 + $x / 2')
		echo "$trial" >>many
	done
}

@test "two objectives: the best compromises are looked for, each is predicted" {
	many 25 --objective .score --objective .seconds
	output=$(<many)
	# Between (0.3, 0.6) and (0, 0) the compromises have 0 <= x <= 0.3, y <= 0.6.
	assert_json '.[-10:] | map(select(.params.x < 0.32 and .params.y < 0.62)) | length >= 8'
	assert_json '.[-1] | .source == "model" and (has("improvement") | not) and
		(.predicted | keys == [".score", ".seconds"]) and
		(.predicted[".seconds"] | .mean > 0.9 and .mean < 12 and .sd > 0)'
	run -0 --separate-stderr bo-propose -n 3 --log many --objective .score \
		--objective .seconds --objective -.metrics.AUC.validation x=0.0..1.0 y=0.0..1.0 </dev/null
	assert_json 'length == 3 and ([.[].params] | unique | length) == 3 and
		all(.[]; .predicted[".metrics.AUC.validation"].mean > 0.35)'
}

@test "one objective is tuned in place of the score" {
	many 15 --objective .seconds
	output=$(<many)
	assert_json 'map(.seconds) | min < 1.05'
	rm many
	many 15 --objective -.seconds
	output=$(<many)
	assert_json 'map(.seconds) | max > 10.9'
	run -0 bo-propose --log many --objective .score x=0.0..1.0 y=0.0..1.0 </dev/null
	first=$output
	run -0 bo-propose --log many x=0.0..1.0 y=0.0..1.0 </dev/null
	[ "$output" = "$first" ]
}

@test "a constraint is kept, and the best is at its edge" {
	many 22 --constraint '.metrics.AUC.validation >= 0.7'
	output=$(<many)
	assert_json '(map(select(.metrics.AUC.validation >= 0.7).score) | min) as $best |
		$best >= 0.09 and $best < 0.1'
	assert_json '.[-1].predicted | .feasible >= 0 and .feasible <= 1 and .sd > 0'
}

@test "while nothing keeps a constraint, keeping it is all that is wanted" {
	many 16 --constraint '.metrics.AUC.validation > 0.88'
	output=$(<many)
	assert_json 'map(.metrics.AUC.validation) | max > 0.88'
	# None ever does: there are proposals, and no improvement to speak of.
	run -0 --separate-stderr bo-propose -n 3 --log many --constraint '.none < 3' \
		x=0.0..1.0 y=0.0..1.0 </dev/null
	assert_json 'length == 3 and all(.[]; (has("improvement") | not) and .source == "model" and
		.predicted.feasible <= 1)'
}

@test "with a cost the cheap is tried first" {
	many 8
	run -0 --separate-stderr bo-propose -n 6 --log many x=0.0..1.0 y=0.0..1.0 </dev/null
	without=$(jq -s 'map(.params.x) | add' <<<"$output")
	run -0 --separate-stderr bo-propose -n 6 --log many --cost .seconds x=0.0..1.0 y=0.0..1.0 </dev/null
	assert_json "(map(.params.x) | add) < $without and all(.[]; .predicted.cost > 0)"
	run -0 --separate-stderr bo-propose --log many --cost .none x=0.0..1.0 y=0.0..1.0 </dev/null
	assert_json '.[0] | has("predicted") and (.predicted | has("cost") | not)'
}

@test "trials on fewer rows teach, and their settings may be tried again on more" {
	many 14
	# Elsewhere a little, and worse throughout.
	jq -c '.fidelity = {sample_pct: 16} | .score = .score * 1.2 + 0.1 | .trial |= "0" + .[1:]' \
		many >small
	run -0 --separate-stderr bo-propose -n 4 --log small x=0.0..1.0 y=0.0..1.0 </dev/null
	assert_json 'all(.[]; .source == "model" and (has("fidelity") | not)) and
		any(.[]; .params.x > 0.2 and .params.x < 0.4 and .params.y > 0.5 and .params.y < 0.7)'
	cat small many >both
	run -0 --separate-stderr bo-propose -n 3 --log both x=0.0..1.0 y=0.0..1.0 </dev/null
	assert_json 'any(.[]; .source == "trust-region" and .predicted.mean < 0.05)'
	run -0 --separate-stderr bo-propose --fidelity 16 --log both x=0.0..1.0 y=0.0..1.0 </dev/null
	assert_json '.[0] | .fidelity == {sample_pct: 16} and .predicted.mean > 0.05'
	# One size only is as good as none.
	run -0 bo-propose -n 2 x=0.0..1.0 y=0.0..1.0 <many
	first=$output
	run -0 bo-propose -n 2 x=0.0..1.0 y=0.0..1.0 < <(jq -c '.fidelity = {sample_pct: 80}' many)
	[ "$output" = "$first" ]
	run -3 --separate-stderr bo-propose --explain --log both x=0.0..1.0 y=0.0..1.0 </dev/null
	[[ $stderr == "bo-propose: "*"one sample size"* ]]
}

@test "--partition learns from the scores on another partition than the trials' own" {
	many 14
	# Half of them were scored on validation only, as those of few rows are.
	jq -c '.metrics = {M: {validation: .score, crossValidation: (.score + 1), holdout: null}} |
		.metric = "M" | .folds = [.score, .score] |
		if .number > 6 then .partition = "crossValidation" | .score += 1 |
			.metrics.M.crossValidation = .score
		else .partition = "validation" | .metrics.M.crossValidation = null end' many >mixed
	jq -c '.metric = "M" | .partition = "validation" |
		if .number > 6 then . else .folds = [.score, .score] end' many >plain
	run -3 bo-propose x=0.0..1.0 y=0.0..1.0 <mixed
	run -0 bo-propose -n 3 x=0.0..1.0 y=0.0..1.0 <plain
	first=$output
	run -0 --separate-stderr bo-propose -n 3 --partition validation x=0.0..1.0 y=0.0..1.0 <mixed
	[ "$output" = "$first" ]
	run -3 --separate-stderr bo-propose --partition crossValidation x=0.0..1.0 y=0.0..1.0 <mixed
	[[ $stderr == "bo-propose: <stdin>: trial "*": it has no score of M for crossValidation; it has one for validation" ]]
	run -4 --separate-stderr bo-propose --partition holdout x=0.0..1.0 y=0.0..1.0 <mixed
	[[ $stderr == *": it has no score on the holdout, which was locked when it was collected" ]]
	run -2 --separate-stderr bo-propose --partition training x=1,2 <mixed
}

@test "what cannot be a goal is refused" {
	for args in '--objective score' '--objective -.score' '--constraint .a' '--constraint .a=3' \
		'--constraint .a<x' '--cost seconds' '--cost .a[' '--fidelity 101' \
		'--explain --objective .a' '--prior-log log --objective .a' '--stop-when-converged --cost .a'; do
		read -ra words <<<"$args"
		run -2 --separate-stderr bo-propose "${words[@]}" a=1,2 </dev/null
		[ "$output" = "" ]
		[[ $stderr == "bo-propose: "* ]]
	done
	run -2 --separate-stderr bo-propose --constraint '.a > ' a=1,2 </dev/null
	[[ $stderr == "bo-propose: --constraint '.a > ': wants a path, one of < <= > >=, and a number"* ]]
}
