@0xd3a1c7f05b2e4961;
# The console: text to and from the person at the machine.

interface Console {
  # Bytes stand in memory that the client shares with the console when it connects; offsets count from its beginning.

  write @0 (bytes :Data) -> (written :UInt64);
  # Writes bytes, as many as fit into the console's buffer.

  read @1 (space :Data) -> (count :UInt64);
  # Waits until there is input and puts as much of it into the space as fits. 0 at the end of input.

  mode @2 (mode :Mode) -> ();
  # Sets how input is handled.

  notify @3 (ready :AnyPointer) -> ();
  # Names the notification that is signalled whenever there is new input.

  enum Mode {
    raw @0;   # every byte as it comes
    line @1;  # whole lines, edited and echoed
  }
}
