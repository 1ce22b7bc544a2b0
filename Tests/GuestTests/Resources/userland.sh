# SPDX-License-Identifier: Apache-2.0
# What busybox can be asked to compute: the same script runs on the host and in a guest.
exec 2>/dev/null
cd /tmp; mkdir -p work.$$; mv work.$$ userland 2>/dev/null; cd userland
say() { echo "== $*"; }
say data
# More than 64 MB that depend on arithmetic, not on a random source.
awk 'BEGIN { x = 1; for (i = 0; i < 65536; i++) { x = (x * 1103515245 + 12345) % 2147483648; printf "%d %x %o\n", x, x, x } }' >numbers
wc numbers; head -n 3 numbers; tail -n 2 numbers
i=0; while [ $i -lt 33 ]; do cat numbers; i=$((i+1)); done >data
wc -c data
say digests
md5sum data; for s in sha1sum sha256sum sha512sum sha3sum crc32; do head -c 10000000 data | $s; done
sha3sum -a 384 numbers
for s in md5sum sha256sum; do $s numbers >sums.$s; $s -c sums.$s; done
say compress
gzip -9 -c numbers >n.gz; crc32 n.gz; gunzip -c n.gz | cmp - numbers && echo same
head -c 8000000 data | gzip -1 | md5sum; head -c 4000000 data | gzip | gunzip -c | md5sum
bzip2 -c numbers >n.bz2; crc32 n.bz2; bunzip2 -c n.bz2 | cmp - numbers && echo same
lzop -c numbers | md5sum; xz -d </dev/null; unlzma </dev/null
say awk
awk 'BEGIN { pi = 355 / 113; printf "%.15g %.17g %.10e %a\n", pi, pi * pi, 1 / 3, 0.1;
  for (i = -5; i <= 5; i++) printf "%d %g %g %g\n", i, int(i / 3), i % 3, i ^ 3; s = 0; for (i = 1; i <= 50000; i++) s += 1 / (i * i); printf "%.15f\n", s;
  printf "%s %s\n", 1e308 * 10, -1e308 * 10; printf "%d %i %c %5.2f|%-8s|%08.3f|%+d\n", 3.99, -3.99, 65, 2.345, "ab", 3.14159, 5 }'
awk '{ c[substr($1, 1, 2)]++; t += $1 } END { for (k in c) n++; printf "%d %.0f\n", n, t; for (i = 10; i < 20; i++) printf "%s ", c[i]; print "" }' numbers
awk 'BEGIN { s = "the quick brown fox"; gsub(/[aeiou]/, "<&>", s); print s, toupper(s), length(s), index(s, "qu"), match(s, /b.*n/), RSTART, RLENGTH; n = split("a:b:c", p, ":"); print n, p[3] }'
say calculators
echo 'scale=50; 4*a(1); e(1); s(1); c(1); l(2); sqrt(2); 2^200; 17%5; scale=0; 2^4000 % 97' | bc -l
echo 'for (i = 0; i < 20; ++i) { i^i; }; define f(n) { if (n < 2) return 1; return n * f(n - 1); }; f(60)' | bc
echo '20k 2v p 3 7 / p 2 100 ^ p 16o 255 p 10o 1 2 3 4 f + + + p' | dc
echo $((123456789 * 987654321)) $((-7 / 2)) $((-7 % 2)) $((1 << 62)) $((0xFF ^ 0x0F)) $((~5)) $((3 > 2 ? 10 : 20))
expr 7 \* 6; expr 100 / 7; expr length abcdef; expr substr abcdef 2 3; expr abc : 'a\(.\)c'
factor 2 97 1001 4294967297 18446744073709551557 1000000007
say text
head -n 16384 numbers >few
sort few | md5sum; sort -n few | md5sum; sort -k2,2 -r few | md5sum; sort -u -k3,3 few | md5sum; sort -rn -k1 few | head -n 2
sed -n '1000,1002p;s/1\([0-9]\)/<\1>/gp' few | md5sum; sed -e 's/ /\t/g' -e '/^1/d' -e '$!N;P;D' few | md5sum
tr 0-9a-f a-j0-5 <few | md5sum; tr -d '\n' <few | crc32; tr -cs 0-9 '\n' <few | sort | uniq -c | sort -rn | md5sum
cut -d' ' -f2 few | md5sum; cut -c3-7 few | md5sum; rev few | md5sum; tac few | md5sum; nl few | md5sum
grep -c 77 few; grep -E '^(1[0-9]*) [a-f]+' few | md5sum; grep -vc a few; grep -o '[0-9a-f]*ff[0-9a-f]*' few | md5sum
head -c 1000 few | od -A x -t x1 | md5sum; od -t d4 -N 64 n.gz; od -t f8 -N 64 n.gz; od -c -N 32 few; od -t o2 -N 33 n.gz
hexdump -C n.gz | head -n 4; xxd n.gz | head -n 3; xxd -p n.gz | md5sum; xxd n.gz | xxd -r | cmp - n.gz && echo same
base64 n.gz | md5sum; base64 n.gz | base64 -d | cmp - n.gz && echo same; uuencode -m n.gz name | md5sum; uuencode n.gz x | md5sum
fold -w 37 few | md5sum; expand -t 4 few | md5sum; unexpand -a few | md5sum; paste few few | md5sum
seq 1 3 40; seq -w 8 11; printf '%5d|%-5s|%x|%o|%e|%g|%c\n' 42 ab 255 8 3.5 0.0001 z; strings n.gz | md5sum; 
echo 'one two' | { read a b; echo "$b $a"; }; yes abc | head -n 3; shuf -i 1-1 ; dos2unix <few | crc32; unix2dos <few | crc32
printf 'a\nb\nc\n' >d1; printf 'a\nx\nc\nd\n' >d2; diff d1 d2; diff -u d1 d2 | tail -n +3 >p; patch d1 p; cmp d1 d2 && echo patched
printf 'a\nb\nc\n1d\np\nw\nq\n' >/dev/null; printf '1,2p\n$d\n%%p\nw out\nq\n' | ed d2 2>&1
say files
mkdir -p t/a/b; cp numbers t/a/b/x; ln -s b t/a/l; ln t/a/b/x t/h; chmod 640 t/h; stat -c '%a %F' t/h t/a t/a/l; stat -c '%s %h' t/h; find t | sort; readlink t/a/l; realpath t/a/l; basename /a/b.c .c; dirname /a/b
(cd t; find . | sort | cpio -o -H newc -R 0:0 2>/dev/null | wc -c); tar -c -f - t | tar -t -f - | sort; tar -c -z -f x.tgz t && tar -x -z -f x.tgz -O t/a/b/x | cmp - numbers && echo same
dd if=data of=dd.out bs=65537 count=100 skip=3 2>/dev/null; md5sum dd.out; dd if=/dev/zero bs=1M count=64 2>/dev/null | md5sum; truncate -s 12345 tr; wc -c tr; test -e t/h -a -h t/a/l && echo yes; du -s -b t 2>/dev/null | wc -l
cmp numbers data; cmp numbers tr; touch -d '2024-02-29 12:34:56' tr; date -u -r tr '+%Y-%m-%d %H:%M:%S %j %U %a'; date -u -d '@1700000000' ; date -u -d '2000-01-01 00:00:00' +%s; cal 2 2024
mktemp -u -d /tmp/XXXXXX | wc -c; rm -r t; ls t 2>&1
say processes
i=0; while [ $i -lt 1000 ]; do /bin/true & i=$((i+1)); [ $((i % 50)) = 0 ] && wait; done; wait; echo forked $i
i=0; s=0; while [ $i -lt 200 ]; do s=$((s + $(echo $i))); i=$((i+1)); done; echo $s
sh -c 'kill -TERM $$'; echo $?; sh -c 'kill -KILL $$'; echo $?; sh -c 'kill -SEGV $$' 2>/dev/null; echo $?; sh -c 'exit 300'; echo $?; sh -c 'trap "echo caught" USR1; kill -USR1 $$; echo after'; sh -c 'trap "echo bye" EXIT; exit 5'; echo $?
(trap 'echo int; exit 9' INT; kill -INT $(sh -c 'echo $PPID'); sleep 5); echo $?; sleep 30 & p=$!; kill $p; wait $p; echo $?; nosuchcommand 2>/dev/null; echo $?; /dev/null 2>/dev/null; echo $?
timeout 1 sleep 10; echo $?; timeout 5 sh -c 'exit 4'; echo $?; sh -c 'ulimit -f 1; dd if=/dev/zero of=big bs=4096 count=100 2>/dev/null'; echo $?; yes | head -n 100000 | wc -l; echo a | tee x1 x2 | cat; cat x1 x2
mkfifo f; (cat numbers >f &); md5sum <f; seq 1 20000 | xargs -n 100 echo | md5sum; printf 'a b\0c\0' | xargs -0 -n 1 echo; seq 5 | xargs -I{} echo '<{}>'
set -- x y z; echo $# "$@" "${2#y}" "${HOME%/*}"; v=abcabc; echo ${v#*b} ${v##*b} ${v%b*} ${v%%b*} ${#v} ${v/b/X} ${v//b/X} ${v:2:3} ${u:-none} ${v:+set}
case $v in a*c) echo glob;; esac; f() { local q=1; q=$((q + $1)); echo $q; return 3; }; f 4; echo $?; cat <<E | tr a-z A-Z
here is $v $((6*7))
E
env -i PATH=$PATH A=b sh -c 'echo $A'; getopt -o ab: -l long -- -a -b x --long rest; which sh | wc -l; echo ipcalc; ipcalc -b -n -m -p 192.168.7.9/21; mkpasswd -m sha512 -S saltsalt secret; mkpasswd -m md5 -S saltsalt secret; mkpasswd -m sha256 -S abcdefgh secret; mkpasswd -m des -S ab secret
sh -c 'a=0; b=1; n=0; while [ $n -lt 90 ]; do c=$((a + b)); a=$b; b=$c; n=$((n+1)); done; echo $a'
i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo $i
ascii 2>/dev/null | md5sum; tsort 2>/dev/null <<E
a b
b c
E
cd /tmp; rm -r userland; say done
