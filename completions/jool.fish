# Completion of jool, jool_siit and joold for fish. The programs themselves say what could come next.

function __jool_candidates
    set -l current (commandline -ct)
    set -l words (commandline -opc) $current
    for line in ($words[1] complete $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            # fish wants the whole word, of which the file may be a part: --file=...
            set -l option (string match -r -- '^--[^=]*=' $current)
            printf '%s\n' "$option"(__fish_complete_path (string replace -- "$option" '' $current))
        else
            echo $line
        end
    end
end

complete -c jool -f -a '(__jool_candidates)'
complete -c jool_siit -f -a '(__jool_candidates)'
