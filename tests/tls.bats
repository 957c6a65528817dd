# Certificates: who is let in, and whom the token is sent to.
bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
	openssl s_server -accept 127.0.0.1:0 -key key.pem -cert cert.pem -www \
		>server 2>&1 </dev/null 3>&- &
	echo $! >pid
	for ((i = 0; i < 100; i++)); do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' server)
		[ -z "$port" ] || break
		sleep 0.05
	done
	export port
	[ -n "$port" ]
}

teardown_file() {
	kill "$(cat "$BATS_FILE_TMPDIR/pid")"
}

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
	unset DATAROBOT_ENDPOINT DATAROBOT_API_TOKEN
	export DATAROBOT_CONFIG_FILE=$PWD/drconfig.yaml
}

# configure HOST [LINE]
configure() {
	(umask 077 && printf 'endpoint: https://%s:%s/api/v2\ntoken: abcdefgh\nmax_retries: 0\n%s\n' \
		"$1" "$port" "${2-}" >drconfig.yaml)
}

@test "a certificate that nobody vouches for is refused, and not tried again" {
	configure localhost 'max_retries: 5'
	run -4 --separate-stderr dr-project -v list
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[1]} == *"self-signed certificate"* ]]
}

@test "so is one for another name, even of the CA that is named" {
	configure 127.0.0.1 "ssl_verify: $BATS_FILE_TMPDIR/cert.pem"
	run -4 --separate-stderr dr-project list
	[[ $stderr == *"matches target host name"* ]]
}

# s_server answers with a page, so these get as far as an answer that is no JSON.
@test "the CA that the configuration names is trusted" {
	configure localhost "ssl_verify: $BATS_FILE_TMPDIR/cert.pem"
	run -5 --separate-stderr dr-project list
	[ "$stderr" = "dr-project: GET projects/: the answer is text/html, not JSON" ]
}

@test "ssl_verify: false is honoured on this machine" {
	configure localhost 'ssl_verify: false'
	run -5 --separate-stderr dr-project list
	[ "$stderr" = "dr-project: GET projects/: the answer is text/html, not JSON" ]
}

@test "and refused for any other" {
	configure service.example 'ssl_verify: false'
	run -3 --separate-stderr dr-project list
	[[ $stderr == *"certificates are verified for every host but this machine"* ]]
}
