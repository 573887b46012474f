# This script runs first in the guest. `boot` prepends the variables and appends the command.
touch "$RUN/started"
mkdir -p /run/lab && mount -t tmpfs -o mode=755 tmpfs /run/lab
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TZ=UTC HOME=/root
export TMPDIR=/run/lab JOOL_BIN=/run/lab/bin JOOL_C=/run/lab/c PYTHONDONTWRITEBYTECODE=1
mkdir -p "$JOOL_BIN" "$JOOL_C"
cp -L "$JOOL_BIN_ON_HOST/jool" "$JOOL_BIN/" && cp -L "$JOOL_C_ON_HOST"/* "$JOOL_C/"
for name in jool_siit joold; do
  if [ "$JOOL_BIN_ON_HOST/jool" -ef "$JOOL_BIN_ON_HOST/$name" ]; then ln "$JOOL_BIN"/{jool,$name}; else cp -L "$JOOL_BIN_ON_HOST/$name" "$JOOL_BIN/"; fi
done
ulimit -n 65536
# An oops must end a test run. Otherwise generic netlink would stay locked, and the run would hang.
sysctl -qw kernel.printk="1 4 1 7" kernel.panic_on_oops=1 kernel.panic=-1
cd "$DIRECTORY"
