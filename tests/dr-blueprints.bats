bats_require_minimum_version 1.5.0

trees=0123456789abcdef0123456789abcdef

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker" --min-job-time 0
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >"$BATS_FILE_TMPDIR/table.csv"
	DR_PROJECT=$(dr-project create "$BATS_FILE_TMPDIR/table.csv" | jq -r .id)
	export DR_PROJECT
	dr-project start --target y --mode manual >/dev/null
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
}

@test "each blueprint of the project is a record, in the server's order" {
	run -0 --separate-stderr dr-blueprints
	[ "$stderr" = "" ]
	assert_json 'length == 2 and .[0].id == "'$trees'" and .[0].project_id == env.DR_PROJECT'
	assert_json '.[0].model_type == "Gradient Boosted Trees"
		and .[0].processes == ["Missing Values Imputed", "Gradient Boosted Trees"]
		and .[0].supports_monotonic_constraints == false'
}

@test "one that is named is written alone" {
	run -0 dr-blueprints "$trees"
	assert_json 'length == 1 and .[0].id == "'$trees'"'
}

@test "the project is given by option or environment, the option first" {
	run -4 --separate-stderr dr-blueprints --project nosuch
	[ "$output" = "" ]
	[[ $stderr == "dr-blueprints: GET projects/nosuch/blueprints/: 404: "* ]]
	unset DR_PROJECT
	run -2 --separate-stderr dr-blueprints
	[ "${stderr_lines[0]}" = "dr-blueprints: no project: give --project or set DR_PROJECT" ]
}

@test "an unknown blueprint is refused after the known ones were written" {
	run -4 --separate-stderr dr-blueprints "$trees" nosuch
	assert_json 'length == 1'
	[[ $stderr == "dr-blueprints: GET projects/$DR_PROJECT/blueprints/nosuch/: 404: "* ]]
}

@test "an id cannot lead to another path" {
	run -4 --separate-stderr dr-blueprints --project "x/../$DR_PROJECT"
	[[ $stderr == *"projects/x%2F..%2F$DR_PROJECT/blueprints/"* ]]
	run -3 --separate-stderr dr-blueprints --project ..
	[ "$stderr" = "dr-blueprints: '..' is no id" ]
}

@test "a reader that has seen enough ends it without a word" {
	run -0 --separate-stderr bash -c 'dr-blueprints | head -n 1'
	[ "$stderr" = "" ]
	assert_json 'length == 1'
}

@test "--dot writes a chart that dot draws" {
	run -0 --separate-stderr dr-blueprints --dot "$trees"
	[ "$stderr" = "" ]
	[ "$output" = 'digraph "'"$trees"'" {
	rankdir=LR;
	node [shape=box, style=rounded];
	n0 [label="Data"];
	n1 [label="Gradient Boosted Trees"];
	n2 [label="Prediction"];
	n0 -> n1;
	n1 -> n2;
}' ]
	command -v dot >/dev/null || skip "graphviz is not installed"
	run -0 --separate-stderr bash -c 'dot -Tsvg <<<"$1"' _ "$output"
	[[ $output == *"Gradient Boosted Trees"*"</svg>"* ]]
	[ "$stderr" = "" ]
}

@test "--dot of all of them, and of the blueprint of a tuned model" {
	run -0 dr-blueprints --dot
	[ "$(grep -c '^digraph' <<<"$output")" = 2 ]
	model=$(dr-train -b "$trees" | dr-collect | jq -r .tuned_model)
	gridgen max_depth=4 | dr-submit --model "$model" | dr-collect >tuned
	own=$(dr-models "$(jq -r .tuned_model tuned)" | jq -r .blueprint_id)
	run ! grep -q "$own" <<<"$output"
	run -0 dr-blueprints --dot "$own"
	[[ $output == "digraph \"$own\""*"Gradient Boosted Trees"* ]]
}

@test "labels with anything in them are shown as they are, and long ones broken" {
	load faults
	faults_start '0 0 GET /blueprintChart/ answer 200 {"nodes":[{"id":"a\"b","label":"50% \"of\" \\N & &lt; <b>\u0001\nx"},{"id":"\\","label":"eXtreme Gradient Boosted Trees Classifier with Early Stopping é"}],"edges":[["a\"b","\\"]]}'
	run -0 --separate-stderr dr-blueprints --dot "$trees"
	faults_stop
	[ "${lines[3]}" = '	n0 [label="50% \"of\" \\N &amp; &amp;lt; <b>  x"];' ]
	[ "${lines[4]}" = '	n1 [label="eXtreme Gradient Boosted\nTrees Classifier with Early\nStopping é"];' ]
	[ "${lines[5]}" = '	n0 -> n1;' ]
	command -v dot >/dev/null || skip "graphviz is not installed"
	run -0 bash -c 'dot -Tsvg <<<"$1"' _ "$output"
	[[ $output == *'50% &quot;of&quot; \N &amp; &amp;lt; &lt;b&gt;'* ]]
}

@test "what is no chart is refused" {
	load faults
	for chart in '{}' '{"nodes":[],"edges":[]}' '{"nodes":[{"label":"x"}],"edges":[]}' \
		'{"nodes":[{"id":"x","label":"x"}],"edges":[["x","y"]]}' \
		'{"nodes":[{"id":"x","label":"x"}],"edges":["x"]}' '{"nodes":[3],"edges":[["x","y"]]}'; do
		faults_start "0 0 GET /blueprintChart/ answer 200 $chart"
		run -4 --separate-stderr dr-blueprints --dot "$trees"
		faults_stop
		[ "$output" = "" ]
		[ "$stderr" = "dr-blueprints: blueprint $trees: the answer holds no chart" ]
	done
}

@test "--docs writes a record for each document" {
	run -0 --separate-stderr dr-blueprints --docs "$trees"
	[ "$stderr" = "" ]
	assert_json '. == [{"blueprint": "'$trees'", "project": env.DR_PROJECT, "title": "Trees",
		"task": "Gradient Boosted Trees", "description": "text",
		"parameters": [{"name": "max_depth", "type": "int", "description": "depth"}],
		"links": [{"name": "paper", "url": "https://example.org/"}], "references": []}]'
	run -0 dr-blueprints --docs
	assert_json 'length == 2 and (map(.blueprint) | unique | length) == 2'
	run -4 --separate-stderr dr-blueprints --docs nosuch
	[ "$output" = "" ]
	[[ $stderr == "dr-blueprints: GET projects/$DR_PROJECT/blueprints/nosuch/blueprintDocs/: 404: "* ]]
}

@test "--dot and --docs at once: status 2; a full disk is an error for both" {
	run -2 --separate-stderr dr-blueprints --dot --docs
	[ "${stderr_lines[0]}" = "dr-blueprints: --dot and --docs are two things to write: give one" ]
	run -6 --separate-stderr bash -c 'dr-blueprints --dot >/dev/full'
	[[ $stderr == "dr-blueprints: write: "* ]]
	run -6 --separate-stderr bash -c 'dr-blueprints --docs >/dev/full'
}
