"""What a path may assume: its condition, and the invariant at the indices of the entry state that it touched.

One solver runs along with the executor, a scope a branch, so that what holds for the common beginning of two paths is told
once.  Of the invariant it is told only what it needs: when it finds a model, the claims at touched indices that the model
violates are added, and it is asked again.  For a goal, claims some steps further follow: a counterexample that stands
satisfies the invariant as far as it was read."""

import time
from contextlib import contextmanager

import z3

from proof import invariant
from proof.memory import ELEMENT_BITS, INDEX_BITS

INDEX_SIZES = (INDEX_BITS, INDEX_BITS + ELEMENT_BITS)
DEPTH = 1          # steps from a touched index that counterexamples are held against: each is fifteen times as many
TIME_LIMIT = 900   # seconds a query, by the clock: other programs run too


class Unknown(Exception):
    """The solver did not decide."""


class Instances:
    """The invariant of the entry state, index by index."""

    def __init__(self, facts, touched):
        self.facts, self.touched, self.made = facts, touched, {}

    def at(self, sort, key):
        """(claims at the index, the indices that they read, the key)"""
        name = (sort, key.get_id())
        if name not in self.made:
            before, self.touched.now = self.touched.now, {}
            claims = [z3.simplify(c) for _, c in invariant.claims(self.facts, sort, key)] if sort in invariant.PREDICATES else []
            claims = [c for c in claims if not z3.is_true(c)]
            self.made[name] = (claims, self.touched.now, key)
            self.touched.now = before
        return self.made[name]

    def further(self, indices):
        """The indices that the claims at these read."""
        found = {}
        for sort, key in indices:
            for next_sort, keys in self.at(sort, key)[1].items():
                for name, term in keys.items():
                    found[next_sort, name] = (next_sort, term)
        return list(found.values())


class Assumptions:
    def __init__(self, entry, instances, given):
        self.entry, self.instances, self.given = entry, instances, given
        self.solver = z3.SimpleSolver()
        self.solver.set("timeout", TIME_LIMIT * 1000)
        self.solver.add(*given)
        self.scopes = [set()]  # of each, the claims that the solver was told
        self.verdicts = {}
        self.queries = 0

    # ---- scopes ----

    def _push(self, *conditions):
        self.solver.push()
        self.scopes.append(set())
        self.solver.add(*conditions)

    def _pop(self):
        self.solver.pop()
        self.scopes.pop()

    def enter(self, state):
        """Goes back to where `state` was split off."""
        while len(self.scopes) > state.scope + 1:
            self._pop()
        self._push(*state.condition[-1:])
        self.instances.touched.now = state.touched
        self.verdicts = {}

    def split(self, state, other, condition):
        """`other` goes on under the condition, `state` under its negation."""
        self.verdicts = {}
        other.condition.append(condition)
        other.scope = len(self.scopes) - 1
        self.assume(state, z3.simplify(z3.Not(condition)))

    def assume(self, state, condition):
        state.condition.append(condition)
        self._push(condition)

    @contextmanager
    def supposing(self, state, conditions):
        """A scope in which more holds."""
        depth, length = len(self.scopes), len(state.condition)
        for condition in conditions:
            self.assume(state, condition)
        yield
        while len(self.scopes) > depth:
            self._pop()
        del state.condition[length:]

    # ---- questions ----

    def _ask(self):
        self.queries += 1
        answer = self.solver.check()
        if answer == z3.unknown:
            raise Unknown(self.solver.reason_unknown())
        return self.solver.model() if answer == z3.sat else None

    def _violated(self, model, indices, told):
        """Claims at these indices that the model makes false."""
        found = []
        for sort, key in indices:
            for claim in self.instances.at(sort, key)[0]:
                if claim.get_id() not in told and not z3.is_true(model.eval(claim, True)):
                    found.append(claim)
        return found

    def _satisfy(self, state, condition, steps):
        """A model of the path and the condition that satisfies the invariant up to `steps` from what was touched, or None."""
        told, learned = set().union(*self.scopes), []
        self._push(condition)
        while True:
            model = self._ask()
            if model is None:
                break
            seen = front = [(sort, key) for sort, keys in state.touched.items() for key in keys.values()]
            known = {(sort, key.get_id()) for sort, key in seen}
            violated = self._violated(model, front, told)
            for _ in range(steps):
                if violated:
                    break
                front = [(s, k) for s, k in self.instances.further(front) if (s, k.get_id()) not in known]
                known.update((s, k.get_id()) for s, k in front)
                violated = self._violated(model, front, told)
            if not violated:
                break
            self.solver.add(*violated)
            told.update(claim.get_id() for claim in violated)
            learned += violated
        self._pop()
        self.solver.add(*learned)
        self.scopes[-1].update(claim.get_id() for claim in learned)
        return model

    def possible(self, state, condition):
        return self._satisfy(state, condition, 0) is not None

    def example(self, state):
        """A model of the path so far."""
        model = self._satisfy(state, z3.BoolVal(True), 0)
        if model is None:
            raise Unknown("the path's condition contradicts itself")
        return model

    def refute(self, state, goal):
        """A model of the path in which the goal is false, or None."""
        return self._satisfy(state, z3.Not(goal), DEPTH)

    def settled(self, state, goal):
        """The goal with every equation between indices decided that the path decides: what is left of a read is then one
        value and not a chain of cases, which is what the solver is slow on.  Equations about the arbitrary index of a claim
        are left alone: few of them are decided."""
        while True:
            decided = []
            for equation in equations(goal):
                if self.verdict(state, equation) is not None:
                    decided.append((equation, z3.BoolVal(self.verdict(state, equation))))
            if not decided:
                return goal
            goal = z3.simplify(z3.substitute(goal, *decided))

    def verdict(self, state, equation):
        """True, False, or None where the path leaves both; remembered until the next path."""
        name = equation.get_id()
        if name not in self.verdicts:
            answer = None
            if not mentions_arbitrary(equation):
                if not self.possible(state, equation):
                    answer = False
                elif not self.possible(state, z3.Not(equation)):
                    answer = True
            self.verdicts[name] = (answer, equation)  # an id belongs to a term as long as the term lives
        return self.verdicts[name][0]

    def restart(self, state):
        """Begins again with all of a state's conditions, apart from the executor's scopes."""
        while len(self.scopes) > 1:
            self._pop()
        self._push(*state.condition)
        self.instances.touched.now = state.touched
        self.verdicts = {}


ARBITRARY = "any_"  # how names of arbitrary indices begin


def mentions_arbitrary(term):
    work = [term]
    while work:
        here = work.pop()
        if z3.is_const(here) and here.decl().name().startswith(ARBITRARY):
            return True
        work.extend(here.children())
    return False


def equations(term):
    """Equations between indices, or of one with nil: whether two accesses are to one entry."""
    found, seen, work = [], set(), [term]
    while work:
        here = work.pop()
        if here.get_id() in seen:
            continue
        seen.add(here.get_id())
        if z3.is_eq(here) and z3.is_bv(here.arg(0)) and here.arg(0).size() in INDEX_SIZES:
            if all(not z3.is_bv_value(side) or side.as_long() == 0 for side in here.children()):
                found.append(here)
        work.extend(here.children())
    return found
