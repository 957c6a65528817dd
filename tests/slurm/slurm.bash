# A private Slurm of one node, for tests/slurm/run: everything below $tmp, on loopback.
#
#	slurm_start    munged, slurmctld and slurmd; exports nothing but what SLURM_CONF names
#	slurm_stop     ends the jobs and them, whatever state they are in
#	within SECONDS COMMAND...    until the command succeeds
#	job_state JOB  as Slurm calls it; COMPLETING while processes of it are left

within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.1
	done
}

# free_port: one that nothing listens on, outside of what the kernel gives to clients.
free_port() {
	local port
	while
		port=$((20000 + RANDOM % 10000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null
	do :; done
	echo "$port"
}

slurm_configure() {
	local host user
	host=$(hostname -s) user=$(id -un)
	: >"$tmp/plugstack.conf"
	# No cgroup is made; slurmd wants the name of a plugin.
	printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$tmp/cgroup.conf"
	cat >"$SLURM_CONF" <<-END
		ClusterName=drtune
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=$(free_port)
		SlurmdPort=$(free_port)
		SlurmUser=$user
		SlurmdUser=$user
		AuthType=auth/munge
		AuthInfo=socket=$tmp/munge/socket
		CredType=cred/munge
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SwitchType=switch/none
		MpiDefault=none
		MailProg=/bin/true
		ReturnToService=2
		MinJobAge=3600
		KillWait=30
		JobRequeue=0
		StateSaveLocation=$tmp/state.slurm
		SlurmdSpoolDir=$tmp/spool
		SlurmctldPidFile=$tmp/slurmctld.pid
		SlurmdPidFile=$tmp/slurmd.pid
		SlurmctldLogFile=$tmp/slurmctld.log
		SlurmdLogFile=$tmp/slurmd.log
		PlugStackConfig=$tmp/plugstack.conf
		SlurmdParameters=config_overrides
		NodeName=$host NodeAddr=127.0.0.1 CPUs=16 State=UNKNOWN
		PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	END
}

slurm_idle() { [[ $(sinfo -h -o %T 2>/dev/null) == idle ]]; }

slurm_start() {
	mkdir "$tmp/munge" "$tmp/state.slurm" "$tmp/spool" && chmod 755 "$tmp/munge" || return
	(umask 077 && head -c 128 /dev/urandom >"$tmp/munge/key")
	munged --foreground --num-threads=2 --socket="$tmp/munge/socket" --key-file="$tmp/munge/key" \
		--pid-file="$tmp/munge/pid" --log-file="$tmp/munge/log" --seed-file="$tmp/munge/seed" \
		>"$tmp/munged.out" 2>&1 &
	daemons+=($!)
	within 10 test -S "$tmp/munge/socket" || return
	slurm_configure
	slurmctld -D >"$tmp/slurmctld.out" 2>&1 &
	daemons+=($!)
	slurmd -D >"$tmp/slurmd.out" 2>&1 &
	daemons+=($!)
	within 60 slurm_idle
}

slurm_empty() { [[ -z $(squeue -h 2>/dev/null) ]]; }

slurm_stop() {
	local i
	if [[ ${#daemons[@]} == 3 ]]; then
		squeue -h -o %i 2>/dev/null | xargs -r scancel 2>/dev/null
		within 45 slurm_empty
	fi
	for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
		kill "${daemons[i]}" 2>/dev/null
		within 10 ended "${daemons[i]}" || kill -9 "${daemons[i]}" 2>/dev/null
	done
}

# ended PID: of a child that nobody has waited for yet too
ended() { ! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status" 2>/dev/null; }

job_field() { scontrol --oneliner show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"; }
job_state() { job_field "$1" JobState; }
