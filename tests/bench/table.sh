#!/usr/bin/env bash
#
# tests/bench/table.sh [ROWS]: a made-up table on standard output as CSV, the same one each
# time: 35 numbers (whole, rounded and not, some missing), 15 categories of 2 to 500 levels,
# and the target "bought", yes or no, which depends on some of them.
set -euo pipefail

# Remainders below 2^31 times a factor below 2^17 are exact in the doubles of awk.
LC_ALL=C awk -v rows="${1:-100000}" '
function uniform() {
	state = state * 69069 % 2147483647
	return state / 2147483647
}
function normal(    i, sum) { # near enough: the sum of four
	for (i = 0; i < 4; i++)
		sum += uniform()
	return (sum - 2) * 1.7320508
}
BEGIN {
	state = 20260101
	for (j = 1; j <= 15; j++) {
		levels[j] = int(exp(log(2) + (j - 1) / 14 * log(250)) + 0.5)
		for (k = 0; k < levels[j]; k++)
			worth[j, k] = normal() * 0.3
	}
	for (j = 1; j <= 35; j++)
		printf "n%02d,", j
	for (j = 1; j <= 15; j++)
		printf "c%02d,", j
	print "bought"
	for (i = 1; i <= rows; i++) {
		sum = -1
		line = ""
		for (j = 1; j <= 35; j++) {
			x = normal()
			if (j <= 10)
				sum += (j % 2 ? x : x * x - 1) * 0.25
			if (j > 2 && j <= 6)
				sum += x * before * 0.2
			before = x
			if (j % 7 == 0 && uniform() < 0.05)
				line = line ","
			else if (j % 5 == 0)
				line = line int(x * 20 + 100) ","
			else if (j % 5 == 1)
				line = line sprintf("%.2f,", x * 100)
			else
				line = line sprintf("%.6g,", x)
		}
		for (j = 1; j <= 15; j++) {
			k = int(uniform() * uniform() * levels[j])
			sum += worth[j, k]
			line = line "v" k ","
		}
		print line (uniform() < 1 / (1 + exp(-sum)) ? "yes" : "no")
	}
}'
