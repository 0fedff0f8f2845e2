"""The specification's side of refinement: an operation as a term graph, read into the solver's terms.

The file build/proof/terms/OPERATION.json, which proof/emit makes of the extracted Gallina:

    {"operation": NAME, "state": NODE, "nodes": [...]}         NODE is a position in nodes; the final state

    ["argument", NAME]  ["literal", N]                         words, 64 bits
    ["add", A, B]  sub and or clear shl shr                    clear: A without the bits of B; a shift by 64 or more gives 0
    ["ite", C, A, B]  ["read", FIELD, INDEX, STATE]
    ["eq", A, B]  lt (unsigned)  ["not", C]  ["all", C, D]  ["any", C, D]
    ["entry"]  ["write", FIELD, INDEX, WORD, STATE]  ["merge", C, STATE, STATE]
    ["zero_frame", INDEX, STATE]  ["zero_cell", INDEX, STATE]  (not understood here yet)

A field's value is cut to its width in C when it is written."""

import json

import z3

from proof.linear import word
from proof.memory import narrow, wide

FIELDS = {  # the specification's columns, as extraction spells them, and the C's fields
    **{f"Cell_{name}": f"cell.{name}" for name in ("id", "kind", "state", "priority", "form", "next", "prev", "own", "head", "tail")},
}

WORDS = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "and": lambda a, b: a & b, "or": lambda a, b: a | b,
    "clear": lambda a, b: a & ~b, "shl": lambda a, b: a << b, "shr": z3.LShR,
    "eq": lambda a, b: a == b, "lt": z3.ULT, "not": z3.Not, "all": z3.And, "any": z3.Or, "ite": z3.If,
}


class NotUnderstood(Exception):
    """A node or a field that has no meaning here yet."""


class Specification:
    """`arguments`: {name: 64-bit term}; `entry`: the memory at entry."""

    def __init__(self, path, entry, arguments):
        graph = json.loads(path.read_text(encoding="utf-8"))
        self.nodes, self.final = graph["nodes"], graph["state"]
        self.entry, self.arguments, self.terms = entry, arguments, {}

    def term(self, number):
        """A word or a truth value."""
        if number not in self.terms:
            op, *operands = self.nodes[number]
            if op == "argument":
                made = self.arguments[operands[0]]
            elif op == "literal":
                made = word(operands[0])
            elif op == "read":
                made = wide(self.field(operands[0], self.term(operands[1]), operands[2]))
            elif op in WORDS:
                made = WORDS[op](*[self.term(n) for n in operands])
            else:
                raise NotUnderstood(op)
            self.terms[number] = z3.simplify(made)
        return self.terms[number]

    def field(self, field, index, state):
        """The value of a field at an index in a state, in the field's own width."""
        op, *operands = self.nodes[state]
        if op == "entry":
            if field not in FIELDS:
                raise NotUnderstood(field)
            return self.entry.get(FIELDS[field], narrow(index))
        if op == "write":
            written, at, value, before = operands
            old = self.field(field, index, before)
            if written != field:
                return old
            return z3.simplify(z3.If(index == self.term(at), narrow(self.term(value), old.size()), old))
        if op == "merge":
            condition, yes, no = operands
            return z3.simplify(z3.If(self.term(condition), self.field(field, index, yes), self.field(field, index, no)))
        raise NotUnderstood(op)

    def written(self):
        """Fields that the operation may write."""
        return {node[1] for node in self.nodes if node[0] == "write"}

    def goals(self, memory, arbitrary):
        """[(name, goal)]: at an arbitrary index every field of the final state is the specification's.  `memory` is the
        machine's; arbitrary(sort) the index."""
        expected = {FIELDS.get(field, field): field for field in self.written()}
        changed = {name for name, entry in memory.maps.items() if entry.log}
        goals = []
        for name in sorted(changed | set(expected)):
            if name not in memory.maps or name not in FIELDS.values():
                raise NotUnderstood(name)
            key = arbitrary(memory.maps[name].sort)
            field = next(spec for spec, c in FIELDS.items() if c == name)
            goals.append((f"{name} is the specification's", memory.get(name, key) == self.field(field, wide(key), self.final)))
        return goals
