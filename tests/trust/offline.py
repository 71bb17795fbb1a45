"""Runs Python where there is no network but loopback: ``unshare -rn python offline.py -m pytest``.

A new network namespace has a loopback that is down; tests serve models on it.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys

_GET, _SET, _UP = 0x8913, 0x8914, 0x1

if __name__ == "__main__":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _GET, request))[1]
        fcntl.ioctl(any_socket, _SET, struct.pack("16sh14x", b"lo", flags | _UP))
    if len(socket.if_nameindex()) != 1:
        sys.exit("there is more than loopback here; run this by: unshare -rn")
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
