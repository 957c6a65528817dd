# Sourced in the root of the tree by those that run DataRobot's Python client.
#
#	environment NAME
#
# Makes the virtual environment build/client/NAME (new, old) unless it is there.  Where
# that fails it prints the reason, and returns 1.  Needs python3 with venv (Debian:
# python3-venv) and, the first time, the network.  PYTHON names another interpreter.

python=${PYTHON:-python3}

# What pip is asked for.  The old release knows nothing of pandas 3.
declare -A wanted=(
	[new]='datarobot>=3.4,<4'
	[old]='datarobot>=3.1,<3.2 pandas<3'
)

environment() {
	local at=build/client/$1 log=build/client/$1.log
	local -a packages
	read -ra packages <<<"${wanted[$1]}"
	local is
	is="${wanted[$1]} $("$python" -V)"
	[[ -f $at/made && $(<"$at/made") == "$is" ]] && return
	rm -rf "$at"
	mkdir -p build/client
	if ! "$python" -m venv "$at" >"$log" 2>&1; then
		echo "$python makes no virtual environment (apt-get install python3-venv)"
		return 1
	fi
	if ! "$at/bin/pip" install -q --disable-pip-version-check "${packages[@]}" >>"$log" 2>&1 ||
		! "$at/bin/python" -W ignore -c 'import datarobot' >>"$log" 2>&1; then
		echo "pip cannot install ${wanted[$1]}: $(grep -v '^\[notice\]' "$log" | tail -n 1)"
		return 1
	fi
	# Optional: without it points are drawn by chance.
	"$at/bin/pip" install -q --disable-pip-version-check hyperopt >>"$log" 2>&1 || true
	echo "$is" >"$at/made"
}
