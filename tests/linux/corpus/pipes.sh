#!/bin/sh
# Data through pipes and fifos: a MiB through five, 100,000 lines sorted, two processes at a fifo.
head -c 1048576 /dev/zero | tr '\0' 'x' | cat | cat | wc -c
seq 1 30000 | sed 's/$/ tail/' | grep -v 7 | cut -d' ' -f1 | awk '{ s += $1 } END { print NR, s }'
awk 'BEGIN { s = 1; for (i = 0; i < 100000; i++) { s = (s * 16807) % 2147483647; print s } }' > random
sort -n random > sorted; sort -nc sorted && echo in order; md5sum sorted; awk 'NR % 20000 == 0' sorted
head -n 3000 random > few; sort few | uniq | wc -l; sort -rn few | head -3; sort -u -k1.1,1.3 few | wc -l
mkfifo one two
( while read -r line; do echo "echo: $line"; done < one > two ) &
exec 4> one 5< two
for w in alpha beta "gamma delta"; do echo "$w" >&4; read -r answer <&5; echo "$answer"; done
exec 4>&-; wait; exec 5<&-
cat two & (echo through two > two); wait
mkfifo three; cat three three < /dev/null > out3 & (echo a > three; sleep 0.2; echo b > three); wait; cat out3
cat random | tee copy1 copy2 | md5sum; cmp random copy1 && cmp copy1 copy2 && echo equal
# The file is there before both: else it is chance whether the first one ends before it is killed.
: > growing; tail -f -s 1 growing 2>/dev/null > followed & t=$!
tail -n +1 -f growing > followed2 & t2=$!
for i in 1 2 3; do echo "line $i" >> growing; sleep 0.1; done; sleep 1.5; kill $t $t2; wait 2>/dev/null; cat followed2
head -c 10 random | od -c | head -1; tail -c 20 random; tail -n 3 random; tail -n +99999 random; head -n -99998 random
{ echo out; echo err >&2; } 2>&1 >/dev/null | sed 's/^/stderr: /'
{ { echo o; echo e >&2; } 3>&1 1>&2 2>&3 | sed 's/^/was stderr: /'; } 2>&1
exec 3> file3; echo to three >&3; exec 3>&-; echo closed >&3 2>/dev/null || echo "descriptor 3 is closed"; cat file3
echo a b c | { read x y; echo "$y $x"; }; echo 1 2 3 | while read a b; do echo "$b"; done
seq 5 | while read n; do seq $n | wc -l; done | tr '\n' ' '; echo
yes abc | head -n 20000 | gzip | gunzip | md5sum
dd if=random of=copy bs=4096 2>/dev/null; cmp copy random && echo dd
dd if=/dev/zero bs=1k count=64 2>/dev/null | md5sum; dd if=random bs=1 skip=100 count=30 2>/dev/null | od -An -tx1
dd if=random of=patched bs=1 count=5 2>/dev/null; printf 'ZZ' | dd of=patched bs=1 seek=2 conv=notrunc 2>/dev/null; cat patched; echo
dd if=/dev/zero of=sparse bs=1 seek=300000 count=1 2>/dev/null; wc -c < sparse; dd if=random bs=100 count=2 2>&1 >/dev/null | head -2
dd if=few bs=64k conv=swab,ucase 2>/dev/null | md5sum
: | cat | cat; true | false | true; echo "$?"
( ( ( ( echo deep ) | cat ) | cat ) | cat )
seq 1 10 | xargs -n 3 echo; seq 3 | xargs -I{} echo '<{}>'; printf 'a\0b c\0' | xargs -0 -n 1 echo; echo | xargs -r echo none
seq 100 | paste - - - - - | head -2; seq 4 | shuf -n 4 | sort
printf 'b\na\n' > l; printf 'b\nc\n' > r; sort l > ls; cat ls r | sort | uniq -d
