// The throughput of sinks: events per second through queue and thread, and bytes on disk for each.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <thread>

#include "event/testing/sample_events.h"
#include "posix/testing/temporary_files.h"
#include "sink/json_lines_sink.h"
#include "sink/sink_thread.h"
#include "store/store_sink.h"

namespace apiary {
namespace {

constexpr std::size_t batch_events = 1'024;  // as EventPipeline passes them

/// A typical mixture: of ten events, one is of a contact, one of a scan, eight of conversations.
std::vector<Event> mixture() {
  std::vector<Event> events;
  EventIds ids(1);
  const auto samples = sample_events();
  for (std::size_t i = 0; events.size() < batch_events; ++i) {
    Event event = samples[i % samples.size()];
    if (event.kind() == EventKind::packet) continue;
    event.id = ids.next(event.at);
    events.push_back(std::move(event));
  }
  return events;
}

/// Pushes as fast as the sink accepts events, and reports losses.
void run(benchmark::State& state, std::unique_ptr<Sink> sink, const TemporaryFolder& folder) {
  const EventBatch batch = EventBatch::of(mixture());
  std::uint64_t pushed = 0;
  std::uint64_t lost = 0;
  {
    SinkThread thread(std::move(sink));
    for (auto _ : state) {
      while (thread.status().waiting_bytes > SinkThread::default_capacity_bytes / 2)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      thread.push(batch);
      pushed += batch_events;
    }
    while (thread.status().waiting > 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    lost = thread.status().lost;
  }
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path()))
    bytes += file.file_size();
  state.SetItemsProcessed(static_cast<std::int64_t>(pushed));
  state.counters["lost"] = static_cast<double>(lost);
  state.counters["bytes_per_event"] = static_cast<double>(bytes) / static_cast<double>(pushed);
}

void json_lines(benchmark::State& state) {
  const TemporaryFolder folder;
  auto file = RotatingFile::open(folder.path() + "/events.jsonl", {}, Instant{seconds{1}});
  run(state, std::make_unique<JsonLinesSink>(std::move(*file), EcsEncoder({"1.2.3", "hive"})),
      folder);
}
BENCHMARK(json_lines)->Iterations(1'000)->UseRealTime()->MeasureProcessCPUTime();

void store(benchmark::State& state) {
  const TemporaryFolder folder;
  auto sink =
      StoreSink::open(folder.path() + "/store.db", {.age = {}}, EcsEncoder({"1.2.3", "hive"}));
  run(state, std::move(*sink), folder);
}
BENCHMARK(store)->Iterations(400)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace apiary
