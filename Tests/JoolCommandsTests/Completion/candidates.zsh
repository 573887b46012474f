# What zsh offers for a line, one candidate per line: zsh -f candidates.zsh FUNCTIONS LINE
#
# A second, interactive shell completes the line. Its compadd, through which all candidates go, shows them,
# but for calls with -A, -D or -O, which fill arrays instead of offering something.
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
