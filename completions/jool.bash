# Completion of jool, jool_siit and joold for bash. The programs themselves say what could come next, so this stays as it
# is when they learn new words. No kernel module is needed, except for the names of instances.

_jool() {
  local line=${COMP_LINE:0:COMP_POINT} words candidate files
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=${words[${#words[@]} - 1]}
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then
      compopt -o filenames 2>/dev/null
      local option=
      [[ $current == --*=* ]] && option=${current%%=*}=
      mapfile -t files < <(compgen -f -- "${current#"$option"}")
      COMPREPLY+=("${files[@]/#/"$option"}")
    else
      COMPREPLY+=("$candidate")
    fi
  done < <("$1" complete "${words[@]:1}" 2>/dev/null)
  # bash wants only what follows the last of its word breaks.
  local breaks=${COMP_WORDBREAKS//[^:=]/}
  if [[ -n $breaks ]]; then
    local prefix=${current%"${current##*["$breaks"]}"}
    COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
  fi
}

complete -F _jool jool jool_siit
complete -f joold
