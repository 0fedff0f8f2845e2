#!/usr/bin/python3
"""Makes C stubs of service interfaces in Cap'n Proto's schema language.

  tools/protogen.py --out build/gen lib/proto/console.capnp     writes build/gen/isthmus/proto/console.h

For every interface: the labels of its methods, a client function a method, the table of functions that a server fills
in, and the function that unpacks a message, calls the server's function and packs the reply.  Parameters and results
travel in the eight words of a message, the last of which are capabilities (at most three):

  Bool, integers, enums                  one word
  Text, Data, List                       two words: a span of the memory that both sides share
  interfaces, AnyPointer                 a capability

Exits 1 and says which method does not fit, and why, if one does not."""

import argparse
import os
import re
import sys
import textwrap

sys.dont_write_bytecode = True

import capnp_schema
from abigen import write_if_changed
from capnp_schema import SchemaError

WORDS, CAPS = 8, 3
SPANS = ("Text", "Data", "List")
RESERVED = {"self", "badge", "m", "status", "method", "ops", "server", "out", "later", "drop"}
KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool""".split())


def snake(name):
    """BlockDevice or blockDevice as block_device."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower().replace("__", "_")


class Value:
    """A parameter or a result in C. `word` is its first word in the message."""

    def __init__(self, field, enums, where):
        self.name = snake(field.name)
        self.doc = field.doc
        self.kind = field.type.kind
        if self.name in RESERVED | KEYWORDS:
            raise SchemaError(f"{where}: {field.name} is a name that the stubs or C use themselves")
        self.is_cap = self.kind in ("interface", "AnyPointer")
        self.words = 2 if self.kind in SPANS else 1
        self.word = 0
        self.limit = None  # the highest value, where a word has more
        self.ctype = self.c_type(field, enums, where)

    def c_type(self, field, enums, where):
        if self.is_cap:
            return "isthmus_slot"
        if self.kind in SPANS:
            return "struct proto_span"
        if self.kind == "Bool":
            self.limit = "1"
            return "bool"
        match = re.fullmatch(r"(U?)Int(\d+)", self.kind)
        if match:
            name = f"{match[1].lower()}int{match[2]}_t"
            self.limit = f"UINT{match[2]}_MAX" if match[1] and match[2] != "64" else None
            return name
        if self.kind == "enum":
            if field.type.id not in enums:
                raise SchemaError(f"{where}: the enum of {field.name} is declared in another file")
            enum = enums[field.type.id]
            self.limit = str(len(enum.values) - 1)
            return f"enum {snake(enum.name)}"
        raise SchemaError(f"{where}: {field.name} is of type {self.kind}, which no register can hold; "
                          "use integers, enums, capabilities or a span of shared memory")

    def signed_bits(self):
        match = re.fullmatch(r"Int(8|16|32)", self.kind)
        return int(match[1]) if match else None

    def check(self):
        """Condition under which the word is not of this type, or "" if every word is."""
        if self.limit:
            return f"m->word[{self.word}] > {self.limit}"
        bits = self.signed_bits()
        return f"(int64_t)m->word[{self.word}] != (int{bits}_t)m->word[{self.word}]" if bits else ""

    def load(self):
        """Expression that takes it out of *m."""
        if self.words == 2:
            return f"(struct proto_span){{ m->word[{self.word}], m->word[{self.word + 1}] }}"
        return f"({self.ctype})m->word[{self.word}]"

    def store(self, name):
        """Statements that put it into *m. Signed values are sign-extended, so that the other side can check them."""
        if self.words == 2:
            return [f"m->word[{self.word}] = {name}.offset;", f"m->word[{self.word + 1}] = {name}.length;"]
        extend = "(uint64_t)(int64_t)" if self.kind.startswith("Int") else ""
        return [f"m->word[{self.word}] = {extend}{name};"]


class Values:
    """The parameters or the results of a method, placed in the words of a message."""

    def __init__(self, fields, enums, where):
        self.all = [Value(f, enums, where) for f in fields if f.type.kind != "Void"]
        self.caps = [v for v in self.all if v.is_cap]
        plain = [v for v in self.all if not v.is_cap]
        need = sum(v.words for v in plain)
        if len(self.caps) > CAPS:
            raise SchemaError(f"{where}: {len(self.caps)} capabilities; a message carries at most {CAPS}")
        if need + len(self.caps) > WORDS:
            raise SchemaError(f"{where}: {need} words and {len(self.caps)} capabilities; a message has {WORDS} words "
                              "for both. Put what is long into shared memory and pass a span of it (Data)")
        at = 0
        for value in plain:
            value.word, at = at, at + value.words
        for index, value in enumerate(self.caps):
            value.word = WORDS - len(self.caps) + index

    def wrong(self):
        """Condition under which *m does not have these values."""
        checks = [f"isthmus_tag_caps(m->tag) != {len(self.caps)}"] + [v.check() for v in self.all if v.check()]
        return " || ".join(checks)

    def store(self, prefix=""):
        return [line for v in self.all for line in v.store(prefix + v.name)]


def comment(text):
    lines = textwrap.wrap(" ".join(text.split()).replace("*/", "* /"), 114)
    if not lines:
        return []
    return [("/* " if i == 0 else " * ") + line + (" */" if i == len(lines) - 1 else "")
            for i, line in enumerate(lines)]


def signature(before, name, parameters):
    text = f"{name}(" + (", ".join(p.replace(" ", "\0") for p in parameters) or "void") + ")"
    return [before] + [line.replace("\0", " ") for line in textwrap.wrap(text, 104, subsequent_indent="\t\t")]


class MethodStubs:
    """What is generated for one method."""

    def __init__(self, interface, method, enums):
        self.prefix = snake(interface.name)
        self.name = snake(method.name)
        self.doc = method.doc
        self.label = f"{self.prefix}_{self.name}".upper()
        where = f"{interface.name}.{method.name}"
        if self.name in KEYWORDS | {"drop"}:
            raise SchemaError(f"{where}: {self.name} is a name that the stubs or C use themselves")
        self.inputs = Values(method.parameters, enums, where + ": parameters")
        self.outputs = Values(method.results, enums, where + ": results")

    def parameters(self):
        return ([f"{v.ctype} {v.name}" for v in self.inputs.all] +
                [f"{v.ctype} *out_{v.name}" for v in self.outputs.all])

    def client(self):
        """The client's function."""
        lines = comment(self.doc) + signature("__attribute__((warn_unused_result)) static inline enum isthmus_error",
                                              f"{self.prefix}_{self.name}", ["isthmus_slot server"] + self.parameters())
        lines += ["{", "\tstruct isthmus_message message = { 0 }, *m = &message;",
                  "\tenum isthmus_error status = ISTHMUS_OK;", "",
                  f"\tm->tag = isthmus_tag({self.label}, {len(self.inputs.caps)});"]
        lines += [f"\t{line}" for line in self.inputs.store()]
        lines += ["\tstatus = isthmus_call(server, m);", "\tif (status != ISTHMUS_OK)", "\t\treturn status;",
                  "\tstatus = (enum isthmus_error)isthmus_tag_label(m->tag);", "\tif (status != ISTHMUS_OK)",
                  "\t\treturn status;", f"\tif ({self.outputs.wrong()})", "\t\treturn ISTHMUS_E_ARGUMENT;"]
        for v in self.outputs.all:
            lines += [f"\tif (out_{v.name})", f"\t\t*out_{v.name} = {v.load()};"]
        return lines + ["\treturn ISTHMUS_OK;", "}", ""]

    def pointer(self):
        """The member of the server's table."""
        lines = comment(self.doc)
        lines += signature("enum isthmus_error", f"(*{self.name})",
                           ["void *self", "uint64_t badge"] + self.parameters())
        return [f"\t{line}" for line in lines[:-1]] + [f"\t{lines[-1]};"]

    def answer(self):
        """The function that packs a reply, for dispatch and for servers that answer later."""
        parameters = ["struct isthmus_message *m", "enum isthmus_error status"]
        parameters += [f"{v.ctype} {v.name}" for v in self.outputs.all]
        lines = signature("static inline void", f"{self.prefix}_{self.name}_answer", parameters)
        lines += ["{"] + [f"\t{line}" for line in self.outputs.store()]
        return lines + [f"\tproto_status(m, status, {len(self.outputs.caps)});", "}", ""]

    def serve(self):
        """The function that unpacks a call, has it done and packs the reply; false if there is none yet."""
        lines = signature("static inline bool", f"{self.prefix}_{self.name}_serve",
                          [f"const struct {self.prefix}_ops *ops", "void *self", "uint64_t badge",
                           "struct isthmus_message *m"])
        lines += ["{"]
        lines += [f"\t{v.ctype} {v.name} = {{ 0 }};" if v.words == 2 else f"\t{v.ctype} {v.name} = ({v.ctype})0;"
                  for v in self.outputs.all]
        lines += ["\tenum isthmus_error status = ISTHMUS_OK;", "", f"\tif (!ops->{self.name})",
                  "\t\treturn proto_refuse(m, ISTHMUS_E_OPERATION, ops->drop, self);",
                  f"\tif ({self.inputs.wrong()})",
                  "\t\treturn proto_refuse(m, ISTHMUS_E_ARGUMENT, ops->drop, self);"]
        given = [v.load() for v in self.inputs.all] + [f"&{v.name}" for v in self.outputs.all]
        lines += [f"\tstatus = ops->{self.name}(" + ", ".join(["self", "badge"] + given) + ");",
                  "\tif (status == PROTO_LATER)", "\t\treturn false;"]
        results = "".join(f", {v.name}" for v in self.outputs.all)
        return lines + [f"\t{self.prefix}_{self.name}_answer(m, status{results});", "\treturn true;", "}", ""]


def interface_text(interface, enums):
    prefix = snake(interface.name)
    stubs = [MethodStubs(interface, m, enums) for m in interface.methods]
    for name in sorted({s.name for s in stubs if [t.name for t in stubs].count(s.name) > 1}):
        raise SchemaError(f"{interface.name}: two methods are {name} in C")
    base = interface.id >> 32
    lines = [f"/* {interface.name}: labels of its methods. */"] + comment(interface.doc)
    for number, s in enumerate(stubs):
        lines.append(f"#define {s.label:<30} UINT64_C({base << 16 | number:#x})")
    lines.append("")
    for s in stubs:
        lines += s.client()
    lines += ["/* What a server of the interface does: a null function answers ISTHMUS_E_OPERATION.  Each may return",
              " * PROTO_LATER instead of a status if it has saved the reply.  `drop` empties the slot of a capability",
              " * that came with a call that is refused; null if none can come. */", f"struct {prefix}_ops {{"]
    for s in stubs:
        lines += s.pointer()
    lines += ["\tproto_drop *drop;", "};", ""]
    for s in stubs:
        lines += s.answer() + s.serve()
    lines += ["/* Does what the message asks for and makes *m the reply.  True: to be sent (isthmus_reply_recv); false: the",
              " * reply was saved, so only wait for the next message. */"]
    lines += signature("static inline bool", f"{prefix}_dispatch",
                       [f"const struct {prefix}_ops *ops", "void *self", "uint64_t badge", "struct isthmus_message *m"])
    lines += ["{", "\tswitch (isthmus_tag_label(m->tag)) {"]
    for s in stubs:
        lines += [f"\tcase {s.label}:", f"\t\treturn {prefix}_{s.name}_serve(ops, self, badge, m);"]
    return lines + ["\tdefault:", "\t\treturn proto_refuse(m, ISTHMUS_E_OPERATION, ops->drop, self);", "\t}", "}", ""]


def header(path, schema):
    """The text of the header made of the file at `path`."""
    lines = [f"/* Generated by tools/protogen.py from {path}; do not edit. */", "#pragma once", "",
             '#include "lib/proto/proto.h"', ""]
    for constant in schema.constants:
        suffix = "INT64_C" if constant.value < 0 else "UINT64_C"
        lines += comment(constant.doc) + [f"#define {snake(constant.name).upper():<30} {suffix}({constant.value})", ""]
    for enum in schema.enums:
        name = snake(enum.name)
        lines += comment(enum.doc) + [f"enum {name} {{"]
        lines += [f"\t{name.upper()}_{snake(v).upper()} = {i}," for i, v in enumerate(enum.values)] + ["};", ""]
    enums = {e.id: e for e in schema.enums}
    for interface in schema.interfaces:
        lines += interface_text(interface, enums)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("schemas", nargs="+", metavar="lib/proto/CLASS.capnp")
    parser.add_argument("--out", metavar="DIR", required=True, help="where isthmus/proto/CLASS.h goes")
    arguments = parser.parse_args()
    for path in arguments.schemas:
        name = os.path.splitext(os.path.basename(path))[0]
        try:
            text = header(path, capnp_schema.load(path))
        except SchemaError as error:
            sys.exit(f"{path}: {error}")
        write_if_changed(os.path.join(arguments.out, "isthmus", "proto", name + ".h"), text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
