"""64-bit values as sums c0 + c1 * atom1 + c2 * atom2 ... modulo 2^64.

The kernel's addresses are sums of a table's base, an index times an entry's size, and an offset.  Kept as sums they split
into the three without a question to the solver."""

import z3

MASK = (1 << 64) - 1


def word(value, bits=64):
    return z3.BitVecVal(value, bits)


def to_signed(value, bits=64):
    value &= (1 << bits) - 1
    return value - ((value >> (bits - 1)) << bits)


class Linear:
    """`constant` and `terms`, {id of an atom's term: factor}.  Atoms are kept alive for the ids to stay theirs."""
    __slots__ = ("constant", "terms")
    atoms = {}

    def __init__(self, constant=0, terms=None):
        self.constant = constant & MASK
        self.terms = terms or {}

    @staticmethod
    def of(value):
        if isinstance(value, Linear):
            return value
        if isinstance(value, int):
            return Linear(value)
        value = z3.simplify(value)
        if z3.is_bv_value(value):
            return Linear(value.as_long())
        Linear.atoms[value.get_id()] = value
        return Linear(0, {value.get_id(): 1})

    def plus(self, other, factor=1):
        terms = dict(self.terms)
        for atom, count in other.terms.items():
            total = (terms.get(atom, 0) + factor * count) & MASK
            if total:
                terms[atom] = total
            else:
                terms.pop(atom, None)
        return Linear(self.constant + factor * other.constant, terms)

    def times(self, factor):
        return Linear(self.constant * factor, {a: c * factor & MASK for a, c in self.terms.items() if c * factor & MASK})

    def value(self):
        """The number, if it is one; else None."""
        return None if self.terms else self.constant

    def bits(self):
        """The sum as a term of the solver."""
        total = None
        for atom in sorted(self.terms):
            factor, term = self.terms[atom], Linear.atoms[atom]
            if factor & (factor - 1) == 0:
                term = term << word(factor.bit_length() - 1) if factor != 1 else term
            else:
                term = term * word(factor)
            total = term if total is None else total + term
        if total is None:
            return word(self.constant)
        return z3.simplify(total + word(self.constant) if self.constant else total)

    def zero_bits(self):
        """How many low bits are zero whatever the atoms are."""
        least = 64
        for factor in [*self.terms.values(), self.constant]:
            if factor:
                least = min(least, (factor & -factor).bit_length() - 1)
        return least

    def shifted_right(self, count):
        """Logical shift.  (x << k) >> count with k >= count is x's low bits << (k - count): how gcc makes an index of a
        32-bit number, and what has to stay a sum."""
        zeros = self.zero_bits()
        if not self.terms:
            return Linear(self.constant >> count)
        if zeros < count:
            return Linear.of(z3.LShR(self.bits(), word(count)))
        low = Linear(self.constant >> zeros, {a: c >> zeros for a, c in self.terms.items()}).bits()
        if zeros:
            low = z3.ZeroExt(zeros, z3.Extract(63 - zeros, 0, low))
        return Linear.of(low).times(1 << (zeros - count))

    def masked(self, mask):
        """Bitwise and with a number; low zero bits stay a factor."""
        if not self.terms:
            return Linear(self.constant & mask)
        if mask == 0:
            return Linear(0)
        zeros = max(self.zero_bits(), (mask & -mask).bit_length() - 1)
        if zeros >= 64:
            return Linear(0)
        return Linear.of(z3.LShR(self.bits(), word(zeros)) & word(mask >> zeros)).times(1 << zeros)
