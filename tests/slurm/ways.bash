# The ways in which a job ends, for tests/slurm/run.
#
#	way NAME N    run a recipe as a job, end it by the function NAME, go on until it is
#	              done; prints a line that says whether all was as promised
#
# Each has a folder of its own, $tmp/run.N, and N as its random_state, so that no two try
# the same settings.  The functions find the job in $job and say in $said what was seen.

TRIALS=12

promise() { "$@" || { broken="${broken:+$broken; }not so: $*" && return 1; }; }
in_out() { grep -Eq -- "$1" out; }
state_is() { [[ $(job_state "$job") == "$1" ]]; }
over() { [[ ! $(job_state "$job") =~ ^(PENDING|RUNNING|COMPLETING|CONFIGURING|SUSPENDED|)$ ]]; }
completed() { [[ $(grep -c '"state":"completed"' trials.ndjson 2>/dev/null) -ge $1 ]]; }
restarted() { [[ $(job_field "$job" Restarts) == 1 ]]; }
slow() { echo "$1" >"$tmp/slow.$n"; }

# script [DIRECTIVE...]: the recipe in the place of the job's shell
script() {
	printf '#!/bin/bash\n'
	[[ $# == 0 ]] || printf '#SBATCH %s\n' "$@"
	# shellcheck disable=SC2016 # of the job
	printf 'exec bayes.sh "$MODEL" trials.ndjson %s\n' "${settings[*]}"
}

# page_script: the one of drtune(7), with settings that suit the test
page_script() {
	sed -n '/^\.\\" tune.sbatch$/,/^\.Ed$/p' "$here/src/drtune.7" | sed '/^\./d; s/\\e/\\/g' |
		sed "s/^\\(bayes.sh \"\$MODEL\" trials.ndjson\\) .*\\( &\\)/\\1 ${settings[*]}\\2/
			s/--time=[^ ]*/--time=1/; s/--signal=B:USR1@[0-9]*/--signal=B:USR1@45/; s/--output=[^ ]*/--output=out/"
}

submit() { job=$(sbatch --parsable --output=out --open-mode=append "$@" job); }

# again: the same script, to its end
again() {
	slow 0
	promise submit && promise within 120 over && promise state_is COMPLETED
}

# start_now: a requeued job, for which Slurm would wait two minutes.  It wants some of them:
# a node takes no job that was revoked in the same second.
start_now() {
	sleep 2
	scontrol update jobid="$job" StartTime=now
}

# stopped_well STATE [TAIL]: the job's own words, and the state that Slurm has it in
stopped_well() {
	promise within 60 over
	promise state_is "$1"
	promise in_out "^bayes.sh: stopped; ${2:-its jobs go on running; run the same command again to go on}\$"
	promise in_out '^bo-propose: note: stopped by SIGTERM: [0-9]+ of 12 trials done'
	promise in_out '^dr-collect: note: stopped by SIGTERM'
	said="$(job_state "$job"), $(grep -c '"state":"completed"' trials.ndjson) of $TRIALS done"
}

cancel() {
	scancel "$job"
	stopped_well CANCELLED
	again
}
cancel_jobs() {
	scancel "$job"
	stopped_well CANCELLED 'run the same command again to go on'
	promise in_out '^dr-(collect|submit): note: stopped by SIGTERM: [1-4] .*cancelled'
	again
}
# Slurm sends TERM, waits, and then KILL also here.
kill_full() {
	scancel --signal=KILL --full "$job"
	promise within 60 over
	promise state_is CANCELLED
	said=$(job_state "$job")
	again
}
# What a node does that is switched off.
kill_9() {
	local pids
	mapfile -t pids < <(scontrol listpids "$job" | awk 'NR > 1 && $1 > 0 { print $1 }')
	promise test "${#pids[@]}" -ge 4
	kill -9 "${pids[@]}"
	promise within 60 over
	said="${#pids[@]} processes killed with -9, $(job_state "$job")"
	again
}
requeue() {
	scontrol requeue "$job"
	promise within 60 in_out '^bayes.sh: stopped; its jobs go on'
	promise within 10 state_is PENDING
	slow 0
	start_now
	promise within 120 over
	promise state_is COMPLETED
	promise restarted
	said='ended and requeued'
}
limit() {
	promise within 150 in_out 'DUE TO TIME LIMIT'
	stopped_well TIMEOUT
	again
}
warned() {
	promise within 90 in_out '^bayes.sh: stopped; its jobs go on'
	promise within 40 over
	promise state_is FAILED
	promise test "$(job_field "$job" ExitCode)" = 0:15
	said="told before the limit, $(job_field "$job" RunTime) after its start, ExitCode=$(job_field "$job" ExitCode)"
	again
}
itself() {
	promise within 90 in_out '^bayes.sh: stopped; its jobs go on'
	promise within 40 state_is PENDING
	promise restarted
	slow 0
	start_now
	promise within 120 over
	promise state_is COMPLETED
	said='the job of drtune(7): told before the limit, requeued itself'
}

declare -A title=(
	[cancel]='scancel'
	[cancel_jobs]='scancel, with --on-interrupt=cancel'
	[kill_full]='scancel --signal=KILL --full'
	[kill_9]='a node that fails'
	[requeue]='scontrol requeue'
	[limit]='the time limit'
	[warned]='--signal=B:TERM@30'
	[itself]='--signal=B:USR1@45'
)

way() {
	local name=$1 broken='' said='' settings job
	n=$2
	mkdir "$tmp/run.$n" && cd "$tmp/run.$n" || return
	settings=("random_state=$n" enet_alpha=0.05..0.95 --trials "$TRIALS" --parallel 2 --seed "$n")
	slow 1
	case $name in
	cancel_jobs) settings+=(--on-interrupt=cancel) ;;
	limit | warned | itself) slow 15 ;;
	esac
	case $name in
	itself) page_script >job ;;
	limit) script --time=1 >job ;;
	warned) script --time=1 --signal=B:TERM@30 >job ;;
	requeue) script --requeue >job ;;
	*) script >job ;;
	esac
	promise submit && promise within 90 completed 2 && "$name"
	if [[ -z $broken ]]; then
		echo "ok: ${title[$name]}: $said; then $(grep -c '"state":"completed"' trials.ndjson) of $TRIALS done"
	else
		echo "NOT MET: ${title[$name]}: $broken"
	fi
}
