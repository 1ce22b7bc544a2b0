# SPDX-License-Identifier: Apache-2.0
# Load on all processors of a guest for $SECONDS_OF_LOAD seconds: computing, pipes, timers, and memory that becomes shared and
# private again. Prints what it counted; a line “bad …” is a fault.
processors=$(nproc)
now() { cut -d. -f1 /proc/uptime; }
begin=$(now); end=$((begin + SECONDS_OF_LOAD))
cd /tmp; sha256sum /bin/busybox >sum; xzcat /lib/modules/tdx-guest.ko.xz >tdx-guest.ko
compute() {
    while [ "$(now)" -lt $end ]; do
        sha256sum -c sum >/dev/null || echo "bad sum $1"
        gzip -1 </bin/busybox | gunzip | cmp - /bin/busybox || echo "bad copy $1"
        dd if=/dev/zero bs=4k count=500 2>/dev/null | tr '\0' x | wc -c | grep -qx 2048000 || echo "bad pipe $1"
        echo >>computed.$1
    done
}
nap() { while [ "$(now)" -lt $end ]; do usleep $1; echo >>napped.$2; done; }
# The driver's buffer for quotes is shared with the host while the driver is there.
convert() { while [ "$(now)" -lt $end ]; do rmmod tdx_guest && insmod tdx-guest.ko || echo "bad module"; echo >>converted; done; }
n=0
while [ $n -lt $processors ]; do
    compute $n & taskset -p $(printf %x $((1 << n))) $! >/dev/null
    nap 1000 $n &
    n=$((n + 1))
done
compute free & nap 200 free & convert &
wait
echo "ran $(($(now) - begin)) of $SECONDS_OF_LOAD"
for file in computed.* napped.* converted; do echo "$file $(wc -l <$file)"; done
dmesg | grep -E 'stalls|lockup|hung|blocked for|BUG:|WARNING:|unstable' | sed 's/^/bad /'
sed 's/^/interrupts /' /proc/interrupts
