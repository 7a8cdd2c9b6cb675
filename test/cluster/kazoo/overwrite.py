"""overwrite.py HOSTS PATH COUNT BYTES: writes one znode again and again; prints how often before the first failure."""

import os
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import KazooException

hosts, path, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = KazooClient(hosts=hosts, timeout=30)
client.start()
client.ensure_path(path)
written = 0
try:
    for _ in range(count):
        client.set(path, os.urandom(size))
        written += 1
except KazooException:
    pass
print(written, flush=True)
client.stop()
