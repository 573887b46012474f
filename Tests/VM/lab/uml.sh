# The lab on User-Mode Linux, a kernel that is an ordinary process of this machine. `setup` and `boot` source this file.
# Programs and the module run at native speed on one processor; a system call costs some 30 µs, because ptrace(2)
# intercepts it.
#
# The files of `prepare_machine` in $JOOL_LAB/uml:
#   linux          the kernel, an executable
#   release        its release, e.g. 6.1.158; written last
#   modules/       the data of modprobe for a kernel in which everything is built in
#   build/, source/   the files for building modules
UML=$JOOL_LAB/uml
MACHINE_PACKAGES="bc bison flex libelf-dev xz-utils"
MACHINE_TITLE="User-Mode Linux"

# Another configuration needs another kernel.
machine_is_ready() {
  [ -s "$UML/release" ] && [ -x "$UML/linux" ] && cmp -s "$HERE/lab/uml.config" "$UML/uml.config"
}

machine_kernel() { cat "$UML/release" 2>/dev/null; }

# Modules fit only the configuration of the kernel for which they were built.
kernel_for_modules() { echo "$(machine_kernel) $(cat "$UML/uml.config" 2>/dev/null | cksum)"; }

prepare_machine() {
  rm -rf "$UML" && mkdir -p "$UML/source"
  say "fetching Linux 6.1"
  fetch_packages bookworm "$UML" linux-source-6.1 || die "$(cat "$UML/skipped")"
  say "building User-Mode Linux (some minutes; $UML/build.log)"
  build_kernel >"$UML/build.log" 2>&1 || { tail -20 "$UML/build.log" >&2; die "User-Mode Linux does not build"; }
}

# Of drivers and sound only Kconfig and Makefiles are unpacked, because nothing of them is built.
build_kernel() {
  dpkg-deb --fsys-tarfile "$UML"/deb/linux-source-*.deb | tar -xO ./usr/src/linux-source-6.1.tar.xz |
    tar -xJ -C "$UML/source" --strip-components=1 --exclude='Documentation/*/*' --exclude='sound/*.[ch]' --exclude='tools/*.[ch]' \
      --exclude='drivers/gpu/*.[ch]' --exclude='drivers/media/*.[ch]' --exclude='drivers/staging/*.[ch]' &&
    rm -rf "$UML/deb" &&
    make_room_for_registers "$UML/source/arch/x86/um/user-offsets.c" &&
    kernel_make allnoconfig KCONFIG_ALLCONFIG="$HERE/lab/uml.config" &&
    kernel_make -j"$(nproc)" linux modules &&
    kernel_make modules_install INSTALL_MOD_PATH="$UML/modules" &&
    strip -o "$UML/linux" "$UML/build/linux" &&
    forget_sources &&
    cp "$HERE/lab/uml.config" "$UML/uml.config" &&
    kernel_make -s kernelrelease >"$UML/release"
}

# Linux 6.1 saves 2,696 bytes of a process's vector registers. Processors with AMX have 11,008, and refuse to restore a part.
make_room_for_registers() { # FILE
  sed -i 's/DEFINE_LONGS(HOST_FP_SIZE, 2696)/DEFINE_LONGS(HOST_FP_SIZE, 12288)/' "$1" && grep -q 'HOST_FP_SIZE, 12288' "$1"
}

# No terminal, because kconfig would wait for input.
kernel_make() { make -C "$UML/source" ARCH=um O="$UML/build" "$@" </dev/null; }

# Deletes all but the headers, scripts and Makefiles that modules need. The rest takes a gigabyte.
forget_sources() {
  find "$UML/source" "$UML/build" -path '*/scripts/*' -prune -o \( -name '*.c' -o -name '*.o' -o -name '*.a' -o -name '*.S' \) \
    -type f -exec rm -f {} + && rm -f "$UML/build/linux" "$UML/build/vmlinux"
}

build_module() { kernel_make M="$1" modules; }

# Runs $RUN/guest.sh in a new guest, with the same output.
boot_machine() {
  local machine
  : >"$RUN/output"
  timeout -k 10 "${JOOL_VM_TIMEOUT:-600}" "$UML/linux" "mem=${JOOL_VM_MEMORY:-3G}" rootfstype=hostfs rootflags=/ rw \
    init="$HERE/lab/uml-init" JOOL_RUN="$RUN" JOOL_KERNEL_MODULES="$UML/modules/lib/modules" \
    ${JOOL_VM_CABLE:+"vec0:transport=fd,fd=$JOOL_VM_CABLE,vec=0"} quiet norandmaps con=null con0=null,fd:1 \
    </dev/null >"$RUN/console" 2>&1 &
  machine=$!
  # A signal that ends `boot` also ends the guest.
  trap 'kill $machine' INT TERM HUP
  tail -f -n +1 -s 0.1 --pid=$machine "$RUN/output"
  wait $machine
}
