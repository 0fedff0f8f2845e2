#!/bin/sh
# Here-documents in every place that takes them.
name=world
cat <<A; cat <<'B'; cat <<-C
hello $name $(echo sub) `echo tick` $((1+2)) \$name \\ "quoted"
A
hello $name $(echo sub) \$name
B
	tabs gone $name
		also here
	C
f() { while read -r a b; do echo "[$a] ($b)"; done <<E
one two three
$1 four
E
}
f x; f y | tr a-z A-Z
cat <<ONE - <<TWO
first is lost
ONE
second
TWO
x=$(cat <<EOT
nested "in" a $name
EOT
)
echo "$x"
if true; then
	cat <<-EOT | sed 's/^/> /'
	in an if
	  with indent
	EOT
fi
while read line; do
	case $line in
	'#'*) continue ;;
	'') echo empty ;;
	*=*) eval "conf_${line%%=*}=\${line#*=}" ;;
	esac
done <<'CONF'
# a comment
host=example.org

port=80 80
CONF
echo "$conf_host:$conf_port"
cat <<EOT
${name:+set} ${nothing:-default "$name"} ${name#w} ${name%d} ${#name} $(cat <<INNER
inner $name
INNER
)
EOT
sh -s arg1 'arg 2' <<'EOT'
echo "$# $1 $2"; read x; echo "not reached by read: $x"
this line is data
echo done
EOT
cat 3<<EOT <&3
by descriptor three
EOT
awk -f /dev/fd/0 <<'EOT' 2>/dev/null || echo "no awk -f -"
BEGIN { print "from awk" }
EOT
big() { i=0; while [ $i -lt 3000 ]; do echo "line $i of a long document that must not fit into a pipe"; i=$((i+1)); done; }
doc=$(big)
wc <<EOT
$doc
EOT
cat <<EOT | md5sum
$doc
EOT
