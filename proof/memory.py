"""The kernel's state: for every granule of the layout one map from index to value.

A map is an uninterpreted function, the state at entry, and a log of writes; a read is the function under the log as a chain of
if-then-else.  Keys are 32-bit indices; of an array in a frame, the frame's index and 12 bits of the element's."""

import z3

from proof.linear import word

INDEX_BITS = 32
ELEMENT_BITS = 12
NIL = word(0, INDEX_BITS)


def narrow(term, bits=INDEX_BITS):
    return z3.simplify(z3.Extract(bits - 1, 0, term)) if term.size() > bits else term


def wide(term, bits=64):
    return z3.simplify(z3.ZeroExt(bits - term.size(), term)) if term.size() < bits else term


def element_key(frame, element):
    return z3.simplify(z3.Concat(narrow(frame), narrow(wide(element), ELEMENT_BITS)))


def key_frame(key):
    return z3.simplify(z3.Extract(INDEX_BITS + ELEMENT_BITS - 1, ELEMENT_BITS, key))


def key_element(key):
    return z3.simplify(z3.Extract(ELEMENT_BITS - 1, 0, key))


class Touched:
    """Indices that were read or written: {sort: {id: term}}.  The invariant of the entry state is assumed there."""

    def __init__(self):
        self.now = {}

    def add(self, sort, index):
        self.now.setdefault(sort, {}).setdefault(index.get_id(), index)


class Map:
    __slots__ = ("name", "sort", "bits", "key_bits", "base", "log", "touched")

    def __init__(self, name, sort, bits, key_bits, touched):
        self.name, self.sort, self.bits, self.key_bits, self.touched, self.log = name, sort, bits, key_bits, touched, ()
        self.base = z3.Function(name, z3.BitVecSort(key_bits), z3.BitVecSort(bits))

    def read(self, key):
        key = z3.simplify(key)
        self.touched.add(self.sort, key)
        value = self.base(key)
        for at, written in self.log:  # the newest is outermost
            value = z3.If(key == at, written, value)
        return z3.simplify(value)

    def written(self, key, value):
        key = z3.simplify(key)
        self.touched.add(self.sort, key)
        other = Map.__new__(Map)
        for slot in Map.__slots__:
            setattr(other, slot, getattr(self, slot))
        other.log = self.log + ((key, z3.simplify(value)),)
        return other


class Memory:
    """All maps at one moment.  `field` is any name that the C gives a place, of a union's members too."""

    def __init__(self, layout, touched):
        self.maps, self.regions = {}, {}
        for region in layout.tables.values():
            self._add(region, INDEX_BITS, touched)
        for regions in layout.views.values():
            for region in regions:
                self._add(region, INDEX_BITS + (ELEMENT_BITS if region.count > 1 else 0), touched)

    def _add(self, region, key_bits, touched):
        for granule in region.granules:
            self.maps[granule.name] = Map(granule.name, region.name, 8 * granule.size, key_bits, touched)
        for name in region.fields:
            self.regions[name] = region

    def clone(self):
        other = Memory.__new__(Memory)
        other.maps, other.regions = dict(self.maps), self.regions
        return other

    def is_written(self):
        return any(entry.log for entry in self.maps.values())

    def get(self, field, key=NIL):
        region = self.regions[field]
        offset, size = region.fields[field]
        return self.load(region, key, offset, size)

    def load(self, region, key, offset, size, unknown=None):
        """Little-endian; bytes that belong to nothing come from unknown(bytes)."""
        parts, at = [], offset
        for granule, low, high in region.pieces(offset, size):
            if low > at:
                parts.append(unknown(low - at))
            value = self.maps[granule.name].read(key)
            parts.append(value if high - low == granule.size else
                         z3.Extract(8 * (high - granule.offset) - 1, 8 * (low - granule.offset), value))
            at = high
        if at < offset + size:
            parts.append(unknown(offset + size - at))
        return z3.simplify(z3.Concat(*reversed(parts)) if len(parts) > 1 else parts[0])

    def store(self, region, key, offset, size, value):
        for granule, low, high in region.pieces(offset, size):
            part = z3.Extract(8 * (high - offset) - 1, 8 * (low - offset), value)
            if high - low != granule.size:
                old, parts = self.maps[granule.name].read(key), []
                if high < granule.offset + granule.size:
                    parts.append(z3.Extract(8 * granule.size - 1, 8 * (high - granule.offset), old))
                parts.append(part)
                if low > granule.offset:
                    parts.append(z3.Extract(8 * (low - granule.offset) - 1, 0, old))
                part = z3.Concat(*parts)
            self.maps[granule.name] = self.maps[granule.name].written(key, part)

    def set(self, field, key, value):
        region = self.regions[field]
        offset, size = region.fields[field]
        self.store(region, key, offset, size, word(value, 8 * size) if isinstance(value, int) else value)

    # ---- fields as attributes, for predicates that read like the C ----

    def entry(self, region, key=NIL):
        return Entry(self, region, key)

    def cell(self, i):
        return Entry(self, "cell", i)

    def cold(self, i):
        return Entry(self, "cell_cold", i)

    def frame(self, i):
        return Entry(self, "frame", i)

    def core(self, i=NIL):
        return Entry(self, "core", i)

    def thread_frame(self, i):
        return Entry(self, "thread_frame", i)


class Entry:
    """memory.cell(i).thread.task is the term that cell[i].thread.task is in C."""
    __slots__ = ("_memory", "_path", "_key")

    def __init__(self, memory, path, key):
        self._memory, self._path, self._key = memory, path, key

    def __getattr__(self, name):
        path = self._path + "." + name
        if path in self._memory.regions:
            return self._memory.get(path, self._key)
        return Entry(self._memory, path, self._key)
