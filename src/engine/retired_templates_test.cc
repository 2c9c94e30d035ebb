// A conversation keeps its template over reloads, and no longer than it lasts.
#include <gtest/gtest.h>

#include "engine/testing/engine_on_link.h"

namespace apiary {
namespace {

const IpAddress visitor = IpAddress::v4(198, 51, 100, 9);
constexpr Port service{7}, tarpit{9};

HostTemplatePtr machine(std::string name) {
  HostTemplate result{.name = std::move(name),
                      .personality = std::make_shared<const Personality>(generic_personality())};
  const auto cat = std::make_shared<const ServiceSpec>(Script{"cat " + result.name});
  result.tcp_ports = {{service, cat}, {tarpit, TarpitAction{}}};
  result.udp_ports = {{service, cat}};
  return std::make_shared<const HostTemplate>(std::move(result));
}

std::shared_ptr<const Honeynet> honeynet_of(HostTemplatePtr host_template) {
  return std::make_shared<const Honeynet>(
      Honeynet::Parts{.default_template = std::move(host_template)});
}

class RetiredTemplates : public testing::Test, public EngineOnLink {
 protected:
  RetiredTemplates() : RetiredTemplates(machine("first")) {}
  explicit RetiredTemplates(const HostTemplatePtr& first)
      : EngineOnLink(honeynet_of(first)), watched(first), personality(first->personality) {}

  void reload(std::string name = "second") { adopt(honeynet_of(machine(std::move(name)))); }
  /// Destroys the old version.
  void adopt(std::shared_ptr<const Honeynet> honeynet) {
    (void)engine.adopt({std::move(honeynet), engine.claimed()});
  }
  void reload_twice() {
    reload();
    take();
    reload("third");
    take();
  }
  std::size_t answers_to_output(SessionId session) {
    const std::size_t before = sent;
    engine.on_service(now, ServiceOutput{session, as_bytes("answer")}, out);
    take();
    return sent - before;
  }
  void reset(Port port, SeqNumber sequence) {
    send_segment(visitor, {.source_port = {4'000},
                           .destination_port = port,
                           .sequence = sequence,
                           .flags = tcp_flag::rst});
  }
  /// A router reports that the SYN/ACK to `visitor` is too large for a link.
  void report_too_large(SeqNumber sequence) {
    std::vector<std::uint8_t> quoted = {0x45, 0, 0, 44, 0, 0, 0x40, 0, 64, 6, 0, 0};
    for (const IpAddress& address : {host, visitor})
      quoted.insert(quoted.end(), address.bytes().end() - 4, address.bytes().end());
    for (const std::uint32_t word : {std::uint32_t{service.number} << 16 | 4'000, sequence.value})
      for (int shift = 24; shift >= 0; shift -= 8)
        quoted.push_back(static_cast<std::uint8_t>(word >> shift));
    const IcmpMessage message{.type = static_cast<std::uint8_t>(IcmpType::destination_unreachable),
                              .code = icmp_unreachable::fragmentation_needed,
                              .rest = 600,
                              .payload = quoted};
    Words bytes(icmp_size_bytes(message));
    emit_icmp(message, bytes);
    send(1, visitor, bytes);
  }
  std::string template_name() const {
    const ConversationList list = engine.conversations(1);
    return list.latest.empty() ? "" : std::string(list.latest[0].template_name);
  }

  std::weak_ptr<const HostTemplate> watched;  // the first one
  std::weak_ptr<const Personality> personality;
};

TEST_F(RetiredTemplates, AConnectionKeepsItsOwn) {
  const SessionId session = connect(visitor, service);
  reload_twice();
  EXPECT_EQ(template_name(), "first");
  EXPECT_EQ(answers_to_output(session), 1U);
  EXPECT_FALSE(watched.expired());
  reset(service, {1'001});
  EXPECT_EQ(engine.connections(), 0U);
  EXPECT_TRUE(watched.expired());
}

TEST_F(RetiredTemplates, AHalfOpenConnectionHasTheServiceThatItBeganWith) {
  send(6, visitor, tcp(tcp_flag::syn, service, visitor));
  reload_twice();
  one_turn = true;
  send_segment(visitor, {.source_port = {4'000},
                         .destination_port = service,
                         .sequence = {1'001},
                         .acknowledgment = next_sequence,
                         .flags = tcp_flag::ack,
                         .window = 65'535});
  ASSERT_EQ(out.services.size(), 1U);
  EXPECT_EQ(std::get<Script>(*std::get<OpenSession>(out.services[0]).service).command, "cat first");
}

TEST_F(RetiredTemplates, AHalfOpenConnectionKeepsItsOwnOverAnIcmpError) {
  send(6, visitor, tcp(tcp_flag::syn, service, visitor));
  reload_twice();
  report_too_large({next_sequence.value - 1});
  EXPECT_EQ(engine.half_open_connections(), 1U);
  EXPECT_EQ(template_name(), "first");
  EXPECT_FALSE(watched.expired());
}

TEST_F(RetiredTemplates, AreValidUntilTheEndOfTheTurnInWhichTheirLastConversationEnds) {
  send(6, visitor, tcp(tcp_flag::syn, service, visitor));
  reload_twice();
  one_turn = true;
  send_segment(visitor, {.source_port = {4'000},
                         .destination_port = service,
                         .sequence = {1'001},
                         .acknowledgment = next_sequence,
                         .flags = tcp_flag::ack,
                         .window = 65'535});
  reset(service, {1'001});
  engine.on_time(now, out);
  EXPECT_FALSE(watched.expired());
  take();  // reads the name of the template
  EXPECT_EQ(opened_by, std::vector<std::string>{"first"});
  EXPECT_TRUE(watched.expired());
}

TEST_F(RetiredTemplates, AUdpFlowKeepsItsOwn) {
  send(17, visitor, udp(service, visitor, 5));
  ASSERT_EQ(sessions.size(), 1U);
  reload_twice();
  send(17, visitor, udp(service, visitor, 5));
  EXPECT_EQ(sessions.size(), 1U) << "it goes on";
  EXPECT_EQ(template_name(), "first");
  EXPECT_EQ(answers_to_output(sessions[0]), 1U);
  engine.on_service(now, OutputEnded{sessions[0]}, out);
  take();
  EXPECT_TRUE(watched.expired());
}

TEST_F(RetiredTemplates, ATarpittedConnectionKeepsItsOwn) {
  (void)connect(visitor, tarpit);
  EXPECT_EQ(engine.tarpitted_connections(), 1U);
  reload_twice();
  EXPECT_EQ(template_name(), "first");
  const std::size_t before = sent;
  (void)connect(visitor, tarpit);  // a second SYN, which it answers
  EXPECT_GT(sent, before);
  EXPECT_FALSE(watched.expired());
  wait(hours{1});
  EXPECT_EQ(engine.tarpitted_connections(), 0U);
  EXPECT_TRUE(watched.expired());
}

TEST_F(RetiredTemplates, ATarpittedConnectionOutlivesItsHost) {
  (void)connect(visitor, tarpit);
  adopt(std::make_shared<const Honeynet>(Honeynet::Parts{}));
  take();
  const std::size_t before = sent;
  send(6, visitor, tcp(tcp_flag::syn, tarpit, visitor));
  EXPECT_EQ(sent - before, 1U);
  EXPECT_EQ(template_name(), "first");
}

TEST_F(RetiredTemplates, AHostThatOnlyAnsweredPingsKeepsItsPersonality) {
  EXPECT_EQ(answers_to(visitor), 1U);
  reload_twice();
  EXPECT_TRUE(watched.expired()) << "no conversation uses it";
  EXPECT_FALSE(personality.expired()) << "the host's sequences belong to it";
  EXPECT_EQ(answers_to(visitor), 1U);
  EXPECT_TRUE(personality.expired()) << "the host has that of the third version now";
}

TEST_F(RetiredTemplates, TheSameHoneynetMayBeAdoptedAgain) {
  const SessionId session = connect(visitor, service);
  for (int i = 0; i < 3; ++i) {
    adopt(engine.honeynet());
    take();
    (void)connect(IpAddress::v4(198, 51, 100, static_cast<std::uint8_t>(10 + i)), service);
  }
  EXPECT_EQ(engine.connections(), 4U);
  EXPECT_EQ(answers_to_output(session), 1U);
  reload_twice();
  EXPECT_FALSE(watched.expired());
  wait(hours{1});
  EXPECT_EQ(engine.connections(), 0U);
  EXPECT_TRUE(watched.expired());
}

/// The template of all hosts is dynamic, and "first" its choice.
class RetiredChoices : public RetiredTemplates {
 protected:
  RetiredChoices() { adopt(honeynet_of(dynamic("chosen"))); }

  HostTemplatePtr dynamic(std::string name) {
    HostTemplate result{.name = "dynamic", .is_dynamic = true};
    const HostTemplatePtr choice = machine(std::move(name));
    chosen = choice;
    result.choices = {{Otherwise{}, choice}};
    return std::make_shared<const HostTemplate>(std::move(result));
  }
  std::weak_ptr<const HostTemplate> chosen;
};

TEST_F(RetiredChoices, AConversationKeepsTheChoiceItBeganWith) {
  const SessionId session = connect(visitor, service);
  const auto first = chosen;
  for (int i = 0; i < 2; ++i) {
    adopt(honeynet_of(dynamic("later")));
    take();
  }
  EXPECT_EQ(template_name(), "chosen");
  EXPECT_EQ(answers_to_output(session), 1U);
  engine.on_service(now, ServiceFailed{session}, out);
  take();
  EXPECT_TRUE(first.expired());
}

}  // namespace
}  // namespace apiary
