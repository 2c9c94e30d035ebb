#include "http/csv.h"

#include <gtest/gtest.h>

#include <array>

#include "http/export.h"

namespace apiary {
namespace {

TEST(Csv, SpellsCellsSoThatNobodyTakesThemForFormulas) {
  const struct {
    const char* name;
    const char* value;
    const char* cell;
  } cases[] = {
      {"a word", "root", "root"},
      {"an address", "192.0.2.1", "192.0.2.1"},
      {"nothing", "", ""},
      {"a comma", "a,b", "\"a,b\""},
      {"quotation marks", "say \"x\"", "\"say \"\"x\"\"\""},
      {"a line end", "a\nb", "\"a\nb\""},
      {"a formula", "=HYPERLINK(\"http://evil\")", "\"'=HYPERLINK(\"\"http://evil\"\")\""},
      {"a sum", "+1+1", "\"'+1+1\""},
      {"a difference", "-1", "\"'-1\""},
      {"an at sign", "@SUM(A1)", "\"'@SUM(A1)\""},
      {"a tab before a formula", "\t=1", "\"'\t=1\""},
      {"a carriage return before a formula", "\r=1", "\"'\r=1\""},
      {"a line feed before a formula", "\n=1", "\"'\n=1\""},
      {"a wide equals sign", "\uff1d1", "\"'\uff1d1\""},
      {"a formula behind a separator", "a;=1", "\"a;=1\""},
      {"a sign within", "a=b", "a=b"},
  };
  for (const auto& c : cases) {
    std::string cell;
    append_csv_cell(cell, c.value);
    EXPECT_EQ(cell, c.cell) << c.name;
  }
}

const Instant began{seconds{1'764'047'640}};
const FlowKey telnet{
    {IpAddress::v4(192, 0, 2, 9), {4'000}}, {IpAddress::v4(10, 1, 0, 2), {23}}, IpProtocol::tcp};

class ExportTest : public testing::Test {
 protected:
  EventId add(EventBody what) {
    const Event event{ids.next(now), now, std::move(what)};
    now += seconds{1};
    feed->add(std::array{&event});
    return event.id;
  }
  std::string exported(const EventFilter& filter, ExportFormat format) {
    const HttpResponse answer = export_events(feed, filter, format);
    std::string all, more;
    StreamState state = StreamState::more_now;
    while (state != StreamState::over) {
      more.clear();
      state = answer.stream(more);
      all += more;
    }
    return all;
  }

  EventIds ids{1};
  Instant now = began;
  std::shared_ptr<LiveFeed> feed =
      std::make_shared<LiveFeed>(EcsEncoder({"1", "hive"}), HashKey{1, 2}, began);
};

TEST_F(ExportTest, OfEventsIsOldestFirstAndComplete) {
  for (int i = 0; i < 1'200; ++i) add(events::Contact{.flow = telnet});
  const EventId id = add(events::FlowStart{telnet, "router"});
  add(events::Credential{telnet, id, "telnet", "=cmd|' /C calc'!A0", "secret"});

  const auto json = nlohmann::json::parse(exported({}, ExportFormat::json));
  ASSERT_EQ(json["events"].size(), 1'202U);
  EXPECT_LT(json["events"][0]["event"]["id"], json["events"][1'201]["event"]["id"]);

  EventFilter filter;
  filter.kinds = {EventKind::credential};
  const std::string csv = exported(filter, ExportFormat::csv);
  EXPECT_TRUE(
      csv.starts_with("time,id,kind,source,source_port,host,host_port,transport,user,"
                      "password,message\r\n2025-11-25T05:3"))
      << csv;
  EXPECT_NE(csv.find(",credential,192.0.2.9,4000,10.1.0.2,23,tcp,\"'=cmd|' /C calc'!A0\",secret,"),
            std::string::npos)
      << csv;
  EXPECT_EQ(nlohmann::json::parse(exported({.port = 99}, ExportFormat::json))["events"].size(), 0U);
}

TEST_F(ExportTest, OfConversationsHasTimesThatASpreadsheetReads) {
  const EventId id = add(events::FlowStart{telnet, "router"});
  add(events::FlowEnd{.flow = telnet, .start = id, .received_bytes = 5, .sent_bytes = 40});
  add(events::FlowStart{telnet, "router"});
  const HttpResponse answer = export_sessions(feed->sessions_json(10), ExportFormat::csv);
  EXPECT_NE(answer.body.find("\r\n2025-11-25T05:14:00.000Z,2025-11-25T05:14:01.000Z,"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find("\r\n2025-11-25T05:14:02.000Z,,"), std::string::npos);
  EXPECT_TRUE(answer.file_name.starts_with("apiary-sessions-20"));
  EXPECT_TRUE(answer.file_name.ends_with("Z.csv"));
}

}  // namespace
}  // namespace apiary
