"""Answers questions with the real SpiceDB, a C library in this process.

Reads JSON lines `{"schema", "relationships", "checks", "bulk"}` and writes a JSON line for each:
`{"error"}` when SpiceDB refuses the schema, else `{"written": [error or null, ..], "answers": ["yes" | "no" | "conditional" | error, ..]}`.
A relationship is `[type, id, relation, subject type, subject id, subject relation or "", seconds of the expiry or null]`;
a check is `[type, id, permission, subject type, subject id, subject relation or ""]`.

The messages are few and small, so they are written by hand here: authzed/api/v1/{core,permission_service,schema_service}.proto.
"""

import ctypes
import json
import resource
import sys

# More items than this are refused in one request (by default 1,000 relationships and 10,000 checks).
BATCH = 1000


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value & 0xFFFFFFFFFFFFFFFF)


def message(field, *parts):
    body = b"".join(parts)
    return varint(field << 3 | 2) + varint(len(body)) + body


def text(field, value):
    return message(field, value.encode())


def fields(data):
    """The fields of a message: (number, an integer or bytes)."""
    at = 0

    def read_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = read_varint()
        if key & 7 == 0:
            yield key >> 3, read_varint()
        elif key & 7 == 2:
            length = read_varint()
            yield key >> 3, data[at : at + length]
            at += length
        else:
            raise ValueError(f"wire type {key & 7}")


class Refused(Exception):
    """SpiceDB answered with an error."""


class Library:
    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        self.c.spicedb_start.restype = ctypes.c_void_p
        self.c.spicedb_start.argtypes = [ctypes.c_char_p]
        self.c.spicedb_dispose.restype = ctypes.c_void_p
        self.c.spicedb_dispose.argtypes = [ctypes.c_ulonglong]
        self.c.spicedb_free.argtypes = [ctypes.c_void_p]
        self.c.spicedb_free.restype = None
        self.c.spicedb_free_bytes.argtypes = [ctypes.c_void_p]
        self.c.spicedb_free_bytes.restype = None

    def _json(self, pointer):
        reply = json.loads(ctypes.string_at(pointer))
        self.c.spicedb_free(pointer)
        if not reply["success"]:
            raise RuntimeError(reply["error"])
        return reply.get("data")

    def start(self):
        return self._json(self.c.spicedb_start(b"{}"))["handle"]

    def dispose(self, handle):
        self._json(self.c.spicedb_dispose(handle))

    def call(self, method, handle, request):
        function = getattr(self.c, "spicedb_" + method)
        function.restype = None
        reply, length, error = ctypes.c_void_p(), ctypes.c_int(), ctypes.c_void_p()
        arguments = (ctypes.c_ulonglong(handle), request, ctypes.c_int(len(request)))
        function(*arguments, ctypes.byref(reply), ctypes.byref(length), ctypes.byref(error))
        if error.value:
            said = ctypes.string_at(error.value).decode()
            self.c.spicedb_free(error)
            raise Refused(said)
        data = ctypes.string_at(reply.value, length.value) if reply.value else b""
        if reply.value:
            self.c.spicedb_free_bytes(reply)
        return data


def reference(field, kind, identifier):
    return message(field, text(1, kind), text(2, identifier))


def subject(field, kind, identifier, relation):
    return message(field, reference(1, kind, identifier), text(2, relation) if relation else b"")


def update(relationship):
    kind, identifier, relation, *of, expiry = relationship
    ends = message(5, number(1, expiry)) if expiry is not None else b""
    # 2 is TOUCH.
    return message(1, number(1, 2), message(2, reference(1, kind, identifier), text(2, relation), subject(3, *of), ends))


def write(library, handle, relationships):
    """One error or null for each. They are written together, and one by one if that fails."""
    errors = []
    for start in range(0, len(relationships), BATCH):
        batch = relationships[start : start + BATCH]
        try:
            library.call("permissions_write_relationships", handle, b"".join(map(update, batch)))
            errors += [None] * len(batch)
        except Refused:
            for relationship in batch:
                try:
                    library.call("permissions_write_relationships", handle, update(relationship))
                    errors.append(None)
                except Refused as refused:
                    errors.append(str(refused))
    return errors


PERMISSIONSHIP = {1: "no", 2: "yes", 3: "conditional"}
FULLY_CONSISTENT = message(1, number(4, 1))


def question(check):
    kind, identifier, permission, *of = check
    return reference(1, kind, identifier) + text(2, permission) + subject(3, *of)


def permissionship(data, field):
    return next((PERMISSIONSHIP.get(value, f"permissionship {value}") for at, value in fields(data) if at == field), "unspecified")


def single(library, handle, check):
    kind, identifier, permission, *of = check
    request = FULLY_CONSISTENT + reference(2, kind, identifier) + text(3, permission) + subject(4, *of)
    try:
        return permissionship(library.call("permissions_check_permission", handle, request), 2)
    except Refused as refused:
        return str(refused)


def pair(data):
    for field, value in fields(data):
        if field == 2:
            return permissionship(value, 1)
        if field == 3:
            return "error: " + next((part.decode() for at, part in fields(value) if at == 2), "")
    return "error: empty pair"


def bulk(library, handle, checks):
    answers = []
    for start in range(0, len(checks), BATCH):
        batch = checks[start : start + BATCH]
        request = FULLY_CONSISTENT + b"".join(message(2, question(check)) for check in batch)
        try:
            reply = library.call("permissions_check_bulk_permissions", handle, request)
        except Refused as refused:
            answers += [str(refused)] * len(batch)
            continue
        answers += [pair(value) for field, value in fields(reply) if field == 2]
    return answers


def answer(library, asked):
    handle = library.start()
    try:
        library.call("schema_write_schema", handle, text(1, asked["schema"]))
        written = write(library, handle, asked["relationships"])
        if asked.get("bulk"):
            answers = bulk(library, handle, asked["checks"])
        else:
            answers = [single(library, handle, check) for check in asked["checks"]]
        return {"written": written, "answers": answers}
    except Refused as refused:
        return {"error": str(refused)}
    finally:
        library.dispose(handle)


def main():
    # A check whose steps multiply must end this process, and not the machine.
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    library = Library(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(answer(library, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
