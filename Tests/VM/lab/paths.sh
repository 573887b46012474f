# Sourced by the lab's shell scripts: where things are.
REPO=$(cd "$HERE/../.." && pwd)
export JOOL_LAB=${JOOL_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/jool-lab}
export JOOL_BIN=${JOOL_BIN:-$REPO/.build/bin}

# Prints the suite for a suite's name or a version of Jool; "newest" is the highest version at hand.
lab_suite() { # SUITE|VERSION|newest
  local dir
  if [ "$1" = newest ]; then
    for dir in "$JOOL_LAB"/*/version; do [ -s "$dir" ] && echo "$(cat "$dir") $(basename "$(dirname "$dir")")"; done |
      sort -V | tail -1 | cut -d' ' -f2
    return
  fi
  for dir in "$JOOL_LAB"/*/; do
    dir=${dir%/}
    [ -s "$dir/version" ] || continue
    if [ "$(basename "$dir")" = "$1" ] || [ "$(cat "$dir/version")" = "$1" ]; then basename "$dir"; return; fi
  done
}
