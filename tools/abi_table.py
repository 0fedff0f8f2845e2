"""The system-call table of abi/isthmus.toml: reading it and checking it, for the generators.

`load(path)` returns a Table whose every reference has been checked, or raises TableError with one line a mistake."""

import re
import tomllib
from dataclasses import dataclass, field

WORDS = 8
KNOWN_ISAS = ("riscv64", "x86_64", "aarch64")
TYPE_BYTES = {"uint8_t": 1, "uint16_t": 2, "uint32_t": 4, "uint64_t": 8, "char": 1}


class TableError(Exception):
    """The table has mistakes; the text has one a line."""


@dataclass
class Operand:
    """An argument or a result. `first` is the word's number, or None for the tag and the slot; `count` words."""
    name: str
    register: str
    unit: str
    doc: str
    first: int | None
    count: int


@dataclass
class Operation:
    """One system call; `objects` is empty if it needs no capability, `implied` are errors that the table leaves out."""
    name: str
    number: int
    object: str
    objects: list
    rights: list
    arguments: list
    results: list
    errors: list
    implied: list
    bound: str
    doc: str


@dataclass
class Field:
    """A field of the boot information: offset and size in bytes; `count` elements of C type `ctype`, 0 if no array."""
    name: str
    ctype: str
    count: int
    unit: str
    doc: str
    offset: int
    size: int


@dataclass
class Table:
    version: int
    constants: dict
    registers: dict
    errors: list
    rights: list
    kinds: list
    operations: list
    fields: list
    boot_info_size: int = 0
    mistakes: list = field(default_factory=list)


def parse_register(text):
    """(first word or None, words) of "tag", "slot", "w3" or "w1-w7"; None if it is none of these."""
    if text in ("tag", "slot"):
        return None, 1
    match = re.fullmatch(r"w([0-7])(?:-w([0-7]))?", text)
    if not match:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last - first + 1) if first <= last else None


def duplicates(values):
    seen = set()
    return sorted({v for v in values if v in seen or seen.add(v)})


class Reader:
    """Turns the parsed TOML into a Table and collects what is wrong with it."""

    def __init__(self, raw):
        self.raw = raw
        self.mistakes = []

    def wrong(self, text):
        self.mistakes.append(text)

    def value(self, entry, key, kind, where, default=None):
        """entry[key] if it is there and of that Python type."""
        if key not in entry:
            if default is None:
                self.wrong(f"{where}: no {key}")
                return kind()
            return default
        if not isinstance(entry[key], kind) or (kind is int and isinstance(entry[key], bool)):
            self.wrong(f"{where}: {key} is not of type {kind.__name__}")
            return kind()
        return entry[key]

    def named(self, section):
        """The entries of [[section]], with names checked; in order."""
        entries = self.value(self.raw, section, list, "table")
        for index, entry in enumerate(entries):
            name = self.value(entry, "name", str, f"{section} {index}")
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                self.wrong(f"{section} {index}: name {name!r} is not in lower case with underscores")
            self.value(entry, "doc", str, f"{section} {name}")
        for name in duplicates(e.get("name", "") for e in entries):
            self.wrong(f"{section} {name}: named twice")
        return entries

    def constants(self):
        result = {}
        for name, entry in self.value(self.raw, "constants", dict, "table").items():
            value = self.value(entry, "value", int, f"constant {name}")
            if not 0 <= value < 1 << 64:
                self.wrong(f"constant {name}: {value} does not fit in 64 bits")
            result[name] = (value, self.value(entry, "doc", str, f"constant {name}"))
        return result

    def registers(self):
        sets = self.value(self.raw, "registers", dict, "table")
        for isa, entry in sets.items():
            where = f"registers.{isa}"
            if isa not in KNOWN_ISAS:
                self.wrong(f"{where}: unknown ISA; known: {', '.join(KNOWN_ISAS)}")
            lists = {k: self.value(entry, k, list, where) for k in ("words", "kept", "clobbered", "state")}
            single = [self.value(entry, k, str, where) for k in ("operation", "slot", "tag")]
            self.value(entry, "trap", str, where)
            if len(lists["words"]) != WORDS:
                self.wrong(f"{where}: {len(lists['words'])} words, a message has {WORDS}")
            used = single + lists["words"] + lists["kept"] + lists["clobbered"]
            for name in duplicates(used):
                self.wrong(f"{where}: {name} has two uses")
            for name in duplicates(lists["state"]):
                self.wrong(f"{where}: {name} is twice in state")
            for name in sorted(set(used) - set(lists["state"])):
                self.wrong(f"{where}: unknown register {name}: it is not in state")
        return sets

    def rights(self):
        result = []
        for entry in self.named("right"):
            bit = self.value(entry, "bit", int, f"right {entry.get('name')}")
            if not 0 <= bit < 16:
                self.wrong(f"right {entry.get('name')}: bit {bit} is outside of 0 to 15")
            result.append((entry.get("name", ""), bit, entry.get("doc", "")))
        for bit in duplicates(r[1] for r in result):
            self.wrong(f"right {[r[0] for r in result if r[1] == bit]}: bit {bit} used twice")
        return result

    def operands(self, entry, key, where):
        result = []
        for item in self.value(entry, key, list, where, []):
            if not (isinstance(item, list) and len(item) in (3, 4) and all(isinstance(x, str) for x in item)):
                self.wrong(f"{where}: {key}: {item!r} is not [name, register, unit, meaning]")
                continue
            place = parse_register(item[1])
            if place is None:
                self.wrong(f"{where}: {key}: {item[0]}: unknown register {item[1]!r}")
                continue
            result.append(Operand(*item[:3], item[3] if len(item) == 4 else "", *place))
        taken = [w for o in result for w in
                 ([o.register] if o.first is None else range(o.first, o.first + o.count))]
        for register in duplicates(map(str, taken)):
            self.wrong(f"{where}: {key}: register {register} used twice")
        for name in duplicates(o.name for o in result):
            self.wrong(f"{where}: {key}: {name} named twice")
        return result

    def operation(self, entry, errors, rights, kinds):
        where = f"operation {entry.get('name')}"
        subject = self.value(entry, "object", str, where)
        objects = [k for k in re.split(r",? or |, ", subject) if k != "none"]
        for kind in objects:
            if kind not in kinds:
                self.wrong(f"{where}: unknown object {kind!r}")
        for key, known in (("rights", rights), ("errors", errors)):
            for name in self.value(entry, key, list, where, []):
                if name not in known:
                    self.wrong(f"{where}: unknown {key[:-1]} {name!r}")
        for key in sorted(set(entry) - {"name", "number", "object", "rights", "arguments", "results", "errors",
                                        "bound", "doc"}):
            self.wrong(f"{where}: unknown key {key!r}")
        arguments = self.operands(entry, "arguments", where)
        if any(o.register == "slot" for o in arguments):
            self.wrong(f"{where}: an argument is in the slot register, which names the object")
        listed = entry.get("errors", [])
        implied = [e for e in implied_errors(objects, arguments) if e not in listed]
        return Operation(entry.get("name", ""), self.value(entry, "number", int, where), subject, objects,
                         self.value(entry, "rights", list, where), arguments,
                         self.operands(entry, "results", where), listed, implied,
                         self.value(entry, "bound", str, where), " ".join(entry.get("doc", "").split()))

    def fields(self):
        result, offset = [], 0
        raw = self.value(self.value(self.raw, "boot_info", dict, "table"), "fields", list, "boot_info")
        for name, ctype, unit, doc in raw:
            match = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", ctype)
            if not match or match[1] not in TYPE_BYTES:
                self.wrong(f"boot_info.{name}: unknown type {ctype!r}")
                continue
            width = TYPE_BYTES[match[1]]
            if offset % width:
                self.wrong(f"boot_info.{name}: would need padding at offset {offset}")
            size = width * int(match[2] or 1)
            result.append(Field(name, match[1], int(match[2] or 0), unit, doc, offset, size))
            offset += size
        if offset % 8:
            self.wrong(f"boot_info: {offset} bytes, not a multiple of 8")
        for name in duplicates(f.name for f in result):
            self.wrong(f"boot_info.{name}: named twice")
        return result

    def table(self):
        errors = [(e.get("name", ""), e.get("doc", "")) for e in self.named("error")]
        kinds = [(e.get("name", ""), e.get("doc", "")) for e in self.named("kind")]
        rights = self.rights()
        if not errors or errors[0][0] != "ok":
            self.wrong("error: the first must be ok, with value 0")
        if not kinds or kinds[0][0] != "null":
            self.wrong("kind: the first must be null, with value 0")
        names = [{e[0] for e in errors}, {r[0] for r in rights}, {k[0] for k in kinds}]
        operations = [self.operation(e, *names) for e in self.named("operation")]
        for number in duplicates(o.number for o in operations):
            both = " and ".join(o.name for o in operations if o.number == number)
            self.wrong(f"operation {both}: both have number {number}")
        fields = self.fields()
        table = Table(self.value(self.value(self.raw, "abi", dict, "table"), "version", int, "abi"), self.constants(),
                      self.registers(), errors, rights, kinds, sorted(operations, key=lambda o: o.number), fields,
                      sum(f.size for f in fields))
        for name in duplicates(c_names(table)):
            self.wrong(f"{name}: two entries of the table have this name in C")
        return table


def implied_errors(objects, arguments):
    """Errors that come from looking a capability up: of the object, or of an argument that names one."""
    if objects:
        return ["cap", "kind", "right"]
    named = any(o.unit == "slot" and "empty slot" not in o.doc for o in arguments)
    return ["cap", "kind", "right"] if named else []


def c_names(table):
    """Every name that abi.h defines."""
    yield "ISTHMUS_VERSION"
    for name in table.constants:
        yield "ISTHMUS_" + name.upper()
    for name, _ in table.errors:
        yield error_name(name)
    for name, _, _ in table.rights:
        yield "ISTHMUS_R_" + name.upper()
    for name, _ in table.kinds:
        yield "ISTHMUS_" + name.upper()
    for operation in table.operations:
        yield "ISTHMUS_OP_" + operation.name.upper()
    yield from ("ISTHMUS_OPERATION_COUNT", "ISTHMUS_ERROR_COUNT", "ISTHMUS_KIND_COUNT")
    for isa, entry in table.registers.items():
        for register in entry["state"]:
            yield f"ISTHMUS_{isa.upper()}_{register.upper()}"


def error_name(name):
    """The C name of an error: ISTHMUS_OK, ISTHMUS_E_MORE."""
    return "ISTHMUS_OK" if name == "ok" else "ISTHMUS_E_" + name.upper()


def load(path):
    """The checked table of the TOML file at `path`."""
    with open(path, "rb") as file:
        try:
            raw = tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise TableError(f"{path}: {error}") from None
    reader = Reader(raw)
    table = reader.table()
    if reader.mistakes:
        raise TableError("\n".join(f"{path}: {m}" for m in reader.mistakes))
    return table
