"""Proves one operation: runs every path of it, and at each end the invariant and the operation's own goals."""

import resource
import time
from pathlib import Path
from typing import NamedTuple, Optional

import z3

from proof import invariant
from proof.contracts import CONTRACTS
from proof.assumptions import ARBITRARY, Assumptions, Instances, Unknown
from proof.executor import Executor, Violation
from proof.machine import State
from proof.memory import INDEX_BITS, NIL, Memory, Touched, narrow, wide
from proof.operations import OPERATIONS, Context
from proof.specification import NotUnderstood, Specification

TERMS = Path(__file__).resolve().parent.parent / "build/proof/terms"
OUTSIDE = ("asid_owner",)  # state of which the invariant says nothing
KNOWN = {"thread_frame.regs.core": 0}  # one core; registers_belong_to_this_core


class Failure(NamedTuple):
    theorem: str      # safety, exit, invariant
    what: list        # names of what does not hold
    state: State
    model: Optional[z3.ModelRef]
    prover: "Prover"


class Result(NamedTuple):
    operation: str
    status: str       # proved, failed, unknown
    paths: int
    max_instructions: int
    queries: int
    seconds: float
    stack: int
    ends: dict
    failure: Optional[Failure]


class Prover:
    """One operation against one ELF file.  `bounds`: contracts that are proved, {function: (instructions, bytes of stack)}."""

    def __init__(self, name, layout, constants, bounds):
        self.operation = OPERATIONS[name]
        self.layout = layout
        self.terms = TERMS
        self.touched = Touched()
        self.entry = Memory(layout, self.touched)
        self.facts = invariant.Facts(self.entry, constants)
        self.instances = Instances(self.facts, self.touched)
        self.first = State(self.entry.clone(), layout.symbols[self.operation.start][0])
        self.constants = constants
        self.touched.now = self.first.touched
        self.context = Context(self.facts, layout, self.first)
        self.given = self.operation.begin(self.context, self.first)
        for scalar in ("cell_count", "next_id", "core"):
            self.touched.add(scalar, NIL)
        self.assumptions = Assumptions(self.entry, self.instances, self.given)
        self.executor = Executor(layout, constants, self.assumptions, self.facts.frame_count, KNOWN)
        self.context.executor = self.executor
        for function, contract in CONTRACTS.items():
            if function in bounds and function != self.operation.start:
                self.executor.contracts[layout.symbols[function][0]] = contract(self.facts)
        self.executor.bounds = bounds
        self.executor.stops = {layout.symbols[label][0]: label for label in self.operation.stops}

    def prove(self, progress=lambda text: None):
        start, done, failure, status = time.process_time(), [], None, "proved"

        def tell(what):
            progress(f"{what}, {len(done)} paths, {self.assumptions.queries} queries, {time.process_time() - start:.0f} s")
        try:
            for state in self.executor.run(self.first):
                done.append(state)
                tell("paths")
                failure = self.exit_holds(state)
                if failure:
                    break
            for number, state in enumerate([] if failure or not self.operation.keeps else self.merged(done)):
                tell(f"invariant of outcome {number + 1}")
                failure = self.invariant_holds(state)
                if failure:
                    break
        except Violation as violation:
            failure = Failure("safety", [violation.why], violation.state, violation.model, self)
        except (Unknown, NotUnderstood) as why:
            status = "unknown"
            failure = Failure("undecided", [str(why)], done[-1] if done else self.first, None, self)
        ends = {}
        for state in done:
            ends.setdefault(state.end, []).append(state.count)
        lowest = min((state.lowest for state in done if state.lowest), default=self.executor.stack_top)
        return Result(self.operation.name, "failed" if failure and status == "proved" else status, len(done),
                      max((state.count for state in done), default=0), self.assumptions.queries,
                      round(time.process_time() - start, 1), self.executor.stack_top - lowest, ends, failure)

    def exit_holds(self, state):
        """What the operation claims of one path's end."""
        if state.end not in self.operation.ends:
            return Failure("exit", [f"a path ends with {state.end}"], state, self.assumptions.example(state), self)
        facts = invariant.Facts(state.memory, self.constants)
        failure = self.conjunction("exit", state, self.operation.ends[state.end](self.context, state, facts))
        if failure or not self.operation.refines:
            return failure
        arguments = {name: wide(narrow(term)) for name, term in self.context.passed.items()}
        path = self.terms / (self.operation.start + ".json")
        if not path.exists():
            raise Unknown(f"there is no term graph {path}: make -C proof/emit")
        goals = Specification(path, self.entry, arguments).goals(state.memory, self.arbitrary)
        return self.conjunction("refinement", state, goals)

    def merged(self, states):
        """Paths that leave the same state, as far as the invariant speaks about it, as one: under what their conditions have
        in common.  They differ in control and status registers and in fences."""
        groups = {}
        for state in states:
            written = tuple((name, tuple((k.get_id(), v.get_id()) for k, v in entry.log))
                            for name, entry in sorted(state.memory.maps.items()) if entry.log and name not in OUTSIDE)
            groups.setdefault(written, []).append(state)
        for group in groups.values():
            one = group[0].clone()
            shared = set.intersection(*[{c.get_id() for c in state.condition} for state in group])
            one.condition = [c for c in one.condition if c.get_id() in shared]
            yield one

    def invariant_holds(self, state):
        self.assumptions.restart(state)
        facts = invariant.Facts(state.memory, self.constants)
        for sort in invariant.sorts():
            failure = self.preserved(state, facts, sort)
            if failure:
                return failure
        return None

    def preserved(self, state, facts, sort):
        """The invariant at every index of a sort: at each that was written, and at an arbitrary other one."""
        written = {}
        for entry in state.memory.maps.values():
            if entry.sort == sort:
                written.update({key.get_id(): key for key, _ in entry.log})
        scalar = sort in ("core", "next_id", "cell_count")
        for key in [NIL] if scalar else written.values():
            failure = self.conjunction("invariant", state, list(self.changed(facts, sort, key)), [])
            if failure:
                return failure
        if scalar:
            return None
        other = self.arbitrary(sort)
        apart = [other != key for key in written.values()]
        return self.conjunction("invariant", state, list(self.changed(facts, sort, other)), apart)

    def changed(self, facts, sort, key):
        """The claims at an index that are not word for word those of the entry state."""
        before = dict(invariant.claims(self.facts, sort, key))
        for name, claim in invariant.claims(facts, sort, key):
            claim = z3.simplify(claim)
            if name not in invariant.ASSUMED and not claim.eq(z3.simplify(before[name])):
                yield name, claim

    def arbitrary(self, sort):
        bits = next((m.key_bits for m in self.entry.maps.values() if m.sort == sort), INDEX_BITS)
        return z3.BitVec(ARBITRARY + sort, bits)

    def conjunction(self, theorem, state, goals, suppose=()):
        """The goals one by one, each settled first; the first that fails."""
        goals = [(name, z3.simplify(goal)) for name, goal in goals]
        for name, goal in goals:
            if z3.is_true(goal):
                continue
            before = {sort: dict(keys) for sort, keys in state.touched.items()}
            with self.assumptions.supposing(state, suppose):
                goal = self.assumptions.settled(state, goal)
                model = None if z3.is_true(goal) else self.assumptions.refute(state, goal)
            if model is not None:
                return Failure(theorem, [name], state, model, self)
            state.touched = self.touched.now = before
        return None


def memory_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
