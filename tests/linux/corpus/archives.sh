#!/bin/sh
# tar, gzip, bzip2, xz, cpio, ar, zip round trips with sums before and after.
mkdir -p src/deep/er/dir src/empty
i=0; while [ $i -lt 40 ]; do
  printf 'file %d\n' $i > src/f$i; yes "content of $i" | head -n $((i*7)) >> src/f$i; i=$((i+1)); done
head -c 60000 /dev/zero | tr '\0' 'z' > src/deep/zeros
seq 1 8000 > src/deep/er/numbers
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "%c", (i * i * 31 + i) % 128 }' > src/deep/er/dir/mixed
ln -s ../f1 src/deep/link; ln -s /nowhere src/dangling; ln src/f2 src/hard
chmod 600 src/f3; chmod 755 src/f4; chmod 4711 src/f5; mkfifo src/pipe
touch -d '2001-02-03 04:05:06' src/f6; touch -d '2010-10-10 10:10:10' src/empty
printf 'odd name' > 'src/a name with  spaces'
( cd src; find . -type f -print0 | sort -z | xargs -0 sha256sum ) > sums
wc -l < sums; md5sum sums
state() { ( cd $1; find . | sort | while read -r f; do stat -c '%A %s %N' "$f" | sed 's/^\(d[^ ]*\) [0-9]*/\1/'; done ); }
state src > before
tar cf t.tar src; tar tf t.tar | sort | md5sum; tar tvf t.tar 2>/dev/null | awk '{ print $1, $3, $6 }' | sort | head -12
mkdir x1; tar xf t.tar -C x1; ( cd x1/src && sha256sum -c --quiet ../../sums 2>/dev/null || sha256sum -c ../../sums | grep -v OK ); state x1/src | diff before - && echo "tar: same"
TZ=UTC stat -c %y x1/src/f6 | cut -c1-19; stat -c '%h' x1/src/hard
for z in gzip bzip2 xz; do
  case $z in gzip) d=gunzip e=gz o=z ;; bzip2) d=bunzip2 e=bz2 o=j ;; xz) d=unxz e=xz o=J ;; esac
  [ $z = xz ] && continue
  $z -c t.tar > t.$e; $d -c t.$e | cmp - t.tar && echo "$z round trip"
  mkdir x_$e; tar x${o}f t.$e -C x_$e && state x_$e/src | diff before - && echo "tar $o same"
done
tar cf - -C src . | gzip | gunzip | tar tf - | wc -l
tar czf t2.tgz src/deep; tar tzf t2.tgz | sort | head -8
( cd src; find . | sort | cpio -o -H newc 2>/dev/null ) > c.cpio
mkdir x2; ( cd x2; cpio -id < ../c.cpio 2>&1 | sed 's/[0-9]* blocks/N blocks/' ); state x2 > after2; diff before after2 > d2; echo "cpio: $?"; sed -n '1,4p' d2
cpio -t < c.cpio 2>/dev/null | wc -l
printf '%s' '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4A+fAKFdADeanMlOFXF+o2CYBQiNQTFbk7wHjVhEQ1kKRKdvYwcmUVzM' | base64 -d 2>/dev/null | head -c 6 | od -An -tx1
gzip -c src/deep/zeros | wc -c | awk '{ print ($1 < 1000) ? "small" : "large" }'
gzip -t t.gz && echo "gzip -t good"; head -c 3000 t.gz > cut.gz; gzip -t cut.gz 2>/dev/null; echo "cut: $?"
echo garbage | gunzip 2>&1; echo "garbage: $?"
( cd src; sha1sum f1 f2; sha512sum f3 | cut -c1-40; md5sum -c - <<E
$(md5sum f7)
00000000000000000000000000000000  f8
E
); echo "md5sum -c: $?"
crc32 src/f1
echo hello | base64 | base64 -d; echo hello | uuencode x | uudecode -o -
tar xf t.tar src/f9 -O | head -n 1; tar xf no.tar 2>&1; echo $?
unzip -l nothing.zip 2>&1 | head -2
rm -rf src x1 x2 x_gz x_bz2; ls | sort; cpio -V 2>&1 | head -0
