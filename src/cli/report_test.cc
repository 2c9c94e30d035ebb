#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

#include "cli/events_command.h"
#include "event/testing/sample_events.h"
#include "posix/testing/temporary_files.h"
#include "report/report_command.h"
#include "report/report_data.h"
#include "report/report_html.h"
#include "store/store_sink.h"

namespace apiary {
namespace {

const Instant now{seconds{1'764'047'700}};  // 2025-11-25 05:15 UTC
const Instant since = now - hours{24};

FlowKey flow_from(std::uint8_t visitor, std::uint16_t port, std::uint16_t visitor_port = 4000) {
  return {{IpAddress::v4(192, 0, 2, visitor), {visitor_port}},
          {IpAddress::v4(10, 1, 0, 2), {port}},
          IpProtocol::tcp};
}
EventBody contact(const FlowKey& flow) {
  return events::Contact{
      .flow = flow, .type = ProbeType::connection_request, .template_name = "server"};
}
EventBody credential(const FlowKey& flow, std::string user, std::string password) {
  return events::Credential{flow, {}, "telnet", std::move(user), std::move(password)};
}
EventBody said(const FlowKey& flow, bool by_visitor, std::string bytes) {
  return events::Payload{.flow = flow, .from_visitor = by_visitor, .bytes = std::move(bytes)};
}

/// A store in a folder of its own, and the report on it.
class ReportOfStore : public testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC", 1);
    tzset();
  }
  void record(Instant at, std::vector<EventBody> all) {
    std::vector<Event> events;
    for (EventBody& what : all) events.push_back({ids_.next(at), at, std::move(what)});
    auto store = StoreSink::open(path(), {.age = {}, .size_bytes = 0}, EcsEncoder({"1", "hive"}));
    ASSERT_TRUE(store) << to_string(store.error());
    std::vector<const Event*> pointers;
    for (const Event& event : events) pointers.push_back(&event);
    ASSERT_EQ((*store)->write(pointers).written, events.size());
  }
  Report collect() {
    auto store = StoreReader::open(path());
    EXPECT_TRUE(store) << to_string(store.error());
    auto report = collect_report(*store, since, now);
    EXPECT_TRUE(report) << to_string(report.error());
    return report.value_or(Report{});
  }
  std::string page() { return report_page(collect()); }
  std::string path() const { return folder_.path() + "/store.db"; }

  TemporaryFolder folder_;
  EventIds ids_{0x1234'5678'9abc};
};

TEST_F(ReportOfStore, CountsWhatEachSourceDid) {
  const FlowKey telnet = flow_from(9, 23), web = flow_from(9, 80), other = flow_from(7, 23);
  record(now - hours{3}, {contact(telnet), events::FlowStart{telnet, "server"},
                          credential(telnet, "root", "1234"), credential(telnet, "root", "toor")});
  record(now - hours{2},
         {contact(web), contact(other),
          events::Scan{
              .source = other.remote.address, .began = now - hours{2}, .hosts = {20}, .ports = {1}},
          events::Scan{.source = other.remote.address,
                       .began = now - hours{2},
                       .is_over = true,
                       .hosts = {65'101, Distinct::How::estimate},
                       .ports = {2}}});
  const Report report = collect();
  EXPECT_EQ(report.hostname, "hive");
  EXPECT_EQ(report.total.contacts, 3U);
  EXPECT_EQ(report.scans, 1U) << "a scan that is reported twice counts once";
  ASSERT_EQ(report.sources.rows.size(), 2U);
  const ReportedSource& first = report.sources.rows[0];
  EXPECT_EQ(to_string(first.address), "192.0.2.9") << "sources that tried credentials come first";
  EXPECT_EQ(first.activity.contacts, 2U);
  EXPECT_EQ(first.activity.conversations, 1U);
  EXPECT_EQ(first.activity.credentials, 2U);
  EXPECT_EQ(first.hosts, Distinct{1});
  EXPECT_EQ(first.ports, Distinct{2});
  EXPECT_EQ(first.last - first.first, hours{1});
  EXPECT_EQ(report.sources.rows[1].hosts, (Distinct{65'101, Distinct::How::estimate}));
  EXPECT_EQ(report.sources.rows[1].ports, Distinct{2});
  EXPECT_EQ(report.sources.rows[1].scans, 1U);
  EXPECT_EQ(report.hosts, (Distinct{65'101, Distinct::How::at_least}));
  ASSERT_EQ(report.ports.rows.size(), 2U);
  EXPECT_EQ(report.ports.rows[0].number, 23);
  EXPECT_EQ(report.ports.rows[0].sources, 2U);
  ASSERT_EQ(report.hosts_spoken_to.rows.size(), 1U);
  EXPECT_EQ(report.hosts_spoken_to.rows[0].template_name, "server");
  ASSERT_EQ(report.services.rows.size(), 1U);
  EXPECT_EQ(report.services.rows[0].name, "telnet");
  EXPECT_EQ(report.services.rows[0].events, 2U);
}

TEST_F(ReportOfStore, CountsTheHostsOfASourceOnce) {
  struct Case {
    const char* name;
    std::vector<std::pair<Duration, std::uint64_t>> scans;  // when one began, and its hosts
    Distinct hosts;
    const char* cell;
  };
  std::uint8_t source = 1;
  std::vector<Case> cases = {
      {"none", {}, {11}, "11"},
      {"one that its contacts belong to", {{hours{2}, 12}}, {12}, "12"},
      {"one that began later", {{hours{1}, 48}}, {48, Distinct::How::at_least}, "≥ 48"},
      {"two", {{hours{2}, 12}, {hours{1}, 256}}, {256, Distinct::How::at_least}, "≥ 256"},
      {"one of fewer hosts", {{hours{2}, 5}}, {11, Distinct::How::at_least}, "≥ 11"}};
  for (const Case& c : cases) {
    std::vector<EventBody> all;
    for (std::uint8_t host = 1; host <= 11; ++host)
      for (int again = 0; again < 4; ++again) {
        FlowKey flow = flow_from(source, 22);
        flow.local.address = IpAddress::v4(10, 1, 0, host);
        all.push_back(contact(flow));
      }
    record(now - hours{2}, std::move(all));
    for (const auto& [ago, hosts] : c.scans)
      record(now - ago + seconds{5}, {events::Scan{.source = IpAddress::v4(192, 0, 2, source),
                                                   .began = now - ago,
                                                   .is_over = true,
                                                   .hosts = {hosts},
                                                   .ports = {1}}});
    ++source;
  }
  const Report report = collect();
  ASSERT_EQ(report.sources.rows.size(), cases.size());
  const std::string html = report_page(report);
  for (const ReportedSource& row : report.sources.rows) {
    const Case& c = cases[row.address.bytes()[15] - 1U];
    SCOPED_TRACE(c.name);
    EXPECT_EQ(row.hosts, c.hosts);
    EXPECT_EQ(row.scans, c.scans.size());
    EXPECT_NE(html.find(std::string("<td class=\"n wide\">") + c.cell + "<td"), std::string::npos);
  }
}

TEST_F(ReportOfStore, ShowsTheTimeZone) {
  const auto page_in = [&](const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
    return page();
  };
  record(now - hours{1}, {contact(flow_from(9, 23))});
  EXPECT_NE(page_in("UTC").find("times in UTC</div>"), std::string::npos);
  EXPECT_NE(page_in("CET-1").find("25 November 2025 06:15, times in CET (UTC+01:00)</div>"),
            std::string::npos);
  // Summer time ends within the period.
  const std::string both = page_in("CET-1CEST,M3.5.0,J329/1");
  EXPECT_NE(both.find("times in CEST (UTC+02:00) and CET (UTC+01:00)</div>"), std::string::npos);
  EXPECT_NE(both.find("25 Nov 05:15 CET"), std::string::npos);
}

TEST_F(ReportOfStore, AnEventLineShowsTheUtcOffset) {
  for (const auto& [zone, time] : {std::pair{"UTC", "2025-11-25 05:15:00.123+00:00 "},
                                   std::pair{"CET-1", "2025-11-25 06:15:00.123+01:00 "},
                                   std::pair{"NST3:30", "2025-11-25 01:45:00.123-03:30 "}}) {
    setenv("TZ", zone, 1);
    tzset();
    const std::string line =
        event_line({1, now + milliseconds{123}, "note", R"({"message": "x"})"}, false);
    EXPECT_EQ(line, std::string(time) + "note        x");
  }
}

TEST_F(ReportOfStore, PutsEveryEventIntoItsInterval) {
  for (const Duration ago : {Duration{hours{24}}, Duration{minutes{61}}, Duration{seconds{1}}})
    record(now - ago, {contact(flow_from(9, 23))});
  record(since - seconds{1}, {contact(flow_from(9, 23))});
  const Report report = collect();
  EXPECT_EQ(report.events, 3U) << "earlier events are left out";
  EXPECT_EQ(report.timeline.stretch, minutes{15});
  EXPECT_EQ(report.timeline.begin, since) << "a quarter of an hour";
  const auto& contacts = report.timeline.lanes[Timeline::contacts];
  ASSERT_EQ(contacts.size(), 97U);
  EXPECT_EQ(contacts[0], 1U);
  EXPECT_EQ(contacts[91], 1U);
  EXPECT_EQ(contacts[95], 1U);
  const std::string html = report_page(report);
  EXPECT_NE(html.find("24 November 2025 05:15"), std::string::npos);
  EXPECT_NE(html.find("<title>25 Nov 04:00: 1</title>"), std::string::npos);
}

TEST_F(ReportOfStore, MarksWhatIsNew) {
  const FlowKey old_flow = flow_from(1, 22), new_flow = flow_from(2, 2222);
  record(since - hours{1}, {contact(old_flow), credential(old_flow, "root", "1234")});
  record(now - hours{1}, {contact(old_flow), credential(old_flow, "root", "1234"),
                          contact(new_flow), credential(new_flow, "root", "12345")});
  const Report report = collect();
  EXPECT_TRUE(report.has_before);
  ASSERT_EQ(report.new_sources.all, 1U);
  EXPECT_EQ(to_string(report.new_sources.rows[0].address), "192.0.2.2");
  ASSERT_EQ(report.new_ports.all, 1U);
  EXPECT_EQ(report.new_ports.rows[0].number, 2222);
  ASSERT_EQ(report.new_credentials.all, 1U);
  EXPECT_EQ(report.new_credentials.rows[0].password, "12345");
}

TEST_F(ReportOfStore, WithoutEarlierEventsMarksNothingAsNew) {
  record(now - hours{1}, {contact(flow_from(1, 22))});
  const Report report = collect();
  EXPECT_EQ(report.new_sources.all, 0U);
  EXPECT_FALSE(report.sources.rows[0].is_new || report.ports.rows[0].is_new);
  EXPECT_NE(page().find("nothing can be marked as new"), std::string::npos);
}

TEST_F(ReportOfStore, OfAnEmptyStoreReportsNoEvents) {
  record(now, {});
  EXPECT_NE(page().find("recorded no events"), std::string::npos);
  record(since - hours{1}, {contact(flow_from(9, 23))});
  EXPECT_NE(page().find("recorded no events"), std::string::npos);
}

TEST_F(ReportOfStore, EscapesWhatVisitorsSend) {
  const FlowKey flow = flow_from(9, 23);
  const std::string nasty = "<script>alert(\"1\")</script>'&amp;\x1b[2J\xff\xe2\x80\xae\n</pre><b>";
  record(now - hours{1},
         {contact(flow), events::FlowStart{flow, nasty}, said(flow, true, nasty),
          said(flow, false, nasty), credential(flow, nasty, "\"><img src=x onerror=alert(1)>"),
          events::Note{flow, {}, nasty, "printable"}});
  const std::string html = page();
  for (const char* const never : {"<script", "<img", "<b>\n", "</pre><b", "&amp;amp;\x1b", "\x1b",
                                  "\xff", "\xe2\x80\xae", "onerror=alert(1)>"})
    EXPECT_EQ(html.find(never), std::string::npos) << never;
  EXPECT_NE(html.find("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;\\x1b[2J\\xff"
                      "\\xe2\\x80\\xae\n&lt;/pre&gt;&lt;b&gt;</pre>"),
            std::string::npos)
      << "a transcript has its line ends";
  EXPECT_NE(html.find("<code>&quot;&gt;&lt;img src=x onerror=alert(1)&gt;</code>"),
            std::string::npos);
}

TEST_F(ReportOfStore, FetchesAndRunsNothing) {
  record(since - hours{1}, {contact(flow_from(1, 22))});
  auto samples = sample_events();
  std::vector<EventBody> all;
  for (Event& event : samples) all.push_back(std::move(event.body));
  record(now - hours{1}, std::move(all));
  const std::string html = page();
  for (const char* const never :
       {"<script", "<link", "<img", "<iframe", "src=", "href=", "url(", "@import", "javascript:"})
    EXPECT_EQ(html.find(never), std::string::npos) << never;
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(html.find("too many connections (12 times)"), std::string::npos);
  EXPECT_NE(html.find("events lost by events to /var/log/apiary.jsonl (15 times)"),
            std::string::npos);
}

TEST_F(ReportOfStore, LimitsItsSizeAndCountsWhatItLeftOut) {
  record(since - hours{1}, {contact(flow_from(250, 1))});
  std::vector<EventBody> all;
  for (std::uint16_t i = 0; i < 300; ++i) {
    const FlowKey flow = flow_from(static_cast<std::uint8_t>(i % 100), 1'000 + i);
    all.insert(all.end(), {contact(flow), events::FlowStart{flow, "template" + std::to_string(i)},
                           credential(flow, std::to_string(i) + std::string(4'000, '"'), "x")});
    for (int turn = 0; turn < (i < 20 ? 50 : 1); ++turn)
      all.push_back(said(flow, true, std::to_string(i * 100 + turn) + std::string(4'000, '"')));
  }
  record(now - hours{1}, std::move(all));
  const std::string html = page();
  EXPECT_LT(html.size(), 512U << 10);
  EXPECT_NE(html.find("and 75 sources more"), std::string::npos);
  EXPECT_NE(html.find("and 280 ports more"), std::string::npos);
  EXPECT_NE(html.find("and 270 pairs more"), std::string::npos);
  EXPECT_NE(html.find("12 of 300 conversations"), std::string::npos);
  EXPECT_NE(html.find("pieces more of this conversation"), std::string::npos);
  EXPECT_NE(html.find("of 4,001 bytes"), std::string::npos);
}

TEST_F(ReportOfStore, ShowsEqualConversationsOnce) {
  for (std::uint16_t i = 0; i < 10; ++i) {
    const FlowKey flow = flow_from(9, 80, 4'000 + i);
    record(now - hours{1},
           {said(flow, true, i == 7 ? "GET /other" : "GET /"), said(flow, false, "")});
  }
  const Report report = collect();
  EXPECT_EQ(report.transcripts_in_all, 10U);
  ASSERT_EQ(report.transcripts.size(), 2U);
  EXPECT_EQ(report.transcripts[0].parts[0].bytes, "GET /");
  EXPECT_EQ(report.transcripts[1].parts[0].bytes, "GET /other");
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(ReportOfStore, ReplacesTheFileAtomically) {
  record(wall_clock() - hours{1}, {contact(flow_from(9, 23))});
  const std::string output = folder_.add("report.html", "what was there");
  ASSERT_EQ(run_report({.store = path(), .output = output}), 0);
  const std::string html = read_file(output);
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(html.ends_with("</html>\n"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    files += entry.path().filename().string().starts_with("report.html") ? 1 : 0;
  EXPECT_EQ(files, 1U) << "no temporary file is left";
}

TEST_F(ReportOfStore, OnErrorsLeavesTheFile) {
  const std::string output = folder_.add("report.html", "what was there");
  EXPECT_EQ(run_report({.store = path(), .output = output}), 1) << "there is no store";
  const std::string other = folder_.add("other.db", "something else altogether, and long enough\n");
  EXPECT_EQ(run_report({.store = other, .output = output}), 1);
  EXPECT_EQ(read_file(output), "what was there");
  record(now, {});
  EXPECT_EQ(run_report({.store = path(), .output = folder_.path() + "/no/such.html"}), 1);
  EXPECT_EQ(run_report({.store = path(), .output = "/dev/full"}), 1);
  struct stat status {};
  ASSERT_EQ(stat("/dev/full", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode)) << "a device is written to, not replaced";
}

}  // namespace
}  // namespace apiary
