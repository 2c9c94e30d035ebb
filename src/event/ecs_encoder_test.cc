#include "event/ecs_encoder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "event/base64.h"
#include "event/community_id.h"
#include "event/testing/sample_events.h"

namespace apiary {
namespace {

nlohmann::json json_of(const Event& event) {
  std::string text;
  EcsEncoder({"1.2.3", "hive"}).append(text, event);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  return nlohmann::json::parse(text);  // throws at what is no JSON, or no UTF-8
}

Event event_of(EventBody what) {
  return {{1, 2}, Instant{nanoseconds{1'764'047'640'123'456'789}}, std::move(what)};
}

TEST(CommunityId, IsThatOfTheSpecification) {
  const auto id = [](const FlowKey& flow, std::uint8_t type = 8, std::uint8_t code = 0) {
    std::string text;
    append_community_id(text, flow, type, code);
    return text;
  };
  const FlowKey tcp{{IpAddress::v4(128, 232, 110, 120), {34855}},
                    {IpAddress::v4(66, 35, 250, 204), {80}},
                    IpProtocol::tcp};
  EXPECT_EQ(id(tcp), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  EXPECT_EQ(id({tcp.local, tcp.remote, tcp.protocol}), id(tcp));
  EXPECT_EQ(id({{IpAddress::v4(192, 168, 1, 52), {54585}},
                {IpAddress::v4(8, 8, 8, 8), {53}},
                IpProtocol::udp}),
            "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
  const FlowKey ping{
      {IpAddress::v4(192, 168, 0, 89), {}}, {IpAddress::v4(192, 168, 0, 1), {}}, IpProtocol::icmp};
  EXPECT_EQ(id(ping), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
  EXPECT_EQ(id({ping.local, ping.remote, ping.protocol}, 0), id(ping));
}

TEST(EcsEncoder, TheHostIsTheSourceOfAConversationThatItBegan) {
  const FlowKey flow{{IpAddress::v4(192, 0, 2, 9), {80}}, {IpAddress::v4(10, 1, 0, 2), {40000}}};
  Event event =
      event_of(events::FlowEnd{.flow = flow, .received_bytes = 30, .sent_bytes = 20, .end = {}});
  event.is_outbound = true;
  const auto json = json_of(event);
  EXPECT_EQ(json["source"], nlohmann::json::parse(R"({"ip":"10.1.0.2","port":40000,"bytes":20})"));
  EXPECT_EQ(json["destination"],
            nlohmann::json::parse(R"({"ip":"192.0.2.9","port":80,"bytes":30})"));
  EXPECT_EQ(json["network"]["direction"], "outbound");
  event.is_outbound = false;
  EXPECT_FALSE(json_of(event)["network"].contains("direction"));
}

TEST(Base64, IsThatOfRfc4648AndBack) {
  for (const auto& [bytes, text] :
       {std::pair{"", ""}, std::pair{"f", "Zg=="}, std::pair{"fo", "Zm8="},
        std::pair{"foo", "Zm9v"}, std::pair{"foob", "Zm9vYg=="}, std::pair{"\xff\xfe", "//4="}}) {
    std::string written;
    append_base64(written, as_bytes(bytes));
    EXPECT_EQ(written, text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  EXPECT_FALSE(from_base64("Zg"));
  EXPECT_FALSE(from_base64("Z*=="));
}

TEST(RecordJson, HasTheTimeToTheNanosecondInUtc) {
  const auto json = json_of(event_of(events::DaemonEvent{.text = "x"}));
  EXPECT_EQ(json["@timestamp"], "2025-11-25T05:14:00.123456789Z");
}

TEST(RecordJson, HasTheFieldsOfEcs) {
  const Instant opened{nanoseconds{1'764'047'639'123'456'789}};
  const auto json =
      json_of(event_of(events::FlowEnd{.flow = {{IpAddress::v4(192, 0, 2, 9), {40000}},
                                                {IpAddress::v4(10, 1, 0, 2), {80}},
                                                IpProtocol::tcp},
                                       .start = {3, 4},
                                       .opened = opened,
                                       .received_bytes = 81,
                                       .sent_bytes = 477,
                                       .received_packets = 5,
                                       .sent_packets = 4}));
  EXPECT_EQ(json["event"]["action"], "flow_end");
  EXPECT_EQ(json["event"]["duration"], 1'000'000'000);
  EXPECT_EQ(json["event"]["start"], "2025-11-25T05:13:59.123456789Z");
  EXPECT_EQ(json["source"],
            (nlohmann::json{{"ip", "192.0.2.9"}, {"port", 40000}, {"bytes", 81}, {"packets", 5}}));
  EXPECT_EQ(json["destination"]["ip"], "10.1.0.2");
  EXPECT_EQ(json["network"]["transport"], "tcp");
  EXPECT_EQ(json["network"]["bytes"], 558);
  EXPECT_EQ(json["network"]["packets"], 9);
  EXPECT_EQ(json["observer"]["hostname"], "hive");
  EXPECT_EQ(json["apiary"]["flow"], to_string(EventId{3, 4}));
}

TEST(RecordJson, TakesAnyBytes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const FlowKey flow{
      {IpAddress::v4(192, 0, 2, 9), {1}}, {IpAddress::v4(10, 0, 0, 1), {2}}, IpProtocol::tcp};
  const auto json = json_of(event_of(events::Payload{.flow = flow, .bytes = all}));
  EXPECT_EQ(from_base64(json["apiary"]["payload"]["base64"].get<std::string>()), all);
  const std::string preview = json["apiary"]["payload"]["text"];
  EXPECT_EQ(preview.size(), all.size());
  EXPECT_EQ(preview[0x0a], '.');
  EXPECT_EQ(preview['A'], 'A');

  for (const EventBody& what :
       {EventBody{events::Credential{.flow = flow, .user = all, .password = all}},
        EventBody{events::DaemonEvent{.text = all}}, EventBody{events::FlowStart{flow, all}},
        EventBody{events::Note{.flow = flow, .service = all, .text = all}},
        EventBody{events::Contact{.flow = flow, .payload = all, .template_name = all}},
        EventBody{events::EventsLost{.sink = all}}})
    json_of(event_of(what));
}

TEST(RecordJson, KeepsUtf8AndSpellsWhatIsNone) {
  const FlowKey flow{};
  const auto name = [&](const char* text) -> std::string {
    return json_of(event_of(events::FlowStart{flow, text}))["apiary"]["template"];
  };
  EXPECT_EQ(name("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(name("caf\xc3"), "caf\\xc3");
  EXPECT_EQ(name("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(name("\xc0\xaf"), "\\xc0\\xaf") << "longer than need be";
}

TEST(RecordJson, ASubsystemHasNoVisitor) {
  const FlowKey of_host{.remote = {}, .local = {IpAddress::v4(10, 0, 0, 5), {}}};
  const auto note = json_of(event_of(events::Note{.flow = of_host, .service = "nginx"}));
  EXPECT_FALSE(note.contains("source"));
  EXPECT_EQ(note["destination"], (nlohmann::json{{"ip", "10.0.0.5"}}));
  EXPECT_EQ(note["message"], "10.0.0.5 \"nginx\": ");
  const auto attempt = json_of(event_of(events::Attempt{.service = "nginx", .call = "ptrace"}));
  EXPECT_FALSE(attempt.contains("source") || attempt.contains("destination"));
  EXPECT_EQ(attempt["message"], "nginx: tried ptrace: refused");
}

/// tests/events/schema_test.py asks for them in a file.
TEST(RecordJson, SpellsEveryKind) {
  std::string lines;
  std::vector<bool> seen(static_cast<std::size_t>(EventKind::count_));
  for (const Event& event : sample_events()) {
    EXPECT_EQ(json_of(event)["event"]["action"], to_string(event.kind()));
    seen[event.body.index()] = true;
    EcsEncoder({"1.2.3", "hive"}).append(lines, event);
    lines += '\n';
  }
  EXPECT_EQ(std::ranges::count(seen, false), 0) << "a kind has no sample";
  if (const char* const path = std::getenv("APIARY_SAMPLES")) std::ofstream(path) << lines;
}

}  // namespace
}  // namespace apiary
