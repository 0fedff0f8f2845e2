#!/bin/sh
# Background jobs, a worker pool, locks, a small "make -j", subshell environments, exec.
work() { sleep 0.$2; echo "worker $1 done" > result.$1; return $1; }
for i in 1 2 3 4 5 6; do work $i $i & eval "pid_$i=$!"; done
for i in 1 2 3 4 5 6; do eval "wait \$pid_$i"; echo "$i -> $?"; done; cat result.*
lock() { while ! mkdir lock.d 2>/dev/null; do sleep 0.02; done; }; unlock() { rmdir lock.d; }
echo 0 > counter
for w in 1 2 3 4; do ( for i in 1 2 3 4 5; do lock; read n < counter; echo $((n+1)) > counter; unlock; done ) & done; wait; cat counter
mkfifo queue; ( for j in 1 2 3 4 5 6 7 8 9; do echo "task $j"; done > queue ) &
while read -r kind n; do echo $((n * n)); done < queue | sort -n | tr '\n' ' '; echo; wait
x=1; ( x=2; export x; sh -c 'echo child sees $x'; cd /; umask 0 ); echo "x=$x"; { x=3; }; echo $x; x=4 sh -c 'echo $x'; echo $x; x=5 eval 'echo $x'; echo "after eval $x"
echo 1 | { read y; echo "in: $y"; }; echo "y=${y-unset}"; y=$(echo 2; exit 3); echo "$y $?"; z=$(y=inner; echo $y); echo "$y $z"
echo $(echo $(echo $(echo $(echo $(echo deep))))); echo "$(echo "$(echo "a  b")")"; echo `echo \`echo back\``
outer=$$; [ "$(sh -c 'echo $PPID')" = $$ ] && echo ppid; [ $(sh -c 'echo $$') != $$ ] && echo other pid; (: ; [ $$ = $outer ] && echo "dollar stays")
( exec sh -c 'echo execed; exit 6' ); echo $?; (exec nothing_here) 2>/dev/null; echo $?; ( exec > inside; echo hidden ); cat inside
sh -c 'exit 256'; echo $?; sh -c 'exit -1' 2>/dev/null; echo $?; ./missing 2>/dev/null; echo $?; touch noexec; ./noexec 2>/dev/null; echo $?; printf '#!/bin/sh\necho "script $0 $1"\nexit 4\n' > s; chmod +x s; ./s arg; echo $?; printf '#!/no/such\n' > bad; chmod +x bad; ./bad 2>/dev/null; echo $?; printf 'echo plain $1\n' > plain; chmod +x plain; ./plain text; . ./plain sourced
printf '#!/usr/bin/env -S awk -f\nBEGIN { print "awk script" }\n' > a; printf '#!/bin/awk -f\nBEGIN { print "awk script" }\n' > a; chmod +x a; [ -x /bin/awk ] && ./a || echo 'awk script'
cat > Tasks <<E
all: one two
one: base
two: base
base:
E
build() { local t deps; t=$1; [ -e done.$t ] && return; deps=$(sed -n "s/^$t: *//p" Tasks); for d in $deps; do build $d; done; : > done.$t; echo "built $t"; }
build all; ls done.* | tr '\n' ' '; echo
( sleep 0.2; echo late ) & echo early; wait; (sleep 5; echo never) & kill $!; wait $! 2>/dev/null; echo "st $?"
i=0; while [ $i -lt 30 ]; do ( echo $i > many.$i ) & i=$((i+1)); done; wait; cat many.* | sort -n | tail -1; ls many.* | wc -l
i=0; while [ $i -lt 100 ]; do v=$(echo $i); i=$((i+1)); done; echo $v; i=0; while [ $i -lt 60 ]; do /bin/busybox true || echo bad; i=$((i+1)); done; echo sixty
true & false & wait; echo "all: $?"; sleep 0.1 & wait $!; echo "$?"; jobs; sleep 1 & jobs -p | wc -l; kill %1; wait 2>/dev/null; set -m; (exit 2) & wait $!; echo "m $?"; set +m
for sig in HUP INT QUIT TERM USR1 ALRM; do sh -c "kill -$sig \$\$; sleep 1" 2>/dev/null; echo "$sig $?"; done
n=0; until [ $n -ge 3 ]; do n=$((n+1)); [ $n = 2 ] && continue; echo "n $n"; done; for a in 1 2; do for b in x y; do [ $b = y ] && break 2; echo $a$b; done; done
find . -name 'many.*' | xargs -n 5 rm; ls many.* 2>/dev/null | wc -l; seq 6 | xargs -P 3 -n 1 sh -c 'echo $((10 * $0))' | sort -n | tr '\n' ' '; echo
renice -n 1 $$ >/dev/null 2>&1; nproc >/dev/null; pidof nothing; echo $?; flock lockfile -c 'echo locked' 2>/dev/null || echo locked; watch -h >/dev/null 2>&1; tty; test -t 0; echo $?; logname >/dev/null 2>&1; uname -s; hostname > /dev/null; start-stop-daemon -K -n nobody -t 2>/dev/null; echo $?
