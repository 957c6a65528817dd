# bash completion for all tools of drtune: each tool lists its own options.
_drtune() {
	case $2 in
	-*) mapfile -t COMPREPLY < <(compgen -W "$("$1" --list-options 2>/dev/null)" -- "$2") ;;
	esac
}
complete -o default -F _drtune bo-propose dr-blueprints dr-collect dr-models dr-params \
	dr-project dr-prune dr-sandbox dr-score dr-submit dr-train dr-worker gridgen halve
