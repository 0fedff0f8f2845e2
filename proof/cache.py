"""Remembers what was proved, by content: an operation's theorem depends on the instructions that its paths reach, on the
constants that they read, on the layout of the tables, and on the text of the prover and its invariant.

Addresses are written as symbol and offset, so that a function that merely moved is the same function.  A stored result counts
only if every instruction that it reached is still there, word for word."""

import hashlib
import json

from proof.decoder import decode

LOOK_AHEAD = 8  # instructions between the two halves of an address


def digest(*parts):
    total = hashlib.sha256()
    for part in parts:
        total.update(part if isinstance(part, bytes) else repr(part).encode())
        total.update(b"\0")
    return total.hexdigest()


class Cache:
    def __init__(self, folder, sources, layout, numbers):
        self.folder, self.layout, self.numbers = folder, layout, numbers
        self.common = digest(*[path.read_bytes() for path in sorted(sources)], self.layout_text())

    def layout_text(self):
        tables = [(r.name, r.base % 8, r.stride, r.count, sorted(r.fields.items())) for r in self.layout.tables.values()]
        views = [(r.name, r.base, r.stride, r.count, sorted(r.fields.items())) for v in self.layout.views.values() for r in v]
        return repr((sorted(tables, key=repr), sorted(views, key=repr), sorted(self.numbers.items())))

    def path(self, name):
        return self.folder / (digest(name, self.common) + ".json")

    def find(self, name):
        """The stored result as a dictionary, or None."""
        try:
            stored = json.loads(self.path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        same = all(self.reached(function, places) == text for function, places, text in stored["code"])
        return stored["result"] if same and self.constants(stored["constants"][0]) == stored["constants"][1] else None

    def store(self, name, result, executor):
        functions = {}
        for pc in executor.covered:
            function = self.layout.function_at(pc)
            functions.setdefault(function, []).append(pc - self.layout.symbols[function][0])
        code = [(f, sorted(places), self.reached(f, sorted(places))) for f, places in sorted(functions.items())]
        read = sorted({(self.symbolic(at), size) for at, size in executor.constants_read})
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"result": result, "code": code, "constants": [read, self.constants(read)]})
        self.path(name).write_text(text, encoding="utf-8")

    def symbolic(self, address):
        """symbol+offset of the nearest symbol with a size, or the number."""
        near = [(at, name) for name, (at, size) in self.layout.symbols.items() if at <= address <= at + size and size]
        if not near:
            return f"{address:#x}"
        at, name = max(near)
        return f"{name}+{address - at}"

    def address(self, symbolic):
        name, _, offset = symbolic.partition("+")
        return self.layout.symbols[name][0] + int(offset) if offset and name in self.layout.symbols else int(name, 0) if not offset else None

    def constants(self, read):
        values = []
        for symbolic, size in read:
            at = self.address(symbolic)
            start = (at or 0) - self.layout.rodata_base
            values.append(self.layout.rodata[start:start + size].hex() if at and start >= 0 else None)
        return digest(values)

    def reached(self, function, places):
        """A digest of the instructions at these offsets of a function."""
        if function not in self.layout.symbols:
            return None
        base = self.layout.symbols[function][0]
        listing = {place: self.instruction(base + place) for place in places}
        text = []
        for place, i in listing.items():
            if i is None:
                return None
            text.append((place, i.op, i.rd, i.rs1, i.rs2, self.target(base + place, i, listing, place)))
        return digest(text)

    def instruction(self, pc):
        at = pc - self.layout.text_base
        word = int.from_bytes(self.layout.text[at:at + 4].ljust(4, b"\0"), "little")
        try:
            return decode(word)
        except Exception:  # what is no instruction is not the one that was proved
            return None

    def target(self, pc, i, listing, place):
        """The immediate; of a jump and of an address in two halves, where it points."""
        if i.op == "jal":
            return self.symbolic(pc + i.imm)
        if i.op == "auipc":
            partner = self.partner(i, place, listing)
            return self.symbolic(pc + i.imm + partner.imm) if partner else f"{pc + i.imm:#x}"
        for before in range(place - 4 * LOOK_AHEAD, place):
            first = listing.get(before)
            if first and first.op == "auipc" and self.partner(first, before, listing) is i:
                return "second half"
        return i.imm

    @staticmethod
    def partner(first, place, listing):
        """The one instruction that uses an auipc's register before it is written again; None if it is not the only one."""
        uses = []
        for at in sorted(p for p in listing if place < p <= place + 4 * LOOK_AHEAD):
            i = listing[at]
            if i is None:
                return None
            if first.rd in (i.rs1, i.rs2):
                uses.append(i)
            if i.rd == first.rd:
                break
        single = len(uses) == 1 and uses[0].rs1 == first.rd and uses[0].rs2 != first.rd and uses[0].rd == first.rd
        return uses[0] if single else None
