# Sourced by core-concepts.sh and bayesian-optimization.sh: the steps that both begin with,
# and how they print.
#
# They share $dir (where records are kept), $partition (what models are judged by),
# $DR_PROJECT, the arrays of split_arguments, and of the chosen model $model (its id),
# $dir/model.ndjson (its record) and $dir/params.ndjson (its parameters).  $search is the
# expression that the names of blueprints are searched for.

search=${SEARCH:-Unsupervised Learning Features}

say() { printf '\n%s\n' "== $*"; }

# table WIDTH... : tab-separated lines in columns; a negative width aligns to the left, the
# last one is that of all further columns
table() {
	awk -F '\t' -v widths="$*" 'BEGIN { n = split(widths, w, " ") } {
		for (i = 1; i <= NF; i++) {
			width = w[i < n ? i : n]
			wide = width < 0 ? -width : width
			text = length($i) > wide ? substr($i, 1, wide - 3) "..." : $i
			line = line sprintf("  %" width "s", text)
		}
		sub(/ +$/, "", line)
		print line
		line = ""
	}'
}

# Put before jq programs: the six digits that scores are shown with.
# shellcheck disable=SC2034 # of the recipes
digits='def digits: if . then . * 1e6 | round / 1e6 else "-" end; '

# save FILE COMMAND... : the command's output in FILE of $dir, whole or not at all
save() {
	"${@:2}" >"$dir/$1.new" && mv -- "$dir/$1.new" "$dir/$1"
}

# tolerate STATUS... : of a pipeline: its gravest, but that some trials have failed, which
# the log tells, stops nobody.
tolerate() {
	local status=0

	gravest "$@" || status=$?
	[[ $status == 1 ]] || return "$status"
}

# trained LOG OF: the model that came of this blueprint or model, by the log
trained() {
	jq -rs --arg me "${0##*/}" --arg of "$2" '
		map(select(.blueprint == $of or .model == $of)) | last | .tuned_model //
		("\($me): the training has failed: \(.error)\n" | halt_error(1))' "$dir/$1"
}

# open_folder FOLDER [CSV TARGET]: what the recipe was called with
open_folder() {
	[[ ($# == 1 && -n ${DR_PROJECT-}) || $# == 3 ]] || {
		echo "usage: ${0##*/} FOLDER [CSV TARGET] [--on-interrupt=cancel]" >&2
		echo "${0##*/}: without CSV and TARGET, DR_PROJECT names the project" >&2
		exit 2
	}
	dir=$1 csv=${2-} target=${3-}
	mkdir -p -- "$dir" || exit 6
}

# That of the table, created once, or $DR_PROJECT.
open_project() {
	if [[ -n $csv ]]; then
		[[ -s $dir/project.ndjson ]] || save project.ndjson dr-project create "$csv"
		DR_PROJECT=$(jq -r .id "$dir/project.ndjson")
		export DR_PROJECT
		dr-project start --target "$target" --mode "${MODE:-auto}" --workers -1 --wait >/dev/null
	fi
	[[ ! -s $dir/project.ndjson || $(jq -r .id "$dir/project.ndjson") == "$DR_PROJECT" ]] || {
		echo "${0##*/}: $dir holds the records of another project" >&2
		return 2
	}
	dr-models --summary | jq -r '
		"  project: \(.project) (\(.project_name))",
		"  target: \(.target), \(.target_type); metric: \(.metric)",
		"  unique blueprints tested: \(.blueprints_trained)",
		"  feature lists tested: \(.featurelists)",
		"  models trained: \(.models)",
		"  blueprints in the project repository: \(.blueprints)",
		"  feature engineering and preprocessing steps: \(.preprocessing_steps)"'
	save project.ndjson dr-project show
	pct=$(jq .max_train_pct "$dir/project.ndjson")
	say "top of the leaderboard at $pct %"
	leaderboard
}

# The best five that were trained on all rows but those of the validation and the holdout.
leaderboard() {
	dr-models | jq -rs --argjson pct "$pct" "$digits"'
		["model_id", "model", "pct", "validation", "crossValidation"],
		(map(select(.sample_pct - $pct | fabs < 0.01))[:5][] |
			[.id, .model_type, .sample_pct,
			(.metrics[.metric] | .validation, .crossValidation | digits)]) | @tsv' |
		table -24 -50 6 11 16
}

# choose_model: the first blueprint whose name matches $search, trained; where it has been,
# the service names that model.  What it scores must be there to be improved on.
choose_model() {
	local blueprint no_cv=()

	[[ $(jq -r .partition.validation_type "$dir/project.ndjson") != TVH ]] || no_cv=(--no-cv)
	blueprint=$(dr-blueprints |
		jq -rs --arg p "$search" 'map(select(.model_type | test($p)))[0].id // ""')
	[[ -n $blueprint ]] || {
		echo "${0##*/}: no blueprint of project $DR_PROJECT matches '$search'" >&2
		return 3
	}
	dr-train --blueprint "$blueprint" "${no_cv[@]}" --log "$dir/base.ndjson" \
		"${on_interrupt[@]}" |
		dr-collect --log "$dir/base.ndjson" --partition "$partition" "${on_interrupt[@]}" \
			>/dev/null || tolerate "${PIPESTATUS[@]}"
	model=$(trained base.ndjson "$blueprint")
	save model.ndjson dr-models --partition "$partition" "$model"
	jq -e .score "$dir/model.ndjson" >/dev/null || {
		echo "${0##*/}: model $model has no score on $partition" >&2
		return 3
	}
	jq -r "$digits"'"  \(.model_type)\n  \(.id): \(.metric) on \(.partition) \(.score | digits)"' \
		"$dir/model.ndjson"
}

chart() {
	save blueprint.dot dr-blueprints --dot "$(jq -r .blueprint_id "$dir/model.ndjson")"
	echo "  $(grep -c 'label=' "$dir/blueprint.dot") nodes," \
		"$(grep -c -- '->' "$dir/blueprint.dot") edges: $dir/blueprint.dot"
	if command -v dot >/dev/null; then
		save blueprint.svg dot -Tsvg "$dir/blueprint.dot"
		echo "  drawn: $dir/blueprint.svg"
	else
		echo "  (not drawn: there is no dot; it is in the package graphviz)"
	fi
}

documents() {
	dr-blueprints --docs "$(jq -r .blueprint_id "$dir/model.ndjson")" | tail -n 1 |
		jq -r '"  \(.task)", (.links + .references | .[] | "    \(.name): \(.url // "-")")'
}

processes() { jq -r '.processes[] | "  \(.)"' "$dir/model.ndjson"; }

parameters() {
	save params.ndjson dr-params "$model"
	{
		printf '%s\t' task parameter type min max values default current grid
		echo
		jq -r '[.task, .parameter, (.types | join(",")), .min // "", .max // "",
			(.values // [] | join(",")), .default, (.current | tostring), .grid] | @tsv' \
			"$dir/params.ndjson"
	} | table -28 -22 -12 7 8 -24 -10 -10 5
}

task_names() { jq -r '"  \(.task)"' "$dir/params.ndjson" | sort -u; }
