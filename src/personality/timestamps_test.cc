// Where the timestamps of a connection start, and how fast they tick, by system.
#include <gtest/gtest.h>

#include <cmath>

#include "personality/personality.h"
#include "personality/stack_state.h"
#include "personality/testing/compile_entry.h"

namespace apiary {
namespace {

using Start = TimestampRule::Start;

constexpr Instant start{seconds{1'790'000'000}};

/// The clock of a fingerprint with this name and measure.
TimestampRule rule_of(const std::string& name, const std::string& family, const std::string& ts) {
  const auto database = parse_fingerprints("Fingerprint " + name + "\nClass Vendor | " + family +
                                           " | 1.X | general purpose\nSEQ(TS=" + ts +
                                           ")\nOPS(O1=M5B4ST11NW7)\nT1(R=Y%S=O%A=S+%F=AS)\n");
  return compile_personality(database.fingerprints().front()).timestamps;
}

TEST(TimestampsTest, StartAsTheFamilyStartsThem) {
  struct Case {
    const char *name, *family, *ts;
    Start start;
    double ticks;
    bool has_series;
  };
  for (const Case& c :
       {Case{"Linux 2.6.32", "Linux", "A", Start::boot, 1000, false},
        Case{"Linux 2.6.17", "Linux", "8", Start::boot, 250, false},
        Case{"Linux 3.2 - 4.9", "Linux", "8", Start::boot, 250, false},
        Case{"Linux 4.15 - 5.6", "Linux", "A", Start::addresses, 1000, false},
        Case{"Android 9 (Linux 4.14)", "Android", "A", Start::addresses, 1000, false},
        Case{"Linux of today", "Linux", "20-22", Start::endpoints, 1000, false},
        Case{"FreeBSD 12.0", "FreeBSD", "21|22", Start::endpoints, 1000, true},
        Case{"FreeBSD 9", "FreeBSD", "A", Start::boot, 1000, false},
        Case{"OpenBSD 6.4", "OpenBSD", "21", Start::connection, 1000, true},
        Case{"macOS", "macOS", "20-22", Start::connection, 1000, false},
        Case{"Windows 7", "Windows", "7", Start::boot, 100, false},
        Case{"old BSD", "NetBSD", "1", Start::boot, 2, false},
        Case{"ten", "NX-OS", "3", Start::boot, 10, false},
        Case{"a tick of 20 ms", "embedded", "6", Start::boot, 60, false},
        Case{"two hundred", "embedded", "8", Start::boot, 200, false},
        Case{"Tru64", "Tru64 UNIX", "A", Start::boot, 1024, false}}) {
    SCOPED_TRACE(c.name);
    const TimestampRule rule = rule_of(c.name, c.family, c.ts);
    EXPECT_EQ(rule.start, c.start);
    EXPECT_EQ(rule.ticks_per_second, c.ticks);
    EXPECT_EQ(rule.series_growth_per_second > 0, c.has_series);
  }
}

TEST(TimestampsTest, OffsetsDependOnWhatTheSystemHashes) {
  constexpr Endpoints one{1, 1}, other_port{1, 2}, other_visitor{2, 1};
  for (const Start kind : {Start::boot, Start::addresses, Start::endpoints, Start::connection}) {
    SCOPED_TRACE(static_cast<int>(kind));
    const TimestampRule rule{.start = kind};
    Personality personality = generic_personality();
    personality.timestamps = rule;
    StackState stack(personality, 7, start), other_host(personality, 8, start);
    Instant now = start;
    const auto draw = [&](const Endpoints& endpoints) {
      return stack.draw_timestamp_offset(rule, now += milliseconds{7}, endpoints);
    };
    const std::uint32_t first = draw(one);
    EXPECT_EQ(draw(one) == first, kind != Start::connection);
    EXPECT_EQ(draw(other_port) == first, kind == Start::boot || kind == Start::addresses);
    EXPECT_EQ(draw(other_visitor) == first, kind == Start::boot);
    EXPECT_EQ(first == 0, kind == Start::boot);
    EXPECT_EQ(other_host.draw_timestamp_offset(rule, now, one) == first, kind == Start::boot);
    EXPECT_EQ(stack.timestamp_offset(rule, one), kind == Start::connection ? 0 : first)
        << "a half-open connection stores only the rest";
  }
}

}  // namespace
}  // namespace apiary
