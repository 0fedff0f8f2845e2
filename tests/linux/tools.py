#!/usr/bin/python3
"""Busybox's larger commands, against busybox on this machine."""
# limit: 1200

import random

from support.compare import BUSYBOX, Compare

compare = Compare()
TREE = """
export TZ=UTC0
mkdir -p t/a/b/c t/d 't/with space'
i=0; while [ $i -lt 40 ]; do echo "file $i" > t/a/f$i; i=$((i+1)); done
echo deep > t/a/b/c/deep
ln -s ../a t/d/link
echo sp > 't/with space/x y'
chmod 600 t/a/f1
chmod 755 t/a/f2
touch -d '2020-02-03 04:05:06' t/a/f3
"""
compare.shell("find", TREE + """
find t | sort
find t -name 'f1*' | sort
find t -type d | sort
find t -type l
find t -perm 600
find t ! -newer t/a/f3 -type f
find t -maxdepth 2 -mindepth 2 | sort
find t -name deep -exec cat {} \\;
find t -size -1k -type f | wc -l
find t -type f -print0 | sort -z | xargs -0 cat | wc
find t -name 'f[0-4]' -exec rm {} +
find t -type f | wc -l
""")
compare.shell("sed", r"""
seq 1 20 > n
sed -n '5p;7,9p;$p' n
sed '3,18d' n
sed 's/1/<&>/g;s/\(.\)\(.\)/\2\1/' n | head -n 12
sed -e '/5/a\' -e 'after five' -e '/6/i\' -e 'before six' n | head -n 10
sed -i 's/^/x/' n; head -n 2 n
echo 'a,b;c' | sed 'y/abc/ABC/;s/[,;]/ /g'
printf 'one\ntwo\nthree\n' | sed -n 'H;${x;s/\n/+/g;p}'
sed '$!N;s/\n/-/' n | tail -n 2
""")
compare.shell("awk", r"""
i=0; while [ $i -lt 300 ]; do echo "$((i%7)) $((i*i)) name$((i%5))"; i=$((i+1)); done > d
awk '{s[$1]+=$2} END {for (k in s) print k, s[k] | "sort"}' d
awk 'NR%100==0 {printf "%d %.3f %s\n", NR, $2/7, toupper(substr($3,2,3))}' d
awk -F: -v x=5 'BEGIN {OFS="-"; $0="a:b:c"; print $1,$3,x; n=split("p q r", a, " "); print n, a[2], length("hello")}'
awk 'BEGIN {x="aXbXc"; gsub("X","--",x); print x; if (match("foobar", /o+/)) print RSTART, RLENGTH, index("hello","l")}'
awk 'BEGIN {print 1e6, 0.1+0.2, 7%3, int(-3.7)}'
awk 'function f(n) {return n<2 ? n : f(n-1)+f(n-2)} BEGIN {print f(18); while ((getline l < "d") > 0) c++; print c}'
""")
compare.shell("tar", TREE + """
tar -cf x.tar t && tar -tf x.tar | sort
mkdir out
tar -xf x.tar -C out && find out | sort
cmp t/a/f7 out/t/a/f7 && readlink out/t/d/link && stat -c '%a %Y %s' out/t/a/f3
tar -czf x.tgz t/a && tar -tzf x.tgz | wc -l
tar -xOf x.tar t/a/f9
tar -cf - t/d | tar -tvf - | wc -l
tar -xf none.tar; echo $?
""")
random.seed(1)
WORDS = [bytes(random.choice(b"abcdefghijklmnopqrstuvwxyz") for _ in range(random.randint(2, 9))) for _ in range(700)]
TEXT = b"".join(random.choice(WORDS) + (b"\n" if i % 9 == 8 else b" ") for i in range(60000))
compare.shell("gzip", """
gzip -k text
gzip -t text.gz && zcat text.gz | cmp - text && echo same
gzip -9 -c text | gunzip | sha256sum
printf 'not a gzip file' | gunzip; echo $?
cat text | gzip | gzip -d | wc
bzip2 -k text && bunzip2 -c text.bz2 | cmp - text && echo bz2
""", files={"text": TEXT})
compare.shell("sums", """
sha256sum text
md5sum < text
sha512sum text | cut -c1-40
sha256sum text > s && sha256sum -c s
""", files={"text": TEXT})
compare.shell("text tools", r"""
head -n 40 text | tail -n 5
cut -d' ' -f2,4 text | sort -u | head -n 20
tr -cs a-z '\n' < text | sort | uniq -c | sort -k1nr -k2 | head -n 15
grep -c the text
grep -n 'a[a-m]*z$' text | head -n 5
head -n 300 text > a; sed 100d a > b; diff a b; diff -u a b | wc -l
paste -d, a b | head -n 2
fold -w 30 a | head -n 4
rev a | head -n 2; nl a | tail -n 1; wc a
expr 6 \* 7
dd if=text bs=1000 count=3 2>/dev/null | md5sum
od -c text | head -n 3
""", files={"text": TEXT})
compare.program("sort of 100,000 lines", [BUSYBOX, "sort"], limit=180,
                stdin=b"".join(b"%d %s\n" % (random.randrange(10**9), random.choice(WORDS)) for _ in range(100000)))
compare.shell("files", """
export TZ=UTC0
echo a > f; cp f g; mv g h; ln f hard; ln -s f soft; ls
cat soft hard; rm f; cat hard; cat soft; echo $?
stat -c '%n %s %a %h %F' h hard
chmod 640 h; stat -c %a h
mkdir -p x/y/z; cp -r x w; rmdir x/y/z; ls -R w; mv w x/; find . | sort
touch -d '2001-02-03 04:05:06' h; stat -c %y h | cut -c1-19; ls -l h | awk '{print $1, $5}'
truncate -s 10000 h; wc -c h
du -a x | wc -l
umask 027; touch u; mkdir v; stat -c %a u v
rm -rf x; ls
mktemp -d | sed 's/......$//'
test -w hard && echo writable
""")
compare.shell("processes", """
sh -c 'echo $PPID' | grep -q . && echo parent
timeout 1 sleep 10; echo $?
echo x | xargs -n1 echo got
env -i A=1 env
seq 1 30 | xargs -P 3 -n 5 echo | wc
yes | head -n 100000 | wc -l
(ulimit -n 20; ulimit -n)
time -f %x true 2>&1 | tail -n 1
ps | grep -c ' sh' | sed 's/[1-9].*/some/'
date -u -d @86400; date -u -d '2020-02-29 12:00' +%j; cal 2 2024
uname -s; hostname > /dev/null && echo named
""")
compare.shell("200 processes", "i=0; while [ $i -lt 200 ]; do /bin/busybox true; i=$((i+1)); done; echo done", limit=180)
