# The lab's paths and its machine. The shell scripts source this file.
REPO=$(cd "$HERE/../.." && pwd)
export JOOL_LAB=${JOOL_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/jool-lab}
export JOOL_BIN=${JOOL_BIN:-$REPO/.build/bin}

# User-Mode Linux runs a kernel as an ordinary process. It needs x86-64 and ptrace(2), which some containers forbid.
# (System call 101 of x86-64 is ptrace; request 0 asks to be traced.)
can_run_uml() { [ "$(uname -m)" = x86_64 ] && perl -e 'exit(syscall(101, 0, 0, 0, 0) == -1)' 2>/dev/null; }

# "uml", or "qemu" for an emulated PC. lab/$JOOL_VM_MACHINE.sh has the functions that depend on it.
if [ -z "${JOOL_VM_MACHINE:-}" ]; then JOOL_VM_MACHINE=$(can_run_uml && echo uml || echo qemu); fi
case $JOOL_VM_MACHINE in
  uml | qemu) export JOOL_VM_MACHINE ;;
  *) echo "lab: JOOL_VM_MACHINE is '$JOOL_VM_MACHINE'; it may be 'uml' or 'qemu'" >&2; exit 64 ;;
esac

# Prints the suite for a suite's name or a version of Jool; "newest" is the highest installed version.
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
