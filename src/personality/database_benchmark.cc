// The cost of reading the fingerprints of the installed Nmap, of compiling them into personalities,
// and of finding substitutes for unknown names.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "personality/fingerprint_database.h"
#include "personality/name_resolver.h"
#include "personality/personality.h"

namespace apiary {
namespace {

std::string installed_text() {
  std::ifstream file("/usr/share/nmap/nmap-os-db");
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

void all_are_read(benchmark::State& state) {
  const std::string text = installed_text();
  if (text.empty()) return state.SkipWithError("nmap-common is not installed");
  for (auto _ : state) benchmark::DoNotOptimize(parse_fingerprints(text));
}
BENCHMARK(all_are_read)->Unit(benchmark::kMillisecond);

void all_are_compiled(benchmark::State& state) {
  const auto database = parse_fingerprints(installed_text());
  if (database.fingerprints().empty()) return state.SkipWithError("nmap-common is not installed");
  for (auto _ : state)
    for (const Fingerprint& fingerprint : database.fingerprints())
      benchmark::DoNotOptimize(compile_personality(fingerprint));
  state.counters["personalities"] = static_cast<double>(database.fingerprints().size());
}
BENCHMARK(all_are_compiled)->Unit(benchmark::kMillisecond);

void unknown_names_are_resolved(benchmark::State& state) {
  const auto database = parse_fingerprints(installed_text());
  if (database.fingerprints().empty()) return state.SkipWithError("nmap-common is not installed");
  constexpr int names = 872;
  for (auto _ : state) {
    const NameResolver resolver(database);
    for (int i = 0; i < names; ++i)
      benchmark::DoNotOptimize(
          resolver.nearest(fmt::format("Vendor{} Gadget {} OS {}.{}", i, i % 7, i % 9, i), 4));
  }
  state.counters["names"] = names;
}
BENCHMARK(unknown_names_are_resolved)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace apiary
