# Completion of jool, jool_siit and joold for fish. The programs themselves say what could come next.

function __jool_candidates
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end

complete -c jool -f -a '(__jool_candidates)'
complete -c jool_siit -f -a '(__jool_candidates)'
