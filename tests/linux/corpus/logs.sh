#!/bin/sh
# Makes the log of a server and digests it, as an operator would in a hurry.
LC_ALL=C; export LC_ALL
awk 'BEGIN {
  seed = 42; split("GET POST PUT HEAD", verb); split("/ /index.html /login /api/v1/users /img/logo.png /search?q=a%20b", path)
  split("200 200 200 301 404 500 403", code)
  for (i = 0; i < 2000; i++) {
    seed = (seed * 1103 + 12345) % 65536; a = seed
    seed = (seed * 1103 + 12345) % 65536; b = seed
    seed = (seed * 1103 + 12345) % 65536; c = seed
    printf "10.%d.%d.%d - - [%02d/Mar/2024:%02d:%02d:%02d +0000] \"%s %s HTTP/1.1\" %s %d\n", a % 3, b % 5, c % 20,
      1 + i / 100, i % 24, a % 60, b % 60, verb[1 + a % 4], path[1 + b % 6], code[1 + c % 7], (a * b) % 50000
  } }' > access.log
wc access.log
md5sum access.log
echo "== top addresses"
cut -d' ' -f1 access.log | sort | uniq -c | sort -k1,1nr -k2 | head -5
echo "== by status"
awk '{ n[$9]++; bytes[$9] += $10 } END { for (s in n) printf "%s %d %d %.2f\n", s, n[s], bytes[s], bytes[s] / n[s] }' access.log | sort
echo "== by hour, histogram"
sed 's/.*\[[^:]*:\([0-9][0-9]\):.*/\1/' access.log | sort | uniq -c |
  awk '{ s = ""; for (i = 0; i < $1 / 10; i++) s = s "#"; print $2, s }' | head -6
echo "== errors by path"
grep -E '" (4|5)[0-9][0-9] ' access.log | grep -o '"[A-Z]* [^ ]*' | tr -d '"' | sort | uniq -c | sort -rn -k1,1 -k2,3 | sed 's/^ *//' | head -8
echo "== last per address"
tac access.log | awk '!seen[$1]++ { print $1, $4 }' | sort | tail -n 4
echo "== join"
awk '{ print $1, $9 }' access.log | sort | uniq -c | awk '$3 == 500 { print $2, $1 }' | sort > bad
awk '{ print $1 }' access.log | sort | uniq -c | awk '{ print $2, $1 }' | sort > all
awk 'NR == FNR { total[$1] = $2; next } $1 in total { printf "%s %d/%d\n", $1, $2, total[$1] }' all bad | head -5
echo "== paste, expand, fold, rev, nl"
head -3 all | tr ' ' '\t' | expand -t 20
head -2 access.log | fold -w 60 | nl -ba
cut -d'"' -f2 access.log | head -3 | rev | rev | paste -s -d'|' -
echo "== split up by day"
awk '{ d = substr($4, 2, 2); print > ("day." d) } END { close("day.01") }' access.log
ls day.* | wc -l
cat day.* | cmp - access.log && echo whole
for f in day.0[1-3]; do printf '%s %s\n' "$f" "$(wc -l < $f)"; done
gzip -9 day.*; zcat day.*.gz | md5sum
