@0xa94d17c6e80b3f52;
# How a program serves the pages of its memory objects (Memory.objectPager). Served by the memory server: the pager asks for
# requests, so that the server never waits for it and owes it nothing.
#
# A pager that is gone, or refuses, causes faults (ISTHMUS_FAULT_BUS) in those who use its objects and nobody else; those who wait
# for one that never answers go on waiting, until Memory.spaceCancel or their end.

interface Pager {
  wait @0 () -> (cookie :UInt64, index :UInt64, write :Bool);
  # Waits for the next request: the page `index` of the object with this cookie is wanted, and is going to be written to. One thread
  # of a session at a time; busy otherwise.

  poll @1 () -> (cookie :UInt64, index :UInt64, write :Bool);
  # The same, but answers would_block if there is none.

  notify @2 (ready :AnyPointer) -> ();
  # Names the notification that is signalled for each request that no thread waits for.

  supply @3 (object :UInt64, index :UInt64, space :UInt64, address :UInt64) -> ();
  # Fills a missing page with the one at that address of one of the caller's spaces (Memory.spaceAdopt): it is moved if nobody else
  # has it, so the address reads as zeros or as the file again afterwards; else copied. Pages that nobody asked for are welcome too.
  # Errors: argument (no object of which the caller is the pager, an index beyond its end, no page at that address), busy (it is
  # there already), memory.

  fail @4 (object :UInt64, index :UInt64) -> ();
  # The page cannot be had: who waits for it faults. The next access asks again.
}
