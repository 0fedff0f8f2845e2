"""One hart: registers, control and status registers, the kernel's stack; and what arithmetic instructions do."""

import z3

from proof.linear import Linear, word

RETURN = 0x1000  # where a C function that is proved on its own returns to
CALLEE_SAVED = (2, 3, 4, 8, 9, *range(18, 28))
CALLER_SAVED = (1, 5, 6, 7, *range(10, 18), 28, 29, 30, 31)
ABI_NAMES = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6").split()
CSRS = {0x100: "sstatus", 0x104: "sie", 0x105: "stvec", 0x140: "sscratch", 0x141: "sepc", 0x142: "scause", 0x143: "stval",
        0x144: "sip", 0x14d: "stimecmp", 0x180: "satp", 0xc01: "time"}
CHANGING = ("time", "sip")  # another value at every read
READ_ONLY = ("time", "scause", "stval", "sip")


class State:
    """A path so far.  `end` is None while it runs, then what ended it: return, sret, wfi, or a label of the operation."""

    def __init__(self, memory, pc):
        self.memory, self.pc = memory, pc
        self.x = [Linear(0)] + [Linear.of(z3.BitVec(name, 64)) for name in ABI_NAMES[1:]]
        self.csr = {name: Linear.of(z3.BitVec(name, 64)) for name in CSRS.values()}
        self.stack = {}         # address -> byte
        self.spilled = {}       # address -> Linear of the doubleword stored there
        self.lowest = None      # the lowest stack address that was touched
        self.condition = []     # the path's
        self.touched = {}
        self.events = []        # fences, writes of satp
        self.kinds = {}         # frames whose kind this path knows
        self.trail = []         # pc of every instruction
        self.count = 0
        self.end = None
        self.scope = 0          # of the solver, see Executor

    def clone(self):
        other = State.__new__(State)
        other.__dict__.update(self.__dict__)
        other.memory = self.memory.clone()
        for name in ("x", "condition", "events", "trail"):
            setattr(other, name, list(getattr(self, name)))
        for name in ("csr", "stack", "spilled", "kinds"):
            setattr(other, name, dict(getattr(self, name)))
        other.touched = {sort: dict(indices) for sort, indices in self.touched.items()}
        return other


def low32(term):
    return z3.Extract(31, 0, term)


def flag(condition):
    return z3.If(condition, word(1), word(0))


def high_product(a, b, extend_a, extend_b):
    return z3.Extract(127, 64, extend_a(64, a) * extend_b(64, b))


# On terms of 64 bits; shift counts are masked.
OPERATIONS = {
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "and": lambda a, b: a & b,
    "sll": lambda a, b: a << (b & word(63)),
    "srl": lambda a, b: z3.LShR(a, b & word(63)),
    "sra": lambda a, b: a >> (b & word(63)),
    "slt": lambda a, b: flag(a < b),
    "sltu": lambda a, b: flag(z3.ULT(a, b)),
    "mul": lambda a, b: a * b,
    "mulhu": lambda a, b: high_product(a, b, z3.ZeroExt, z3.ZeroExt),
    "mulh": lambda a, b: high_product(a, b, z3.SignExt, z3.SignExt),
    "divu": z3.UDiv,
    "remu": z3.URem,
}
# On terms of 32 bits; the result is sign-extended.
OPERATIONS_W = {
    "addw": lambda a, b: a + b,
    "subw": lambda a, b: a - b,
    "mulw": lambda a, b: a * b,
    "sllw": lambda a, b: a << (b & word(31, 32)),
    "srlw": lambda a, b: z3.LShR(a, b & word(31, 32)),
    "sraw": lambda a, b: a >> (b & word(31, 32)),
    "divuw": z3.UDiv,
    "remuw": z3.URem,
}
DIVISIONS = ("divu", "remu", "divuw", "remuw")
IMMEDIATES = {"ori": "or", "xori": "xor", "slti": "slt", "sltiu": "sltu", "srai": "sra", "addiw": "addw", "slliw": "sllw",
              "srliw": "srlw", "sraiw": "sraw"}
CONDITIONS = {
    "beq": lambda a, b: a == b, "bne": lambda a, b: a != b,
    "blt": lambda a, b: a < b, "bge": lambda a, b: a >= b,
    "bltu": z3.ULT, "bgeu": z3.UGE,
}


def compute(op, a, b):
    """The result of an arithmetic instruction on Linear values, or None if it is none.  `b` is the second register or the
    immediate.  What keeps a sum a sum is done on sums."""
    if op in ("addi", "add"):
        return a.plus(b)
    if op == "sub":
        return a.plus(b, -1)
    if op == "slli" or op == "sll" and b.value() is not None:
        return a.times(1 << (b.constant & 63))
    if op == "srli" or op == "srl" and b.value() is not None:
        return a.shifted_right(b.constant & 63)
    if op in ("andi", "and") and b.value() is not None:
        return a.masked(b.constant)
    if op == "and" and a.value() is not None:
        return b.masked(a.constant)
    if op == "mul" and b.value() is not None:
        return a.times(b.constant)
    if op == "mul" and a.value() is not None:
        return b.times(a.constant)
    op = IMMEDIATES.get(op, op)
    if op in OPERATIONS:
        return Linear.of(OPERATIONS[op](a.bits(), b.bits()))
    if op in OPERATIONS_W:
        return Linear.of(z3.SignExt(32, OPERATIONS_W[op](low32(a.bits()), low32(b.bits()))))
    return None


def branch_condition(op, a, b):
    if op in ("beq", "bne"):
        difference = a.plus(b, -1).value()  # places in one table: decided on the sums
        if difference is not None:
            return z3.BoolVal((difference == 0) == (op == "beq"))
    return z3.simplify(CONDITIONS[op](a.bits(), b.bits()))
