#!/bin/sh
# Signals between processes, traps, wait.
exec 2>/dev/null
trap 'echo "got USR1"' USR1
kill -USR1 $$; echo after
( trap 'echo child TERM; exit 5' TERM; echo ready > fifo.ready; while :; do sleep 0.1; done ) & child=$!
while [ ! -s fifo.ready ]; do sleep 0.05; done
kill -TERM $child; wait $child; echo "child status $?"
sleep 30 & child=$!; kill $child; wait $child; echo "terminated: $?"
sleep 30 & child=$!; kill -KILL $child; wait $child; echo "killed: $?"
sh -c 'kill -SEGV $$'; echo "segv: $?"
sh -c 'trap "" TERM; kill -TERM $$; echo survived'; echo $?
trap '' INT; sh -c 'kill -INT $$; echo "ignored INT is inherited"'; trap - INT
sh -c 'kill -INT $$; echo not here'; echo "int: $?"
for i in 1 2 3 4 5; do (sleep 0.$((6-i)); echo "job $i" >> order; exit $i) & pids="$pids $!"; done
for p in $pids; do wait $p; echo "wait: $?"; done
sort order
(exit 3) & wait; echo "wait for all: $?"
wait 99999; echo "wait for nobody: $?" 
trap 'echo in exit trap, status $?' EXIT
(trap 'echo sub exit' EXIT; exit 4); echo "sub: $?"
( echo "inner"; trap; ) | head -2
handler() { count=$((count+1)); echo "handler $count"; }
trap handler USR2; count=0
for i in 1 2 3; do kill -USR2 $$; done
( sleep 0.3; kill -USR2 $$ ) & sleep 1; wait; echo "interrupted or not, count=$count"
# a conversation of two processes by signals
sh -c 'trap "echo pong; kill -USR1 '$$'; exit 0" USR1; touch listening; while :; do sleep 0.05; done' & other=$!
while [ ! -e listening ]; do sleep 0.05; done
kill -USR1 $other; wait $other; wait $other; echo "other: $?"
# stop and continue
( while :; do echo tick >> ticks; sleep 0.05; done ) & t=$!
while [ ! -s ticks ]; do sleep 0.05; done
kill -STOP $t; sleep 0.2; n1=$(wc -l < ticks); sleep 0.4; n2=$(wc -l < ticks)
[ $n1 -eq $n2 ] && echo "stopped"
kill -CONT $t; sleep 0.5; n3=$(wc -l < ticks); [ $n3 -gt $n2 ] && echo "goes on"
kill -0 $t && echo alive; kill $t; wait $t; kill -0 $t 2>/dev/null || echo dead
# a broken pipe
(yes | head -n 2); yes 2>/dev/null | head -n 1 >/dev/null; echo "yes | head: $?"
timeout 1 sleep 20; echo "timeout: $?"
timeout -s KILL 1 sleep 20; echo "timeout KILL: $?"
timeout 5 true; echo "timeout true: $?"
trap '' PIPE; (trap - PIPE; yes | head -1)
setsid sh -c 'echo in a session of my own'
kill -l 9; kill -l TERM 2>/dev/null

exit 9
