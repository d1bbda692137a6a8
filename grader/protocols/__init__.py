"""The bytes of four small protocols, without I/O: no socket, clock, file or environment below this folder."""
