"""Writes what is counted and what is read as Prometheus reads it, each time anew. Imported when somebody asks first."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from hep_api.foundation.metrics.readings import Reader, Reading
from hep_api.foundation.metrics.tallies import LEVELS, SECONDS, TALLIES, TIMINGS, Tally, Timing

BOUNDS = (*(str(bound) for bound in SECONDS), "+Inf")


class Exposition(Collector):
    """All metrics of this process: what was counted, what `readers` read, and of the process itself."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = readers
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        for ready_made in (ProcessCollector, PlatformCollector, GCCollector):
            ready_made(registry=self._registry)

    def written(self, accepted: str) -> tuple[bytes, str]:
        """Return all of them in the form that the `Accept` header asks for, and the form's media type."""
        encode, media_type = choose_encoder(accepted)
        return encode(self._registry), media_type

    def collect(self) -> Iterator[Metric]:
        for tally in list(TALLIES.values()):
            yield _counted(tally)
        for timing in list(TIMINGS.values()):
            yield _timed(timing)
        for level in list(LEVELS.values()):
            yield GaugeMetricFamily(level.name, level.words, value=level.value)
        yield from _read(reading for reader in self._readers for reading in reader())


def _counted(tally: Tally) -> Metric:
    family = CounterMetricFamily(tally.name, tally.words, labels=tally.labels)
    for said, count in list(tally.counts.items()):
        family.add_metric(said, count)
    return family


def _timed(timing: Timing) -> Metric:
    family = HistogramMetricFamily(timing.name, timing.words, labels=timing.labels)
    for said, row in list(timing.rows.items()):
        *counts, total = row
        family.add_metric(said, list(zip(BOUNDS, accumulate(counts), strict=True)), total)
    return family


def _read(readings: Iterable[Reading]) -> Iterable[Metric]:
    families: dict[str, GaugeMetricFamily] = {}
    for reading in readings:
        family = families.setdefault(
            reading.name, GaugeMetricFamily(reading.name, reading.words, labels=tuple(reading.labels))
        )
        family.add_metric(tuple(reading.labels.values()), reading.value)
    return families.values()
