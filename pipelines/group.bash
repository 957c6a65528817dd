# Sourced by the recipes: run a pipeline so that a signal ends all of it.
#
#	run_group FUNCTION
#
# bash runs no trap while a foreground pipeline runs, so FUNCTION runs in the
# background and is waited for; `set -m` gives it a process group of its own, so
# that ending it does not end the make or the test runner that started the
# recipe.  A signal is passed on to the group.  Its tools write what they still
# hear, and end; remote jobs go on running, and the same command resumes.  A
# second signal is passed on too, and ends them at once.  Then the recipe dies
# by the first one, which is what make and shells look for.
#
#	split_arguments ARG...
#
# Takes --on-interrupt=WHAT and --folds out of the arguments: the others are in the
# array args, the first (or nothing) in the array on_interrupt, the second, which is
# dr-collect's alone, in the array folds.  Sets resume_hint.

#
#	split_budgets
#
# Then takes the budgets out of the array args, each as --NAME VALUE or --NAME=VALUE:
# into the array submit_limits those of dr-submit, into collect_limits those of
# dr-collect (times are for both), and --trials into trials_limit.

split_arguments() {
	local a
	args=() on_interrupt=() folds=()
	resume_hint="its jobs go on running; run the same command again to go on"
	for a; do
		case $a in
		--on-interrupt=leave) ;;
		--on-interrupt=cancel)
			# shellcheck disable=SC2034 # of the recipe
			on_interrupt=("$a")
			resume_hint="run the same command again to go on"
			;;
		--on-interrupt*)
			echo "${0##*/}: say --on-interrupt=leave or --on-interrupt=cancel" >&2
			exit 2
			;;
		--folds)
			# shellcheck disable=SC2034 # of the recipe
			folds=("$a")
			;;
		*) args+=("$a") ;;
		esac
	done
}

# shellcheck disable=SC2034 # the arrays are the recipe's
split_budgets() {
	local o

	set -- "${args[@]}"
	args=() submit_limits=() collect_limits=() trials_limit=()
	while [[ $# -gt 0 ]]; do
		o=$1
		shift
		case $o in
		--trials | --max-failures | --cost-limit | --cost-per-hour | --trial-timeout | \
			--time-limit | --deadline)
			[[ $# -gt 0 ]] || {
				echo "${0##*/}: option '$o' needs an argument" >&2
				exit 2
			}
			o="$o=$1"
			shift
			;;
		esac
		case $o in
		--trials=*) trials_limit=("$o") ;;
		--max-failures=* | --cost-limit=* | --cost-per-hour=*) submit_limits+=("$o") ;;
		--trial-timeout=*) collect_limits+=("$o") ;;
		--time-limit=* | --deadline=*) submit_limits+=("$o") collect_limits+=("$o") ;;
		*) args+=("$o") ;;
		esac
	done
}

run_group() {
	local group status stopped=

	set -m
	# The shell in front of the tools waits for them whatever comes; tools do not
	# inherit a trap.
	{
		trap : INT TERM HUP
		"$1"
	} </dev/null &
	group=$!
	set +m
	trap 'pass_on INT' INT
	trap 'pass_on TERM' TERM
	trap 'pass_on HUP' HUP
	# wait also returns when a trap has run.
	while
		status=0
		wait "$group" || status=$?
		kill -0 "$group" 2>/dev/null
	do :; done
	# Who tells every process may tell the tools first, and they may be quick.
	case $status in
	129) stopped=${stopped:-HUP} ;;
	130) stopped=${stopped:-INT} ;;
	143) stopped=${stopped:-TERM} ;;
	esac
	[[ -z $stopped || -z ${resume_hint-} ]] || echo "${0##*/}: stopped; $resume_hint" >&2
	trap - INT TERM HUP
	[[ -n $stopped ]] || return "$status"
	kill -s "$stopped" $$
}

# Of run_group, whose variables it sees.
pass_on() {
	stopped=${stopped:-$1}
	kill -s "$1" -- "-$group" 2>/dev/null || true
}

# gravest STATUS...: return the status that says most about a pipeline, given those of its
# tools.  bash takes the last one that is not 0, and a tool that was killed would be hidden
# behind another's 1, which says that all was done and some trials have failed.  So: what
# ended a tool, else 7, since a limit leaves something to do, else 1, else 8; SIGPIPE only
# says that somebody else ended first.
gravest() {
	local s ended=0 limit=0 failed=0 used_up=0 pipe=0
	for s; do
		case $s in
		0) ;;
		1) failed=1 ;;
		7) limit=7 ;;
		8) used_up=8 ;;
		141) pipe=$s ;;
		*) ended=$s ;;
		esac
	done
	for s in "$ended" "$limit" "$failed" "$used_up" "$pipe"; do
		[[ $s == 0 ]] || return "$s"
	done
}
