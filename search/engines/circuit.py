"""A circuit breaker: an engine that fails or drags is left alone for a while, so that no reader waits for it.

Closed, everything goes through. After three failures on end, or one question that takes longer than `SLOW`, it opens:
nothing is asked for `REST` seconds, doubled each time up to half a minute. Then one request is let through; if it is
well, the circuit closes. (The pattern: Nygard, Release It!, 2007.) Each process has its own.
"""

import threading
import time

from search.engines.base import Engine, EngineDown

FAILURES = 3
SLOW = 0.5  # seconds; under what an engine gives itself (elastic.QUERY_SECONDS), so one that hangs is asked once
REST, LONGEST_REST = 2.0, 30.0


class Circuit:
    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self._lock = threading.Lock()
        self._close()

    def _close(self):
        self.failures, self.rest, self.open_until = 0, REST, 0.0
        self.trying = False

    @property
    def is_open(self):
        return bool(self.open_until) and (self.trying or self.clock() < self.open_until)

    def call(self, function, *args, is_query=False):
        """Call `function(*args)`; raises EngineDown at once while the circuit is open."""
        with self._lock:
            if self.is_open:
                raise EngineDown("The circuit is open.")
            self.trying = bool(self.open_until)
        began = self.clock()
        try:
            result = function(*args)
        except EngineDown:
            self._note(failed=True, slow=is_query and self.clock() - began > SLOW)
            raise
        except BaseException:
            with self._lock:
                self.trying = False
            raise
        self._note(failed=False, slow=is_query and self.clock() - began > SLOW)
        return result

    def _note(self, failed, slow):
        with self._lock:
            was_trying, self.trying = self.trying, False
            if not failed and not slow:
                self._close()
                return
            self.failures += 1
            if slow or was_trying or self.failures >= FAILURES:
                self.open_until = self.clock() + self.rest
                self.rest = min(self.rest * 2, LONGEST_REST)


class Guarded(Engine):
    """An engine behind a circuit breaker. What the circuit does not stand before goes to the engine itself."""

    def __init__(self, engine: Engine, clock=time.monotonic):
        self.engine = engine
        self.name = engine.name
        self.circuit = Circuit(clock)

    def answer(self, query):
        return self.circuit.call(self.engine.answer, query, is_query=True)

    def among(self, query, entry_ids):
        return self.circuit.call(self.engine.among, query, entry_ids, is_query=True)

    def write(self, entries):
        return self.circuit.call(self.engine.write, entries)

    def forget(self, rows):
        return self.circuit.call(self.engine.forget, rows)

    def count(self):
        return self.circuit.call(self.engine.count)
