# Prints the candidates that zsh offers for a line, one per line: zsh -f candidates.zsh FUNCTIONS LINE
#
# A second, interactive shell completes the line. Its compadd, which receives all candidates, prints them.
# Calls with -A, -D or -O are ignored, because they fill arrays and offer nothing.
zmodload zsh/zpty || exit 1
zpty shell zsh -f -i
zpty -w shell 'PS1=; stty -echo; fpath=('${(q)1}' $fpath); autoload -Uz compinit; compinit -u -D
compadd() {
  local -a found
  if (( ! ${${@[1,(i)(-|--)]}[(I)-(A|D|O)*]} )); then
    builtin compadd -A found "$@"
    print -rl -- "${found[@]/#/<candidate>}"
  fi
  builtin compadd "$@"
}
show() { _main_complete; print "<end>"; exit }
zle -C show list-choices show; bindkey "^I" show; print "<"ready">"'
zpty -r shell line '*<ready>*'
zpty -n -w shell "$2"$'\t'
zpty -r shell line '*<end>*'
print -r -- "$line" | tr -d '\r' | sed -n 's/.*<candidate>//p'
