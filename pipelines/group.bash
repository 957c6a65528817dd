# Sourced by the recipes: run a pipeline so that a signal ends all of it.
#
#	run_group FUNCTION
#
# bash runs no trap while a foreground pipeline runs, so FUNCTION runs in the
# background and is waited for; `set -m` gives it a process group of its own, so
# that ending it does not end the make or the test runner that started the
# recipe.  The tools die of the signal at once; what they had written stays
# written, remote jobs go on running, and the same command resumes.

run_group() {
	local group status=0

	set -m
	"$1" </dev/null &
	group=$!
	set +m
	# shellcheck disable=SC2064 # the group of now is meant
	trap "stop_group $group INT 130" INT
	# shellcheck disable=SC2064
	trap "stop_group $group TERM 143" TERM
	# shellcheck disable=SC2064
	trap "stop_group $group HUP 129" HUP
	wait "$group" || status=$?
	trap - INT TERM HUP
	return "$status"
}

stop_group() {
	trap '' INT TERM HUP
	kill "-$2" -- "-$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
	[[ -z ${resume_hint-} ]] || echo "${0##*/}: stopped; $resume_hint" >&2
	exit "$3"
}
