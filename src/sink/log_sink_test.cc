#include "sink/log_sink.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "sink/testing/write_wanted.h"

namespace apiary {
namespace {

TEST(LogSink, LeavesOutLinesOfAFloodButNotHowTheDaemonIs) {
  std::ostringstream log;
  LogSink sink(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_st>(log)));
  const Instant now{seconds{1'764'047'640}};
  using Kind = events::DaemonEvent::Kind;
  std::vector<Event> events(1'000, Event{{}, now, events::Icmp{}});
  events.push_back({{}, now, events::DaemonEvent{Kind::trouble, "the disk is full"}});
  events.push_back({{}, now, events::DaemonEvent{Kind::recovery, "the disk has room"}});
  events.push_back({{}, now, events::Icmp{}});
  ASSERT_TRUE(writes_all(sink, events));
  EXPECT_NE(log.str().find("the disk is full"), std::string::npos);
  EXPECT_NE(log.str().find("the disk has room"), std::string::npos);
  EXPECT_EQ(std::ranges::count(log.str(), '\n'), 202);
  sink.on_time(now + seconds{1});
  EXPECT_NE(log.str().find("801 lines left out"), std::string::npos) << log.str();
}

}  // namespace
}  // namespace apiary
