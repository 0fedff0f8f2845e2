#!/usr/bin/python3
"""What shell scripts do, against busybox on this machine."""
# limit: 900

from support.compare import Compare

compare = Compare()
compare.shell("functions", """
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1 - 1))) )); fi; }
greet() { local name=$1; shift; echo "hello $name, $# more: $*"; return 3; }
fact 10
greet world a "b c" d; echo "returned $?"
count() { n=$((n+1)); }; n=0; for i in 1 2 3 4 5; do count; done; echo $n
""")
compare.shell("here-documents", """
name=Isthmus
cat <<END
$name has $((1+1)) ISAs
	a tab, \\$name, `echo a command`
END
cat <<'END'
$name is not expanded
END
cat <<-END | tr a-z A-Z
	tabs are cut
	END
cat <<A; cat <<B
first
A
second
B
while read a b; do echo "$b-$a"; done <<END
1 one
2 two
END
""")
compare.shell("a pipeline of five", """
words() { i=0; while [ $i -lt 500 ]; do echo "$((i * 7919 % 1000)) word$((i * i % 13))"; i=$((i+1)); done; }
words | awk '{print $2}' | sort | uniq -c | sort -rn | head -n 5
echo a | cat | cat | cat | cat
seq 1 1000 | grep 7 | sed 's/7/seven/' | tail -n 3 | tr -d '\\n' | wc -c
""")
compare.shell("subshells", """
x=1; (x=2; echo "inside $x"; exit 4); echo "outside $x, status $?"
( cd /tmp; pwd ); pwd | sed 's/.*/same/'
echo $( (echo nested; (echo deeper)) | tr '\\n' ' ' )
{ echo group; echo of; echo commands; } | wc -l
(exit 5) || echo "failed with $?"
y=$(exit 9); echo $?
""")
compare.shell("background jobs", """
( sleep 0.3; echo slow > a ) & first=$!
( echo quick > b ) & second=$!
wait $second; echo "second: $?"
wait $first; echo "first: $?"
cat a b
sh -c 'exit 12' & wait $!; echo $?
sleep 100 & kill $!; wait $! 2>/dev/null; echo "killed: $?"
for i in 1 2 3 4 5; do (exit $i) & done; wait; echo "all: $?"
""")
compare.shell("trap", """
trap 'echo caught TERM' TERM
trap 'echo leaving' EXIT
kill -TERM $$
echo after
trap '' INT; kill -INT $$; echo ignored
trap - TERM
( trap 'echo child leaves' EXIT; exit 3 ); echo $?
trap 'echo usr1; got=1' USR1
( sleep 0.2; kill -USR1 $$ ) &
wait $!; while [ -z "$got" ]; do sleep 0.1; done
exit 6
""")
compare.shell("redirections", """
echo one > f; echo two >> f; cat f; cat < f > g; cmp f g && echo same
echo lost > /dev/null; echo err >&2; ( echo both; echo errors >&2 ) > all 2>&1; wc -l < all
exec 3> third; echo "to three" >&3; exec 3>&-; cat third
cat nothing 2> e; echo $?; wc -l < e
set -C; echo x > f 2> /dev/null || echo "not overwritten"
echo overwritten >| f; cat f
""")
compare.shell("tests, loops and cases", """
for f in a b c; do case $f in a) echo first;; b|c) echo "other $f";; esac; done
i=0; until [ $i -ge 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done
touch file; mkdir dir; ln -s file link
[ -f file ] && [ -d dir ] && [ -L link ] && [ ! -e none ] && echo kinds
[ abc \\< abd ] && [ 10 -gt 9 ] && echo compared
v=hello.tar.gz; echo ${v%.*} ${v%%.*} ${v#*.} ${v##*.} ${#v} ${v:-x} ${w:-default} ${w:+set}
set -- a b c; shift; echo $# $1; IFS=:; p=a:b:c; for x in $p; do echo $x; done
printf '%05d|%-6s|%x|%c\\n' 42 ab 255 z
""")
compare.shell("globs and words", """
mkdir -p d/e; touch a1 a2 b1 .hidden d/x.c d/y.c d/e/z.c
echo a* ?1 [ab]1 *.c d/*.c d/*/*.c none* .h*
echo "a*" 'b*' \\*; x='a b   c'; echo $x; echo "$x"
echo ~ | sed 's/.*/home/'; eval 'echo $((2+3))'; read a b < /dev/null; echo "$? [$a]"
""")
compare.shell("errors of commands", """
set +e
cat /none; echo $?
ls /none; echo $?
rm none; echo $?
mkdir a; mkdir a; echo $?
rmdir /tmp/none; echo $?
cd /none; echo $?
echo x > /none/file; echo $?
./none; echo $?
touch plain; ./plain; echo $?
""")
compare.shell("exit codes of pipelines and lists", """
true | false; echo $?; false | true; echo $?; ! true; echo $?
false && echo no || echo yes; set -e; ( false; echo unreached ) || echo inner
trap 'echo status $?' EXIT; false; echo unreached
""")
