# The table of the demonstration.
bats_require_minimum_version 1.5.0

setup() {
	load helper
	script="$BATS_TEST_DIRNAME/../pipelines/packages-table.sh"
	cd "$BATS_TEST_TMPDIR" || return
}

# Enough packages for a table, as apt would print them; the first half are orphaned.
fake_lists() {
	mkdir bin
	cat >bin/apt-cache <<-'END'
		#!/usr/bin/awk -f
		BEGIN {
			for (i = 1; i <= 10500; i++)
				printf "Package: p%d\nVersion: 1:%d.0+dfsg-2+b1\nInstalled-Size: %d\n" \
					"Maintainer: %s\nArchitecture: all\nDepends: a, b (>= 1)\n" \
					"Description: the \"%d\", a package\nHomepage: https://www.Example.org:80/%d\n" \
					"Tag: role::program, a::b,\n implemented-in::c++\nSection: misc\n" \
					"Priority: optional\nFilename: pool/main/p%d.deb\nSize: %d\n\n", \
					i, i, i, i <= 600 ? "QA <packages@qa.debian.org>" : "A <a@example.org>", \
					i, i, i, i * 10
		}
	END
	chmod +x bin/apt-cache
	PATH="$PWD/bin:$PATH"
}

@test "the frozen table has 10,000 rows, 27 columns and 1,590 orphaned packages" {
	"$script" --frozen >table.csv
	[ "$(wc -l <table.csv)" = 10001 ]
	[ "$(head -n 1 table.csv | tr , '\n' | wc -l)" = 27 ]
	[ "$(grep -c ',yes$' table.csv)" = 1590 ]
	run ! grep -q 'qa\.debian\.org' table.csv
}

@test "without apt's lists the frozen table is printed, and --live says what to do" {
	mkdir bin
	printf '#!/bin/sh\n' >bin/apt-cache
	chmod +x bin/apt-cache
	PATH="$PWD/bin:$PATH"
	"$script" --frozen >frozen.csv
	"$script" >table.csv
	cmp table.csv frozen.csv
	run -6 --separate-stderr "$script" --live
	[ "$output" = "" ]
	[ "$stderr" = "packages-table.sh: no package lists of Debian here; 'apt-get update' fetches them" ]
}

@test "from apt's lists all orphaned packages are taken, the same every time" {
	fake_lists
	"$script" --live >table.csv
	"$script" >again.csv
	cmp table.csv again.csv
	[ "$(wc -l <table.csv)" = 10001 ]
	[ "$(grep -c ',yes$' table.csv)" = 600 ]
	run -0 grep '^p7,' table.csv
	[ "$output" = 'p7,"the ""7"", a package",misc,optional,all,,7,70,2,0,0,0,0,0,example.org,no,1,2,yes,no,yes,3,program,c++,yes,1:7.0+dfsg-2+b1,yes' ]
}

@test "a wrong argument ends with the usage and status 2" {
	run -2 --separate-stderr "$script" --thawed
	[ "$stderr" = "usage: packages-table.sh [--frozen | --live] >packages.csv" ]
}
