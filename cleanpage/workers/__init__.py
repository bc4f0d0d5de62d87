"""Work shared out to processes of our own, with a time limit for each piece.

pebble, multiprocessing and concurrent.futures were looked at first. None of them keeps the order, bounds what waits in
bytes, tells which piece was at work when a process died, gives the others back without running them twice, and starts
its processes without importing the caller's `__main__` again.
"""

from .pool import Failure, Pool, WorkersError, cores

__all__ = ["Failure", "Pool", "WorkersError", "cores"]
