# Sourced by those that measure how busy dr-sandbox's places are.
#
#	places_watch SERVER PID >SAMPLES
#
# Until the process PID is over, 50 times a second: a line with the time and the number of
# workers that run, which are the children of the service SERVER.
#
#	places_taken PLACES <SAMPLES
#
# The share of the places that were taken over that time, in percent.

places_watch() {
	local running file
	local -a of
	while kill -0 "$2" 2>/dev/null; do
		running=0
		for file in /proc/"$1"/task/*/children; do
			read -ra of <"$file" || true
			running=$((running + ${#of[@]}))
		done
		echo "$EPOCHREALTIME $running"
		sleep 0.02
	done
}

places_taken() {
	awk -v places="$1" '{
		if (NR > 1) {
			busy += ($1 - at) * running
			all += ($1 - at) * places
		}
		at = $1
		running = $2 > places ? places : $2
	}
	END { printf "%.1f\n", all ? 100 * busy / all : 0 }'
}
