// storm [FRAMES [SEED]]: runs a storm against a honeynet, and its first tenth again, which must
// give the same result. Exits with 1 after a fault of the engine.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "storm.h"

using namespace apiary::simulation;

int main(int argc, char** argv) {
  const std::uint64_t frames = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  fmt::print("storm of {} frames, seed {}\n", frames, seed);
  std::fflush(stdout);

  const auto honeynet = storm_honeynet();
  if (!honeynet) {
    fmt::print(stderr, "{}\n", honeynet.error());
    return 1;
  }
  std::uint64_t hashes[2] = {};
  for (std::uint64_t& hash : hashes) {
    const auto result = run_storm(*honeynet, frames / 10, seed);
    if (!result) {
      fmt::print(stderr, "seed {}, {}\n", seed, result.error());
      return 1;
    }
    hash = result->output.hash;
  }
  if (hashes[0] != hashes[1]) {
    fmt::print(stderr, "seed {}: two runs of the same storm differ\n", seed);
    return 1;
  }
  const auto result = run_storm(*honeynet, frames, seed);
  if (!result) {
    fmt::print(stderr, "seed {}, {}\n", seed, result.error());
    return 1;
  }
  fmt::print("{} packets sent, {} sessions opened, hash {:016x}\n", result->output.packets_sent,
             result->output.sessions_opened, result->output.hash);
  return 0;
}
