#!/bin/sh
# Modes, times, links, find, test.
umask 022
mkdir d; touch f; umask 077; mkdir d2; touch f2; umask; umask -S; umask 022
stat -c '%a %F %n' d f d2 f2
chmod u=rwx,g=rx,o= f; chmod +t d; chmod g+s d2; chmod a-w f2; chmod 7777 d; stat -c '%a %A %n' d f d2 f2
chmod -R go-rwx d2; mkdir -m 700 m7; stat -c %a m7;
for t in e f d r w x s L p S b c u g k; do for n in f d nothing /dev/null; do test -$t $n && printf '%s:%s ' $t $n; done; done; echo
touch -d '2020-01-01 00:00:00' old; touch -d '2021-06-15 12:30:45' new; cp -p old copy; mv new newer
[ newer -nt old ] && echo nt; [ old -ot newer ] && echo ot; [ old -ef old ] && echo ef; [ old -nt copy ] || echo same age
stat -c '%Y %n' old newer copy; date -u -r old +%F; ls -l --full-time old 2>/dev/null | awk '{ print $6, $7 }'
touch -r old f; stat -c %Y f; touch -c not_made; ls not_made 2>&1
ln -s loop1 loop2; ln -s loop2 loop1; cat loop1 2>&1; test -e loop1; echo $?; test -L loop1; echo $?; ls -L loop1 2>&1; readlink loop1; readlink -f loop1; echo $?
mkdir -p t/a/b; ln -s .. t/a/up; ln -s a/b t/short; ls t/a/up/a/up/short/..; (cd t/short && pwd -P | sed 's,.*/t/,t/,'); (cd t/short && cd .. && pwd | sed 's,.*/t,t,'); readlink -f t/a/up/short | sed 's,.*/t/,t/,'
mv t/a t/moved; ls t/short 2>&1 | sed 's,: .*,,'; find t | sort
echo data > h1; ln h1 h2; ln h2 h3; stat -c %h h1; rm h1; cat h2; stat -c %h h3; [ h2 -ef h3 ] && echo one file
cp -a t t3; find t3 -type l | sort
mkdir full; touch full/x; rmdir full 2>&1; rm full 2>&1; rm -r full; mv nothing x 2>&1; cp nothing x 2>&1; mkdir d 2>&1; ln h2 h3 2>&1; cat d 2>&1; cd nothing 2>&1 | sed 's/.*: //'; : > d 2>/dev/null || echo "is a directory"
ls -d d* f*; ls -la t | awk 'NR > 1 { print $1, $9, $10, $11 }'; ls -1 -F t; ls -R t | head -5; ls -s h2 | awk '{ print $2 }'
mkdir tree; for i in 1 2 3; do mkdir -p tree/$i/sub; for j in a.c b.h c.txt; do echo "$i $j" > tree/$i/$j; echo "$j $i x" > tree/$i/sub/$j; done; done
find tree -name '*.c' | sort; find tree -type d -name sub -prune -o -type f -print | sort; find tree -name '*.h' -exec cat {} + | sort; find tree -name '*.txt' -exec echo found {} \; | sort
find tree -type f -size -2 | wc -l; find tree -newer old | wc -l; find tree -maxdepth 1 -mindepth 1 | sort; find tree \( -name '*.c' -o -name '*.h' \) ! -path '*/sub/*' | sort; find tree -perm 644 -type f | wc -l
find tree -type f -print0 | sort -z | xargs -0 cat | md5sum; find tree -name a.c -delete; find tree -name a.c | wc -l; find tree -empty; find tree -type f -exec sh -c 'echo "$# $0"' {} + | wc -l; grep -rl 'b.h 2' tree; grep -rc x tree | sort | head -4
du -s tree > /dev/null && echo du; echo hidden > .hidden; ls -A | grep '^\.'; echo *; echo .h*; echo [a-d]*; echo ?1 2>/dev/null; echo tree/*/sub/b*; set -f; echo *; set +f
printf 'abc' > tr; truncate -s 10 tr; od -c tr; truncate -s 2 tr; cat tr; echo; wc -c < tr; cat tr tr >> tr2; cat tr2; echo
mkdir ro; echo x > ro/x; chmod 555 ro; ls ro; rm -rf ro; ls ro 2>&1; mktemp -d tmp.XXXXXX | sed 's/\..*/.R/'; mktemp -u q.XXXXXX | wc -c
exec 7< h2; rm h2 h3; cat <&7; exec 7<&-; cat h2 2>&1; mkdir gone; (cd gone; rmdir ../gone; pwd >/dev/null; touch x 2>&1; ls -A)
dirname /a/b/c a /; basename /a/b/c.txt .txt; realpath . | sed 's,.*/.*,real,'; rm -rf ./* ; ls
