// simulated_hours [HOURS [SEED]]: runs scanners, floods, faults and reloads against an example
// honeynet, and the first tenth twice, which must give the same result. Exits with 1 after a fault
// of the engine; the printed seed reproduces it.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "simulated_hours.h"

using namespace apiary;
using namespace apiary::simulation;

int main(int argc, char** argv) {
  const double hours_wanted = argc > 1 ? std::strtod(argv[1], nullptr) : 4;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const Duration time{static_cast<std::int64_t>(hours_wanted * 3'600e9)};
  fmt::print("{} simulated hours, seed {}\n", hours_wanted, seed);
  std::fflush(stdout);

  HoursResult result;
  std::uint64_t hashes[2] = {};
  for (int i = 0; i < 3; ++i) {
    const auto ran = run_simulated_hours(i < 2 ? time / 10 : time, seed);
    if (!ran) {
      fmt::print(stderr, "seed {}, {}\n", seed, ran.error());
      return 1;
    }
    if (i < 2) hashes[i] = ran->output.hash;
    result = *ran;
  }
  if (hashes[0] != hashes[1]) {
    fmt::print(stderr, "seed {}: two runs of the same hours differ\n", seed);
    return 1;
  }
  fmt::print("{} frames, {} packets sent, {} sessions opened, {} reloads, hash {:016x}\n",
             result.frames, result.output.packets_sent, result.output.sessions_opened,
             result.reloads, result.output.hash);
  return 0;
}
