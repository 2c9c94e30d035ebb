// Inserts an item and removes the earliest, with a given number of other items in the wheel.
#include <benchmark/benchmark.h>

#include "base/random.h"
#include "base/timing_wheel.h"

namespace apiary {
namespace {

void push_and_pop(benchmark::State& state) {
  Random random(1);
  TimingWheel<std::uint64_t> wheel;
  Instant now{seconds{1'700'000'000}};
  const auto later = [&] {
    return now + Duration{static_cast<Duration::rep>(random.below(100'000'000))};
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) wheel.push(later(), 0);
  for (auto _ : state) {
    now = std::max(now, wheel.next_due());
    benchmark::DoNotOptimize(wheel.pop());
    wheel.push(later(), 0);
  }
}
BENCHMARK(push_and_pop)->Arg(1)->Arg(1'000)->Arg(30'000)->Arg(1'000'000);

}  // namespace
}  // namespace apiary
