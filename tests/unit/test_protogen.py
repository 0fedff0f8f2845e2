#!/usr/bin/python3
"""The generator of service stubs: what it makes works from client to server, and what does not fit is refused."""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

SCHEMA = """@0xb5e7cb3ba4a4bd0f;
const most :UInt32 = 77;
const least :Int16 = -5;
interface ShapeTest {
  mix @0 (small :Int16, flag :Bool, text :Text, first :AnyPointer, colour :Colour, second :ShapeTest)
      -> (sum :Int64, place :Data, given :AnyPointer);
  later @1 ();
  missing @2 ();
  full @3 (a :UInt64, b :UInt64, c :UInt64, d :UInt64, e :UInt64, f :UInt64, g :UInt64, h :UInt64) -> (sum :UInt64);
  enum Colour { red @0; green @1; }
}
"""

# The kernel of this program does one thing: a call runs the server's dispatch, as if it had been waiting.
PROGRAM = r"""
#include "lib/sys/sys.h"
#include <stdio.h>
#include <isthmus/proto/shape.h>

static unsigned dropped;
static bool replied;

static enum isthmus_error mix(void *self, uint64_t badge, int16_t small, bool flag, struct proto_span text,
			      isthmus_slot first, enum shape_test_colour colour, isthmus_slot second, int64_t *out_sum,
			      struct proto_span *out_place, isthmus_slot *out_given)
{
	*out_sum = (int64_t)badge + small + flag + (int64_t)text.offset + (int64_t)text.length + colour;
	*out_place = (struct proto_span){ first, second };
	*out_given = 99;
	return small == -7 ? ISTHMUS_E_BUSY : ISTHMUS_OK;
}

static enum isthmus_error later(void *self, uint64_t badge) { return PROTO_LATER; }

static enum isthmus_error full(void *self, uint64_t badge, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
			       uint64_t f, uint64_t g, uint64_t h, uint64_t *out_sum)
{
	*out_sum = a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
	return ISTHMUS_OK;
}

static void drop(void *self, isthmus_slot slot) { dropped += slot; }

static const struct shape_test_ops ops = { .mix = mix, .later = later, .full = full, .drop = drop };

enum isthmus_error isthmus_enter(uint64_t operation, uint64_t *slot, bool tagged, unsigned count,
				 struct isthmus_message *m)
{
	if (operation != ISTHMUS_OP_CALL || !tagged || count != 8)
		return ISTHMUS_E_OPERATION;
	replied = shape_test_dispatch(&ops, NULL, *slot, m);
	return ISTHMUS_OK;
}

#define CHECK(name, condition) printf((condition) ? "ok %s\n" : "not ok %s: it is not so\n", name)

static enum isthmus_error refused(uint64_t label, unsigned caps, uint64_t w0, uint64_t w1)
{
	struct isthmus_message m = { isthmus_tag(label, caps), { w0, w1, 0, 0, 0, 0, 10, 20 } };

	dropped = 0;
	shape_test_dispatch(&ops, NULL, 0, &m);
	return (enum isthmus_error)isthmus_tag_label(m.tag);
}

int main(void)
{
	int64_t sum = 0;
	uint64_t total = 0;
	struct proto_span place = { 0, 0 }, text = { 100, 200 };
	isthmus_slot given = 0;

	CHECK("a call with everything", shape_test_mix(1000, -3, true, text, 5, SHAPE_TEST_COLOUR_GREEN, 6, &sum, &place,
						       &given) == ISTHMUS_OK && replied && sum == 1299 &&
						place.offset == 5 && place.length == 6 && given == 99);
	CHECK("a negative result", shape_test_mix(0, -300, false, text, 5, 0, 6, &sum, NULL, NULL) == ISTHMUS_OK && sum == 0);
	CHECK("a server's refusal", shape_test_mix(0, -7, false, text, 5, 0, 6, &sum, &place, &given) == ISTHMUS_E_BUSY);
	CHECK("eight words", shape_test_full(0, 1, 2, 3, 4, 5, 6, 7, 8, &total) == ISTHMUS_OK && total == 204);
	CHECK("a reply for later", shape_test_later(0) != PROTO_LATER && !replied);
	CHECK("a method that the server lacks", shape_test_missing(0) == ISTHMUS_E_OPERATION);
	CHECK("a label of another interface", refused(1, 2, 0, 0) == ISTHMUS_E_OPERATION && dropped == 30);
	CHECK("too few capabilities", refused(SHAPE_TEST_MIX, 1, 0, 0) == ISTHMUS_E_ARGUMENT && dropped == 20);
	CHECK("a number out of range", refused(SHAPE_TEST_MIX, 2, 0x8000, 0) == ISTHMUS_E_ARGUMENT && dropped == 30);
	CHECK("a flag out of range", refused(SHAPE_TEST_MIX, 2, 0, 2) == ISTHMUS_E_ARGUMENT);
	CHECK("capabilities where none belong", refused(SHAPE_TEST_FULL, 1, 0, 0) == ISTHMUS_E_ARGUMENT && dropped == 20);
	CHECK("constants", MOST == 77 && LEAST == -5);
	CHECK("spans are kept within", proto_span_is_within((struct proto_span){ 8, 8 }, 16) &&
	      !proto_span_is_within((struct proto_span){ 9, 8 }, 16) &&
	      !proto_span_is_within((struct proto_span){ UINT64_MAX, 8 }, 16));
	return 0;
}
"""


def result(name, ok, why=""):
    print(f"ok {name}" if ok else f"not ok {name}: {' '.join(why.split())[-300:]}", flush=True)


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, cwd=TOP, check=False)
    return done.returncode, done.stdout + done.stderr


def generate(folder, text, name="shape"):
    path = os.path.join(folder, name + ".capnp")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return run("tools/protogen.py", "--out", folder, path)


def refused(folder, name, method, expected):
    status, said = generate(folder, f"@0xb5e7cb3ba4a4bd0f;\nstruct S {{ x @0 :UInt8; }}\ninterface I {{ {method} }}\n")
    result(name, status == 1 and expected in said and "Traceback" not in said, f"status {status}, said {said!r}")


def works(folder):
    """Compiles the program with the stubs, under the sanitizers, and lets it report."""
    status, said = generate(folder, SCHEMA)
    result("stubs are generated", status == 0, said)
    source, binary = os.path.join(folder, "t.c"), os.path.join(folder, "t")
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    run("tools/abigen.py", "--out", folder, "abi/isthmus.toml")
    status, said = run("gcc", "-std=gnu11", "-O1", "-fsanitize=address,undefined", "-Wall", "-Wextra", "-Werror",
                       "-Wno-unused-parameter", "-Wno-format-security", "-I.", "-I" + folder, source, "-o", binary)
    result("the stubs compile", status == 0, said)
    if status == 0:
        print(run(binary)[1], end="", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        works(folder)
        words = ", ".join(f"w{i} :UInt64" for i in range(9))
        refused(folder, "nine words do not fit", f"m @0 ({words});", "I.m: parameters: 9 words and 0 capabilities")
        caps = ", ".join(f"c{i} :AnyPointer" for i in range(4))
        refused(folder, "four capabilities do not fit", f"m @0 () -> ({caps});", "I.m: results: 4 capabilities")
        refused(folder, "a float is no word", "m @0 (x :Float64);", "x is of type Float64")
        refused(folder, "a struct is no word", "m @0 (x :S);", "x is of type struct")
        refused(folder, "a name of the language C", "m @0 (int :UInt8);", "int is a name")
        refused(folder, "a mistake in the schema is told", "m @0 (x :Nothing);", "Nothing")
        for name in sorted(os.listdir(os.path.join(TOP, "lib", "proto"))):
            if name.endswith(".capnp"):
                status, said = run("tools/protogen.py", "--out", folder, "lib/proto/" + name)
                result(f"lib/proto/{name}", status == 0, said)


if __name__ == "__main__":
    main()
