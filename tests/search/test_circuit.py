"""An engine that fails or drags is left alone for a while, and asked again by itself."""

import threading

import pytest

from search.engines.base import Engine, EngineDown
from search.engines.circuit import FAILURES, LONGEST_REST, REST, SLOW, Circuit, Guarded


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def circuit(clock):
    return Circuit(clock)


def fail():
    raise EngineDown("down")


def fails(circuit, function=fail):
    with pytest.raises(EngineDown):
        circuit.call(function)


def opened(circuit):
    for _ in range(FAILURES):
        fails(circuit)


def test_it_opens_after_three_failures_on_end(circuit):
    for _ in range(FAILURES - 1):
        fails(circuit)
        assert not circuit.is_open
    fails(circuit)
    assert circuit.is_open


def test_a_success_between_begins_the_count_again(circuit):
    for _ in range(FAILURES - 1):
        fails(circuit)
    circuit.call(lambda: None)
    fails(circuit)
    assert not circuit.is_open


def test_open_it_asks_nobody(circuit):
    opened(circuit)
    asked = []
    fails(circuit, lambda: asked.append(1))
    assert not asked


def test_one_slow_answer_opens_it_and_is_still_given(circuit, clock):
    def drag():
        clock.now += SLOW + 0.1
        return "late"

    assert circuit.call(drag, is_query=True) == "late"
    assert circuit.is_open


def test_a_slow_write_does_not_open_it(circuit, clock):
    def drag():
        clock.now += SLOW + 5

    circuit.call(drag)
    assert not circuit.is_open


def test_it_closes_alone_when_the_engine_is_well_again(circuit, clock):
    opened(circuit)
    clock.now += REST
    assert circuit.call(lambda: "well") == "well"
    assert not circuit.is_open
    # And it starts from the beginning: one failure is not enough.
    fails(circuit)
    assert not circuit.is_open


def test_it_rests_longer_each_time_up_to_half_a_minute(circuit, clock):
    opened(circuit)
    rests = []
    for _ in range(7):
        began = clock.now
        while circuit.is_open:
            clock.now += 0.5
        rests.append(clock.now - began)
        fails(circuit)
    assert rests == [REST, 4.0, 8.0, 16.0, LONGEST_REST, LONGEST_REST, LONGEST_REST]


def test_only_one_tries_while_the_others_are_refused(circuit, clock):
    opened(circuit)
    clock.now += REST
    inside, on = threading.Event(), threading.Event()

    def trial():
        inside.set()
        on.wait(5)

    thread = threading.Thread(target=circuit.call, args=[trial])
    thread.start()
    assert inside.wait(5)
    asked = []
    fails(circuit, lambda: asked.append(1))
    on.set()
    thread.join()
    assert not asked
    assert not circuit.is_open


def test_a_fault_of_our_own_passes_through_and_lets_the_next_one_try(circuit, clock):
    opened(circuit)
    clock.now += REST
    with pytest.raises(ZeroDivisionError):
        circuit.call(lambda: 1 / 0)
    assert circuit.call(lambda: "well") == "well"


def test_every_method_of_an_engine_stands_behind_it(clock):
    class Dead(Engine):
        name = "Dead"

        def _fail(self, *_args):
            raise EngineDown("down")

        answer = among = write = forget = count = _fail

    calls = {"answer": [None], "among": [None, []], "write": [[]], "forget": [[]], "count": []}
    for name, arguments in calls.items():
        guarded = Guarded(Dead(), clock)
        for _ in range(FAILURES):
            with pytest.raises(EngineDown):
                getattr(guarded, name)(*arguments)
        assert guarded.circuit.is_open, name
