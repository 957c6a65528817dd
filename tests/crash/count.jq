# What the service trained, by its workers and by its API, beside what the logs say.

def param(name): first($params[] | select(.parameter == name)).id;
param("random_state") as $state | param("enet_alpha") as $alpha |

# A setting as text, from either side.
def trained: [.values[$state], .values[$alpha]] | tojson;
def tried: [.params.random_state, .params.enet_alpha] | tojson;
def final: .state == "completed" or .state == "failed" or .state == "aborted";

[$result | split("\n")[] | select(. != "") | split(" ") |
	{state: (.[0] | tonumber), recipe: .[1], starts: (.[2] | tonumber), kills: (.[3] | tonumber),
	 status: (.[4] | tonumber), left: (.[5] | tonumber)}] as $runs |
[$jobs[] | select(.job == "fit") | trained] as $paid |
($paid | group_by(.) | map({key: .[0], value: length}) | from_entries) as $count |
[$logs[] | select(.trial)] as $records |
($records | group_by(.trial)) as $trials |
[$trials[] | .[-1] | select(.state == "completed")] as $done |
($done | map({key: tried, value: true}) | from_entries) as $known |
($models[0] | map({key: .id, value: .metrics.LogLoss.crossValidation}) | from_entries) as $score |
([$completed[0][] | .modelId] - [$model]) as $made |

# Trials that a run should have ended with.
def asked: if .recipe == "grid.sh" then 3 else 4 end;
($trials | map(.[-1] | select(final)) | group_by(.params.random_state) |
	map({key: (.[0].params.random_state | tostring), value: length}) | from_entries) as $ends |
{
	unfinished: [$runs[] | select(.status > 1) | .state],
	missing: [$runs[] | select(($ends[.state | tostring] // 0) < asked) | .state],
	forgotten: [$paid | unique[] | select($known[.] | not)],
	unknown_models: ($made - [$done[].tuned_model]),
	trained_twice: [$count | to_entries[] | select(.value > 1) | .key],
	beyond: [$runs[] | select(($ends[.state | tostring] // 0) > asked) | .state],
	ended_twice: [$trials[] | select([.[] | select(final)] | length > 1) | .[0].trial],
	shared_jobs: [$records | map(select(.job)) | group_by(.job)[] |
		select(map(.trial) | unique | length > 1) | .[0].job],
	wrong: [$done[] | select(.score != $score[.tuned_model]) | .trial],
	left: [$runs[] | select(.left > 0) | .state]
} as $bad |
def n(name): $bad[name] | length;
(n("missing") + n("forgotten") + n("unknown_models")) as $lost |
(n("trained_twice") + n("beyond") + n("ended_twice")) as $doubled |

"\($runs | length) runs of grid.sh and bayes.sh, started \([$runs[].starts] | add) times, \([$runs[].kills] | add) processes killed with -9",
"\($chaos[0].requests) requests, \([$chaos[0].injected[]] | add) faults: \($chaos[0].injected | tojson)",
"\($paid | length) trainings, \($trials | length) trials: \($done | length) completed, \([$trials[] | .[-1].state | select(. == "failed")] | length) failed",
($bad | to_entries[] | select(.value | length > 0) | "\(.key): \(.value | length): \(.value[:5] | tojson)"),
"\($lost) lost, \($doubled) doubled, \(n("wrong") + n("shared_jobs")) wrong, \(n("unfinished")) unfinished, \(n("left")) hung",
if [$bad[] | length] | add > 0 then "not ok" elif ([$runs[] | select(.kills > 0)] | length) < $wanted
then "not ok: too few were killed" else "ok" end
