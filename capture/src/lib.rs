//! Frames in and out: capture files, live sockets, the packet-filter compiler.

