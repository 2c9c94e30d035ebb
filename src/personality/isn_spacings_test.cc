// Initial sequence numbers of many systems at many spacings: no steps that a visitor can predict.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "personality/builtin_personalities.h"
#include "personality/personality.h"
#include "personality/stack_state.h"
#include "personality/testing/installed_nmap.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};
constexpr int numbers = 10'000;

/// The steps of a host whose SYNs come from another port each, `spacing` apart.
std::vector<std::uint32_t> steps_of(const Personality& personality, std::uint64_t host,
                                    Duration spacing) {
  StackState stack(personality, host, start);
  std::vector<std::uint32_t> steps;
  steps.reserve(numbers);
  std::uint32_t before = 0;
  for (std::uint32_t i = 0; i <= numbers; ++i) {
    const std::uint32_t isn =
        stack.draw_isn(personality.isn, start + i * spacing, Endpoints{1, i << 16 | 80}).value;
    if (i > 0) steps.push_back(isn - before);
    before = isn;
  }
  return steps;
}

std::uint32_t distance(std::uint32_t a, std::uint32_t b) { return std::min(a - b, b - a); }

// Of 10,000 uniform steps, five are that near to 2^31, and five to the step `lag` earlier; 20 or
// more happen once in a million times.
constexpr std::uint32_t near = 1U << 20;
constexpr int too_many = 20;

bool is_near_half(const std::vector<std::uint32_t>& steps) {
  return std::ranges::count_if(steps, [](std::uint32_t step) {
           return distance(step, 0x8000'0000U) < near;
         }) >= too_many;
}

/// How many steps are near to the one `lag` earlier.
int alike(const std::vector<std::uint32_t>& steps, std::size_t lag) {
  int count = 0;
  for (std::size_t i = lag; i < steps.size(); ++i)
    count += distance(steps[i], steps[i - lag]) < near ? 1 : 0;
  return count;
}

/// Whether steps are more like those shortly before than like those long before. Of a system whose
/// steps vary little, all are somewhat alike.
bool recurs(const std::vector<std::uint32_t>& steps) {
  const int usual = alike(steps, 101);
  for (std::size_t lag = 1; lag <= 12; ++lag)
    if (alike(steps, lag) >= too_many + 2 * usual) return true;
  return false;
}

/// Sixty-four systems, spread over the database of the installed Nmap; ours without it.
std::vector<const Fingerprint*> spread(const FingerprintDatabase& installed) {
  std::vector<const Fingerprint*> systems;
  const auto& all = installed.fingerprints();
  for (std::size_t i = 0; i < 64 && !all.empty(); ++i) systems.push_back(&all[i * all.size() / 64]);
  for (const Fingerprint& ours : builtin_personalities().fingerprints()) systems.push_back(&ours);
  return systems;
}

TEST(IsnSpacingsTest, RandomIsnsHaveNoPatternAtAnySpacing) {
  const FingerprintDatabase installed = installed_nmap().value_or(FingerprintDatabase());
  int judged = 0, regular = 0;
  for (const Fingerprint* system : spread(installed)) {
    const Personality personality = compile_personality(*system);
    // Clocks, constants and steps of few divisors are as regular as the fingerprint says.
    if (!personality.isn.noisy || personality.isn.kind != IsnRule::Kind::random) {
      ++regular;
      continue;
    }
    ++judged;
    for (const int spacing : {50, 110, 200, 330, 600, 1000}) {
      const auto steps = steps_of(personality, 0x5eed + judged, milliseconds{spacing});
      EXPECT_FALSE(is_near_half(steps)) << system->name << " at " << spacing << " ms";
      EXPECT_FALSE(recurs(steps)) << system->name << " at " << spacing << " ms";
    }
  }
  std::cout << judged << " systems with random ISNs judged; " << regular
            << " have clocks or constants\n";
  EXPECT_GE(judged, 20);
}

}  // namespace
}  // namespace apiary
