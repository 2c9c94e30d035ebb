#include "daemon/event_sinks.h"

#include <gtest/gtest.h>

#include <fstream>

#include "daemon/sink_registry.h"
#include "posix/testing/temporary_files.h"
#include "sink/json_lines_sink.h"
#include "sink/syslog_sink.h"

namespace apiary {
namespace {

const Instant now{seconds{1'764'047'640}};

/// The specification in its canonical form, or the error.
std::string parsed(std::string_view text) {
  const auto spec = parse_sink_spec(text, sink_kinds());
  return spec ? to_string(*spec) : spec.error();
}

std::vector<SinkSpec> specs_of(const std::vector<std::string>& texts) {
  std::vector<SinkSpec> specs;
  for (const std::string& text : texts)
    specs.push_back(parse_sink_spec(text, sink_kinds()).value());
  return specs;
}

struct Case {
  const char *text, *result;
};

TEST(SinkSpec, HasOneSpelling) {
  for (const Case& c : std::vector<Case>{
           {"json:/var/log/x", "--sink json:/var/log/x"},
           {"json:x", "--sink json:x"},
           {"json:a:b", "--sink json:a:b"},
           {"json:///var/log/x", "--sink json:/var/log/x"},
           {"json:./-", "--sink json:./-"},
           {"store:s.db", "--sink store:s.db"},
           {"honeyd-packets:p", "--sink honeyd-packets:p"},
           {"honeyd-services:s", "--sink honeyd-services:s"},
           {"syslog+unix:/dev/log", "--sink syslog+unix:/dev/log"},
           {"syslog+unix:///dev/log", "--sink syslog+unix:/dev/log"},
           {"syslog+udp://logs", "--sink syslog+udp:logs:514"},
           {"syslog+udp:logs:5140", "--sink syslog+udp:logs:5140"},
           {"syslog+tcp://192.0.2.1", "--sink syslog+tcp:192.0.2.1:601"},
           {"syslog+tcp://[::1]:6514", "--sink syslog+tcp:[::1]:6514"},
       }) {
    EXPECT_EQ(parsed(c.text), c.result);
  }
}

TEST(SinkSpec, SaysWhatIsWrong) {
  for (const Case& c : std::vector<Case>{
           {"", "'' names no kind of sink: write KIND:WHERE, one of json:FILE, store:FILE"},
           {"/var/log/x", "'/var/log/x' names no kind of sink"},
           {"json", "'json' names no kind of sink"},
           {":x", "':x' names no kind of sink"},
           {"/a:b", "'/a:b' names no kind of sink"},
           {"jsn:x",
            "unknown kind of sink 'jsn'; known: json:FILE, store:FILE, "
            "honeyd-packets:FILE, honeyd-services:FILE, syslog+unix:PATH, "
            "syslog+udp://HOST[:PORT], syslog+tcp://HOST[:PORT]"},
           {"JSON:x", "unknown kind of sink 'JSON'"},
           {"syslog:h", "unknown kind of sink 'syslog'"},
           {"json:", "'json:' does not say where: write json:FILE"},
           {"syslog+udp:", "'syslog+udp:' does not say where: write syslog+udp://HOST[:PORT]"},
           {"json:-", "'-' is no file"},
           {"store:-", "'-' is no file"},
           {"json://host/x", "'//host/x' names a host"},
           {"syslog+udp://", "'//' is not a host"},
           {"syslog+tcp://h:70000", "'//h:70000' is not a host"},
           {"syslog+tcp://h/x", "'//h/x' is not a host"},
           {"syslog+tcp://h,spol=x", "'spol' is not an option of a sink: use spool=FILE and"},
           {"syslog+tcp://h,spool=", "'spool=' in '//h,spool=' is empty"},
           {"syslog+tcp://h,spool-size=1G",
            "'//h,spool-size=1G' names no spool: add ',spool=FILE'"},
           {"syslog+tcp://h,spool=a,spool=b", "'//h,spool=a,spool=b' has two options 'spool='"},
           {"syslog+tcp://h,spool=a,spool-size=1", "invalid spool-size '1': use 64K or more"},
           {"syslog+tcp://h,spool=a,spool-size=x", "invalid spool-size 'x'"},
           {"syslog+tcp://,spool=a", "'//' is not a host"},
           {"json:f,spool=a", "'json:f,spool=a': only a sink that sends events over a network"},
       }) {
    SCOPED_TRACE(c.text);
    EXPECT_TRUE(parsed(c.text).starts_with(c.result)) << parsed(c.text);
  }
  const std::string long_path(108, 'x');
  EXPECT_EQ(parsed("syslog+unix:" + long_path),
            "'" + long_path + "' is too long for the path of a socket: 107 bytes at most");
}

TEST(SinkSpec, TakesASpoolForANetwork) {
  struct Case {
    const char *text, *where, *path;
    std::uint64_t max_bytes;
  };
  constexpr std::uint64_t usual = std::uint64_t{64} << 20;
  for (const Case& c : {
           Case{"syslog+tcp://h,spool=/var/spool/x", "h:601", "/var/spool/x", usual},
           Case{"syslog+udp:h:1,spool=x,spool-size=1G", "h:1", "x", 1U << 30},
           Case{"syslog+udp:h:1,spool-size=64KiB,spool=x", "h:1", "x", 64 << 10},
           Case{"syslog+unix:/a,b,spool=c,d=e", "", "", 0},
           Case{"syslog+unix:/a,b,spool=c,d", "/a,b", "c,d", usual},
       }) {
    SCOPED_TRACE(c.text);
    const auto spec = parse_sink_spec(c.text, sink_kinds());
    if (c.max_bytes == 0) {
      EXPECT_FALSE(spec);
      continue;
    }
    ASSERT_TRUE(spec) << spec.error();
    EXPECT_EQ(spec->where, c.where);
    ASSERT_TRUE(spec->spool);
    EXPECT_EQ(spec->spool->path, c.path);
    EXPECT_EQ(spec->spool->max_bytes, c.max_bytes);
  }
  EXPECT_FALSE(parse_sink_spec("syslog+unix:/a,b", sink_kinds())->spool);
}

TEST(EventSinks, OpensEachKindAndTwoOfOneKind) {
  const TemporaryFolder folder;
  const std::string at = folder.path() + "/";
  EventOptions options;
  options.sinks = specs_of({"json:" + at + "one", "json:" + at + "two", "store:" + at + "s.db",
                            "honeyd-packets:" + at + "p", "honeyd-services:" + at + "s",
                            "syslog+unix:" + at + "log", "syslog+udp://localhost:5140",
                            "syslog+udp://localhost:5141", "syslog+tcp://localhost:5140"});
  const auto opened = open_event_sinks(options, "1", now);
  ASSERT_TRUE(opened) << opened.error();
  std::vector<std::string> names;
  for (const auto& sink : opened->sinks) names.push_back(sink->name());
  EXPECT_EQ(names, (std::vector<std::string>{
                       "events to " + at + "one", "events to " + at + "two", "store " + at + "s.db",
                       "packet log " + at + "p", "service log " + at + "s",
                       "syslog at unix:" + at + "log", "syslog at udp:localhost:5140",
                       "syslog at udp:localhost:5141", "syslog at tcp:localhost:5140"}));
  EXPECT_TRUE(opened->remarks.empty());

  const Event note{{}, now, events::Note{.service = "x", .text = "y"}};
  const Event* const pointer = &note;
  for (std::size_t i : {0, 1}) EXPECT_EQ(opened->sinks[i]->write({&pointer, 1}).written, 1U);
  for (const char* const name : {"one", "two"}) {
    std::ifstream file(at + name);
    std::string line;
    EXPECT_TRUE(std::getline(file, line)) << name;
    EXPECT_NE(line.find("\"note\""), std::string::npos) << line;
  }
}

TEST(EventSinks, CallsTheShortFormOfASyslogAfterItsHost) {
  EventOptions options;
  options.sinks = {{&syslog_tcp_kind, "localhost:5140", "--syslog"}};
  const auto opened = open_event_sinks(options, "1", now);
  ASSERT_TRUE(opened) << opened.error();
  EXPECT_EQ(opened->sinks[0]->name(), "syslog at localhost");
}

TEST(EventSinks, GivesASyslogItsSpool) {
  const TemporaryFolder folder;
  EventOptions options;
  options.sinks =
      specs_of({"syslog+unix:" + folder.path() + "/none,spool=" + folder.path() + "/s"});
  {
    const auto opened = open_event_sinks(options, "1", now);
    ASSERT_TRUE(opened) << opened.error();
    const Event note{{}, now, events::Note{.service = "x", .text = "y"}};
    const Event* const pointer = &note;
    EXPECT_EQ(opened->sinks[0]->write({&pointer, 1}).written, 1U) << "nobody listens, but";
    EXPECT_EQ(opened->sinks[0]->on_time(now).spool->events, 1U);
    EXPECT_NE(open_event_sinks(options, "1", now).error().find("another sink or daemon uses"),
              std::string::npos);
  }
  EXPECT_EQ(open_event_sinks(options, "1", now)->sinks[0]->on_time(now).spool->events, 1U);
}

TEST(EventSinks, RefusesOneTwice) {
  EventOptions options;
  options.sinks =
      specs_of({"syslog+udp://localhost", "json:/dev/null", "syslog+udp:localhost:514"});
  const auto opened = open_event_sinks(options, "1", now);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(),
            "--sink syslog+udp:localhost:514 and --sink syslog+udp:localhost:514 are the same "
            "sink: use it once");
}

}  // namespace
}  // namespace apiary
