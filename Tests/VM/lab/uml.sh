# Sourced by setup and boot: the lab on User-Mode Linux, a kernel that is an ordinary process of this machine. Programs and
# the module run at native speed; a system call costs some 30 µs, because ptrace(2) catches it. One processor.
#
# What `prepare_machine` leaves in $JOOL_LAB/uml:
#   linux          the kernel, an executable
#   release        its release, e.g. 6.1.158; written last
#   modules/       what modprobe must know of a kernel in which everything is built in
#   build/, source/   what building modules for it needs
UML=$JOOL_LAB/uml
MACHINE_PACKAGES="bc bison flex libelf-dev xz-utils"
MACHINE_TITLE="User-Mode Linux"

# The configuration is part of the answer: another one means another kernel.
machine_is_ready() {
  [ -s "$UML/release" ] && [ -x "$UML/linux" ] && cmp -s "$HERE/lab/uml.config" "$UML/uml.config"
}

machine_kernel() { cat "$UML/release" 2>/dev/null; }

prepare_machine() {
  rm -rf "$UML" && mkdir -p "$UML/source"
  say "fetching Linux 6.1"
  fetch_packages bookworm "$UML" linux-source-6.1 || die "$(cat "$UML/skipped")"
  say "building User-Mode Linux (some minutes; $UML/build.log)"
  build_kernel >"$UML/build.log" 2>&1 || { tail -20 "$UML/build.log" >&2; die "User-Mode Linux does not build"; }
}

# Drivers and sound are left out but for their Kconfig and Makefiles: nothing of them is built.
build_kernel() {
  dpkg-deb --fsys-tarfile "$UML"/deb/linux-source-*.deb | tar -xO ./usr/src/linux-source-6.1.tar.xz |
    tar -xJ -C "$UML/source" --strip-components=1 --exclude='Documentation/*/*' --exclude='sound/*.[ch]' --exclude='tools/*.[ch]' \
      --exclude='drivers/gpu/*.[ch]' --exclude='drivers/media/*.[ch]' --exclude='drivers/staging/*.[ch]' &&
    rm -rf "$UML/deb" &&
    kernel_make allnoconfig KCONFIG_ALLCONFIG="$HERE/lab/uml.config" &&
    kernel_make -j"$(nproc)" linux modules &&
    kernel_make modules_install INSTALL_MOD_PATH="$UML/modules" &&
    strip -o "$UML/linux" "$UML/build/linux" &&
    forget_sources &&
    cp "$HERE/lab/uml.config" "$UML/uml.config" &&
    kernel_make -s kernelrelease >"$UML/release"
}

# kconfig waits for an answer if it has a terminal.
kernel_make() { make -C "$UML/source" ARCH=um O="$UML/build" "$@" </dev/null; }

# Modules need headers, scripts and Makefiles. The rest is a gigabyte.
forget_sources() {
  find "$UML/source" "$UML/build" -path '*/scripts/*' -prune -o \( -name '*.c' -o -name '*.o' -o -name '*.a' -o -name '*.S' \) \
    -type f -exec rm -f {} + && rm -f "$UML/build/linux" "$UML/build/vmlinux"
}

build_module() { kernel_make M="$1" modules; }

# Runs $RUN/guest.sh in a new guest; its output is this command's output.
boot_machine() {
  local machine
  : >"$RUN/output"
  timeout -k 10 "${JOOL_VM_TIMEOUT:-600}" "$UML/linux" "mem=${JOOL_VM_MEMORY:-3G}" rootfstype=hostfs rootflags=/ rw \
    init="$HERE/lab/uml-init" JOOL_RUN="$RUN" JOOL_KERNEL_MODULES="$UML/modules/lib/modules" \
    ${JOOL_VM_CABLE:+"vec0:transport=fd,fd=$JOOL_VM_CABLE"} quiet norandmaps con=null con0=null,fd:1 \
    </dev/null >"$RUN/console" 2>&1 &
  machine=$!
  # A signal that ends boot ends the guest.
  trap 'kill $machine' INT TERM HUP
  tail -f -n +1 -s 0.1 --pid=$machine "$RUN/output"
  wait $machine
}
