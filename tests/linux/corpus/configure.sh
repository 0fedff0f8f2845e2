#!/bin/sh
# A configure script of the usual kind: checks, a cache, substitutions, a config.log by descriptor 5.
as_nl='
'
IFS=" ""	$as_nl"
exec 5>config.log 6>&1
prefix=/usr/local
exec_prefix='${prefix}'
enable_static=yes with_zlib=check
for ac_option in --prefix=/opt/tool --disable-static --with-zlib CC=mycc 'CFLAGS=-O2 -g'
do
  case $ac_option in
  *=*) ac_optarg=`expr "X$ac_option" : 'X[^=]*=\(.*\)'` ;;
  *) ac_optarg=yes ;;
  esac
  case $ac_option in
  --prefix=*) prefix=$ac_optarg ;;
  --disable-*)
    ac_useropt=`expr "x$ac_option" : 'x-*disable-\(.*\)'`
    ac_useropt=`echo "$ac_useropt" | sed 's/[-+.]/_/g'`
    eval enable_$ac_useropt=no ;;
  --with-*)
    ac_useropt=`expr "x$ac_option" : 'x-*with-\([^=]*\)'`
    eval with_$ac_useropt=\$ac_optarg ;;
  *=*)
    ac_envvar=`expr "x$ac_option" : 'x\([^=]*\)='`
    eval $ac_envvar=\$ac_optarg; export $ac_envvar ;;
  esac
done

checking() { printf '%s' "checking $*... " >&6; echo "checking $*" >&5; }
result() { echo "$*" >&6; echo "result: $*" >&5; }

checking for a working mkdir -p
test -d ./--version && rmdir ./--version
if mkdir -p a/b/c && test -d a/b/c; then result yes; else result no; fi
rm -rf a

checking for egrep
ac_cv_path_EGREP=`{ echo 'EGREP' | grep -E '(E|e)GREP' >/dev/null && echo 'grep -E'; } || echo egrep`
result "$ac_cv_path_EGREP"

checking whether ln -s works
rm -f conf$$ conf$$.exe conf$$.file
echo >conf$$.file
if ln -s conf$$.file conf$$ 2>/dev/null; then as_ln_s='ln -s'; else as_ln_s='cp -pR'; fi
rm -f conf$$ conf$$.file
result "$as_ln_s"

checking for the longest line of expr
as_awk_strverscmp='function f(s) { return length(s) } { print f($0) }'
result `expr "xabc" : 'x.*'` `echo hello | awk "$as_awk_strverscmp"`

checking that generated files are newer than configure
echo 1 > conf.in; sleep 1.1 2>/dev/null || sleep 2; echo 2 > conf.out
if test conf.out -nt conf.in && test conf.in -ot conf.out; then result done; else result no; fi

cat >conftest.tpl <<_ACEOF
prefix = @prefix@
CFLAGS = @CFLAGS@
CC=@CC@
static = @enable_static@
zlib = @with_zlib@
literal \$prefix \`date\` \\
#undef HAVE_STRING_H
#undef HAVE_NOTHING
_ACEOF

cat >conftest.sed <<_ACEOF
s|@prefix@|$prefix|g
s|@CFLAGS@|$CFLAGS|
s|@CC@|$CC|
s,@enable_static@,$enable_static,
s,@with_zlib@,$with_zlib,
_ACEOF
cat >>confdefs.h <<\_ACEOF
#define HAVE_STRING_H 1
_ACEOF
sed -f conftest.sed conftest.tpl > Makefile
sed -n 's/^#define \([A-Z_]*\) \(.*\)$/s,^#undef \1$,#define \1 \2,/p' confdefs.h > def.sed
sed -f def.sed Makefile | sed 's,^#undef \(.*\),/* #undef \1 */,' > config.h
cat Makefile config.h
(set) 2>&1 | grep -E '^(prefix|enable_static|with_zlib|CC|CFLAGS)=' | sort
exec 5>&- 6>&-
cat config.log
trap 'echo cleaning; rm -rf conf*; exit 3' 0
ls | grep -v '^conf[0-9]' | sort
( exit 77 ); echo "subshell status $?"
false || test x = y || { echo giving up >&2; exit 1; }
