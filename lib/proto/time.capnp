@0xb7e1f0c2a4d85693;
# Time: alarms for any number of clients out of the one deadline that a core has.
#
# Ticks are those of the counter that user level reads (isthmus_boot_info.ticks_per_second); the clock itself needs no call.

const timeNever :UInt64 = 0xffffffffffffffff;

interface Time {
  connect @0 (ready :AnyPointer) -> ();
  # Names the notification (right write) that is signalled when the client's alarm is due. memory: too many clients.

  alarm @1 (deadline :UInt64) -> ();
  # Sets the client's one alarm, in ticks, absolute; timeNever: none. It is signalled once. state: not connected.
}
