"""recipes.py HOSTS: what applications do with kazoo, each once; ends with 0 where all of it works."""

import sys
import threading

from kazoo.client import KazooClient
from kazoo.exceptions import BadVersionError, RolledBackError
from kazoo.recipe.queue import LockingQueue
from kazoo.recipe.watchers import ChildrenWatch, DataWatch
from kazoo.security import make_digest_acl


def check(holds, what):
    if not holds:
        raise SystemExit(f"{what} does not work")


client = KazooClient(hosts=sys.argv[1], timeout=10)
other = KazooClient(hosts=sys.argv[1], timeout=10)
client.start()
other.start()

# What needs the server's version asks it with the four-letter word envi.
check(client.server_version() >= (3, 9, 5), "server_version")

client.ensure_path("/kazoo/transaction")
transaction = client.transaction()
transaction.create("/kazoo/transaction/a", b"1")
transaction.set_data("/kazoo/transaction", b"2")
transaction.check("/kazoo/transaction", version=1)
check(transaction.commit()[0] == "/kazoo/transaction/a", "a transaction")
refused = client.transaction()
refused.create("/kazoo/transaction/b")
refused.check("/kazoo/transaction", version=7)
results = refused.commit()
check(isinstance(results[0], RolledBackError) and isinstance(results[1], BadVersionError), "a refused transaction")
check(client.exists("/kazoo/transaction/b") is None, "undoing a transaction")

queue = LockingQueue(client, "/kazoo/queue")
queue.put(b"later", priority=200)
queue.put(b"first", priority=100)
check(queue.get(timeout=10) == b"first" and queue.consume(), "a locking queue")
check(LockingQueue(other, "/kazoo/queue").get(timeout=10) == b"later", "a locking queue of two clients")

lock = client.Lock("/kazoo/lock", "one")
with lock:
    contender = other.Lock("/kazoo/lock", "two")
    check(not contender.acquire(blocking=False), "holding a lock")
check(contender.acquire(timeout=10), "a lock that was released")
contender.release()

elected = threading.Event()
election = threading.Thread(target=other.Election("/kazoo/election", "two").run, args=(elected.set,))
election.start()
check(elected.wait(10), "an election")
election.join()

counter = client.Counter("/kazoo/counter")
counter += 2
other_counter = other.Counter("/kazoo/counter")
other_counter += 3
check(counter.value == 5, "a counter")

seen = threading.Event()
gone = threading.Event()
client.ensure_path("/kazoo/watched")


def watch_data(data, _stat):
    if data == b"changed":
        seen.set()


def watch_children(children):
    if "session" in children:
        watch_children.came = True
    elif watch_children.came:
        gone.set()


watch_children.came = False
DataWatch(client, "/kazoo/watched", watch_data)
ChildrenWatch(client, "/kazoo/watched", watch_children)
other.set("/kazoo/watched", b"changed")
other.create("/kazoo/watched/session", ephemeral=True)
check(seen.wait(10), "a watch")
other.stop()
check(gone.wait(10), "an ephemeral node of a session that ends")

client.create("/kazoo/private", b"x", acl=[make_digest_acl("team", "word", all=True)])
stranger = KazooClient(hosts=sys.argv[1], timeout=10)
stranger.start()
try:
    stranger.get("/kazoo/private")
    check(False, "an ACL")
except Exception as error:
    check(type(error).__name__ == "NoAuthError", "an ACL")
stranger.add_auth("digest", "team:word")
check(stranger.get("/kazoo/private")[0] == b"x", "an ACL's owner")
stranger.stop()
client.stop()
print("all of it works")
