"""The invariant of the kernel's state: what every entry may assume and must preserve.

The predicates have the names and the meaning of kernel/invariant.c, which checks them at run time, and a few more that only
a proof needs.  Each is about one index of one sort; the prover uses it at the indices that a path touches.  Comparisons of
bit vectors are always written out (ULT, ULE): Python's < is the signed one."""

import z3
from z3 import And, If, Implies, Not, Or, ULE, ULT

from proof.linear import word
from proof.memory import NIL, Memory, key_element, key_frame, narrow, wide

PREDICATES = {}  # sort -> [(name, function)]


def predicate(sort, kind=None):
    """Registers a predicate; with a kind, it is claimed for cells, or frames, of that kind only."""
    def register(function):
        PREDICATES.setdefault(sort, []).append((function.__name__, function, kind))
        return function
    return register


class Facts:
    """A memory to speak about, with the kernel's constants: `f.cell(i).own`, `f.CELL_THREAD`."""

    def __init__(self, memory: Memory, constants, in_flight=()):
        self.memory, self.constants, self.in_flight = memory, constants, in_flight
        self.cell, self.cold, self.frame = memory.cell, memory.cold, memory.frame
        self.thread_frame, self.get, self.core = memory.thread_frame, memory.get, memory.core(NIL)
        self.cell_count, self.frame_count, self.next_id = (memory.get(n) for n in ("cell_count", "frame_count", "next_id"))

    def __getattr__(self, name):
        try:
            return self.constants[name]
        except KeyError:
            raise AttributeError(name) from None

    def is_cell(self, i):
        return ULT(i, self.cell_count)

    def cell_of_kind(self, i, kind):
        return And(self.is_cell(i), self.cell(i).kind == self.constants[kind])

    def frame_of_kind(self, i, kind):
        return And(ULT(i, self.frame_count), self.frame(i).kind == self.constants[kind])

    def weak(self, i, number, kind):
        """A weak reference: what still has the id is of the kind; and nothing new will get that id."""
        alive = And(number != 0, self.cell(i).id == number)
        return And(self.is_cell(i), ULE(number, self.next_id), Implies(alive, self.cell(i).kind == self.constants[kind]))

    def flies(self, i):
        """Is thread i in flight: taken out of its queue by an operation that will land it in another?"""
        return Or(*[i == t for t in self.in_flight]) if self.in_flight else z3.BoolVal(False)


def sorts():
    return tuple(PREDICATES)


def claims(facts, sort, key):
    """[(name, claim)] at one index; outside of the table or kind each is true."""
    guard = exists(facts, sort, key)
    for name, function, kind in PREDICATES[sort]:
        here = guard
        if kind:
            entry = facts.cell(key) if sort == "cell" else facts.frame(key)
            here = And(guard, entry.kind == facts.constants[kind])
        yield name, Implies(here, function(facts, key))


def exists(facts, sort, key):
    """Is there such an entry?"""
    if sort in ("cell", "cell_cold"):
        return facts.is_cell(key)
    if sort == "frame":
        return ULT(key, facts.frame_count)
    if sort in ("thread_frame", "slots_root"):
        return facts.frame_of_kind(key, {"thread_frame": "FRAME_THREAD", "slots_root": "FRAME_SLOTS_ROOT"}[sort])
    if sort == "slots_root.leaf":
        return And(facts.frame_of_kind(key_frame(key), "FRAME_SLOTS_ROOT"), ULT(key_element(key), facts.ISTHMUS_CAP_LEAVES))
    if sort == "slots_leaf.slot":
        return And(facts.frame_of_kind(key_frame(key), "FRAME_SLOTS"), ULT(key_element(key), facts.ISTHMUS_CAP_LEAF_SLOTS))
    return key == 0  # core, of which there is one, and scalars


# ---- cells ----

@predicate("cell")
def nil_is_never_used(f, i):
    c = f.cell(i)
    return Implies(i == 0, And(c.kind == f.CELL_FREE, c.id == 0, c.state == 0, c.own == 0, c.next == 0, c.prev == 0, c.head == 0,
                               c.tail == 0))


@predicate("cell")
def kind_is_known(f, i):
    return ULE(f.cell(i).kind, f.CELL_DEVICE)


@predicate("cell")
def id_is_not_from_the_future(f, i):
    c = f.cell(i)
    without = Or(c.kind == f.CELL_FREE, c.kind == f.CELL_READY)
    return And(ULE(c.id & word(~f.DYING_BIT & (1 << 64) - 1), f.next_id), without == (c.id == 0))


@predicate("cell")
def state_is_of_its_kind(f, i):
    c = f.cell(i)
    return ULE(c.state, If(c.kind == f.CELL_THREAD, word(f.THREAD_FAULT_REPLY, 8),
                           If(c.kind == f.CELL_ENDPOINT, word(f.ENDPOINT_RECEIVERS, 8), word(0, 8))))


@predicate("cell")
def only_threads_wait(f, i):
    c = f.cell(i)
    return Implies(c.kind != f.CELL_THREAD, And(c.own == 0, c.next == 0, c.prev == 0))


@predicate("cell", "CELL_THREAD")
def queue_member_is_linked(f, i):
    c = f.cell(i)
    queue, after, before = f.cell(c.own), f.cell(c.next), f.cell(c.prev)
    apart = And(c.next == 0, c.prev == 0)
    linked = And(If(c.next != 0, And(after.prev == i, after.own == c.own), queue.tail == i),
                 If(c.prev != 0, And(before.next == i, before.own == c.own), queue.head == i))
    return And(f.is_cell(c.own), f.is_cell(c.next), f.is_cell(c.prev), If(c.own == 0, apart, linked))


@predicate("cell")
def queue_ends_are_members(f, i):
    c = f.cell(i)
    head, tail = f.cell(c.head), f.cell(c.tail)
    ends = Implies(c.head != 0, And(head.own == i, tail.own == i, head.prev == 0, tail.next == 0))
    return Implies(c.kind != f.CELL_POOL, And(f.is_cell(c.head), f.is_cell(c.tail), (c.head == 0) == (c.tail == 0), ends))


@predicate("cell", "CELL_THREAD")
def thread_is_where_its_state_says(f, i):
    c = f.cell(i)
    kind, state = f.cell(c.own).kind, c.state

    def among(*names):
        return Or(*[state == f.constants[name] for name in names])
    at_endpoint = among("THREAD_SENDING", "THREAD_CALLING", "THREAD_FAULTING", "THREAD_RECEIVING")
    where = If(state == f.THREAD_READY, And(kind == f.CELL_READY, c.own == f.core.ready + wide(c.priority, 32)),
               If(state == f.THREAD_STARVED, Or(c.own == 0, kind == f.CELL_BUDGET),
                  If(at_endpoint, kind == f.CELL_ENDPOINT,
                     If(state == f.THREAD_WAITING, kind == f.CELL_NOTIFICATION,
                        If(among("THREAD_REPLY", "THREAD_FAULT_REPLY"), kind == f.CELL_THREAD, c.own == 0)))))
    return Or(f.flies(i), And((state == f.THREAD_RUNNING) == (f.core.current == i), where))


@predicate("cell", "CELL_THREAD")
def thread_has_its_frame_and_task(f, i):
    c = f.cell(i)
    return And(ULT(c.priority, f.ISTHMUS_PRIORITIES), f.frame_of_kind(c.thread.frame, "FRAME_THREAD"),
               f.frame(c.thread.frame).owner == i, f.cell_of_kind(c.thread.task, "CELL_TASK"))


@predicate("cell", "CELL_THREAD")
def thread_refers_to_its_own(f, i):
    """The weak references of a thread's cell.  Its calls are numbered by ids."""
    c = f.cell(i)
    return And(f.is_cell(c.thread.peer), ULE(c.form, f.FORM_FULL | f.FORM_PENDING),
               f.weak(c.thread.budget, f.thread_frame(c.thread.frame).budget_id, "CELL_BUDGET"))


@predicate("cell", "CELL_THREAD")
def waiters_agree_with_their_endpoint(f, i):
    c = f.cell(i)
    queue = f.cell(c.own)
    return Implies(And(Not(f.flies(i)), queue.kind == f.CELL_ENDPOINT),
                   queue.state == If(c.state == f.THREAD_RECEIVING, word(f.ENDPOINT_RECEIVERS, 8), word(f.ENDPOINT_SENDERS, 8)))


@predicate("cell", "CELL_ENDPOINT")
def endpoint_state_matches_its_queue(f, i):
    c = f.cell(i)
    receives = And(c.head != 0, f.cell(c.head).state == f.THREAD_RECEIVING)
    return And((c.state == f.ENDPOINT_EMPTY) == (c.head == 0), (c.state == f.ENDPOINT_RECEIVERS) == receives,
               f.is_cell(c.endpoint.cursor), Or(c.endpoint.cursor == 0, f.cell(c.endpoint.cursor).own == i))


@predicate("cell")
def ready_queues_are_where_the_core_says(f, i):
    return (f.cell(i).kind == f.CELL_READY) == ULT(i - f.core.ready, f.ISTHMUS_PRIORITIES)


@predicate("cell", "CELL_READY")
def ready_bitmap_matches_its_queue(f, i):
    bit = z3.LShR(f.core.ready_bitmap, wide(narrow(i - f.core.ready, 6))) & 1  # below 64: ready_queues_are_where_the_core_says
    return (bit == 1) == (f.cell(i).head != 0)


@predicate("cell", "CELL_TASK")
def task_has_its_frames(f, i):
    """The task's space names the root of its page tables, in the hardware's form."""
    c = f.cell(i)
    asid = wide(i & f.get("asid_mask") & 0xfff) << f.SATP_ASID_SHIFT
    space = word(f.SATP_SV39) | asid | (word(f.ARCH_RAM_BASE >> f.ISTHMUS_PAGE_BITS) + wide(c.task.table))
    root = And(f.frame_of_kind(c.task.table, "FRAME_TABLE"), f.frame(c.task.table).order == f.ARCH_TABLE_LEVELS)
    dying = c.id & word(f.DYING_BIT) != 0
    return And(f.frame_of_kind(c.task.slots, "FRAME_SLOTS_ROOT"), f.frame(c.task.slots).owner == i,
               If(c.task.table == 0, dying, And(root, c.task.space == space)))


@predicate("cell", "CELL_NOTIFICATION")
def notification_refers_to_a_thread(f, i):
    c = f.cell(i).notification
    return f.weak(c.thread, c.thread_id, "CELL_THREAD")


@predicate("cell", "CELL_BUDGET")
def budget_refers_to_a_notification(f, i):
    c = f.cell(i).budget
    return f.weak(c.notification, c.notification_id, "CELL_NOTIFICATION")


@predicate("cell", "CELL_IRQ")
def irq_refers_to_a_notification(f, i):
    c = f.cell(i).irq
    return And(f.weak(c.notification, c.notification_id, "CELL_NOTIFICATION"), ULT(c.line, f.MAX_IRQ))


def names(f, kind, target, number):
    """A capability's target is in its table, and of the kind that it says as long as the id matches."""
    def is_kind(name):
        return kind == f.constants[name]
    cells = And(kind != f.ISTHMUS_NULL, Or(ULE(kind, f.ISTHMUS_IRQ), is_kind("ISTHMUS_DEVICE")))
    of = If(is_kind("ISTHMUS_DEVICE"), word(f.CELL_DEVICE, kind.size()), kind)
    alive = f.cell(target).id == number
    held = And(f.is_cell(target), number != 0, ULE(number, f.next_id), Implies(alive, wide(f.cell(target).kind, kind.size()) == of))
    return And(ULE(kind, f.ISTHMUS_REPLY), Implies(cells, held),
               Implies(is_kind("ISTHMUS_FRAME"), And(ULT(target, f.frame_count), ULE(number, f.next_id))),
               Implies(is_kind("ISTHMUS_REPLY"), f.is_cell(target)))


@predicate("cell", "CELL_FORWARDER")
def forwarder_names_its_target(f, i):
    c = f.cell(i).forwarder
    return names(f, c.kind, c.target, c.target_id)


# ---- frames ----

@predicate("frame")
def frame_kind_is_known(f, i):
    return And(ULE(f.frame(i).kind, f.FRAME_LINKS), Implies(i == 0, And(f.frame(i).kind == f.FRAME_NONE, f.frame(i).map == 0)))


@predicate("frame", "FRAME_THREAD")
def frame_is_its_threads(f, i):
    owner = f.frame(i).owner
    return And(f.cell_of_kind(owner, "CELL_THREAD"), f.cell(owner).thread.frame == i)


@predicate("frame", "FRAME_SLOTS_ROOT")
def slots_root_is_its_tasks(f, i):
    owner = f.frame(i).owner
    return And(f.cell_of_kind(owner, "CELL_TASK"), f.cell(owner).task.slots == i)


@predicate("slots_root.leaf")
def leaf_is_its_tasks(f, key):
    leaf = f.get("slots_root.leaf", key)
    held = And(f.frame_of_kind(leaf, "FRAME_SLOTS"), f.frame(leaf).owner == f.frame(key_frame(key)).owner,
               f.frame(leaf).map == wide(key_element(key), 32))
    return Or(leaf == 0, held)


@predicate("slots_root")
def handler_is_an_endpoint(f, i):
    return f.weak(f.get("slots_root.handler", i), f.get("slots_root.handler_id", i), "CELL_ENDPOINT")


@predicate("slots_leaf.slot")
def slot_names_its_object(f, key):
    def of(name):
        return f.get("slots_leaf.slot." + name, key)
    return names(f, of("kind"), of("object"), of("id"))


@predicate("thread_frame")
def registers_belong_to_this_core(f, i):
    r = f.thread_frame(i).regs
    return And(r.core == 0, r.scratch == 0, r.pc & 1 == 0)


@predicate("thread_frame")
def thread_frame_refers_to_its_own(f, i):
    t = f.thread_frame(i)
    return And(f.weak(t.own_budget, t.own_budget_id, "CELL_BUDGET"), f.weak(t.notification, t.notification_id, "CELL_NOTIFICATION"),
               ULT(t.redirect_frame, f.frame_count))


# ---- the core, and what there is one of ----

@predicate("core")
def current_thread_runs(f, _):
    c = f.core
    runs = And(f.cell(c.current).kind == f.CELL_THREAD, f.cell(c.current).state == f.THREAD_RUNNING)
    return And(f.is_cell(c.current), Implies(c.current != 0, runs))


@predicate("core")
def core_refers_to_its_own(f, _):
    c = f.core
    return And(f.weak(c.budget, c.budget_id, "CELL_BUDGET"), f.weak(c.deadline_notification, c.deadline_id, "CELL_NOTIFICATION"),
               Or(c.fpu_owner == 0, f.cell_of_kind(c.fpu_owner, "CELL_THREAD")))


@predicate("core")
def ready_queues_fit(f, _):
    return And(ULT(word(0, 32), f.core.ready), ULE(f.core.ready, f.cell_count - f.ISTHMUS_PRIORITIES))


@predicate("next_id")
def ids_do_not_run_out(f, _):
    """Counted from 1, in a machine's life: assumed, see ASSUMPTIONS.md."""
    return ULT(f.next_id, word(1 << 62))


@predicate("cell_count")
def tables_have_their_sizes(f, _):
    return And(ULE(f.cell_count, f.KERNEL_MAX_CELLS), ULT(f.ISTHMUS_PRIORITIES, f.cell_count),
               ULE(f.frame_count, f.MAX_TABLE_FRAMES), ULT(word(0, 32), f.frame_count))


ASSUMED = ("ids_do_not_run_out",)  # not claimed at the end of an operation


def holds(facts, sort, key):
    """All predicates at one index, simplified, and the term that is nil where the index is none."""
    return z3.simplify(And(*[claim for _, claim in claims(facts, sort, narrow(key) if sort == "cell" else key)]))
