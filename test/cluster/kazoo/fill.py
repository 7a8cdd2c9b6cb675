"""fill.py HOSTS PATH COUNT BYTES WINDOW: creates znodes, WINDOW at a time; prints what came of it as JSON."""

import json
import os
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import KazooException

hosts, path, count, size, window = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
client = KazooClient(hosts=hosts, timeout=30)
client.start()
client.ensure_path(path)
data = os.urandom(size)
pending, created, failures = [], 0, {}


def settle(result):
    global created
    try:
        result.get(timeout=60)
        created += 1
    except (KazooException, client.handler.timeout_exception) as error:
        name = type(error).__name__
        failures[name] = failures.get(name, 0) + 1


for _ in range(count):
    pending.append(client.create_async(f"{path}/n", data, sequence=True))
    if len(pending) >= window:
        settle(pending.pop(0))
    if failures and window < count:
        break
for result in pending:
    settle(result)
print(json.dumps({"created": created, "failures": failures}), flush=True)
client.stop()
