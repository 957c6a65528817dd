# Certificates: who is let in, and whom the token is sent to.
bats_require_minimum_version 1.5.0

setup_file() {
	load tls
	mkdir "$BATS_FILE_TMPDIR/keys"
	tls_init "$BATS_FILE_TMPDIR/keys"
}

setup() {
	load helper
	load tls
	TLS_DIR=$BATS_FILE_TMPDIR/keys
	# shellcheck disable=SC2034 # of tls_serve
	TLS_PIDS=()
	cd "$BATS_TEST_TMPDIR" || return
	unset DATAROBOT_ENDPOINT DATAROBOT_API_TOKEN
	export DATAROBOT_CONFIG_FILE=$TLS_DIR/drconfig.yaml
}

teardown() {
	tls_stop
}

@test "the CA that the configuration names is trusted" {
	tls_control
}

@test "a certificate that has expired is refused, and not tried again" {
	tls_case expired
}

@test "so is one that nobody vouches for" {
	tls_case self-signed
}

@test "and one for another name, even of the CA that is named" {
	tls_case other-host
}

@test "and one of another CA" {
	tls_case other-ca
}

@test "the token goes to no other server that a good one points to" {
	tls_case redirect
}

@test "without a CA of one's own those of the system are asked" {
	tls_serve system good
	tls_configure localhost "$TLS_PORT"
	tls_refused system 'SSL certificate problem'
}

@test "a CA file that is not there is told, and nothing is sent" {
	tls_serve missing good
	tls_configure localhost "$TLS_PORT" "ssl_verify: $PWD/nosuch.pem"
	tls_refused missing 'nosuch.pem'
}

@test "ssl_verify: false is honoured on this machine" {
	tls_serve local self-signed
	tls_answer local '200 OK' '' '[{"id":"1"}]'
	tls_configure localhost "$TLS_PORT" 'ssl_verify: false'
	run -0 --separate-stderr dr-project list --name x
	[ "$output$stderr" = '{"id":"1"}' ]
}

@test "and refused for any other" {
	tls_configure service.example 443 'ssl_verify: false'
	run -3 --separate-stderr dr-project list
	[[ $stderr == *"certificates are verified for every host but this machine"* ]]
}
