"""In which order do trucks and vessels act? A heap of processes, each sleeping until its next moment."""

import heapq
from collections.abc import Generator, Iterable

Process = Generator[float, None, None]  # yields the second at which it wants to go on


def run(processes: Iterable[Process], until_s: float) -> None:
    """Let all processes act in time order until the end of the world."""
    heap: list[tuple[float, int, Process]] = []
    for number, process in enumerate(processes):
        wake = next(process, None)
        if wake is not None:
            heapq.heappush(heap, (wake, number, process))
    while heap:
        now, number, process = heapq.heappop(heap)
        if now >= until_s:
            continue
        wake = next(process, None)
        if wake is not None:
            heapq.heappush(heap, (max(wake, now), number, process))
