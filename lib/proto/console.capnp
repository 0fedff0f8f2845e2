@0xd3a1c7f05b2e4961;
# The console: the machine's serial line, shared by several channels of bytes.
#
# To the host: 'o' a program's standard output, 'e' its errors, 't' the terminal. From the host: 'i' standard input, 't' what is
# typed. Bytes stand in two pages that the client shares with the console when it connects.

const consoleBufferBytes :UInt64 = 4096;

interface Console {
  connect @0 (output :AnyPointer, input :AnyPointer, ready :AnyPointer) -> ();
  # Gives the console the page out of which the client's bytes are written, the page into which input is put, and a notification
  # (right write) that is signalled when there is new input, or room for output after a write that was cut short.
  # One client at a time: the last one that connected. Errors: argument if a page is no frame of 4 KiB.

  write @1 (channel :UInt8, length :UInt64) -> (written :UInt64);
  # Takes the first `length` bytes of the output page, as many as there is room for.

  read @2 (channel :UInt8, most :UInt64) -> (count :UInt64, end :Bool);
  # Puts what has come, at most `most` bytes, at the beginning of the input page. Standard input is asked of the host by this: never more
  # than was wanted. end: nothing will follow.

  size @3 () -> (rows :UInt16, columns :UInt16);
  # Of the host's terminal; 0 if it is not known.

  finish @4 (killed :Bool, number :UInt32) -> ();
  # The program ended, with an exit status or by a signal. Answered when everything written before, and this, is on the line.
}
