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
