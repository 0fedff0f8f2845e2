"""Cap'n Proto schemas as Python objects: decodes what `capnp compile -o-` hands to its plug-ins.

That message, a CodeGeneratorRequest, is itself Cap'n Proto.  The part of the encoding that it needs is small and fixed
for ever, so that only the `capnp` program is required, not its library.  Sources: capnproto.org/encoding.html and
schema.capnp of Cap'n Proto 0.9, whose offsets are written at each accessor below."""

import struct
import subprocess
from dataclasses import dataclass, field

TYPES = ("Void", "Bool", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64",
         "Text", "Data", "List", "enum", "struct", "interface", "AnyPointer")


class SchemaError(Exception):
    """The schema cannot be read, or is not one that a stub can be made of."""


class Struct:
    """A struct in the message: where its data and its pointers are, in words of its segment."""

    def __init__(self, message, segment, at, data_words, pointers):
        self.message, self.segment, self.at = message, segment, at
        self.data_words, self.pointers = data_words, pointers

    def number(self, bit, width):
        """Unsigned integer at that bit of the data; 0 beyond its end, as the encoding says."""
        if bit + width > self.data_words * 64:
            return 0
        data = self.message.segments[self.segment]
        whole = int.from_bytes(data[self.at * 8:(self.at + self.data_words) * 8], "little")
        return whole >> bit & (1 << width) - 1

    def pointer(self, index):
        """(segment, word) of a pointer, or None if there is none."""
        return (self.segment, self.at + self.data_words + index) if index < self.pointers else None

    def struct(self, index):
        return self.message.struct_at(self.pointer(index))

    def list(self, index):
        return self.message.list_at(self.pointer(index))

    def text(self, index):
        return self.message.text_at(self.pointer(index))


class Message:
    """An unpacked message: segments, and how pointers in them are followed."""

    def __init__(self, data):
        count = struct.unpack_from("<I", data)[0] + 1
        sizes = struct.unpack_from(f"<{count}I", data, 4)
        at = (4 + 4 * count + 7) // 8 * 8
        self.segments = []
        for size in sizes:
            self.segments.append(data[at:at + 8 * size])
            at += 8 * size

    def word(self, segment, at):
        return struct.unpack_from("<Q", self.segments[segment], at * 8)[0]

    def resolve(self, where):
        """(segment, first word of the content, pointer's value) with far pointers followed; None for null."""
        segment, at = where
        value = self.word(segment, at)
        if value == 0:
            return None
        if value & 3 == 2:
            segment, at = value >> 32, value >> 3 & 0x1FFFFFFF
            if value & 4:
                far = self.word(segment, at)
                return far >> 32, far >> 3 & 0x1FFFFFFF, self.word(segment, at + 1)
            value = self.word(segment, at)
        offset = value >> 2 & 0x3FFFFFFF
        offset -= (offset & 0x20000000) << 1
        return segment, at + 1 + offset, value

    def struct_at(self, where):
        found = self.resolve(where) if where else None
        if not found:
            return Struct(self, 0, 0, 0, 0)
        segment, at, value = found
        return Struct(self, segment, at, value >> 32 & 0xFFFF, value >> 48)

    def list_at(self, where):
        """The structs of a list of structs (element size 7: a tag word says how many and how large)."""
        found = self.resolve(where) if where else None
        if not found:
            return []
        segment, at, _ = found
        tag = self.word(segment, at)
        count, data, pointers = tag >> 2 & 0x3FFFFFFF, tag >> 32 & 0xFFFF, tag >> 48
        return [Struct(self, segment, at + 1 + i * (data + pointers), data, pointers) for i in range(count)]

    def text_at(self, where):
        found = self.resolve(where) if where else None
        if not found:
            return ""
        segment, at, value = found
        return self.segments[segment][at * 8:at * 8 + (value >> 35) - 1].decode()


@dataclass
class Type:
    kind: str
    id: int = 0


@dataclass
class Field:
    name: str
    type: Type
    doc: str = ""


@dataclass
class Method:
    name: str
    number: int
    doc: str
    parameters: list
    results: list


@dataclass
class Interface:
    name: str
    id: int
    doc: str
    methods: list = field(default_factory=list)


@dataclass
class Enum:
    name: str
    id: int
    doc: str
    values: list = field(default_factory=list)


@dataclass
class Constant:
    name: str
    value: int
    doc: str


@dataclass
class Schema:
    interfaces: list
    enums: list
    constants: list


def signed(value, width):
    return value - (1 << width) if value >> (width - 1) else value


def constant_value(node, name):
    """Node.const: type is pointer 3, value pointer 4; Value: tag in bits 0-15, the number aligned to its own size."""
    kind = TYPES[node.struct(3).number(0, 16)]
    value = node.struct(4)
    if kind == "Bool":
        return value.number(16, 1)
    if kind.startswith(("Int", "UInt")):
        width = int(kind[kind.index("t") + 1:])
        number = value.number(max(16, width) if width < 64 else 64, width)
        return signed(number, width) if kind[0] == "I" else number
    raise SchemaError(f"constant {name}: of type {kind}; only integers and Bool can be in a header")


def read_type(raw):
    """Type: tag in bits 0-15, typeId of enum, struct and interface in bits 64-127."""
    return Type(TYPES[raw.number(0, 16)], raw.number(64, 64))


class Decoder:
    """Turns a CodeGeneratorRequest into a Schema of what its requested file declares."""

    def __init__(self, data):
        root = Message(data).struct_at((0, 0))  # nodes: pointer 0, requestedFiles: 1, sourceInfo: 3
        self.nodes = {n.number(0, 64): n for n in root.list(0)}
        self.requested = [f.number(0, 64) for f in root.list(1)]
        # Node.SourceInfo: id in bits 0-63, docComment pointer 0, members pointer 1, each with docComment pointer 0.
        self.docs = {s.number(0, 64): (s.text(0).strip(), [m.text(0).strip() for m in s.list(1)])
                     for s in root.list(3)}

    def doc(self, identity, member=None):
        text, members = self.docs.get(identity, ("", []))
        if member is None:
            return text
        return members[member] if member < len(members) else ""

    def is_requested(self, identity):
        """Whether a node is in the file asked for, and not in one that it imports. scopeId: bits 128-191."""
        while identity in self.nodes:
            if identity in self.requested:
                return True
            identity = self.nodes[identity].number(128, 64)
        return False

    def fields(self, identity, where):
        """Fields of a method's parameters or results, as declared. Node.struct: fields pointer 3, discriminantCount
        bits 240-255. Field: name pointer 0, codeOrder bits 0-15, type pointer 2, union tag bits 64-79 (1: group)."""
        node = self.nodes[identity]
        if node.number(240, 16):
            raise SchemaError(f"{where}: a union does not fit into registers")
        result = []
        for index, raw in enumerate(node.list(3)):
            if raw.number(64, 16):
                raise SchemaError(f"{where}: the group {raw.text(0)} does not fit into registers")
            result.append((raw.number(0, 16), Field(raw.text(0), read_type(raw.struct(2)), self.doc(identity, index))))
        return [f for _, f in sorted(result, key=lambda pair: pair[0])]

    def interface(self, identity, name, node):
        """Node.interface: methods pointer 3, superclasses pointer 4. Method: name pointer 0, paramStructType bits
        64-127, resultStructType bits 128-191; its number is its place in the list."""
        if node.list(4):
            raise SchemaError(f"{name}: inheritance is not supported; one endpoint has one interface")
        result = Interface(name, identity, self.doc(identity))
        for number, raw in enumerate(node.list(3)):
            where = f"{name}.{raw.text(0)}"
            result.methods.append(Method(raw.text(0), number, self.doc(identity, number),
                                         self.fields(raw.number(64, 64), where + ": parameters"),
                                         self.fields(raw.number(128, 64), where + ": results")))
        return result

    def schema(self):
        """Node: id bits 0-63, displayName pointer 0 ("file:Outer.Inner"), tag bits 96-111 (2: enum,
        3: interface, 4: const)."""
        schema = Schema([], [], [])
        for identity, node in self.nodes.items():
            if not self.is_requested(identity):
                continue
            name = node.text(0).rpartition(":")[2].replace(".", "_")  # what is nested has its parents' names too
            tag = node.number(96, 16)
            if tag == 2:
                schema.enums.append(Enum(name, identity, self.doc(identity), [v.text(0) for v in node.list(3)]))
            elif tag == 3:
                schema.interfaces.append(self.interface(identity, name, node))
            elif tag == 4:
                schema.constants.append(Constant(name, constant_value(node, name), self.doc(identity)))
        return schema


def load(path):
    """The Schema of a .capnp file; SchemaError with the compiler's words if it has mistakes."""
    try:
        done = subprocess.run(["capnp", "compile", "-o-", path], capture_output=True, check=False)
    except FileNotFoundError:
        raise SchemaError("the program capnp is missing: install Debian's package capnproto") from None
    if done.returncode:
        raise SchemaError(done.stderr.decode().strip())
    return Decoder(done.stdout).schema()
