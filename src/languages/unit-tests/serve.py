"""The program's side of a test: serves its modules to the tests, which run in another box."""

import io
import os
import sys

from peer import Peer


class Printed(io.TextIOBase):
    """What the program prints becomes what the tests capture, in its order."""

    def __init__(self, peer):
        self.peer = peer

    def writable(self):
        return True

    def write(self, text):
        self.peer.send(["print", str(text)])
        return len(text)


def main():
    del sys.modules["peer"]
    sys.path[0] = "/code"
    sys.argv = ["/code"]
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(2, 1)
    peer = Peer(reader, writer, guarded=False)
    sys.stdin, sys.stdout = io.StringIO(), Printed(peer)
    peer.serve()
    sys.stderr.flush()
    os._exit(0)


main()
