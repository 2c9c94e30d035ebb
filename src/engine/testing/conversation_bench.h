#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/tcp.h"
#include "wire/tcp_options.h"

namespace apiary {

inline const IpAddress bench_host = IpAddress::v4(10, 0, 0, 5);
inline const IpAddress bench_visitor = IpAddress::v4(192, 0, 2, 1);
inline constexpr Port service_port{7}, quiet_port{8}, tarpit_port{9}, blocked_port{10};

/// A visitor at many ports of its own, a host with four kinds of ports, and what the engine
/// reports.
class ConversationBench : public testing::Test {
 protected:
  static std::shared_ptr<const Honeynet> world(std::string template_name) {
    HostTemplate machine{.name = std::move(template_name),
                         .host_name = "mail",
                         .personality = std::make_shared<const Personality>(generic_personality()),
                         .tcp_default = Reset{}};
    machine.tcp_ports = {{service_port, std::make_shared<const ServiceSpec>(Script{"cat"})},
                         {quiet_port, Open{}},
                         {tarpit_port, TarpitAction{}},
                         {blocked_port, Block{}}};
    return std::make_shared<const Honeynet>(Honeynet::Parts{
        .default_template = std::make_shared<const HostTemplate>(std::move(machine))});
  }
  void start(const Limits& limits = {}) { start(world("machine"), limits); }
  void start(std::shared_ptr<const Honeynet> honeynet, const Limits& limits = {}) {
    EngineSettings settings{.interfaces = {{.link_layer = LinkLayer::raw_ip, .name = "lan0"}},
                            .limits = limits,
                            .host_key = {1, 2}};
    settings.claimed.add(*parse_ip_prefix("10.0.0.0/8"));
    engine.emplace(std::move(honeynet), settings);
  }

  /// The visitor's segment, from its port `from`.
  void send(std::uint16_t from, Port to, std::uint8_t flags, std::string_view payload = {}) {
    Visitor& self = visitors[from];
    const TcpSegment segment{.source_port = {from},
                             .destination_port = to,
                             .sequence = self.next,
                             .acknowledgment = self.expected,
                             .flags = flags,
                             .window = self.window,
                             .options = self.options,
                             .payload = as_bytes(payload)};
    self.next = self.next + segment.length();
    const IpDatagram header{.source = bench_visitor, .destination = bench_host, .protocol = 6};
    std::vector<std::uint8_t> bytes(ip_header_size_bytes(header) + tcp_size_bytes(segment));
    emit_ip_header(header, tcp_size_bytes(segment), bytes);
    emit_tcp(segment, bench_visitor, bench_host,
             std::span(bytes).subspan(ip_header_size_bytes(header)));
    engine->on_frame(now, {}, {bytes}, out);
    wait({});
  }
  void connect(std::uint16_t from, Port to) {
    send(from, to, tcp_flag::syn);
    send(from, to, tcp_flag::ack);
  }
  template <class Message>
  void serve(Message message) {
    message.session = session;
    engine->on_service(now, message, out);
    wait({});
  }
  void wait(Duration time) {
    const Instant end = now + time;
    for (; engine->next_deadline() <= end; take()) {
      now = std::max(now, engine->next_deadline());
      engine->on_time(now, out);
    }
    now = end;
    take();
  }
  void take() {
    for (const Packet& packet : out.packets) {
      const auto decoded = decode_frame(packet.bytes(), LinkLayer::raw_ip);
      const auto segment = parse_tcp(std::get<IpDatagram>(decoded->content).payload);
      ++sent;
      sent_bytes += segment->payload.size();
      if (const auto timestamps = parse_tcp_options(segment->options).timestamps)
        timestamp = timestamps->value;
      visitors[segment->destination_port.number].expected = segment->sequence + segment->length();
    }
    for (const ServiceCommand& command : out.services) {
      if (const auto* open = std::get_if<OpenSession>(&command)) {
        session = open->session;
        opened_as = *open;
      }
      if (const auto* grant = std::get_if<GrantOutput>(&command)) granted += grant->bytes;
      closed_sessions += std::holds_alternative<CloseSession>(command);
    }
    for (const EngineEvent& event : out.events) {
      events.push_back(event);
      if (const auto* payload = std::get_if<PayloadReceived>(&event))
        text += as_text(payload->bytes);
    }
    out.clear();
  }
  /// The last event of that type; it fails without one.
  template <class Event>
  Event last() {
    for (std::size_t i = events.size(); i-- > 0;)
      if (const auto* event = std::get_if<Event>(&events[i])) return *event;
    ADD_FAILURE() << "no such event";
    return {};
  }
  std::size_t closed_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(events, [](const EngineEvent& event) {
      return std::holds_alternative<FlowClosed>(event);
    }));
  }
  TableUse table(std::string_view name) const {
    const auto tables = engine->tables();
    return *std::ranges::find(tables, name, &TableUse::name);
  }

  struct Visitor {
    SeqNumber next{1000}, expected{};
    std::uint16_t window = 65535;
    std::vector<std::uint8_t> options{};
  };
  std::optional<Engine> engine;
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  std::map<std::uint16_t, Visitor> visitors;  // by their ports
  std::vector<EngineEvent> events;
  std::string text;  // of PayloadReceived
  SessionId session;
  OpenSession opened_as;
  std::size_t sent = 0, sent_bytes = 0, granted = 0, closed_sessions = 0;
  std::uint32_t timestamp = 0;  // of the last segment that had one
};

}  // namespace apiary
