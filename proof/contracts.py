"""Functions that are proved once and then stand for their calls: what they need, what they return, what they leave alone.

Both sides of a contract are here: `slot_named` and `resolve` as theorems about their own code (operations), and as steps of
the executor at a call.  Neither changes the kernel's tables."""

import z3
from z3 import And, If, Implies, Or, ULE, ULT

from proof import machine
from proof.executor import Violation
from proof.linear import Linear, word
from proof.memory import wide
from proof.operations import at_call, at_return, cell_argument, operation

SLOT_BYTES = 32
CAP_FIELDS = (("object", 0, 4), ("kind", 4, 1), ("rights", 5, 1), ("id", 8, 8), ("badge", 16, 8))  # struct cap


def slot_address(f, leaf, number):
    """The address of a slot, as a sum."""
    return Linear(f.ARCH_DIRECT_MAP).plus(Linear.of(leaf).times(1 << f.ISTHMUS_PAGE_BITS)).plus(Linear.of(number).times(SLOT_BYTES))


def some_slot(executor, f):
    """A slot that is any slot: (address, what is known of it)."""
    leaf, number = z3.BitVec(f"leaf!{executor}", 32), z3.BitVec(f"slot!{executor}", 7)
    return slot_address(f, wide(leaf), wide(number)), f.frame_of_kind(leaf, "FRAME_SLOTS")


def names_live(f, kind, target, number):
    """What a capability says, as far as an operation relies on it."""
    def is_kind(name):
        return kind == f.constants[name]
    cell = f.cell(target)
    cells = Or(And(kind != f.ISTHMUS_NULL, ULE(kind, f.ISTHMUS_IRQ)), is_kind("ISTHMUS_DEVICE"))
    of = If(is_kind("ISTHMUS_DEVICE"), word(f.CELL_DEVICE, 8), kind)
    return And(kind != f.ISTHMUS_NULL, ULE(kind, f.ISTHMUS_REPLY),
               Implies(cells, And(f.is_cell(target), cell.id == number, number != 0, cell.kind == of)),
               Implies(is_kind("ISTHMUS_FRAME"), f.frame_of_kind(target, "FRAME_DATA")))


def resolved(f, status, asked, rights, found):
    """After resolve(): its status is an error's number; with 0 the capability is alive, of the kind and with the rights asked for."""
    good = And(names_live(f, found["kind"], found["object"], found["id"]), Or(asked == f.ISTHMUS_NULL, found["kind"] == asked),
               found["rights"] & rights == rights)
    return And(ULT(status, word(16)), Implies(status == 0, good))


# ---- as theorems ----

def returns_a_slot(context, state, facts):
    """Null, or the address of a slot."""
    result = state.x[10]
    goals = at_return(context, state, facts)
    if result.value() == 0:
        return goals
    region, _, offset = context.executor.resolve(state, result, 8)
    return goals + [("returns a slot", z3.BoolVal(getattr(region, "name", "") == "slots_leaf.slot" and offset == 0)), *unchanged(context, state)]


def unchanged(context, state):
    """Neither tables nor control and status registers."""
    written = [name for name, entry in state.memory.maps.items() if entry.log]
    written += [name for name, value in state.csr.items() if value is not context.csr[name]]
    return [(f"{name} is not written", z3.BoolVal(False)) for name in written]


@operation("slot_named", "slot_named", {"return": returns_a_slot}, keeps=False, looks_up=True)
def slot_named(context, state):
    at_call(context, state)
    thread, _ = context.arguments(state, "thread", "slot")
    return [context.facts.cell_of_kind(cell_argument(thread), "CELL_THREAD")]


def returns_a_capability(context, state, facts):
    out = state.x[2].constant
    found = {name: machine_load(state, out + at, size) for name, at, size in CAP_FIELDS}
    asked, rights = (z3.Extract(7, 0, context.x[n].bits()) for n in (11, 12))
    return at_return(context, state, facts) + unchanged(context, state) + [
        ("what is found is what was asked for", resolved(facts, state.x[10].bits(), asked, rights, found))]


def machine_load(state, address, size):
    parts = [state.stack.get(at, z3.BitVec(f"stack@{at:x}", 8)) for at in reversed(range(address, address + size))]
    return z3.simplify(z3.Concat(*parts) if size > 1 else parts[0])


@operation("resolve", "resolve", {"return": returns_a_capability}, keeps=False)
def resolve(context, state):
    """Of any slot, into a struct cap at the caller's end of the stack.  (Of null it answers at once: see call_resolve.)"""
    at_call(context, state)
    context.arguments(state, "slot_pointer", "kind", "rights")
    state.x[10], known = some_slot("argument", context.facts)
    state.x[2] = state.x[2].plus(Linear(-32))
    state.x[13] = state.x[2]
    context.x = list(state.x)
    return [known, *[z3.Extract(63, 8, context.x[n].bits()) == 0 for n in (11, 12)]]


def returns_no_capability(context, state, facts):
    """Null is no slot; the result is not written."""
    out = state.x[2].constant
    written = any(at in state.stack for at in range(out, out + 24))
    return at_return(context, state, facts) + unchanged(context, state) + [
        ("null answers E_CAP", state.x[10].bits() == facts.ISTHMUS_E_CAP), ("nothing is written", z3.BoolVal(not written))]


@operation("resolve_null", "resolve", {"return": returns_no_capability}, keeps=False)
def resolve_null(context, state):
    resolve(context, state)
    state.x[10] = Linear(0)
    context.x = list(state.x)
    return []


# ---- as steps ----

def clobber(executor, state, function):
    """What a call leaves unknown: caller-saved registers and the stack below; its instructions and stack are the callee's."""
    bound, stack = executor.bounds[function]
    sp = state.x[2].constant
    state.count += bound
    state.lowest = min(state.lowest or sp, sp - stack)
    for kept in (state.stack, state.spilled):
        for at in [at for at in kept if at < sp]:
            del kept[at]
    for number in machine.CALLER_SAVED:
        if number != 1:
            state.x[number] = Linear.of(executor.unknown(8, machine.ABI_NAMES[number]))
    state.pc = state.x[1].value()
    if state.pc is None:
        raise Violation("a contract's return address is not constant", state)
    if state.pc == machine.RETURN:
        state.end = "return"


def call_slot_named(f):
    def step(executor, state):
        executor.must(state, f.cell_of_kind(cell_argument(state.x[10].bits()), "CELL_THREAD"), "slot_named: not a thread")
        clobber(executor, state, "slot_named")
        executor.unknowns += 1
        state.x[10], known = some_slot(executor.unknowns, f)
        other = state.clone()
        other.x[10] = Linear(0)
        nothing = z3.Bool(f"no_slot!{executor.unknowns}")
        executor.assumptions.split(state, other, nothing)
        executor.assumptions.assume(state, known)
        return other
    return step


def call_resolve(f):
    def step(executor, state):
        out = state.x[13].value()
        if out is None:
            raise Violation("resolve: its result is not on the stack", state)
        executor.resolve(state, Linear(out), 8)
        executor.resolve(state, Linear(out + 16), 8)
        slot = state.x[10]
        asked, rights = (z3.Extract(7, 0, state.x[n].bits()) for n in (11, 12))
        found = {name: executor.unknown(size, name) for name, _, size in CAP_FIELDS}
        null = slot.value() == 0
        if not null:
            region, _, offset = executor.resolve(state, slot, 8)
            if getattr(region, "name", "") != "slots_leaf.slot" or offset:
                raise Violation("resolve: not a slot", state)
        clobber(executor, state, "resolve")
        for name, at, size in [] if null else CAP_FIELDS:
            executor.store(state, Linear(out + at), size, Linear.of(wide(found[name])))
        if null:  # proved by resolve's first branch: a constant answer, nothing written
            state.x[10] = Linear(f.ISTHMUS_E_CAP)
        else:
            executor.assumptions.assume(state, resolved(f, state.x[10].bits(), asked, rights, found))
        return None
    return step


CONTRACTS = {"resolve": call_resolve, "slot_named": call_slot_named}
THEOREMS = {"resolve": ("resolve", "resolve_null"), "slot_named": ("slot_named",)}  # that a contract rests on
