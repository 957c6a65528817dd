# Servers that speak TLS on this machine, good and bad: `load tls`, or `. tests/tls.bash`.
#
# tls_init DIR         keys and certificates, in DIR, which everything below uses
# tls_serve NAME CERT  start openssl's server with this certificate, on a port that the
#     kernel chooses, set TLS_PORT; the files below DIR/NAME/ are its answers, heads included
# tls_answer NAME STATUS HEAD BODY  what NAME answers to `dr-project list --name x`
# tls_requests NAME    how many requests it got
# tls_configure HOST PORT [LINE]  DIR/drconfig.yaml, for DATAROBOT_CONFIG_FILE
# tls_refused NAME WORDS  whether `dr-project list --name x` ends with status 4, says WORDS
#     in its last line after one attempt, and NAME got no request
# tls_case CASE        whether one of tls_cases is refused
# tls_stop             end them all
#
# Certificates: good (for localhost, by ca), expired, other-host, other-ca, self-signed.

# shellcheck disable=SC2034 # for whoever goes through them
tls_cases='expired self-signed other-host other-ca redirect'

tls_key() {
	openssl ecparam -genkey -noout -name prime256v1 -out "$TLS_DIR/$1.key"
}

# tls_sign NAME CA HOST DAYS
tls_sign() {
	tls_key "$1" && openssl req -new -key "$TLS_DIR/$1.key" -subj "/CN=$3" -out "$TLS_DIR/$1.csr" &&
		openssl x509 -req -in "$TLS_DIR/$1.csr" -CA "$TLS_DIR/$2.pem" -CAkey "$TLS_DIR/$2.key" \
			-CAcreateserial -days "$4" -extfile <(echo "subjectAltName=DNS:$3") \
			-out "$TLS_DIR/$1.pem" 2>/dev/null
}

# tls_root NAME CN [ARGUMENT...]
tls_root() {
	local name=$1 cn=$2
	shift 2
	tls_key "$name" && openssl req -x509 -key "$TLS_DIR/$name.key" -days 2 -subj "/CN=$cn" "$@" \
		-out "$TLS_DIR/$name.pem"
}

tls_init() {
	TLS_DIR=$1
	TLS_PIDS=()
	tls_root ca 'a CA' && tls_root stranger 'a CA' &&
		tls_root self-signed localhost -addext subjectAltName=DNS:localhost &&
		tls_sign good ca localhost 2 && tls_sign expired ca localhost -1 &&
		tls_sign other-host ca service.example 2 && tls_sign other-ca stranger localhost 2
}

tls_serve() {
	mkdir -p "$TLS_DIR/$1/api/v2/projects"
	: >"$TLS_DIR/$1.log"
	# 3 is the descriptor that bats waits for.
	(cd "$TLS_DIR/$1" && exec openssl s_server -accept 127.0.0.1:0 -key "$TLS_DIR/$2.key" \
		-cert "$TLS_DIR/$2.pem" -HTTP >"$TLS_DIR/$1.log" 2>&1 </dev/null 3>&-) &
	TLS_PIDS+=($!)
	for ((i = 0; i < 100; i++)); do
		TLS_PORT=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$TLS_DIR/$1.log")
		[[ -z $TLS_PORT ]] || return 0
		sleep 0.05
	done
	return 1
}

tls_answer() {
	printf 'HTTP/1.1 %s\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
		"$2" "$3" "${#4}" "$4" >"$TLS_DIR/$1/api/v2/projects/?projectName=x"
}

tls_requests() {
	grep -c '^FILE:' "$TLS_DIR/$1.log"
}

tls_configure() {
	(umask 077 && printf 'endpoint: https://%s:%s/api/v2\ntoken: abcdefgh\nmax_retries: 3\n%s\n' \
		"$1" "$2" "${3-}" >"$TLS_DIR/drconfig.yaml")
}

tls_refused() {
	local status=0
	DATAROBOT_CONFIG_FILE=$TLS_DIR/drconfig.yaml dr-project -v list --name x \
		>"$TLS_DIR/out" 2>"$TLS_DIR/err" || status=$?
	[[ $status == 4 && ! -s $TLS_DIR/out && $(wc -l <"$TLS_DIR/err") == 2 &&
		$(tail -n 1 "$TLS_DIR/err") == *"$2"* && $(tls_requests "$1") == 0 ]] && return
	echo "status $status, $(tls_requests "$1") requests" >&2
	cat "$TLS_DIR/out" "$TLS_DIR/err" >&2
	return 1
}

# A certificate that is not to be trusted is refused before a request leaves.
tls_case_certificate() {
	tls_serve "$1" "$1" && tls_answer "$1" '200 OK' '' '[]' &&
		tls_configure localhost "$TLS_PORT" "ssl_verify: $TLS_DIR/ca.pem" &&
		tls_refused "$1" "$2"
}

# The first server is good, and points to another one, which would be good as well.
tls_case_redirect() {
	local status first other
	tls_serve target good && other=$TLS_PORT && tls_answer target '200 OK' '' '[]' || return
	tls_serve redirect good && first=$TLS_PORT || return
	tls_configure localhost "$first" "ssl_verify: $TLS_DIR/ca.pem"
	for status in 301 302 303 307 308; do
		tls_answer redirect "$status Elsewhere" \
			"Location: https://localhost:$other/api/v2/projects/?projectName=x\\r\\n" '{}'
		tls_refused target "$status: redirected to" || return
	done
	[[ $(tls_requests redirect) == 5 ]]
}

tls_case() {
	case $1 in
	expired) tls_case_certificate "$1" 'certificate has expired' ;;
	self-signed) tls_case_certificate "$1" 'self-signed certificate' ;;
	other-host) tls_case_certificate "$1" "matches target host name 'localhost'" ;;
	other-ca) tls_case_certificate "$1" 'SSL certificate problem' ;;
	redirect) tls_case_redirect ;;
	esac
}

# That the same server is used where nothing is wrong with it; else nothing is shown above.
tls_control() {
	tls_serve control good && tls_answer control '200 OK' '' '[{"id":"1"}]' &&
		tls_configure localhost "$TLS_PORT" "ssl_verify: $TLS_DIR/ca.pem" &&
		[[ $(DATAROBOT_CONFIG_FILE=$TLS_DIR/drconfig.yaml dr-project list --name x) == '{"id":"1"}' &&
			$(tls_requests control) == 1 ]]
}

tls_stop() {
	local pid
	for pid in "${TLS_PIDS[@]}"; do
		kill "$pid"
		wait "$pid" 2>/dev/null || true
	done
	TLS_PIDS=()
}
