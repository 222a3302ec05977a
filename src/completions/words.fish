# Words that the program knows: fields of display filters, tables, protocols, taggers.
function __nettool_words
    set -l typed (commandline -ct | string replace -r '^--[a-z-]+=' '' | string trim -l -c "'\"")
    nettool completions --words $argv[1] -- "$typed" 2>/dev/null
end

