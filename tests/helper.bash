# Loaded by every bats file: `load helper`.

# assert_json FILTER: the lines of $output, slurped into one array, satisfy FILTER.
assert_json() {
	jq -es "$1" <<<"$output" >/dev/null && return
	echo "not true: $1" >&2
	echo "$output" >&2
	return 1
}
