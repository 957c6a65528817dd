# shellcheck disable=SC2153,SC2016 # TABLE comes from setup_file; $ in scripts for the browser
bats_require_minimum_version 1.5.0

# The page for people, in a real browser, and the places that dot finds for its picture.

# A worker that waits while the file slow is there, and fails while fail is.
worker() {
	cat >"$1/worker" <<-EOF
		#!/bin/bash
		IFS= read -r line
		while [[ -e $1/slow ]]; do sleep 0.1; done
		if [[ -e $1/fail ]]; then
			echo '{"error":"<b>too</b> few rows"}'
			exit
		fi
		exec "$(command -v dr-worker)" <<<"\$line"
	EOF
	chmod +x "$1/worker"
}

setup_file() {
	load sandbox
	export WORK=$BATS_FILE_TMPDIR
	worker "$WORK"
	sandbox_start --min-job-time 0 --workers 1 --worker "$WORK/worker"
	sandbox_project
}

teardown_file() {
	load sandbox
	sandbox_stop
}

setup() {
	load helper
	load sandbox
	load browser
	cd "$BATS_TEST_TMPDIR" || return
	shared=$SANDBOX_PID
}

teardown() {
	browser_stop
	rm -f "$WORK/slow" "$WORK/fail"
	[[ ${SANDBOX_PID:-$shared} == "$shared" ]] || kill "$SANDBOX_PID" 2>/dev/null || true
}

# page: the address with the token, as open.html has it.
page() {
	sed -n 's/.*url=\([^"]*\)".*/\1/p' "$SANDBOX_DIR/open.html"
}

# train BLUEPRINT-TEXT SAMPLE-PCT: start training the first blueprint of that name.
train() {
	local blueprint
	blueprint=$(api GET "projects/$PROJECT/blueprints/" |
		jq -r --arg name "$1" '[.[] | select(.modelType | contains($name))][0].id')
	api_json POST "projects/$PROJECT/models/" "{\"blueprintId\":\"$blueprint\",\"samplePct\":$2}"
	[ "$(api_status)" = 202 ]
}

# text SELECTOR: what the page shows there.
text() {
	browser_eval "document.querySelector('$1').innerText"
}

# choose TABLE TEXT: press what begins with it.
choose() {
	browser_eval "[...document.querySelectorAll('$1 button')].find(b => b.innerText.startsWith('$2')).click()" \
		>/dev/null
}

@test "the page shows projects, the leaderboard, the queue and the blueprint, and follows what changes" {
	browser_start
	browser_open "$(page)"
	n=$(api GET "projects/$PROJECT/models/" | jq length)
	browser_until "document.querySelectorAll('#models tbody tr').length == $n"
	[[ $(text '#projects') == *shop*bought*Binary*LogLoss*locked* ]]
	[[ $(text '#models') == *'Recommended for Deployment'*frozen* ]]
	[[ $(text '#queue') == *'Nothing waits or runs.'* ]]
	browser_until 'document.querySelectorAll("#picture rect").length > 3'
	# The token is in the tab, and no longer in the address.
	[ "$(browser_eval 'location.href')" = "\"$SANDBOX_URL/\"" ]

	touch "$WORK/slow"
	train Majority 40
	train RandomForest 41
	browser_until 'document.querySelector("#queue").innerText.match(/inprogress/) &&
		document.querySelector("#queue").innerText.match(/queue\s*RandomForest.*41/) !== null'
	rm "$WORK/slow"
	browser_until "document.querySelectorAll('#models tbody tr').length == $n + 2"
	browser_until 'document.querySelector("#queue").innerText.includes("Nothing waits")'
	sandbox_upload "$TABLE" 'one more' >/dev/null
	browser_until 'document.querySelector("#projects").innerText.includes("one more")'

	# Another model is chosen: its blueprint is drawn.
	choose '#models' Majority
	browser_until 'document.querySelector("#drawn").innerText.startsWith("Blueprint of Majority") &&
		[...document.querySelectorAll("#picture text")].some(t => t.textContent.startsWith("Majority"))'
}

@test "a job that failed is told with its reason, as text" {
	browser_start
	browser_open "$(page)"
	browser_until 'document.querySelector("#projects").innerText.includes("shop")'
	choose '#projects' shop
	touch "$WORK/fail"
	train Logistic 42
	browser_until 'document.querySelector("#queue").innerText.includes("<b>too</b> few rows")'
	[ "$(browser_eval 'document.querySelectorAll("b").length')" = 0 ]
	[[ $(text '#queue') == *error*Logistic*42* ]]
}

@test "names that are markup stay text, however long" {
	hit='x"><img src=x onerror="window.hit=1"><script>window.hit=1</script>${hit}'
	long=$(printf 'x%.0s' {1..400})
	{ printf '%s,other\n' '<svg/onload=hit()>' && awk 'BEGIN { for (i = 0; i < 300; i++)
		print (i % 7 < 3 ? "<i>yes" : "no&amp;") "," i % 13 }'; } >t.csv
	id=$(sandbox_upload t.csv "$hit")
	sandbox_aim "$id" '{"target":"<svg/onload=hit()>","mode":"manual"}'
	PROJECT=$id train Majority 64
	sandbox_wait "$(api_location)"
	sandbox_upload "$TABLE" "$long" >/dev/null
	browser_start
	browser_open "$(page)" 360 800
	browser_until 'document.querySelector("#projects").innerText.includes("onerror")'
	choose '#projects' 'x">'
	browser_until 'document.querySelector("#which").innerText.includes("onerror") &&
		document.querySelector("#models").innerText.includes("Majority")'
	[ "$(browser_eval 'document.querySelector("#which").textContent' | jq -r .)" = "Models of $hit" ]
	[[ $(text '#projects') == *'<svg/onload=hit()>'* ]]
	[ "$(browser_eval '[document.scripts.length, document.images.length, typeof window.hit]')" = '[1,0,"undefined"]' ]
	# Nothing hangs out of a narrow screen but what can be pushed sideways.
	[ "$(browser_eval 'document.documentElement.scrollWidth <= 360')" = true ]
	choose '#projects' xxxx
	browser_until 'document.querySelector("#which").innerText.includes("xxxx")'
	[ "$(browser_eval 'document.documentElement.scrollWidth <= 360')" = true ]
	[ "$(browser_eval 'parseFloat(getComputedStyle(document.body).fontSize) >= 14')" = true ]
}

@test "without a token the page asks for it, and refuses a wrong one" {
	browser_start
	browser_open "$SANDBOX_URL/"
	browser_until '!document.querySelector("#login").hidden && document.querySelector("#all").hidden'
	[[ $(browser_eval 'document.body.innerText') != *shop* ]]
	browser_eval 'document.querySelector("#token").value = "wrong"; document.querySelector("#login button").click()'
	browser_until 'document.querySelector("#trouble").innerText.includes("the token is not the one of this service")'
	browser_eval "document.querySelector('#token').value = '$DATAROBOT_API_TOKEN';
		document.querySelector('#login button').click()"
	browser_until 'document.querySelector("#projects").innerText.includes("shop")'
	browser_until 'document.querySelector("#login").hidden'
}

@test "a service that is gone is told, and shown again when it is back" {
	load sandbox
	sandbox_start
	browser_start
	browser_open "$(page)"
	browser_until 'document.querySelector("#projects").innerText.includes("There is no project yet.")'
	port=${SANDBOX_URL##*:} dir=$SANDBOX_DIR
	sandbox_stop
	browser_until 'document.querySelector("#trouble").innerText.includes("does not answer")'
	sandbox_run --dir "$dir" --port "$port"
	browser_until 'document.querySelector("#trouble").innerText == ""'
	sandbox_stop
	SANDBOX_PID=$shared
}

# with_dot FOLDER: a service of its own that looks for dot there, and one model in it.
with_dot() {
	local real
	real=$(command -v dr-sandbox)
	dr-sandbox() { exec env PATH="$folder" "$real" "$@"; }
	folder=$1 sandbox_start --min-job-time 0
	unset -f dr-sandbox
	PROJECT=$(sandbox_upload "$TABLE" drawn)
	sandbox_aim "$PROJECT" '{"target":"bought","mode":"manual"}'
	train RandomForest 64
	sandbox_wait "$(api_location)"
	of=projects/$PROJECT/models/$(api GET "projects/$PROJECT/models/" | jq -r '.[0].id')
}

# fake_dot LINE...: a dot of these lines, in the folder bin.
fake_dot() {
	mkdir bin
	printf '%s\n' '#!/bin/bash' "$@" >bin/dot
	chmod +x bin/dot
}

# layout_is STATUS [QUERY]: that is its answer once dot has ended.
layout_is() {
	for ((i = 0; i < 100; i++)); do
		api GET "$of/blueprintLayout/${2-}" >places
		[[ $(api_status) == 202 ]] || break
		sleep 0.1
	done
	[ "$(api_status)" = "$1" ]
}

@test "dot places the boxes of the picture, where it is there" {
	command -v dot >/dev/null || skip 'no dot: apt-get install graphviz'
	with_dot "$(dirname "$(command -v dot)")"
	layout_is 200 '?lines=1,2,3'
	api GET "$of/blueprintChart/" >chart
	jq -es '.[0] as $chart | .[1] | (.nodes | length) == ($chart.nodes | length) and
		(.edges | length) == ($chart.edges | length) and . as $all |
		all(.nodes[]; .[0] > 0 and .[0] < $all.width and .[1] > 0 and .[1] < $all.height) and
		all(.edges[]; length >= 8 and length % 6 == 2)' chart places
	# Data are above, the prediction is below.
	jq -es '.[1].nodes as $at | [.[0].nodes | to_entries[] | {(.value.label): $at[.key][1]}] | add |
		.Data < .Prediction' chart places
	# What the page asks for is kept: one that asks again is answered at once.
	api GET "$of/blueprintLayout/?lines=1,2,3" | cmp - places
	layout_is 200 '?lines=x,-1,99999999999999999999'
	browser_start
	browser_open "$(page)"
	browser_until 'document.querySelector("svg").dataset.by == "dot"'
	[ "$(browser_eval 'document.querySelectorAll("svg rect").length')" = "$(jq '.nodes | length' chart)" ]
	sandbox_stop
	SANDBOX_PID=$shared
}

@test "without dot the page draws the picture itself" {
	mkdir empty
	with_dot "$PWD/empty"
	layout_is 404
	browser_start
	browser_open "$(page)"
	browser_until 'document.querySelectorAll("svg rect").length > 3'
	[ "$(browser_eval 'document.querySelector("svg").dataset.by')" = '"page"' ]
	# No two boxes lie over each other.
	[ "$(browser_eval '(boxes => boxes.every((a, i) => boxes.every((b, k) => i == k ||
		a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top)))(
		[...document.querySelectorAll("svg rect")].map(r => r.getBoundingClientRect()))')" = true ]
	sandbox_stop
	SANDBOX_PID=$shared
}

@test "a dot that hangs holds nobody up, and is ended after five seconds" {
	fake_dot "echo \$\$ >$PWD/pid; exec sleep 600"
	with_dot "$PWD/bin"
	api GET "$of/blueprintLayout/" >places
	[ "$(api_status)" = 202 ]
	until [[ -s pid ]]; do sleep 0.05; done
	api GET version/ --max-time 2 >/dev/null
	[ "$(api_status)" = 200 ]
	[ -e "/proc/$(<pid)" ]
	layout_is 404
	[ ! -e "/proc/$(<pid)" ]
	# One that runs when the service ends is ended with it.
	rm pid
	api GET "$of/blueprintLayout/?lines=2" >places
	until [[ -s pid ]]; do sleep 0.05; done
	sandbox_stop
	[ ! -e "/proc/$(<pid)" ]
	SANDBOX_PID=$shared
}

@test "a dot that fails, says nonsense or too much is as none" {
	fake_dot "n=\$(<$PWD/case); case \$n in" \
		'1) exit 3 ;;' \
		'2) echo "graph 1 2 2"; echo "node n0 nan 1"; echo stop ;;' \
		'3) head -c 3000000 /dev/zero | tr "\0" x ;;' \
		'4) kill -9 $$ ;;' \
		'5) exit 0 ;;' \
		'esac'
	echo 1 >case
	with_dot "$PWD/bin"
	for n in 1 2 3 4 5; do
		echo "$n" >case
		layout_is 404 "?lines=$n"
	done
	sandbox_stop
	SANDBOX_PID=$shared
}

@test "places of another project's model are not told" {
	api GET "projects/$PROJECT/models/000000000000000000000000/blueprintLayout/"
	[ "$(api_status)" = 404 ]
	run -0 curl -sS -D head "$DATAROBOT_ENDPOINT/projects/$PROJECT/models/$MODEL/blueprintLayout/"
	[ "$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' head)" = 401 ]
}
