"""Runs the machine code symbolically, path by path.

Every access is resolved to a place: the stack, a constant, an entry of a table, or a part of a frame whose kind is proved.
What cannot be proved to be one of these is a Violation: that is theorem 1, safety."""

import z3

from proof import machine
from proof.decoder import BRANCHES, LOADS, STORES, Undecodable, decode
from proof.layout import VIEWS
from proof.linear import Linear, to_signed, word
from proof.memory import element_key, narrow, wide

LONGEST_PATH = 6000
LOAD_SIZE = {"b": 1, "h": 2, "w": 4, "d": 8}


class Violation(Exception):
    """A path that may do what safety forbids; `model`, if any, is an entry state in which it does."""

    def __init__(self, why, state, model=None):
        super().__init__(why)
        self.why, self.state, self.model = why, state, model


class Executor:
    """`known`: granules whose value the invariant fixes, proved and used at each load.  `stops`: {address: name} where a path
    ends.  `contracts`: {address: what to do instead of a function}."""

    def __init__(self, layout, macros, assumptions, frame_count, known=None):
        self.layout, self.macros, self.assumptions, self.frame_count = layout, macros, assumptions, frame_count
        self.known = known or {}
        self.stops, self.contracts, self.decoded = {}, {}, {}
        self.covered, self.constants_read = set(), set()
        self.bounds = {}  # of contracts: (instructions, bytes of stack)
        self.unknowns = 0
        self.view_of = {layout.constants[kind]: view for kind, view in VIEWS.items()}
        self.stack_top = macros["KERNEL_STACKS"] + (1 << macros["STACK_STRIDE_BITS"])  # of core 0, the only one
        self.stack_bottom = self.stack_top - macros["STACK_BYTES"]

    def unknown(self, size, name="unknown"):
        self.unknowns += 1
        return z3.BitVec(f"{name}!{self.unknowns}", 8 * size)

    def must(self, state, condition, why):
        condition = z3.simplify(condition)
        if not z3.is_true(condition):
            model = self.assumptions.refute(state, condition)
            if model is not None:
                raise Violation(why, state, model)

    # ---- where an address points ----

    def resolve(self, state, address, size):
        """-> (region, key, offset in the entry); region None: the stack; region "constant": read-only data"""
        at = address.value()
        if at is not None and self.stack_bottom <= at and at + size <= self.stack_top:
            if at % size:
                raise Violation("unaligned access to the stack", state)
            state.lowest = min(state.lowest or at, at)
            return None, None, at
        if 0 <= address.constant - self.macros["ARCH_DIRECT_MAP"] < 1 << 36:
            return self.resolve_view(state, address, size)
        rodata = self.layout.rodata_base
        if rodata <= address.constant < rodata + len(self.layout.rodata):
            return "constant", None, None
        return self.resolve_table(state, address, size)

    def resolve_table(self, state, address, size):
        def distance(region):
            return (address.constant - region.base) & (1 << 64) - 1
        for region in sorted(self.layout.tables.values(), key=distance)[:2]:
            found = self.split(region, to_signed(address.constant - region.base), address.terms, size)
            if found is None:
                continue
            index, offset = found
            count = word(region.count) if isinstance(region.count, int) else wide(self.assumptions.entry.get(region.count))
            self.must(state, z3.ULT(index, count), f"out of bounds of {region.name}")
            return region, narrow(index), offset
        raise Violation(f"wild or unaligned access: {address.bits()}", state)

    @staticmethod
    def split(region, distance, terms, size):
        """Bytes from the region's start -> (index, offset in the entry), or None if it does not fit there."""
        factors = {atom: to_signed(factor) for atom, factor in terms.items()}
        if any(factor % region.stride for factor in factors.values()):
            return None
        index, offset = divmod(distance, region.stride)
        aligned = (region.base + offset) % size == 0 and (region.count == 1 or region.stride % size == 0)
        if not aligned or offset + size > region.stride:
            return None
        return Linear(index, {atom: factor // region.stride & (1 << 64) - 1 for atom, factor in factors.items()}).bits(), offset

    def resolve_view(self, state, address, size):
        """Direct map + 4096 * frame + inner.  The frame's number is in range and its kind has a view that the access fits."""
        distance = address.constant - self.macros["ARCH_DIRECT_MAP"]
        factors = {atom: to_signed(factor) for atom, factor in address.terms.items()}
        frame = Linear(distance >> 12, {a: (f >> 12) & (1 << 64) - 1 for a, f in factors.items() if f % 4096 == 0}).bits()
        inner = {a: f for a, f in factors.items() if f % 4096}
        view = self.kind_of(state, frame)
        for region in self.layout.views[view]:
            if region.count == 1 and inner or not region.base <= distance & 4095 < region.base + region.stride * region.count:
                continue
            if region.count == 1 and not any(region.pieces(distance & 4095, size)):
                continue
            found = self.split(region, (distance & 4095) - region.base, inner, size)
            if found is None:
                continue
            index, offset = found
            self.must(state, z3.ULT(index, word(region.count)), f"element out of range of {region.name}")
            return region, element_key(frame, index) if region.count > 1 else narrow(frame), offset
        raise Violation(f"access does not fit a frame that holds a {view}: offset {distance & 4095}", state)

    def kind_of(self, state, frame):
        """The view of a frame under this path."""
        index = narrow(frame)
        key = (index.get_id(), len(state.memory.maps["frame.kind"].log))
        if key not in state.kinds:
            kind = state.memory.maps["frame.kind"].read(index)
            self.must(state, z3.ULT(frame, wide(self.frame_count)), "frame number out of range")
            model = self.assumptions.example(state)
            value = model.eval(kind, True).as_long()
            view = self.view_of.get(value)
            self.must(state, kind == word(value, kind.size()) if view else z3.BoolVal(False),
                      f"the frame is not proved to be a {view}" if view else "access to a frame of a kind that the kernel never touches")
            state.kinds[key] = view, index
        return state.kinds[key][0]

    # ---- loads and stores ----

    def load(self, state, address, size):
        region, key, offset = self.resolve(state, address, size)
        if region is None:
            if size == 8 and offset in state.spilled:
                return state.spilled[offset]
            for at in range(offset, offset + size):
                if at not in state.stack:
                    state.stack[at] = self.unknown(1, "stack")
            parts = [state.stack[at] for at in reversed(range(offset, offset + size))]
            return z3.simplify(z3.Concat(*parts) if size > 1 else parts[0])
        if region == "constant":
            return self.load_constant(state, address, size)
        value = state.memory.load(region, key, offset, size, self.unknown)
        for granule, low, high in region.pieces(offset, size):
            if granule.name in self.known and (low, high) == (offset, offset + size):
                fixed = word(self.known[granule.name], 8 * size)
                self.must(state, value == fixed, f"{granule.name} is not {self.known[granule.name]}")
                return fixed
        return value

    def load_constant(self, state, address, size):
        start, data = self.layout.rodata_base, self.layout.rodata
        at = address.value()
        if at is not None:
            self.constants_read.add((at, size))
            return word(int.from_bytes(data[at - start:at - start + size], "little"), 8 * size)
        owner = max((a, n) for a, n in ((a, n) for (a, n) in self.layout.symbols.values()) if n and a <= address.constant)
        first, count = owner
        self.must(state, z3.And(z3.UGE(address.bits(), word(first)), z3.ULE(address.bits(), word(first + count - size)),
                                address.bits() & word(size - 1) == 0), "out of bounds of a constant table")
        self.constants_read.add((first, count))
        value = word(0, 8 * size)
        for here in range(first, first + count, size):
            entry = int.from_bytes(data[here - start:here - start + size], "little")
            value = z3.If(address.bits() == word(here), word(entry, 8 * size), value)
        return z3.simplify(value)

    def store(self, state, address, size, linear):
        """The low bytes of a register."""
        region, key, offset = self.resolve(state, address, size)
        value = z3.simplify(z3.Extract(8 * size - 1, 0, linear.bits()))
        if region == "constant":
            raise Violation("store to read-only data", state)
        if region is None:
            for at in range(offset - 7, offset + size):
                state.spilled.pop(at, None)
            if size == 8:
                state.spilled[offset] = linear  # an address that comes back is still a sum
            for k in range(size):
                state.stack[offset + k] = z3.simplify(z3.Extract(8 * k + 7, 8 * k, value))
            return
        if any(granule.name == "frame.kind" for granule, _, _ in region.pieces(offset, size)):
            raise Violation("a frame changes its kind, which only a contract may do", state)
        state.memory.store(region, key, offset, size, value)

    # ---- paths ----

    def fetch(self, state):
        pc = state.pc
        if pc not in self.decoded:
            if not self.layout.in_text(pc) or pc & 1:
                raise Violation("jump outside of the kernel's text", state)
            at = pc - self.layout.text_base
            try:
                self.decoded[pc] = decode(int.from_bytes(self.layout.text[at:at + 4].ljust(4, b"\0"), "little"))
            except Undecodable as word_text:
                raise Violation(f"no instruction of the kernel: {word_text}", state) from None
        return self.decoded[pc]

    def run(self, first, progress=None):
        """Every path from a state; yields each when it has ended."""
        work = [first]
        while work:
            state = work.pop()
            self.assumptions.enter(state)
            while state.end is None:
                if state.pc in self.stops:
                    state.end = self.stops[state.pc]
                    break
                # A contract assumes the invariant, which holds as long as nothing was written; after that the code is run.
                summary = self.contracts.get(state.pc) if not state.memory.is_written() else None
                other = summary(self, state) if summary else self.step(state)
                if other is not None:
                    work.append(other)
                if state.count > LONGEST_PATH:
                    raise Violation(f"a path of more than {LONGEST_PATH} instructions", state)
            if progress:
                progress(state, len(work))
            yield state

    def step(self, state):
        """One instruction; a second state where both ways of a branch are possible."""
        i = self.fetch(state)
        self.covered.add(state.pc)
        state.trail.append(state.pc)
        state.count += 1
        if i.op in BRANCHES.values():
            return self.branch(state, i)
        if i.op == "and" and self.selects(state, i):
            return self.select(state, i)
        next_pc, result, x = state.pc + i.size, None, state.x
        if i.op in LOADS.values():
            size = LOAD_SIZE[i.op[1]]
            value = self.load(state, x[i.rs1].plus(Linear(i.imm)), size)
            if not isinstance(value, Linear):
                value = Linear.of(wide(value) if i.op.endswith("u") or size == 8 else z3.SignExt(64 - 8 * size, value))
            result = value
        elif i.op in STORES.values():
            size = LOAD_SIZE[i.op[1]]
            self.store(state, x[i.rs1].plus(Linear(i.imm)), size, x[i.rs2])
        elif i.op == "lui":
            result = Linear(i.imm)
        elif i.op == "auipc":
            result = Linear(state.pc + i.imm)
        elif i.op == "jal":
            result, next_pc = Linear(next_pc), state.pc + i.imm
        elif i.op == "jalr":
            to = x[i.rs1].plus(Linear(i.imm)).value()
            if to is None:
                raise Violation("jump to an address that is not constant", state)
            result, next_pc = Linear(next_pc), to & ~1
            if next_pc == machine.RETURN:
                state.end = "return"
        else:
            result = self.other(state, i)
        if i.rd and result is not None:
            x[i.rd] = result
        state.pc = next_pc
        return None

    def other(self, state, i):
        """Arithmetic, CSRs, fences and ends."""
        x = state.x
        if i.op.startswith("csr"):
            return self.access_csr(state, i)
        if i.op in ("sret", "wfi"):
            state.end = i.op
        elif i.op in ("fence", "fence.i", "sfence.vma"):
            operands = (x[i.rs1].bits() if i.rs1 else None, x[i.rs2].bits() if i.rs2 else None)
            state.events.append((i.op, *operands))
        elif i.op == "sc.d":  # it may fail: allowed where that makes no difference
            old = self.load(state, x[i.rs1], 8)
            self.must(state, old == x[i.rs2].bits(), "a store-conditional that makes a difference")
            return Linear.of(self.unknown(8, "sc"))
        else:
            second = self.operand(i, x)
            if i.op in machine.DIVISIONS:
                bits = second.bits() if i.op in ("divu", "remu") else machine.low32(second.bits())
                self.must(state, bits != 0, "division by zero")
            result = machine.compute(i.op, x[i.rs1], second)
            if result is None:
                raise Violation(f"instruction without a meaning here: {i.op}", state)
            return result
        return None

    @staticmethod
    def operand(i, x):
        immediate = i.op in machine.IMMEDIATES or i.op in ("addi", "slli", "srli", "andi")
        return Linear(i.imm) if immediate else x[i.rs2]

    def branch(self, state, i):
        condition = machine.branch_condition(i.op, state.x[i.rs1], state.x[i.rs2])
        target, behind = state.pc + i.imm, state.pc + i.size
        if z3.is_true(condition) or z3.is_false(condition):
            state.pc = target if z3.is_true(condition) else behind
            return None
        taken = self.assumptions.possible(state, condition)
        passed = not taken or self.assumptions.possible(state, z3.Not(condition))
        if not (taken and passed):
            state.pc = target if taken else behind
            return None
        other = state.clone()
        other.pc = target
        self.assumptions.split(state, other, condition)
        state.pc = behind
        return other

    # `p && c ? p : NULL` without a branch: an address and a mask of all ones or none.  Two paths, since an address has to be a sum.

    def selects(self, state, i):
        a, b = state.x[i.rs1], state.x[i.rs2]
        address, mask = (a, b) if self.is_address(a) else (b, a)
        return self.is_address(address) and mask.terms and not self.is_address(mask) and \
            not self.assumptions.possible(state, z3.And(mask.bits() != 0, mask.bits() != word((1 << 64) - 1)))

    def select(self, state, i):
        a, b = state.x[i.rs1], state.x[i.rs2]
        address, mask = (a, b) if self.is_address(a) else (b, a)
        state.pc += i.size
        chosen = self.assumptions.possible(state, mask.bits() != 0)
        dropped = not chosen or self.assumptions.possible(state, mask.bits() == 0)
        other = state.clone() if chosen and dropped else None
        state.x[i.rd] = Linear(0) if dropped else address
        if other:
            other.x[i.rd] = address
            self.assumptions.split(state, other, mask.bits() != 0)
        return other

    def is_address(self, value):
        return bool(value.terms) and value.constant >= self.macros["ARCH_DIRECT_MAP"]

    def access_csr(self, state, i):
        """Read, then write; csrrs and csrrc with x0 or 0 only read."""
        if i.imm not in machine.CSRS:
            raise Violation(f"control and status register {i.imm:#x}", state)
        name, how = machine.CSRS[i.imm], i.op.rstrip("i")[-1]
        source = Linear(i.rs1) if i.op.endswith("i") else state.x[i.rs1]
        old = Linear.of(self.unknown(8, name)) if name in machine.CHANGING else state.csr[name]
        if how == "w" or i.rs1:
            if name in machine.READ_ONLY:
                raise Violation(f"write to {name}", state)
            new = {"w": lambda: source, "s": lambda: Linear.of(old.bits() | source.bits()),
                   "c": lambda: Linear.of(old.bits() & ~source.bits())}[how]()
            state.csr[name] = new.masked((1 << 64) - 2) if name == "sepc" else new
            if name == "satp":
                state.events.append(("satp", new.bits()))
        return old


