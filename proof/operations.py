"""What is proved: where an operation begins, what it may assume there beside the invariant, where its paths may end, and what
must hold at each end beside the invariant."""

from typing import Callable, NamedTuple

import z3
from z3 import And, Or, ULT

from proof import machine
from proof.linear import Linear, word
from proof.memory import narrow, wide

OPERATIONS = {}


class Operation(NamedTuple):
    """`begin(context, state)` sets registers and returns what is assumed; `ends` maps an end to a function that returns the
    [(name, goal)] that hold there.  `keeps`: whether the invariant is claimed at the end too;
    `refines`: the specification's final state is; `looks_up`: contracts stand for the lookup of capabilities."""
    name: str
    start: str
    begin: Callable
    ends: dict
    stops: tuple = ()
    keeps: bool = False
    refines: bool = False
    looks_up: bool = False


class Context:
    """What the functions below may speak about: facts of the entry state, its registers, constants."""

    def __init__(self, facts, layout, state):
        self.facts, self.layout = facts, layout
        self.x, self.csr = list(state.x), dict(state.csr)
        self.memory = state.memory.clone()
        self.passed = {}      # C arguments by name

    def arguments(self, state, *sorts):
        """Passes C arguments in a0, a1, ... and returns them."""
        passed = []
        for number, name in enumerate(sorts):
            term = z3.BitVec(name, 64)
            state.x[10 + number] = Linear.of(term)
            passed.append(term)
            self.passed[name] = term
        self.x = list(state.x)
        return passed


def operation(name, start, ends, stops=(), keeps=True, refines=False, looks_up=False):
    """Registers NAME: safety, bound and what is claimed of the ends; and, where they are claimed, NAME:invariant and
    NAME:refinement."""
    def register(function):
        OPERATIONS[name] = Operation(name, start, function, ends, stops, False, False, looks_up)
        if refines:
            OPERATIONS[name + ":refinement"] = Operation(name + ":refinement", start, function, ends, stops, False, True)
        if keeps:
            OPERATIONS[name + ":invariant"] = Operation(name + ":invariant", start, function, ends, stops, True)
        return function
    return register


def frame_address(facts, frame):
    return word(facts.ARCH_DIRECT_MAP) + (wide(frame) << facts.ISTHMUS_PAGE_BITS)


def saved_registers(f):
    """Where the running thread's registers are, as a sum: the executor splits it again."""
    frame = Linear.of(wide(f.cell(f.core.current).thread.frame))
    return Linear(f.ARCH_DIRECT_MAP).plus(frame.times(1 << f.ISTHMUS_PAGE_BITS))


# ---- the trap vector ----

def at_trap(context, state):
    """A trap from user level: sscratch is the running thread's frame, and the previous privilege is user."""
    f = context.facts
    current = f.core.current
    state.csr["sscratch"] = saved_registers(f)
    context.csr = dict(state.csr)
    return [current != 0, state.csr["sepc"].bits() & 1 == 0, state.csr["sstatus"].bits() & f.SSTATUS_SPP == 0]


def at_system_call(number):
    def begin(context, state):
        return at_trap(context, state) + [state.csr["scause"].bits() == context.facts.SCAUSE_USER_ECALL,
                                          state.x[5].bits() == context.facts.constants[number]]
    return begin


def at_sret(context, state, facts):
    """User level goes on: in user mode, in the space of the running thread's task, with its frame ready for the next trap,
    and with zero in every register that a system call destroys."""
    thread = facts.cell(facts.core.current)
    csr = {name: value.bits() for name, value in state.csr.items()}
    before = {name: value.bits() for name, value in context.csr.items()}
    floating = word(~facts.SSTATUS_FS & (1 << 64) - 1)
    goals = [("a thread runs", facts.core.current != 0),
             ("sret goes to user mode", csr["sstatus"] & facts.SSTATUS_SPP == 0),
             ("sstatus changes in FS only", csr["sstatus"] & floating == before["sstatus"] & floating),
             ("satp is the thread's space", csr["satp"] == facts.cell(thread.thread.task).task.space),
             ("sscratch is the thread's frame", csr["sscratch"] == frame_address(facts, thread.thread.frame)),
             ("sepc is the thread's pc", csr["sepc"] == facts.thread_frame(thread.thread.frame).regs.pc),
             ("stvec is kept", csr["stvec"] == before["stvec"]), ("sie is kept", csr["sie"] == before["sie"])]
    kept = facts.thread_frame(thread.thread.frame).regs
    names = {2: "sp", 3: "gp", 4: "tp", 8: "s0", 9: "s1", **{18 + i: f"s2[{i}]" for i in range(10)}}
    goals += [(f"{machine.ABI_NAMES[n]} is the thread's", state.x[n].bits() == getattr(kept, name)) for n, name in names.items()]
    goals += [(f"{machine.ABI_NAMES[n]} is zero", state.x[n].bits() == 0) for n in (1, 5, 6, 7, 30, 31)]
    message = (11, 12, 13, 14, 15, 16, 17, 28, 29)
    goals += [(f"{machine.ABI_NAMES[n]} is the sender's", state.x[n].bits() == context.x[n].bits()) for n in message]
    return goals


def at_slow_path(context, state, facts):
    """Nothing of the kernel's state has changed but the saved registers of the running thread, which the slow path completes."""
    own = context.facts.cell(context.facts.core.current).thread.frame
    goals = [("sp is the thread's frame", state.x[2].bits() == frame_address(context.facts, own)), ("tp is the core", state.x[4].bits() == 0)]
    untouched = (1, 5, *range(10, 18), 28, 29)
    goals += [(f"{machine.ABI_NAMES[n]} is user level's", state.x[n].bits() == context.x[n].bits()) for n in untouched if n != 1]
    for name, entry in state.memory.maps.items():
        if entry.log and not name.startswith("thread_frame.regs."):
            goals.append((f"{name} is not written", z3.BoolVal(False)))
        elif entry.log:
            goals.append((f"{name} is written in the thread's frame only", And(*[key == own for key, _ in entry.log])))
    return goals


FAST_ENDS = {"sret": at_sret, "slow_syscall": at_slow_path}
operation("fast_call", "trap_entry", FAST_ENDS, ("slow_syscall",))(at_system_call("ISTHMUS_OP_CALL"))
operation("fast_reply_recv", "trap_entry", FAST_ENDS, ("slow_syscall",))(at_system_call("ISTHMUS_OP_REPLY_RECV"))


# ---- C functions ----

def at_call(context, state):
    """A C function is called on an empty stack, on core 0, by the address that ends the path."""
    state.x[1], state.x[4] = Linear(machine.RETURN), Linear(0)
    state.x[2] = Linear(context.facts.KERNEL_STACKS + (1 << context.facts.STACK_STRIDE_BITS))
    context.x = list(state.x)


def at_return(context, state, facts):
    """The C calling convention's callee-saved registers."""
    return [(f"{machine.ABI_NAMES[n]} is restored", state.x[n].bits() == context.x[n].bits()) for n in machine.CALLEE_SAVED]


def cell_argument(term):
    """A cell_ix is passed in 32 bits, sign-extended like every 32-bit argument; the upper half is not looked at."""
    return narrow(term)


RETURNS = {"return": at_return}


@operation("queue_append", "queue_append", RETURNS, keeps=False, refines=True)
def queue_append(context, state):
    """Appends a thread that is in no queue."""
    at_call(context, state)
    f = context.facts
    queue, thread = (cell_argument(a) for a in context.arguments(state, "queue", "thread"))
    return [f.is_cell(queue), queue != 0, f.cell(queue).kind != f.CELL_POOL, f.cell_of_kind(thread, "CELL_THREAD"),
            f.cell(thread).own == 0]


@operation("queue_unlink", "queue_unlink", RETURNS, keeps=False, refines=True)
def queue_unlink(context, state):
    """Takes a thread out of the queue that it is in."""
    at_call(context, state)
    thread, = (cell_argument(a) for a in context.arguments(state, "thread"))
    return [context.facts.cell_of_kind(thread, "CELL_THREAD"), context.facts.cell(thread).own != 0]


@operation("sched_remove", "sched_remove", RETURNS)
def sched_remove(context, state):
    at_call(context, state)
    f = context.facts
    thread, = (cell_argument(a) for a in context.arguments(state, "thread"))
    return [f.cell_of_kind(thread, "CELL_THREAD"), f.cell(thread).state != f.THREAD_RUNNING]


@operation("slot_at", "slot_at", RETURNS)
def slot_at(context, state):
    at_call(context, state)
    task, _ = context.arguments(state, "task", "slot")
    return [context.facts.cell_of_kind(cell_argument(task), "CELL_TASK")]


def handler(name, keeps=False):
    """An operation's C function, of the running thread and its saved registers."""
    def begin(context, state):
        at_call(context, state)
        f = context.facts
        me, = context.arguments(state, "me")
        state.x[11] = saved_registers(f)
        return [f.core.current != 0, cell_argument(me) == f.core.current]
    operation(name, name, RETURNS, keeps=keeps, looks_up=True)(begin)


for name in ("op_signal", "op_reply", "op_save_reply", "op_try_send", "op_recv", "op_try_recv", "op_reply_recv", "op_call",
                "op_task_delete", "op_task_identify", "op_thread_slots", "op_task_handler", "op_irq_bind", "op_thread_core"):
    handler(name)
