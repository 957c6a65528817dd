# The README runs as printed.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	root=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	cd "$BATS_TEST_TMPDIR" || return
	ln -s "$DRTUNE_BIN" bin
	ln -s "$root/pipelines" pipelines
}

# The session's blocks: commands behind `$ `, output in between.
session() { awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' "$root/README.md"; }

# shape: of a JSON line the paths it has, of another line itself
shape() { jq -R -r '. as $l | try (fromjson | [paths | map(tostring) | join(".")] | join(" ")) catch $l'; }

@test "the first session of the README runs and prints what it shows" {
	# Each command writes its line first, as a terminal would show it.
	{
		echo 'set -eu'
		echo "trap '[ ! -s ready.ndjson ] || kill \$(jq .pid ready.ndjson) 2>/dev/null || true' EXIT"
		session | sed -n 's/^\$ //p' | while IFS= read -r line; do
			printf 'printf "%%s\\n" %q\n' "\$ $line"
			echo "$line"
		done
	} >session.bash
	run -0 --separate-stderr timeout 300 bash session.bash 3>&-
	diff <(session | shape) <(printf '%s\n' "$output" | shape)
}

@test "the README names every package of bin/setup and no other" {
	diff <(sed -n '/^packages="/,/"$/p' "$root/bin/setup" | sed 's/packages=//; s/"//' |
		grep -oE '[^[:space:]]+' | sort) \
		<(sed -n '/^## What it needs/,/^## /p' "$root/README.md" | awk -F '|' '/^\| [a-z]/ { print $2 }' |
			grep -v '^ package ' | tr -d ' ' | tr ',' '\n' | sort)
}

@test "the README names every tool and every recipe" {
	for tool in $(cd "$root/src" && printf '%s\n' */main.c | sed 's,/main.c,,'); do
		grep -q "^| .*\`$tool\`" "$root/README.md" || return 1
	done
	for recipe in grid.sh bayes.sh; do
		grep -q "\`$recipe\`" "$root/README.md" || return 1
	done
}
