#include "event/event_aggregator.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "event/event_text.h"

namespace apiary {
namespace {

const Instant start{seconds{1'700'000'000}};
const FlowKey flow{
    {IpAddress::v4(192, 0, 2, 9), {40000}}, {IpAddress::v4(10, 1, 0, 2), {23}}, IpProtocol::tcp};

class RecorderTest : public testing::Test {
 protected:
  std::vector<std::string> lines() {
    std::vector<std::string> lines;
    for (const Event& event : aggregator_.take())
      lines.push_back(std::string(to_string(event.kind())) + ": " + event_text(event));
    return lines;
  }
  void turn(std::vector<EngineEvent> events, std::vector<ServiceCommand> commands = {},
            std::vector<ServiceMessage> messages = {}) {
    aggregator_.on_turn(now_, {events, commands, messages});
  }

  void note(std::string_view text) {
    aggregator_.on_note(now_,
                        {.session = session_, .flow = flow, .service = "login.pl", .text = text});
  }

  Instant now_ = start;
  EventAggregator aggregator_{
      {.daemon = 7, .template_of = [](const FlowKey&, Instant) { return "router"; }}};
  SessionId session_ = make_session_id(IpProtocol::tcp, {}, 0);
};

using Lines = std::vector<std::string>;

TEST_F(RecorderTest, ConversationsThatTheHostBeganAreOutbound) {
  turn({FlowOpened{.at = now_, .flow = flow, .template_name = "router", .is_outbound = true}},
       {OpenSession{.session = session_, .flow = flow, .request = 1}});
  turn({}, {}, {ServiceOutput{session_, as_bytes("GET /")}});
  turn({FlowClosed{.at = now_, .flow = flow, .opened = start, .is_outbound = true}});
  turn({FlowOpened{now_, flow, "router"}});  // the same ends, begun by a visitor
  std::vector<std::pair<std::string, bool>> found;
  for (const Event& event : aggregator_.take()) {
    found.emplace_back(event_text(event), event.is_outbound);
    EXPECT_EQ(source_of(event) == IpAddress{}, event.is_outbound) << "such events have no visitor";
  }
  const std::string ends = "10.1.0.2:23 > 192.0.2.9:40000 tcp: ";
  EXPECT_EQ(found, (std::vector<std::pair<std::string, bool>>{
                       {ends + "connected by router", true},
                       {ends + "sent 5 bytes, \"GET /\"", true},
                       {ends + "closed after 0.0 s; 0 bytes received, 0 bytes sent", true},
                       {"192.0.2.9:40000 > 10.1.0.2:23 tcp: connected to router", false}}));
}

TEST_F(RecorderTest, RecordsAConversationWithItsBytes) {
  turn({FlowOpened{now_, flow, "router"}}, {OpenSession{.session = session_, .flow = flow}});
  turn({}, {}, {ServiceOutput{session_, as_bytes("login: ")}});
  turn({}, {DeliverInput{session_, as_bytes("ad")}});
  turn({}, {DeliverInput{session_, as_bytes("min\r\n")}});
  now_ += seconds{2};
  turn({FlowClosed{.at = now_,
                   .flow = flow,
                   .opened = start,
                   .received_bytes = 7,
                   .sent_bytes = 10,
                   .end = FlowEndReason::closed}},
       {CloseSession{session_}}, {ServiceOutput{session_, as_bytes("bye")}});
  EXPECT_EQ(lines(),
            (Lines{"flow_start: 192.0.2.9:40000 > 10.1.0.2:23 tcp: connected to router",
                   "payload: 192.0.2.9:40000 > 10.1.0.2:23 tcp: sent 7 bytes, \"login: \"",
                   "payload: 192.0.2.9:40000 > 10.1.0.2:23 tcp: received 7 bytes, "
                   "\"admin\\x0d\\x0a\"",
                   "payload: 192.0.2.9:40000 > 10.1.0.2:23 tcp: sent 3 bytes, \"bye\"",
                   "flow_end: 192.0.2.9:40000 > 10.1.0.2:23 tcp: closed after 2.0 s; 7 bytes "
                   "received, 10 bytes sent"}));
}

TEST_F(RecorderTest, ReferencesTheStartOfTheFlow) {
  turn({FlowOpened{now_, flow, "router"}});
  aggregator_.on_note(now_, {.flow = flow,
                             .service = "login.pl",
                             .text = "login attempt user=\"a\\\"b\" password=\"\\x00\""});
  turn({FlowClosed{.at = now_, .flow = flow, .opened = now_}});
  const std::vector<Event> events = aggregator_.take();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(std::get<events::Note>(events[1].body).start, events[0].id);
  const auto& tried = std::get<events::Credential>(events[2].body);
  EXPECT_EQ(tried.start, events[0].id);
  EXPECT_EQ(tried.user, "a\"b");
  EXPECT_EQ(tried.password, std::string(1, '\0'));
  EXPECT_EQ(std::get<events::FlowEnd>(events[3].body).start, events[0].id);
}

TEST_F(RecorderTest, EmitsInputBeforeTheOutputThatItCaused) {
  turn({FlowOpened{now_, flow, "router"}}, {OpenSession{.session = session_, .flow = flow}});
  turn({}, {DeliverInput{session_, as_bytes("root\r\n1234\r\n")}});
  note("login attempt user=\"root\" password=\"1234\"");
  turn({}, {}, {ServiceOutput{session_, as_bytes("no")}});
  std::vector<EventKind> kinds;
  for (const Event& event : aggregator_.take()) kinds.push_back(event.kind());
  EXPECT_EQ(kinds, (std::vector{EventKind::flow_start, EventKind::payload, EventKind::note,
                                EventKind::credential}));
}

TEST_F(RecorderTest, KnowsTheConversationOfANoteThatComesWhenItIsOver) {
  turn({FlowOpened{now_, flow, "router"}}, {OpenSession{.session = session_, .flow = flow}});
  turn({FlowClosed{.at = now_, .flow = flow, .opened = now_}}, {CloseSession{session_}});
  // Another visitor has the port by now.
  turn({FlowOpened{now_, flow, "router"}}, {OpenSession{.session = {2}, .flow = flow}});
  aggregator_.on_note(now_, {.session = session_,
                             .flow = flow,
                             .text = "killed by signal 11 (Segmentation fault)",
                             .exit = ServiceExit{.signal = 11}});
  const auto events = aggregator_.take();
  ASSERT_EQ(events.size(), 4U);
  const auto& note = std::get<events::Note>(events[3].body);
  EXPECT_EQ(note.start, events[0].id);
  EXPECT_EQ(note.exit->signal, 11);
}

TEST_F(RecorderTest, ANoteOfAForgottenConversationIsNotThatOfTheFlowsNextOne) {
  turn({FlowOpened{now_, flow, "router"}},
       {OpenSession{.session = make_session_id(IpProtocol::tcp, {}, 1), .flow = flow}});
  note("killed by signal 11");  // of the first slot, whose start nobody knows any more
  const auto events = aggregator_.take();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<events::Note>(events[1].body).start, EventId{});
}

TEST_F(RecorderTest, WhatIsOfAnotherProtocolIsNoCredential) {
  struct Case {
    const char *name, *user, *password;
    bool is_login;
  };
  for (const Case& c : {
           Case{"a login", "root", "1234", true},
           Case{"no password", "root", "", true},
           Case{"no name", "", "1234", true},
           Case{"a name of several words", "GET me in", "x", true},
           Case{"a password that steers", "root", "\\x1b[2J", true},
           Case{"a name in Latin 1", "m\\xfcller", "x", true},
           Case{"an address", "root@10.0.0.5", "a/b", true},
           Case{"a path", "/bin/busybox MIRAI", "x", true},
           Case{"a request of HTTP", "GET / HTTP/1.0", "", false},
           Case{"with its field for a password", "GET / HTTP/1.1", "Host: 10.0.0.5", false},
           Case{"of RTSP", "OPTIONS / RTSP/1.0", "", false},
           Case{"of SIP", "OPTIONS sip:nm SIP/2.0", "Via: x", false},
           Case{"a field of HTTP", "User-Agent: curl", "Accept: */*", false},
           Case{"a hello of TLS", "\\x16\\x03\\x01\\x00\\xee", "h2", false},
           Case{"of SMB", "\\x00\\x00\\x00/\\xffSMBr", "", false},
           Case{"of RDP", "\\x03\\x00\\x00\\x0b\\x06\\xe0", "x", false},
           Case{"of SSH", "SSH-2.0-Go", "x", false},
           Case{"of SMTP", "EHLO scanner", "MAIL FROM:<a@b>", false},
           Case{"of Redis", "*1", "$4", false},
           Case{"empty lines", "", "", false},
       }) {
    SCOPED_TRACE(c.name);
    turn({FlowOpened{now_, flow, "router"}}, {OpenSession{.session = session_, .flow = flow}});
    note(fmt::format("login attempt user=\"{}\" password=\"{}\"", c.user, c.password));
    turn({FlowClosed{.at = now_, .flow = flow, .opened = now_}}, {CloseSession{session_}});
    int notes = 0, credentials = 0;
    for (const Event& event : aggregator_.take()) {
      notes += event.kind() == EventKind::note;
      credentials += event.kind() == EventKind::credential;
    }
    EXPECT_EQ(notes, 1) << "the note is an event in any case";
    EXPECT_EQ(credentials, c.is_login);
    session_.value++;
  }
}

TEST_F(RecorderTest, AfterAnotherProtocolNothingIsACredentialInThatConversation) {
  turn({FlowOpened{now_, flow, "router"}}, {OpenSession{.session = session_, .flow = flow}});
  aggregator_.take();
  note("login attempt user=\"POST / HTTP/1.1\" password=\"\"");
  note("login attempt user=\"name=x\" password=\"more\"");
  for (const Event& event : aggregator_.take()) EXPECT_EQ(event.kind(), EventKind::note);
}

TEST_F(RecorderTest, EmitsAPieceAfterASecondOrWhenItIsLarge) {
  turn({FlowOpened{now_, flow, "router"}});
  aggregator_.take();
  turn({PayloadReceived{now_, flow, as_bytes("x")}});
  EXPECT_TRUE(lines().empty());
  EXPECT_EQ(aggregator_.next_due(), now_ + Transcripts::patience);
  now_ += Transcripts::patience;
  aggregator_.on_time(now_);
  EXPECT_EQ(lines().size(), 1U);

  const std::string much(Transcripts::piece_bytes + 1, 'y');
  turn({PayloadReceived{now_, flow, as_bytes(much)}});
  const auto events = aggregator_.take();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<events::Payload>(events[0].body).bytes.size(), Transcripts::piece_bytes);
  EXPECT_EQ(std::get<events::Payload>(events[0].body).offset, 1U);
}

TEST_F(RecorderTest, RecordsOnlyTheBeginningOfASide) {
  turn({FlowOpened{now_, flow, "router"}});
  const std::string much(20'000, 'y');
  for (int i = 0; i < 10; ++i) turn({PayloadReceived{now_, flow, as_bytes(much)}});
  turn({FlowClosed{.at = now_, .flow = flow, .opened = now_, .received_bytes = 200'000}});
  std::uint64_t bytes = 0;
  for (const Event& event : aggregator_.take()) {
    if (const auto* const piece = std::get_if<events::Payload>(&event.body)) {
      EXPECT_EQ(piece->offset, bytes);
      bytes += piece->bytes.size();
    }
    if (const auto* const end = std::get_if<events::FlowEnd>(&event.body)) {
      EXPECT_TRUE(end->cut);
    }
  }
  EXPECT_EQ(bytes, Transcripts::max_transcript_bytes);
}

TEST_F(RecorderTest, SeparatesTwoVisitorsOfOnePortInATurn) {
  turn({FlowOpened{now_, flow, "router"}});
  turn({FlowClosed{.at = now_, .flow = flow, .opened = now_}, FlowOpened{now_, flow, "router"}});
  turn({FlowClosed{.at = now_, .flow = flow, .opened = now_}});
  const auto events = aggregator_.take();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(std::get<events::FlowEnd>(events[1].body).start, events[0].id);
  EXPECT_EQ(std::get<events::FlowEnd>(events[3].body).start, events[2].id);
}

TEST_F(RecorderTest, CapsUdpFlowsPerSecond) {
  const auto flow_of = [](std::uint32_t number, IpProtocol protocol) {
    return FlowKey{{IpAddress::v4((198U << 24) + number), {4000}}, flow.local, protocol};
  };
  constexpr std::uint32_t most = EventAggregator::datagram_flows_per_second, flood = 3 * most;
  std::vector<EngineEvent> opened, closed;
  for (std::uint32_t i = 0; i < flood; ++i) {
    opened.push_back(FlowOpened{now_, flow_of(i, IpProtocol::udp), "router"});
    closed.push_back(FlowClosed{.at = now_ + minutes{1}, .flow = flow_of(i, IpProtocol::udp)});
  }
  opened.push_back(FlowOpened{now_, flow_of(flood, IpProtocol::tcp), "router"});
  turn(opened);
  now_ += minutes{1};
  aggregator_.on_time(now_);
  turn(closed);
  std::map<EventKind, std::uint64_t> count;
  for (const Event& event : aggregator_.take()) {
    ++count[event.kind()];
    if (const auto* limit = std::get_if<events::Limit>(&event.body))
      EXPECT_EQ(limit->count, flood - most);
  }
  EXPECT_EQ(count[EventKind::flow_start], most + 1) << "who shook hands has a limit of its own";
  EXPECT_EQ(count[EventKind::flow_end], most);
  EXPECT_EQ(count[EventKind::limit], 1U);
}

TEST_F(RecorderTest, EvictedUdpFlowsHaveTheSameRateCap) {
  constexpr std::uint32_t flows = 65'536, in_a_turn = 256;
  const auto flow_of = [](std::uint32_t number) {
    return FlowKey{{IpAddress::v4((198U << 24) + number), {4000}}, flow.local, IpProtocol::udp};
  };
  for (std::uint32_t i = 0; i < flows + 20'000; i += in_a_turn) {
    std::vector<EngineEvent> events;
    for (std::uint32_t k = i; k < i + in_a_turn; ++k) {
      if (k >= flows) events.push_back(FlowClosed{.at = now_, .flow = flow_of(k - flows)});
      events.push_back(FlowOpened{now_, flow_of(k), "router"});
    }
    turn(events);
    aggregator_.on_time(now_);
  }
  std::map<EventKind, std::uint64_t> count;
  for (const Event& event : aggregator_.take()) ++count[event.kind()];
  EXPECT_EQ(count[EventKind::flow_start], EventAggregator::datagram_flows_per_second);
  EXPECT_EQ(count[EventKind::flow_end], EventAggregator::datagram_flows_per_second);
}

TEST_F(RecorderTest, AFloodOfHandshakesIsOneScanEvent) {
  constexpr std::uint32_t most = EventAggregator::stream_flows_per_second, flood = 3 * most;
  std::vector<EngineEvent> opened, closed;
  for (std::uint32_t i = 0; i < flood; ++i) {
    const FlowKey each{{IpAddress::v4((198U << 24) + i), {4000}}, flow.local, IpProtocol::tcp};
    opened.push_back(FlowOpened{now_, each, "router"});
    closed.push_back(FlowClosed{.at = now_ + minutes{1}, .flow = each});
  }
  turn(opened);
  now_ += minutes{1};
  turn(closed);
  now_ += minutes{1};
  aggregator_.on_time(now_);
  std::map<EventKind, std::uint64_t> count;
  std::uint64_t left_out = 0;
  for (const Event& event : aggregator_.take()) {
    ++count[event.kind()];
    if (const auto* limit = std::get_if<events::Limit>(&event.body)) left_out += limit->count;
  }
  EXPECT_EQ(count[EventKind::flow_start], most);
  EXPECT_GE(count[EventKind::flow_end], most) << "flow_end events";
  EXPECT_EQ(left_out + count[EventKind::flow_start] + count[EventKind::flow_end], 2 * flood)
      << "events left out are counted";
}

TEST_F(RecorderTest, GivesIdsThatSort) {
  for (int i = 0; i < 1000; ++i) {
    if (i % 100 == 0) now_ += milliseconds{1};
    aggregator_.emit(now_ - milliseconds{i % 3}, events::DaemonEvent{.text = "x"});
  }
  const auto events = aggregator_.take();
  for (std::size_t i = 1; i < events.size(); ++i) {
    EXPECT_LT(events[i - 1].id, events[i].id);
    EXPECT_LT(to_string(events[i - 1].id), to_string(events[i].id));
  }
  EXPECT_EQ(to_string(events[0].id).size(), 26U);
}

TEST_F(RecorderTest, EmitsLimitsAtIntervals) {
  Counters counters;
  counters.count(DropReason::connection_limit);
  aggregator_.on_counters(now_, counters);
  for (int i = 0; i < 5; ++i) counters.count(DropReason::connection_limit);
  aggregator_.on_counters(now_ + seconds{1}, counters);
  aggregator_.on_counters(now_ + EventAggregator::limits_interval, counters);
  EXPECT_EQ(lines(), (Lines{"limit: limit reached: too many connections, 1 time (1 in all)",
                            "limit: limit reached: too many connections, 5 times (6 in all)"}));
}

TEST_F(RecorderTest, EmitsOnlyWantedKinds) {
  aggregator_.want({EventKind::packet});
  turn({ProbeReceived{
      .at = now_, .flow = flow, .type = ProbeType::connection_request, .size_bytes = 60}});
  EXPECT_EQ(lines(),
            (Lines{"packet: 192.0.2.9:40000 > 10.1.0.2:23 tcp: connection request, 60 bytes"}));
}

}  // namespace
}  // namespace apiary
