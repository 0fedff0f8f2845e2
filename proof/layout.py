"""What the kernel's state consists of, from the ELF file's DWARF: tables, views of frames, constants, source lines.

Every byte of a table's entry belongs to at most one *granule*, the unit in which it is kept.  Where a union gives one place
several names, the first member's fields are the granules; a wider or narrower field of another member is put together
from them, or is a part of one."""

from typing import NamedTuple

from elftools.elf.elffile import ELFFile

SYMBOLIC = {"cell": "cell_count", "cell_cold": "cell_count", "frame": "frame_count"}
VIEWS = {  # kind of a frame: what it holds
    "FRAME_THREAD": "thread_frame", "FRAME_SLOTS_ROOT": "slots_root", "FRAME_SLOTS": "slots_leaf",
    "FRAME_TABLE": "table", "FRAME_LINKS": "table_links", "FRAME_DATA": "isthmus_redirect",
}
LONG_ARRAY = 64  # members of this many elements are indexed by a term, shorter ones are so many fields
ALIASES = ("DW_TAG_typedef", "DW_TAG_volatile_type", "DW_TAG_const_type", "DW_TAG_atomic_type")


class Granule(NamedTuple):
    offset: int
    size: int
    name: str


class Region:
    """`count` entries of `stride` bytes: a table at address `base`, or, `base` being an offset, a part of a view."""

    def __init__(self, name, base, stride, count):
        self.name, self.base, self.stride, self.count = name, base, stride, count
        self.fields = {}      # name -> (offset, size), every name of a union
        self.granules = []    # Granule, sorted, disjoint

    def add(self, name, offset, size):
        self.fields.setdefault(name, (offset, size))
        if all(offset + size <= g.offset or g.offset + g.size <= offset for g in self.granules):
            self.granules.append(Granule(offset, size, name))
            self.granules.sort()

    def pieces(self, offset, size):
        """The granules in [offset, offset + size): (granule, first byte, byte behind the last), offsets in the entry."""
        for granule in self.granules:
            low, high = max(granule.offset, offset), min(granule.offset + granule.size, offset + size)
            if low < high:
                yield granule, low, high


class Layout:
    """tables, views: {name: Region}, {name: [Region]}; constants: enumerators; symbols: {name: (address, size)}."""

    def __init__(self, path):
        with open(path, "rb") as file:
            elf = ELFFile(file)
            self._dwarf = elf.get_dwarf_info()
            symbols = elf.get_section_by_name(".symtab").iter_symbols()
            self.symbols = {s.name: (s["st_value"], s["st_size"]) for s in symbols if s.name}
            self.text_base, self.text = self._section(elf, ".text")
            self.rodata_base, self.rodata = self._section(elf, ".rodata")
            self.tables, self.views, self.constants, self.lines = {}, {}, {}, {}
            for unit in self._dwarf.iter_CUs():
                for die in unit.get_top_DIE().iter_children():
                    self._take(die)
                self._take_lines(unit)
        starts = [(address, size, name) for name, (address, size) in self.symbols.items() if self.in_text(address)]
        self.functions = sorted(starts)

    def in_text(self, address):
        return self.text_base <= address < self.text_base + len(self.text)

    def function_at(self, pc):
        """The symbol before pc."""
        best = None
        for start, _, name in self.functions:
            if start > pc:
                break
            best = name
        return best

    @staticmethod
    def _section(elf, name):
        section = elf.get_section_by_name(name)
        return section["sh_addr"], section.data()

    def _take_lines(self, unit):
        program = self._dwarf.line_program_for_CU(unit)
        if program is None:
            return
        version = program["version"]
        for entry in program.get_entries():
            state = entry.state
            if state is None or state.end_sequence:
                continue
            file = program["file_entry"][state.file - (0 if version >= 5 else 1)]
            self.lines[state.address] = (file.name.decode(), state.line)

    # ---- types ----

    def _take(self, die):
        name = text(die)
        if die.tag == "DW_TAG_enumeration_type":
            for child in die.iter_children():
                self.constants[text(child)] = child.attributes["DW_AT_const_value"].value
        elif die.tag == "DW_TAG_structure_type" and name in VIEWS.values() and name not in self.views:
            if "DW_AT_byte_size" in die.attributes:
                self.views[name] = self._view(die, name)
        elif die.tag == "DW_TAG_variable":
            self._take_variable(die)

    def _take_variable(self, die):
        declared = die.get_DIE_from_attribute("DW_AT_specification") if "DW_AT_specification" in die.attributes else die
        name = text(declared)
        if name in self.tables or name not in self.symbols:
            return
        if "DW_AT_location" not in die.attributes and name not in SYMBOLIC:
            return
        base = self.symbols[name][0]
        if self.in_text(base) or self.rodata_base <= base < self.rodata_base + len(self.rodata):
            return
        kind = target(die if "DW_AT_type" in die.attributes else declared)
        count = 1
        while kind.tag == "DW_TAG_array_type":
            count *= 0 if name in SYMBOLIC else length(kind)
            kind = target(kind)
        region = Region(name, base, size_of(kind), SYMBOLIC.get(name, count))
        for field, offset, size in leaves(kind, name, 0):
            region.add(field, offset, size)
        self.tables[name] = region

    def _view(self, die, name):
        """A struct as one region of its short members and one for each long array."""
        whole = Region(name, 0, 4096, 1)
        regions = []
        for member in die.iter_children():
            if member.tag != "DW_TAG_member":
                continue
            kind, offset, path = target(member), place(member), name + "." + text(member)
            if kind.tag == "DW_TAG_array_type" and length(kind) >= LONG_ARRAY:
                element = target(kind)
                region = Region(path, offset, size_of(element), length(kind))
                for field, at, size in leaves(element, path, 0):
                    region.add(field, at, size)
                regions.append(region)
            else:
                for field, at, size in leaves(kind, path, offset):
                    whole.add(field, at, size)
        return regions + [whole] if whole.granules else regions


def text(die):
    return die.attributes["DW_AT_name"].value.decode() if "DW_AT_name" in die.attributes else ""


def place(member):
    at = member.attributes.get("DW_AT_data_member_location")
    return at.value if at else 0


def target(die):
    """The type that a variable, member, alias or array is of, aliases followed."""
    while True:
        die = die.get_DIE_from_attribute("DW_AT_type")
        if die.tag not in ALIASES:
            return die


def length(array):
    count = 1
    for child in array.iter_children():
        if child.tag == "DW_TAG_subrange_type":
            at = child.attributes
            bound = at["DW_AT_count"].value if "DW_AT_count" in at else at["DW_AT_upper_bound"].value + 1 if "DW_AT_upper_bound" in at else 0
            count *= bound
    return count


def size_of(kind):
    if kind.tag == "DW_TAG_array_type":
        return length(kind) * size_of(target(kind))
    return kind.attributes["DW_AT_byte_size"].value


def leaves(kind, path, offset):
    """(name, offset, size) of every scalar; members of nameless unions and structs have their parent's name."""
    if kind.tag in ("DW_TAG_structure_type", "DW_TAG_union_type"):
        for member in kind.iter_children():
            if member.tag == "DW_TAG_member":
                name = text(member)
                yield from leaves(target(member), path + "." + name if name else path, offset + place(member))
    elif kind.tag == "DW_TAG_array_type":
        element = target(kind)
        for i in range(length(kind)):
            yield from leaves(element, f"{path}[{i}]", offset + i * size_of(element))
    else:
        yield path, offset, size_of(kind)
