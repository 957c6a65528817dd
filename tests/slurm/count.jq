# What the service trained beside what the logs say; each run has a random_state of its own.

def param(name): first($params[] | select(.parameter == name)).id;
param("random_state") as $state | param("enet_alpha") as $alpha |
def tried: [.params.random_state, .params.enet_alpha] | tojson;
def final: .state == "completed" or .state == "failed" or .state == "aborted";

[$trained[] | [.values[$state], .values[$alpha]] | tojson] as $paid |
[$logs[] | select(.trial)] as $records |
($records | group_by(.trial)) as $trials |
[$trials[] | .[-1] | select(.state == "completed")] as $done |
($models[0] | map({key: .id, value: .metrics.LogLoss.crossValidation}) | from_entries) as $score |
($done | group_by(.params.random_state) | map(length)) as $ends |
([($paid | unique) - [$done[] | tried] | .[]] | length) as $forgotten |
([range(0; $runs) | [$wanted - ($ends[.] // 0), 0] | max] | add) as $missing |
([$paid | group_by(.)[] | length - 1] | add // 0) as $twice |
([$ends[] | [. - $wanted, 0] | max] | add // 0) as $beyond |
([$trials[] | [.[] | select(final)] | length - 1 | select(. > 0)] | length) as $ended_twice |
([$done[] | select(.score != $score[.tuned_model])] | length) as $wrong |

"\($runs) runs, \($trials | length) trials, \($paid | length) trainings: \($forgotten + $missing) lost, \($twice + $beyond + $ended_twice) doubled, \($wrong) wrong",
if $forgotten + $missing + $twice + $beyond + $ended_twice + $wrong == 0 and ($ends | length) == $runs
then "ok" else "not ok" end
