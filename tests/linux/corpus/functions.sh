#!/bin/sh
# Recursion, nested functions, arrays by eval, local variables, string work.
fib() { local n=$1 a b; if [ $n -lt 2 ]; then echo $n; else a=$(fib $((n-1))); b=$(fib $((n-2))); echo $((a+b)); fi; }
echo "fib 9 = $(fib 9)"
fact() { [ $1 -le 1 ] && { r=1; return; }; fact $(($1-1)); r=$((r*$1)); }
fact 20; echo "20! = $r"
hanoi() { [ $1 -eq 0 ] && return; hanoi $(($1-1)) $2 $4 $3; moves=$((moves+1)); hanoi $(($1-1)) $4 $3 $2; }
moves=0; hanoi 8 a b c; echo "hanoi 8: $moves"
ack() { if [ $1 -eq 0 ]; then r=$(($2+1)); elif [ $2 -eq 0 ]; then ack $(($1-1)) 1; else ack $1 $(($2-1)); ack $(($1-1)) $r; fi; }
ack 2 3; echo "ack 2 3 = $r"
outer() { inner() { echo "inner of $1 in $v"; }; local v=outer; inner "$@"; unset -f inner; }
v=global; outer one; echo "v=$v"; inner 2>/dev/null || echo "inner gone: $?"
push() { eval "$1_$(eval echo \${$1_n:-0})=\$2; $1_n=\$((\${$1_n:-0}+1))"; }
get() { eval echo "\"\$$1_$2\""; }
push stack alpha; push stack "beta gamma"; push stack '$dollar "quote"'
i=0; while [ $i -lt $stack_n ]; do get stack $i; i=$((i+1)); done
sieve() { local n=$1 i=2 j; while [ $i -le $n ]; do eval "p$i=1"; i=$((i+1)); done; i=2
  while [ $((i*i)) -le $n ]; do eval "[ \$p$i = 1 ]" && { j=$((i*i)); while [ $j -le $n ]; do eval "p$j=0"; j=$((j+i)); done; }; i=$((i+1)); done
  i=2; while [ $i -le $n ]; do eval "[ \$p$i = 1 ]" && printf '%d ' $i; i=$((i+1)); done; echo; }
sieve 200
usage() { echo "usage: $0 [-v] [-o FILE] [-n N] ARGS" | sed 's,/.*/,,' >&2; return 2; }
parse() {
  OPTIND=1 verbose=0 out= n=
  while getopts :vo:n: opt "$@"; do
    case $opt in v) verbose=$((verbose+1)) ;; o) out=$OPTARG ;; n) n=$OPTARG ;;
    :) echo "-$OPTARG wants a value"; usage; return ;; \?) echo "no -$OPTARG"; usage; return ;; esac
  done
  shift $((OPTIND-1)); echo "verbose=$verbose out=$out n=$n rest=$#:$*"
}
parse -vv -o "a b" -n5 x y; parse -vofile -- -v; parse -q; echo $?; parse -o; echo $?
set -- a 'b c' d; for x; do echo "<$x>"; done; shift 2; echo "$# $*"
IFS=:; set -- $(echo "x:y::z"); echo "$#"; unset IFS
s=/usr/local/lib/libfoo.so.1.2.3
echo "${s##*/} ${s%/*} ${s%%.*} ${s#*/lib} ${#s} ${s:5:5} ${s/lib/LIB} ${s//lib/LIB}"
case $s in *.so.[0-9]*) echo library ;; *) echo other ;; esac
echo $((0x1f + 017 + 3**3 - 7/2 % 3)) $((1<<10 | 3)) $((5>3 ? 10 : 20)) $((~5 & 0xff))
a=5; echo $((a++ + ++a)) $a; let 'a*=2' && echo $a
printf '%5d|%-5s|%05.1f|%x|%o|%c|%b|%%|%s\n' 42 ab 3.14159 255 8 xyz 'a\tb' rest
printf '%s-%s\n' a b c d; printf '%q\n' "it's" 2>/dev/null || true
(cd / && pwd); pwd | sed 's,.*/.*,here,'
sub=$( (x=1; ( x=2; echo $x ); echo $x) | tr '\n' ,); echo $sub
set -e; (false; echo not here) || echo "set -e in or"; set +e
f() { return 300; }; f; echo $?
set -u; (echo ${undefined}) 2>/dev/null || echo "set -u status $?"; set +u
set -o pipefail; false | true; echo "pipefail $?"; set +o pipefail
set -x; : traced "a b" $((1+1)); { set +x; } 2>/dev/null
