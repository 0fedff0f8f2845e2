@0xfe9c9633b20f3c9d;
# What services tell root, which started them.

interface Supervisor {
  fault @0 (client :UInt64, cause :UInt64, address :UInt64, pc :UInt64, sp :UInt64) -> ();
  # A thread of the service with that client number (lib/service/badge.h) has faulted and cannot go on. From the memory server, which
  # gets the faults of services whose memory it manages.

  exit @1 (code :UInt64) -> ();
  # The caller has ended; 0: as it should. It is restarted as its manifest says. Does not return.

  poweroff @2 (restart :Bool) -> ();
  # Stops the machine, or restarts it. For services whose manifest allows it (power = true); right otherwise.
}
