@0xe1c75a09b3d2846f;
# Address spaces and memory objects: the memory server.
#
# A client has one capability to the server; its badge is the session, with the number of pages that it may have at most
# (lib/service/badge.h). Spaces and objects are numbers, valid in the session that made them, never used twice.
#
# Errors: argument (a number that is none of the session's, a bad range), memory (over a limit, or no RAM left; objects and
# mappings together are limited to four times the session's pages), busy, right, state. Addresses and lengths are bytes; addresses are multiples of a page; lengths are rounded up to pages.

const memoryProtRead :UInt32 = 1;
const memoryProtWrite :UInt32 = 2;      # includes reading
const memoryProtExecute :UInt32 = 4;    # with writing: each fault gives the one and takes the other

const memoryShared :UInt32 = 1;         # writes go to the object; without: the space gets its own copy of a page it writes to
const memoryFixed :UInt32 = 2;          # at this address or not at all; without: the address is a wish
const memoryReplace :UInt32 = 4;        # with fixed: instead of what is there
const memoryPopulate :UInt32 = 8;       # bring the first 1,024 pages in now, as far as that needs no pager and stays within limits

# Causes of nextFault beyond the kernel's own (ISTHMUS_FAULT_*).
const memoryFaultDenied :UInt32 = 64;   # the region does not allow the access; fault_read, _write, _execute: no region there
const memoryFaultMemory :UInt32 = 65;   # over the limit, or no RAM left

interface Memory {
  spaceCreate @0 (limit :UInt64, low :UInt64, high :UInt64) -> (space :UInt64, task :AnyPointer, pool :AnyPointer);
  # Makes a space in which [low, high) can be mapped, with at most `limit` pages of its own, page tables included. The caller
  # gets its task and the pool that pays for its page tables, threads and capability leaves; other addresses of the task are its own.

  spaceAdopt @1 (low :UInt64, high :UInt64, task :AnyPointer) -> (space :UInt64);
  # Has a part of the address space of an existing task managed: faults of the whole task come here from now on. When the task is
  # gone, so is the session.

  spaceMap @2 (space :UInt64, address :UInt64, length :UInt64, object :UInt64, offset :UInt64, prot :UInt32, flags :UInt32)
      -> (address :UInt64);
  # Maps an object from a byte offset (a multiple of a page), or object 0: zeros. Pages come in when they are touched.

  spaceUnmap @3 (space :UInt64, address :UInt64, length :UInt64) -> ();
  spaceProtect @4 (space :UInt64, address :UInt64, length :UInt64, prot :UInt32) -> ();
  # Unmaps or protects a range, which may begin or end inside a mapping. Protecting over a hole answers memory.

  spaceFork @5 (space :UInt64, limit :UInt64) -> (child :UInt64, task :AnyPointer, pool :AnyPointer);
  # Makes a space like this one: what is shared is shared, the rest is copied when either writes to it.

  spaceClear @6 (space :UInt64, keep :UInt64, keepLength :UInt64) -> ();
  # Unmaps everything except [keep, keep + keepLength).

  spaceDestroy @7 (space :UInt64) -> ();
  # Ends its threads and gives back everything, the task and the pool too. An adopted task is left as it is.

  spaceLimit @8 (space :UInt64, limit :UInt64) -> ();
  spaceInfo @9 (space :UInt64) -> (used :UInt64, limit :UInt64, regions :UInt64, tables :UInt64);
  # Pages it has of its own and may have; regions; pages given to its pool.

  spaceGive @10 (space :UInt64, cells :UInt64, frames :UInt64) -> ();
  # Puts more into its pool (at most 64 of each); frames count as its pages.

  spaceFrame @11 (space :UInt64, address :UInt64, write :Bool) -> (frame :AnyPointer);
  # The page at that address, brought in as by an access. The frame lasts until the page is in no space and no object any more.
  # would_block: a pager has been asked; try again.

  objectCreate @12 (pages :UInt64) -> (object :UInt64);
  objectResize @13 (object :UInt64, pages :UInt64) -> ();
  # An object of zeros. Pages are taken when they are touched, and charged to the session. What is cut off disappears from all spaces.

  objectDestroy @14 (object :UInt64) -> ();
  # Gives the number back; the pages go when no space maps them.

  objectInfo @15 (object :UInt64) -> (pages :UInt64, resident :UInt64);

  objectPager @16 (object :UInt64, cookie :UInt64) -> ();
  # From now on the caller is asked for pages that are missing, by this cookie (see Pager).

  objectShare @17 (object :UInt64, prot :UInt32) -> (share :AnyPointer);
  objectOpen @18 (share :AnyPointer) -> (object :UInt64, pages :UInt64);
  # A capability with which another session gets a number of its own for the object, to be mapped with at most this protection.

  exceptions @19 (ready :AnyPointer) -> ();
  # Names the notification that is signalled when a thread in one of the session's spaces waits because of a fault.

  nextFault @20 () -> (fault :UInt64, space :UInt64, cause :UInt64, address :UInt64, pc :UInt64, sp :UInt64, label :UInt64);
  # Takes the next fault that nobody can mend here; would_block if there is none. The thread waits until faultResume, and can be
  # read and written meanwhile.

  faultResume @21 (fault :UInt64, pc :UInt64) -> ();
  # Lets it go on, at pc, or 0: where it was.

  spaceCancel @22 (space :UInt64) -> ();
  # Turns every wait for a pager in this space into a fault of cause ISTHMUS_FAULT_BUS.

  info @23 () -> (used :UInt64, limit :UInt64, ramUsed :UInt64, ramFree :UInt64, spaces :UInt64, objects :UInt64, cellsFree :UInt64);
  # The session's pages; pages of RAM in use by anybody, and free; spaces and objects of the session; cells that nobody has yet.
}
