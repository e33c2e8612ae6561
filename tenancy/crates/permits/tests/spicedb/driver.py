"""Runs one SpiceDB, a C library in this process, and passes calls to it.

Reads frames from stdin: a length of four bytes, then the number of the call (eight bytes), the length of the method's name
(one byte), the name, and the message. Writes frames to stdout: a length, the number of the call, 0 or 1 for an error,
and the message or the error's text. The first frame has the number 0 and the address of the socket for streams.
"""

import os
import resource
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))

from spicedb import Library, Refused  # noqa: E402

lock = threading.Lock()


def reply(number, error, body):
    with lock:
        sys.stdout.buffer.write(struct.pack("<IQB", 9 + len(body), number, error) + body)
        sys.stdout.buffer.flush()


def call(library, handle, number, method, message):
    try:
        reply(number, 0, library.call(method, handle, message))
    except Refused as refused:
        reply(number, 1, str(refused).encode())


def read(length):
    data = sys.stdin.buffer.read(length)
    return data if len(data) == length else None


def main():
    # A check whose steps multiply must end this process, and not the machine.
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    library = Library(sys.argv[1])
    started = library._json(library.c.spicedb_start(b"{}"))
    reply(0, 0, started["streaming_address"].encode())
    while (length := read(4)) is not None:
        frame = read(struct.unpack("<I", length)[0])
        number, name = struct.unpack("<QB", frame[:9])
        arguments = (library, started["handle"], number, frame[9 : 9 + name].decode(), frame[9 + name :])
        threading.Thread(target=call, args=arguments, daemon=True).start()
    library.dispose(started["handle"])


main()
