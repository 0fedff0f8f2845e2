"""What a person reads: the table, and a failure as a path through the C source with the smallest state that shows it."""

from proof.memory import ELEMENT_BITS, INDEX_BITS
from proof.machine import ABI_NAMES

COLUMNS = (("operation", 18), ("status", 8), ("paths", 6), ("max_instructions", 17), ("queries", 8), ("seconds", 8))
UNION = {"CELL_POOL": "pool", "CELL_TASK": "task", "CELL_THREAD": "thread", "CELL_ENDPOINT": "endpoint",
         "CELL_NOTIFICATION": "notification", "CELL_BUDGET": "budget", "CELL_FORWARDER": "forwarder", "CELL_IRQ": "irq",
         "CELL_DEVICE": "device"}


def heading():
    return " ".join(name.rjust(width) if width != 18 else name.ljust(width) for name, width in COLUMNS) + "  stack, ends"


def row(result):
    cells = []
    for name, width in COLUMNS:
        value = str(getattr(result, name))
        cells.append(value.ljust(width) if width == 18 else value.rjust(width))
    ends = ", ".join(f"{end} {min(counts)}..{max(counts)}" for end, counts in sorted(result.ends.items()))
    return " ".join(cells) + f"  {result.stack} bytes, {ends}"


def as_object(result):
    return {name: getattr(result, name) for name, _ in COLUMNS}


def source_lines(layout, trail):
    """The path as `file:line,line,... (function)`, consecutive lines of one function together."""
    parts, place = [], None
    for pc in trail:
        file, line = layout.lines.get(pc, (None, None))
        if file is None:
            continue
        function = layout.function_at(pc)
        if (file, function) != place:
            parts.append((file, function, [line]))
            place = (file, function)
        elif parts[-1][2][-1] != line:
            parts[-1][2].append(line)
    return [f"{file} in {function}: {','.join(map(str, lines))}" for file, function, lines in parts]


def failure_text(failure):
    layout, state = failure.prover.layout, failure.state
    text = [f"{failure.prover.operation.name}: theorem '{failure.theorem}' does not hold: {'; '.join(failure.what)}",
            f"  at pc {state.pc:x} in {layout.function_at(state.pc)}, after {state.count} instructions; the path:"]
    text += ["    " + line for line in source_lines(layout, state.trail)]
    if failure.model is not None:
        text.append("  an entry state that shows it (what is not listed is zero or does not matter):")
        text += ["    " + line for line in counterexample(failure)]
    return "\n".join(text)


def counterexample(failure):
    """The registers at entry and the entries of tables that the path read, fields that are not zero."""
    model, prover = failure.model, failure.prover
    used = {declaration.name() for declaration in model.decls()}

    def number(term):
        return model.eval(term, True).as_long()
    values = [(name, number(prover.context.x[n].bits())) for n, name in enumerate(ABI_NAMES) if n and name in used]
    values += [(name, number(value.bits())) for name, value in prover.context.csr.items() if name in used]
    values += [(d.name(), model[d].as_long()) for d in model.decls() if d.arity() == 0 and d.name().isidentifier()
               and d.name() not in ABI_NAMES and d.name() not in prover.context.csr]
    lines = [" ".join(f"{name}={value:#x}" for name, value in values if value)]
    for sort, keys in failure.state.touched.items():
        for key in sorted({number(term) for term in keys.values()}):
            lines += entry_line(prover, model, sort, key)
    return lines


def entry_line(prover, model, sort, key):
    """One entry; a cell's union by the names of its kind."""
    bits = next((m.key_bits for m in prover.entry.maps.values() if m.sort == sort), INDEX_BITS)
    import z3
    term, fields = z3.BitVecVal(key, bits), []
    region = prover.entry.regions.get(next((n for n, r in prover.entry.regions.items() if r.name == sort), ""), None)
    if region is None:
        return []
    names = list(region.fields)
    if sort == "cell":
        kinds = {value: name for name, value in prover.layout.constants.items() if name in UNION}
        kind = kinds.get(model.eval(prover.entry.get("cell.kind", term), True).as_long(), "")
        own = "cell." + UNION.get(kind, "none") + "."
        names = [n for n in names if n.count(".") == 1 or n.startswith(own)]
        fields.append(kind)
    for name in names:
        value = model.eval(prover.entry.get(name, term), True).as_long()
        if value:
            fields.append(f"{name[len(sort) + 1:] or 'value'}={value:#x}")
    index = f"{key >> ELEMENT_BITS}][{key & (1 << ELEMENT_BITS) - 1}" if bits > INDEX_BITS else str(key)
    return [f"{sort}[{index}]: " + " ".join(fields)] if fields else []
