"""Lines are taken in their order behind the prompt, can be stopped, and leave nothing behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from assistant.terminal.question import Question
from assistant.terminal.worker import Worker


def until(condition: Callable[[], bool]) -> None:
    """Wait, but not for ever."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


class Taking:
    """Takes lines: "hold" holds on in slices, "polite" looks at the sign to stop."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.stopped: list[str] = []
        self.stop = threading.Event()
        self.may_end = threading.Event()
        self.worker = Worker(self.take, self.stop, afterwards=self.end)

    def take(self, line: str) -> None:
        try:
            while line == "hold":
                time.sleep(0.01)
            while line == "polite":
                if self.stop.is_set():
                    raise KeyboardInterrupt
                time.sleep(0.01)
            if line == "fail":
                raise RuntimeError("it broke")
            self.taken.append(line)
        except KeyboardInterrupt:
            self.stopped.append(line)

    def end(self) -> None:
        """What is done after a line; "held up" waits there until it may end."""
        if self.taken[-1:] == ["held up"]:
            assert self.may_end.wait(20)
            self.taken.append("ended")


def test_lines_are_taken_in_their_order() -> None:
    taking = Taking()
    for number in range(100):
        taking.worker.submit(str(number))
    assert taking.worker.finish(20)
    assert taking.taken == [str(number) for number in range(100)]


def test_a_line_that_waits_in_slices_is_stopped_and_the_next_is_taken() -> None:
    for held in ("hold", "polite"):
        taking = Taking()
        taking.worker.submit(held)
        until(lambda taking=taking: taking.worker.busy)  # type: ignore[misc]
        taking.worker.stop()
        taking.worker.submit("next")
        assert taking.worker.finish(20)
        assert (taking.stopped, taking.taken) == ([held], ["next"])


def test_a_second_stop_lets_the_first_one_tidy_up() -> None:
    done: list[str] = []
    held = threading.Event()

    def take(line: str) -> None:
        try:
            held.set()
            while True:
                time.sleep(0.01)
        except KeyboardInterrupt:
            for _ in range(40):
                time.sleep(0.01)
            done.append("tidied up")

    worker = Worker(take, threading.Event())
    worker.submit("hold")
    assert held.wait(20)
    worker.stop()
    time.sleep(0.1)
    worker.stop()
    assert worker.finish(20)
    assert done == ["tidied up"]


def test_stopping_too_late_stops_nothing_else() -> None:
    taking = Taking()
    for number in range(200):
        taking.worker.submit(str(number))
        taking.worker.stop()
    assert taking.worker.finish(20)
    assert taking.taken == [str(number) for number in range(200)]


def test_what_is_done_after_a_line_cannot_be_stopped_and_comes_before_the_next() -> None:
    taking = Taking()
    taking.worker.submit("held up")
    until(lambda: taking.taken == ["held up"] and not taking.worker.busy)
    taking.worker.stop()
    taking.worker.submit("next")
    assert taking.worker.waiting == 1
    taking.may_end.set()
    assert taking.worker.finish(20)
    assert taking.taken == ["held up", "ended", "next"]


def test_an_error_ends_the_thread_and_is_there_to_be_told() -> None:
    taking = Taking()
    taking.worker.submit("fail")
    until(lambda: taking.worker.error is not None)
    assert str(taking.worker.error) == "it broke"
    assert not taking.worker.busy


def test_lines_that_wait_can_be_dropped() -> None:
    taking = Taking()
    taking.worker.submit("polite")
    until(lambda: taking.worker.busy)
    taking.worker.submit("dropped")
    assert taking.worker.waiting == 1
    taking.worker.clear()
    taking.worker.stop()
    assert taking.worker.finish(20)
    assert taking.taken == []


def test_a_question_is_answered_from_another_thread() -> None:
    question = Question("Sure? ")
    threading.Timer(0.05, question.settle, ["y"]).start()
    assert question.wait() == "y"
