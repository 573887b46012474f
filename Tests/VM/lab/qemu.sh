# The lab on an emulated PC with Debian's kernel, booted by virtme-ng. `setup` and `boot` source this file. It is slower
# than User-Mode Linux by a factor of 10 to 30 unless KVM works, but it runs everywhere and can have two processors.
#
# The files of `prepare_machine` in $JOOL_LAB/qemu:
#   release        the release of the kernel that the guest boots
#   venv/          virtme-ng
#   accelerator    "kvm" or "tcg", as found by probe-kvm
QEMU=$JOOL_LAB/qemu
VIRTME_NG="virtme-ng==1.42"
MACHINE_PACKAGES="qemu-system-x86 busybox-static file udev python3-venv linux-image-amd64 linux-headers-amd64"
MACHINE_TITLE="an emulated PC"

# The newest installed kernel that has both an image and headers to build modules with.
installed_kernel() {
  local release
  for release in $(ls /lib/modules 2>/dev/null | grep -vE 'cloud|rt' | sort -Vr); do
    [ -e "/lib/modules/$release/build/Makefile" ] && [ -r "/boot/vmlinuz-$release" ] && { echo "$release"; return; }
  done
}

machine_kernel() { cat "$QEMU/release" 2>/dev/null; }
kernel_for_modules() { machine_kernel; }

machine_is_ready() {
  [ -s "$QEMU/release" ] && [ "$(machine_kernel)" = "$(installed_kernel)" ] &&
    [ -x "$QEMU/venv/bin/vng" ] && [ -s "$QEMU/accelerator" ]
}

prepare_machine() {
  local kernel
  kernel=$(installed_kernel)
  [ -n "$kernel" ] || die "no Debian kernel with headers is installed"
  rm -rf "$QEMU" && mkdir -p "$QEMU"
  say "installing $VIRTME_NG into $QEMU/venv"
  /usr/bin/python3 -m venv "$QEMU/venv"
  "$QEMU/venv/bin/pip" install -q --disable-pip-version-check "$VIRTME_NG" >"$QEMU/venv.log" 2>&1 ||
    { tail -5 "$QEMU/venv.log" >&2; die "cannot install $VIRTME_NG"; }
  "$HERE/lab/probe-kvm" "$QEMU/venv/bin/vng" "$kernel" >"$QEMU/accelerator"
  say "accelerator: $(cat "$QEMU/accelerator")"
  echo "$kernel" >"$QEMU/release"
}

build_module() { make -C "/lib/modules/$(machine_kernel)/build" M="$1" modules; }

# Runs $RUN/guest.sh in a new guest, with the same output.
boot_machine() {
  local accelerator status
  accelerator=${JOOL_VM_ACCEL:-$(cat "$QEMU/accelerator" 2>/dev/null || echo tcg)}
  boot_with "$accelerator"; status=$?
  if [ ! -e "$RUN/started" ] && [ "$accelerator" = kvm ]; then
    echo "boot: KVM did not boot the guest; using emulation" >&2
    echo tcg >"$QEMU/accelerator"
    boot_with tcg; status=$?
  fi
  return $status
}

boot_with() { # ACCELERATOR
  local options=()
  # The emulator translates code once per address; with random addresses it would translate it again for every process.
  [ "$1" = kvm ] || options=(--disable-kvm --append norandmaps)
  [ -z "${JOOL_VM_QEMU-}" ] || options+=(--qemu-opts="$JOOL_VM_QEMU")
  # vng looks for its own helpers in PATH.
  PATH=$QEMU/venv/bin:$PATH timeout --foreground -k 10 "${JOOL_VM_TIMEOUT:-600}" vng "${options[@]}" \
    -r "/boot/vmlinuz-$(machine_kernel)" --cpus "${JOOL_VM_CPUS:-2}" --memory "${JOOL_VM_MEMORY:-3G}" --user root \
    --rwdir "$JOOL_SHARE" -- "bash $RUN/guest.sh; echo \$? >$RUN/status" </dev/null 2>&1 |
    sed -u 's/\x1b\[[0-9;?]*[A-Za-z]//g; s/\x1b[()][A-Z0-9]//g; s/\r$//'
  return "${PIPESTATUS[0]}"
}
