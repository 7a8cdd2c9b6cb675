"""count.py HOSTS: counts up until its input ends, in one session; then prints what came of it as JSON."""

import json
import sys
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import ConnectionLoss, OperationTimeoutError, SessionExpiredError
from kazoo.retry import KazooRetry

client = KazooClient(
    hosts=sys.argv[1],
    timeout=30,
    connection_retry=KazooRetry(max_tries=-1, max_delay=0.5),
)
client.start()
client.ensure_path("/count")
client.create("/count/session", ephemeral=True)
session = client.client_id[0]

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()

acknowledged = unknown = 0
longest = 0.0
last = time.monotonic()
print("counting", flush=True)
while not ended.is_set():
    try:
        client.set("/count", str(acknowledged).encode())
    except (ConnectionLoss, OperationTimeoutError, SessionExpiredError):
        # It may have been written, or not.
        unknown += 1
        time.sleep(0.05)
        continue
    now = time.monotonic()
    longest = max(longest, now - last)
    last = now
    acknowledged += 1
    time.sleep(0.002)

client.retry(client.sync, "/count")
_, stat = client.retry(client.get, "/count")
result = {
    "acknowledged": acknowledged,
    "unknown": unknown,
    "written": stat.version,
    "longestGapMs": round(1000 * longest),
    "sameSession": client.client_id[0] == session and client.exists("/count/session") is not None,
}
print(json.dumps(result), flush=True)
client.stop()
