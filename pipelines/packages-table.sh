#!/usr/bin/env bash
#
# packages-table.sh [--frozen | --live]
#
# Print a table of 10,000 Debian packages as CSV: the data of the demonstration.  The
# question it asks: is this package orphaned, that is, maintained by nobody but Debian's
# QA group?  The answers come from apt's own package lists, so nothing is downloaded.
#
# All orphaned packages are in it, and as many others as make 10,000, chosen by a hash of
# their names.  What names the maintainer is left out: it is the answer.
#
# Where the lists are missing (container images delete them), or are not Debian's, the
# copy in data/ is printed instead; --frozen prints it in any case, --live never does.

set -Eeuo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
rows=10000
orphans_wanted=500 # fewer: these are not Debian's lists

case "$#${1-}" in
0 | 1--frozen | 1--live) ;;
*)
	echo "usage: ${0##*/} [--frozen | --live] >packages.csv" >&2
	exit 2
	;;
esac

# A line each: orphaned or not, hash of the name, name, and the row; tabs between.
# shellcheck disable=SC2016 # the dollars are awk's
table='
function quoted(s) {
	gsub(/\t/, " ", s)
	if (s !~ /[",]/)
		return s
	gsub(/"/, "\"\"", s)
	return "\"" s "\""
}
# Remainders below 2^31 times a factor below 2^17 are exact in the doubles of awk.
function hash(s,    i, h) {
	h = 1
	for (i = 1; i <= length(s); i++)
		h = (h * 69069 + code[substr(s, i, 1)]) % 2147483647
	return h * 48271 % 2147483647 * 48271 % 2147483647
}
function count(s) {
	return s == "" ? 0 : gsub(/,/, ",", s) + 1
}
# The first tag of a facet, or nothing.
function tag(facet,    rest) {
	if (!match(field["Tag"], facet "::[a-z0-9:+.-]+"))
		return ""
	rest = substr(field["Tag"], RSTART, RLENGTH)
	return substr(rest, length(facet) + 3)
}
function host(url) {
	sub(/^[a-z]+:\/\//, "", url)
	sub(/[\/:?#].*/, "", url)
	sub(/^www\./, "", url)
	return tolower(url)
}
function yes(condition) {
	return condition ? "yes" : "no"
}
function row(    version, epoch, revision, source, line) {
	version = field["Version"]
	epoch = version ~ /^[0-9]+:/ ? version + 0 : 0
	revision = version ~ /-/ ? version : ""
	sub(/.*-/, "", revision)
	sub(/[^0-9].*/, "", revision)
	source = field["Source"]
	sub(/ .*/, "", source)
	line = quoted(field["Package"]) "," quoted(field["Description"]) "," field["Section"] \
		"," field["Priority"] "," field["Architecture"] "," field["Multi-Arch"] \
		"," field["Installed-Size"] "," field["Size"] \
		"," count(field["Depends"]) "," count(field["Recommends"]) \
		"," count(field["Suggests"]) "," count(field["Provides"]) \
		"," count(field["Conflicts"]) "," count(field["Replaces"])
	return line "," quoted(host(field["Homepage"])) "," yes(version !~ /-/) "," epoch \
		"," revision "," yes(version ~ /dfsg|[+~.]ds[0-9.-]/) \
		"," yes(version ~ /git|svn|bzr|hg[0-9]|cvs/) "," yes(version ~ /\+b[0-9]+$/) \
		"," count(field["Tag"]) "," tag("role") "," tag("implemented-in") \
		"," yes(source == "" || source == field["Package"]) "," quoted(version)
}
BEGIN {
	RS = ""
	FS = "\n"
	for (i = 1; i < 256; i++)
		code[sprintf("%c", i)] = i
}
{
	split("", field)
	for (i = 1; i <= NF; i++)
		if ($i ~ /^ /) {
			if (last != "Description")
				field[last] = field[last] $i
		} else if ((colon = index($i, ":"))) {
			last = substr($i, 1, colon - 1)
			field[last] = substr($i, colon + 2)
		}
	name = field["Package"]
	if (name == "" || name in seen || field["Description"] == "" ||
	    field["Filename"] !~ /^pool\//)
		next
	seen[name]
	orphaned = field["Maintainer"] ~ /<packages@qa\.debian\.org>/
	print !orphaned "\t" hash(name) "\t" name "\t" row() "," yes(orphaned)
}'
header='package,description,section,priority,architecture,multi_arch,installed_kb,deb_bytes,'\
'n_depends,n_recommends,n_suggests,n_provides,n_conflicts,n_replaces,homepage,native,epoch,'\
'debian_rev,uses_dfsg,git_snapshot,binnmu,n_tags,role,lang,same_source,version,orphaned'

tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

live() {
	command -v apt-cache >/dev/null || return
	apt-cache dumpavail 2>/dev/null | awk "$table" | sort -k 1,1n -k 2,2n -k 3 >"$tmp/all"
	# head would end sort early, and that would count as a failure of the pipeline.
	awk -v rows=$rows 'NR <= rows' "$tmp/all" | sort -t "$(printf '\t')" -k 3,3 |
		cut -f 4- >"$tmp/rows"
	[[ $(grep -c ',yes$' "$tmp/rows") -ge $orphans_wanted && $(wc -l <"$tmp/rows") == "$rows" ]]
}

if [[ ${1-} != --frozen ]] && live; then
	echo "$header"
	cat "$tmp/rows"
elif [[ ${1-} == --live ]]; then
	echo "${0##*/}: no package lists of Debian here; 'apt-get update' fetches them" >&2
	exit 6
else
	xz -dc "$here/data/debian-packages.csv.xz"
fi
