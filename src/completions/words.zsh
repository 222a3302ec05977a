# Words that the program knows: fields of display filters, tables, protocols, taggers.
_nettool_words() {
    local -a found shown
    local word about
    nettool completions --words "$1" -- "${(Q)PREFIX}" 2>/dev/null | while IFS=$'\t' read -r word about; do
        found+=("$word")
        shown+=("$word  $about")
    done
    compadd -S '' -l -d shown -a found
}

