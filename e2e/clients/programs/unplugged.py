"""Runs in a network of its own that has nothing but loopback: starts the server there, then the program that is named, against it."""

import array
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys

node, command_line, data, python, program = sys.argv[1:6]

# Brings loopback up: SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
    flags = struct.unpack("16sh", fcntl.ioctl(plug, 0x8913, struct.pack("16sh", b"lo", 0)))[1]
    fcntl.ioctl(plug, 0x8914, struct.pack("16sh", b"lo", flags | 1))


def reachable(address):
    try:
        socket.create_connection(address, timeout=2).close()
        return True
    except OSError:
        return False


server = subprocess.Popen([node, command_line, "serve", "--port", "0", "--json"], env={**os.environ, "VITRINE_DATA": data}, stdout=subprocess.PIPE, text=True)
try:
    told = json.loads(server.stdout.readline())
    environment = {**os.environ, "WANDB_BASE_URL": told["url"], "WANDB_API_KEY": told["apiKey"]}
    print(json.dumps({"scenario": "plug", "facts": {"outside": reachable(("192.0.2.1", 80)), "server": reachable(("127.0.0.1", int(told["url"].rsplit(":", 1)[1])))}}), flush=True)
    code = subprocess.run([python, program], env=environment).returncode
finally:
    server.terminate()
    server.wait()
sys.exit(code)
