
# Words that the program knows: fields of display filters, tables, protocols, taggers.
_nettool_words() {
    local at kind= typed= before= quote word
    for ((at = COMP_CWORD - 1; at > 1 && at > COMP_CWORD - 40; at--)); do
        case "${COMP_WORDS[at]}" in
            -Y | --query) kind=query ;;
            --fields) kind=fields ;;
            --mark | --split-by) kind=field ;;
            --decode-as) kind=decode-as ;;
            --dsa) kind=dsa ;;
            --stats) [ "${COMP_WORDS[1]}" = read ] && kind=stats ;;
        esac
        [ -n "$kind" ] && break
    done
    if [ -n "$kind" ]; then
        # Bash takes a word apart at `=` and `:`.
        for ((at++; at < COMP_CWORD; at++)); do
            before+=${COMP_WORDS[at]}
        done
        typed=$before${COMP_WORDS[COMP_CWORD]}
        if [[ ${COMP_LINE:0:COMP_POINT} == *"$typed" ]]; then
            before=${before#=}
            typed=${typed#=}
            quote=${typed:0:1}
            if [[ $quote == [\'\"] ]]; then
                typed=${typed:1}
                before=${before#"$quote"}
            fi
            COMPREPLY=()
            while IFS=$'\t' read -r word _; do
                COMPREPLY+=("${word#"$before"}")
            done < <("$1" completions --words "$kind" -- "$typed" 2>/dev/null)
            [ "${#COMPREPLY[@]}" -gt 0 ] && compopt -o nospace 2>/dev/null
            return 0
        fi
    fi
    _nettool "$@"
}

complete -F _nettool_words -o nosort -o bashdefault -o default nettool
