# HTTP as no client of ours would speak it: each is answered, and the service goes on.
bats_require_minimum_version 1.5.0

setup_file() {
	load sandbox
	sandbox_start --worker "$BATS_TEST_DIRNAME/data/fake-worker"
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	cd "$BATS_TEST_TMPDIR" || return
	printf 'id,a,b,y\n1,2,3,0\n4,5,6,1\n' >table.csv
	port=${SANDBOX_URL##*:}
	auth="Authorization: Token $DATAROBOT_API_TOKEN"
}

# Whatever a test has done, the next request is answered.
teardown() {
	run -0 --separate-stderr api GET version/
	[ "$(api_status)" = 200 ]
}

# send <BYTES: them as they are; the answer goes to the file `answer`.
send() {
	exec {socket}<>"/dev/tcp/127.0.0.1/$port" || return
	{ cat 1>&"$socket" || true; } 2>/dev/null # who refuses early does not read it all
	timeout 10 cat <&"$socket" >answer 2>/dev/null
	exec {socket}>&-
}

# request LINE [HEADER...] <BODY: with Host, token and Connection: close.
request() {
	{
		printf '%s\r\n' "$@" 'Host: 127.0.0.1' "$auth" 'Connection: close' ''
		cat
	} | send
}

# refused STATUS WORDS: the answer is this status, and JSON with these words.
refused() {
	local body
	if ! grep -q "^HTTP/1.1 $1 " answer || ! grep -qi '^content-type: application/json.$' answer; then
		cat answer
		return 1
	fi
	body=$(sed '1,/^\r$/d' answer)
	jq -e --arg words "$2" '([.message] + [.errors // {} | to_entries[] | .key, .value] |
		join(" ")) | contains($words)' <<<"$body" >/dev/null || { echo "$body" && return 1; }
}

letters() {
	head -c "$1" /dev/zero | tr '\0' a
}

# form NAME-PART CONTENT [END]: one part of a form, with its end.
form() {
	printf -- '--xyz\r\nContent-Disposition: form-data;%s\r\n\r\n%s\r\n%s' "$1" "$2" "${3---xyz--
}"
}

post_form() {
	cat >body
	request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: multipart/form-data; boundary=xyz' \
		"Content-Length: $(wc -c <body)" <body
}

post_json() {
	cat >body
	request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: application/json' \
		"Content-Length: $(wc -c <body)" <body
}

@test "a path, a query or a head that is too long is refused" {
	request "GET /api/v2/$(letters 9000)/ HTTP/1.1" </dev/null
	refused 414 '8192'
	request "GET /api/v2/version/?$(letters 50000) HTTP/1.1" </dev/null
	refused 414 '8192'
	request 'GET /api/v2/version/ HTTP/1.1' "X-Long: $(letters 40000)" </dev/null
	refused 431 'headers'
	# Beyond what libmicrohttpd holds it answers itself.
	request "GET /api/v2/$(letters 200000)/ HTTP/1.1" </dev/null
	grep -q '^HTTP/1.1 414 ' answer
	request 'GET /api/v2/version/ HTTP/1.1' "X-Long: $(letters 200000)" </dev/null
	grep -q '^HTTP/1.1 431 ' answer
}

@test "paths with dots, escapes and NULs lead nowhere" {
	for path in projects/.. projects/%2e%2e projects/..%2f..%2f..%2fetc%2fpasswd \
		projects/%2e%2e%2flock ../../../etc/passwd projects/%c0%ae%c0%ae %2e%2e/projects; do
		request "GET /api/v2/$path/ HTTP/1.1" </dev/null
		refused 40[04] ''
	done
	request 'GET /api/v2/projects/%00/ HTTP/1.1' </dev/null
	refused 400 'UTF-8'
	request 'GET /api/v2/projects/%ff/ HTTP/1.1' </dev/null
	refused 400 'UTF-8'
	printf 'GET /api/v2/projects/a\0b/ HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\nConnection: close\r\n\r\n' "$auth" | send
	refused 40[04] ''
}

@test "a query that is no text, or no number, is refused" {
	for value in %00 %ff %ed%a0%80; do
		request "GET /api/v2/projects/?limit=$value HTTP/1.1" </dev/null
		refused 400 'query'
	done
	for value in -1 1.5 1e3 0x10 99999999999999999999 1%3B nan; do
		for name in limit offset; do
			request "GET /api/v2/status/?$name=$value HTTP/1.1" </dev/null
			refused 422 "$name"
		done
	done
	request 'GET /api/v2/status/?limit=9223372036854775807&offset=9223372036854775807 HTTP/1.1' </dev/null
	grep -q '^HTTP/1.1 200 ' answer
}

@test "methods that there are not are refused with those that there are" {
	for method in OPTIONS TRACE FROB; do
		request "$method /api/v2/projects/ HTTP/1.1" </dev/null
		refused 405 "$method"
		grep -qi '^allow: POST, GET.$' answer
	done
	request 'HEAD /api/v2/nothing/ HTTP/1.1' </dev/null
	grep -q '^HTTP/1.1 404 ' answer
	[ "$(sed '1,/^\r$/d' answer)" = '' ]
	request 'CONNECT 127.0.0.1:80 HTTP/1.1' </dev/null
	refused 404 ''
}

@test "HTTP/1.0 is answered, and other protocols are closed" {
	printf 'GET /api/v2/version/ HTTP/1.0\r\nHost: 127.0.0.1\r\n%s\r\n\r\n' "$auth" | send
	grep -q '^HTTP/1.[01] 200 ' answer
	for line in 'GET /api/v2/version/ HTTP/9.9' 'GET /api/v2/version/ FTP/1.1' GET $'\x16\x03\x01\x02\x01\xfc'; do
		printf '%s\r\nHost: 127.0.0.1\r\n\r\n' "$line" | send
		run ! grep -q ' 200 ' answer
	done
}

@test "a head that two readers would understand in two ways is refused" {
	request 'GET /api/v2/version/ HTTP/1.1' 'Host: 127.0.0.1' </dev/null
	refused 400 'Host is there twice'
	request 'GET /api/v2/version/ HTTP/1.1' 'Authorization: Token x' </dev/null
	refused 400 'twice'
	request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: application/json' 'Content-Length: 2' \
		'Content-Length: 5' <<<'{}   '
	refused 400 'Content-Length is there twice'
	request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: application/json' 'Content-Length: 2' \
		'Transfer-Encoding: chunked' < <(printf '2\r\n{}\r\n0\r\n\r\n')
	refused 400 'exclude each other'
	request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: application/json' 'Transfer-Encoding: gzip' <<<'{}'
	refused 501 'chunked'
	for length in -1 abc 99999999999999999999999; do
		request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: application/json' "Content-Length: $length" <<<'{}'
		grep -q '^HTTP/1.1 4' answer
	done
}

@test "JSON that is not, or not what one parser can take alone, is refused" {
	post_json <<<'{"url":"file:///x","url":"file:///y"}'
	refused 400 "the key 'url' twice"
	post_json <<<'{"url":"file:///x","projectName":{"a":1,"b":{"c":1,"c":2}}}'
	refused 400 "the key 'c' twice"
	for text in NaN '{"a":NaN}' '{"a":Infinity}' '{"a":1e999}' "{\"a\":$(letters 400 | tr a 9)}" \
		"{'a':1}" '{"a":01x}' '{"a":1}}' '{"url":"\u0000"}' '{"url":"\ud800"}' $'{"url":"\x01"}' $'{"url":"\xed\xa0\x80"}'; do
		post_json <<<"$text"
		refused 400 'not JSON'
	done
	printf '{"a":%s' "$(letters 600 | sed 's/a/{"a":/g')" | post_json
	refused 400 'nested too deeply'
	jq -nc '[range(2000) | {("k\(.)"): 1}] | add' | post_json
	refused 422 'more than 1000 keys'
	jq -nc '{url: ("file:///" + "x" * 10000)}' | post_json
	refused 422 'longer than 8192'
	post_json <<<'{"url":"file:///x","projectName":7}'
	refused 422 'projectName'
	iconv -t utf-16 <<<'{"url":"file:///x"}' | post_json
	refused 400 'not JSON'
	post_json <<<$'\xef\xbb\xbf{}'
	refused 422 'url'
}

@test "a form without an end, with other boundaries, names or parts, is refused" {
	form ' name="file"; filename="a.csv"' 'a,y' '' | post_form
	refused 400 'ends too early'
	form ' name="file"; filename="a.csv"' 'a,y' '--abc--' | post_form
	refused 400 'ends too early'
	form ' name="file"; filename="a.csv"' 'a,y' | sed s/xyz/abc/ | post_form
	refused 422 'file'
	letters 100000 | post_form
	refused 422 'file'
	form ' filename="a.csv"' 'a,y' | post_form
	refused 422 'has no name'
	{ form ' name="file"' 'a,y' '' && form ' name="file"' 'a,y'; } | post_form
	refused 422 'more than one'
	form " name=\"$(letters 100000)\"" x | post_form
	refused 400 'form'
	form ' name="projectName"' "$(letters 100000)" | post_form
	refused 422 'too long'
	{ form ' name="projectName"' 'a@b' '' | tr @ '\0' && form ' name="file"' 'a,y'; } | post_form
	refused 422 'NUL'
	{ form ' name="projectName"' $'\xff' '' && form ' name="file"' 'a,y'; } | post_form
	refused 422 'UTF-8'
	request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: multipart/form-data; boundary=""' 'Content-Length: 4' <<<abc
	refused 4.. ''
	request 'POST /api/v2/projects/ HTTP/1.1' 'Content-Type: multipart/mixed; boundary=xyz' 'Content-Length: 4' <<<abc
	refused 415 'multipart/form-data'
	[ "$(ls "$SANDBOX_DIR/uploads")" = '' ]
}

@test "a file's name in a form is a name and no path" {
	form ' name="file"; filename="../../../../tmp/evil.csv"' $'a,y\n1,2' | post_form
	grep -q '^HTTP/1.1 202 ' answer
	where=$(sandbox_wait "http://127.0.0.1:$port$(sed -n 's,^Location: http://[^/]*\([^ ]*\).$,\1,p' answer)")
	run -0 --separate-stderr api GET "${where#*/api/v2/}"
	assert_json '.[0].fileName == "evil.csv"'
}

@test "whoever asks before sending is told at once, and not asked for what is refused" {
	request 'POST /api/v2/version/ HTTP/1.1' 'Content-Type: application/json' 'Content-Length: 1000000' \
		'Expect: 100-continue' </dev/null
	refused 405 'GET'
	{ printf 'POST /api/v2/projects/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token no\r\n' &&
		printf 'Content-Length: 900000000\r\nContent-Type: application/json\r\n\r\n'; } | send
	refused 401 'token'
	run -0 curl -sS -o body -w '%{http_code}' -H "$auth" -H 'Expect: 100-continue' -F file=@table.csv \
		"$DATAROBOT_ENDPOINT/projects/"
	[ "$output" = 202 ]
}

@test "a body without an end is cut off with an answer" {
	timeout 60 curl -sS -o body -w '%{http_code}' -H "$auth" -H 'Content-Type: application/json' \
		-H 'Transfer-Encoding: chunked' -H 'Expect:' -T - -X POST "$DATAROBOT_ENDPOINT/projects/" \
		</dev/zero >code 2>words || true
	[ "$(cat code)" = 413 ]
	jq -e '.message | contains("too large")' body
}

@test "requests one after the other on one connection are answered in their order" {
	for ((i = 0; i < 20; i++)); do
		printf 'GET /api/v2/projects/%d/ HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\nConnection: %s\r\n\r\n' \
			"$i" "$auth" "$([[ $i -lt 19 ]] && echo keep-alive || echo close)"
	done | send
	run -0 grep -o "no project '[0-9]*'" answer
	[ "$output" = "$(for ((i = 0; i < 20; i++)); do echo "no project '$i'"; done)" ]
}

@test "five hundred connections are served, and a thousand that get nowhere keep nobody out" {
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -gt 2000 ] || skip 'too few descriptors'
	ulimit -Sn 2000
	local all=() k
	for ((i = 0; i < 500; i++)); do
		exec {k}<>"/dev/tcp/127.0.0.1/$port"
		all+=("$k")
		printf 'GET /api/v2/version/ HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n\r\n' "$auth" >&"$k"
	done
	for k in "${all[@]}"; do
		IFS= read -r -t 10 line <&"$k"
		[ "$line" = $'HTTP/1.1 200 OK\r' ]
	done
	for ((i = 0; i < 1000; i++)); do
		exec {k}<>"/dev/tcp/127.0.0.1/$port"
		all+=("$k")
		printf 'GET /api/v2/version/ HTTP/1.1\r\nX-Slow: ' >&"$k"
	done
	run -0 curl -sS --max-time 5 -o body -w '%{http_code}' -H "$auth" "$DATAROBOT_ENDPOINT/version/"
	[ "$output" = 200 ]
	for k in "${all[@]}"; do
		exec {k}>&-
	done
}

@test "whoever hangs up in the middle of a request leaves nothing behind" {
	for ((i = 0; i < 20; i++)); do
		exec {k}<>"/dev/tcp/127.0.0.1/$port"
		{ printf 'POST /api/v2/projects/ HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\nContent-Length: 100000\r\n' "$auth" &&
			printf 'Content-Type: multipart/form-data; boundary=xyz\r\n\r\n' &&
			form ' name="file"' "$(letters 70000)" ''; } >&"$k"
		exec {k}>&-
	done
	for ((i = 0; i < 100; i++)); do
		[[ -n $(ls "$SANDBOX_DIR/uploads") ]] || break
		sleep 0.05
	done
	[ "$(ls "$SANDBOX_DIR/uploads")" = '' ]
}
