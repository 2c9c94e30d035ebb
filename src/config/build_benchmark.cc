#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "config/build.h"
#include "config/testing/catalogue.h"

namespace apiary {
namespace {

/// A file with `range(0)` scattered bound addresses and 100 templates.
void build_bound_hosts(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += fmt::format("create t{0}\nset t{0} personality \"P\"\nadd t{0} tcp port 80 open\n", i);
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(state.range(0)); ++i)
    text += fmt::format("bind {} t{}\n", to_string(IpAddress::v4((10U << 24) + 2 * i)), i % 100);
  SourceText source("x.conf", text);
  for (auto _ : state) {
    auto built = build_configuration(source, AnyNameCatalogue{});
    benchmark::DoNotOptimize(built);
    if (!built) state.SkipWithError("the configuration has errors");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(build_bound_hosts)->Arg(65536)->Arg(250000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace apiary
