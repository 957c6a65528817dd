# What every tool must do, over all tools.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	src=$(cd "$BATS_TEST_DIRNAME/../src" && pwd)
	mapfile -t tools < <(cd "$src" && printf '%s\n' */main.c | sed 's,/main.c,,')
	cd "$BATS_TEST_TMPDIR" || return
}

each_tool() {
	local tool
	[ "${#tools[@]}" -gt 0 ]
	for tool in "${tools[@]}"; do
		"$@" "$tool" || {
			echo "failed for: $tool" >&2
			return 1
		}
	done
}

@test "--help prints to stdout, starts with an example, and ends with status 0" {
	check() {
		run -0 --separate-stderr "$1" --help &&
			[ "$stderr" = "" ] && [ "${lines[0]}" = "Example:" ] &&
			[[ ${lines[1]} == *"$1"* ]] && grep -q "^Usage: $1 " <<<"$output"
	}
	each_tool check
}

@test "--version names the tool and the version of the suite" {
	version=$(cat "$src/../VERSION")
	check() {
		run -0 --separate-stderr "$1" --version &&
			[ "$output" = "$1 (drtune) $version" ] && [ "$stderr" = "" ]
	}
	each_tool check
}

@test "an unknown option ends with status 2, two lines on stderr and nothing on stdout" {
	check() {
		run -2 --separate-stderr "$1" --no-such-option </dev/null &&
			[ "$output" = "" ] &&
			[ "$stderr" = "$1: unknown option '--no-such-option'
$1: try '$1 --help'" ]
	}
	each_tool check
}

@test "the man page and --list-options name the same options" {
	check() {
		local page="$src/$1/$1.1"
		[ -s "$page" ] || return 1
		diff <("$1" --list-options | sort -u) \
			<(grep -oE '^\.(It )?(Fl [A-Za-z0-9] , )?Fl Fl [a-z][a-z-]*' "$page" |
				sed 's/.*Fl Fl /--/' | sort -u)
	}
	each_tool check
}

@test "--help names every option of --list-options" {
	check() {
		local option
		for option in $("$1" --list-options); do
			"$1" --help | grep -qE -- "$option( |\$)" || return 1
		done
	}
	each_tool check
}

@test "--help on a full disk is an error" {
	check() { run -6 bash -c '"$1" --help >/dev/full' _ "$1"; }
	each_tool check
}

@test "every page has its sections in order and lints without a warning" {
	check() {
		local page="$src/$1/$1.1"
		[ "$(grep -E '^\.Sh (NAME|SYNOPSIS|DESCRIPTION|RECORDS|ENVIRONMENT|EXIT STATUS|EXAMPLES|SEE ALSO)$' \
			"$page" | cut -c5-)" = "NAME
SYNOPSIS
DESCRIPTION
RECORDS
ENVIRONMENT
EXIT STATUS
EXAMPLES
SEE ALSO" ] && mandoc -T lint -W warning "$page"
	}
	each_tool check
}

@test "the completion file names every tool" {
	check() { grep -qw -- "$1" "$src/completion.bash"; }
	each_tool check
}

@test "the introduction names every tool" {
	check() { grep -q "^\.It Xr $1 1\$" "$src/drtune.7"; }
	each_tool check
}

@test "an argument for an option that takes none is told as that" {
	check() {
		run -2 --separate-stderr "$1" --quiet=5 </dev/null &&
			[ "$output" = "" ] &&
			[ "${stderr_lines[0]}" = "$1: option '--quiet' takes no argument" ]
	}
	each_tool check
}
