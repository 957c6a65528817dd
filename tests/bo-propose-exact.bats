# What a proposal depends on: the options and the set of trials, and nothing else.
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
	log=$BATS_TEST_DIRNAME/data/bo-propose.ndjson # eighteen trials, one after the other
}

# grid N...: a trial with a score for each of N x N x N settings of x, y and z.
grid() {
	gridgen "x=1..$1" "y=1..$2" "z=1..$3" | jq -c '.state = "completed" |
		.score = (.params.x - 3) * (.params.x - 3) / 9 + (.params.y * 7 % 5) / 4 +
			(.params.z - 1.5) * .params.x / 8'
}

# compile LOCALE: LOCPATH has it afterwards.
compile() {
	[ -e "/usr/share/i18n/locales/$1" ] || skip "no source of the locale $1"
	localedef -i "$1" -f UTF-8 "$PWD/$1.UTF-8"
	export LOCPATH=$PWD
}

@test "the loop proposes what a batch does that knows as much, however results come back" {
	# Of three open trials, now the oldest, now the youngest comes back first.
	cat >filter <<-'END'
		held=()
		n=0
		give() {
			jq -c -f score.jq <<<"${held[$1]}"
			unset "held[$1]"
			held=("${held[@]}")
		}
		while IFS= read -r rec; do
			held+=("$rec")
			[ ${#held[@]} -lt 3 ] || give $((n++ * n % 3))
		done
		while [ ${#held[@]} -gt 0 ]; do give 0; done
	END
	mkfifo loop
	timeout 60 bash -c 'bo-propose --follow --parallel 3 --trials 30 "$@" <loop | tee asked |
		bash filter | tee told >loop' _ "${space[@]}" 2>stderr
	[ "$(wc -l <asked) $(wc -l <told)" = "30 30" ]
	run ! cmp <(jq .trial asked) <(jq .trial told)
	for k in 0 3 9 14 20 21 26; do
		run -0 --separate-stderr bo-propose "${space[@]}" \
			< <(head -n $((k + 2)) asked; head -n "$k" told)
		[ "$output" = "$(sed -n $((k + 3))p asked)" ]
	done
}

@test "a log is read the same in a land of commas and in one of dotless i" {
	run -0 --separate-stderr bo-propose -n 4 "${space[@]}" <"$log"
	want=$output
	for locale in de_DE tr_TR; do
		compile "$locale"
		[ "$(LC_ALL=$locale.UTF-8 locale charmap)" = UTF-8 ]
		run -0 --separate-stderr env LC_ALL="$locale.UTF-8" \
			bo-propose -n 4 "${space[@]}" <"$log"
		[ "$stderr" = "" ]
		[ "$output" = "$want" ]
	done
}

@test "threads that BLAS might have change nothing" {
	grid 6 5 4 >trials
	run -0 --separate-stderr bo-propose -n 3 x=0.0..7.0 y=0.0..6.0 z=0.0..5.0 <trials
	want=$output
	for threads in 2 8; do
		run -0 --separate-stderr env OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads \
			bo-propose -n 3 x=0.0..7.0 y=0.0..6.0 z=0.0..5.0 <trials
		[ "$output" = "$want" ]
	done
}

@test "on another processor proposals are the same to six digits" {
	grep -q -w avx2 /proc/cpuinfo || skip "the processor is itself an old one"
	grid 6 5 4 >trials
	for core in Haswell Prescott; do
		run -0 --separate-stderr env OPENBLAS_CORETYPE=$core OPENBLAS_VERBOSE=2 \
			bo-propose -n 4 x=0.0..7.0 y=0.0..6.0 z=0.0..5.0 <trials
		[[ $stderr = *$core* ]] || skip "this BLAS has only one kind of products"
		echo "$output" >$core
	done
	run -0 jq -s 'length == 8 and ([.[:4], .[4:]] | transpose | all(
		([.[].params | .x, .y, .z] | [.[:3], .[3:]] | transpose |
			all(.[0] - .[1] | fabs <= 1e-5)) and
		(.[0].acquisition - .[1].acquisition | fabs < 1e-5) and
		.[0].source == .[1].source))' Haswell Prescott
	[ "$output" = true ]
}

@test "of more trials than the model takes the order does not matter either" {
	grid 11 11 10 >trials
	[ "$(wc -l <trials)" = 1210 ]
	run -0 --separate-stderr bo-propose -n 2 x=0.0..12.0 y=0.0..12.0 z=0.0..11.0 <trials
	want=$output
	for seed in 1 2; do
		shuf --random-source=<(yes $seed) trials >shuffled
		run -0 --separate-stderr bo-propose -n 2 \
			x=0.0..12.0 y=0.0..12.0 z=0.0..11.0 <shuffled
		[ "$output" = "$want" ]
	done
}

@test "after ten thousand trials there is still nothing said twice" {
	grid 25 20 20 >trials
	[ "$(wc -l <trials)" = 10000 ]
	run -0 --separate-stderr bo-propose -n 10 x=1..25 y=1..20 z=1..21 <trials
	cat trials - <<<"$output" >all
	[ "$(jq -r '.params | "\(.x) \(.y) \(.z)"' all | sort -u | wc -l)" = 10010 ]
	assert_json 'length == 10 and all(.[]; .params.z == 21 and .source != "start")'
}
