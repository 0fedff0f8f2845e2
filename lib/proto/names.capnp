@0xf6f2421f7e6d7123;
# Names of capabilities: one tree a client, which nobody else sees.
#
# A name is at most 24 bytes, in three words, padded with zeros; it is not a path: a directory is a capability of its own, which
# another client may be given to have a part of one's tree. Errors: argument (no such name, an empty one, no capability), busy (the
# name is taken), memory (more names than the client's quota, 64 if that is 0).

interface Names {
  bind @0 (name0 :UInt64, name1 :UInt64, name2 :UInt64, object :AnyPointer) -> ();
  # Gives a capability a name in this directory.

  lookup @1 (name0 :UInt64, name1 :UInt64, name2 :UInt64) -> (object :AnyPointer);
  # A copy of the capability. state: its object is gone, and so is the name now.

  unbind @2 (name0 :UInt64, name1 :UInt64, name2 :UInt64) -> ();
  # Takes a name away; a directory with all that is in it.

  list @3 (after :UInt64) -> (position :UInt64, directory :Bool, name0 :UInt64, name1 :UInt64, name2 :UInt64);
  # The next name behind a position, 0 for the first; argument behind the last.

  makeDirectory @4 (name0 :UInt64, name1 :UInt64, name2 :UInt64) -> (directory :AnyPointer);
  # Makes a directory and gives it a name. What is bound in it counts as this client's, whoever binds it.
}
