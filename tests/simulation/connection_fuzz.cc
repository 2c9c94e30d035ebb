// Turns bytes into steps of a visitor, output of its service, and time. For any input, the engine
// sends only valid packets and keeps its promises to services.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "packet_check.h"
#include "service_source.h"
#include "storm.h"
#include "visitor_memory.h"
#include "wire/decode.h"
#include "wire/icmp.h"
#include "wire/udp.h"

namespace apiary::simulation {
namespace {

using Bytestring = std::vector<std::uint8_t>;

/// A step of six bytes.
struct Step {
  std::uint8_t what, a, b, c, d, e;
};

class Visit {
 public:
  explicit Visit(std::shared_ptr<const Honeynet> honeynet, std::uint8_t seed)
      : engine_(std::move(honeynet), settings_), services_(seed), random_(seed) {}

  void take(const Step& step) {
    switch (step.what % 6) {
      case 0:
        return ask_for_connection(step);
      case 1:
        return go_on(step);
      case 2:
        return services_.speak(now_, engine_, out_), execute_command();
      case 3:
        return pass_time(step);
      case 4:
        return report_trouble(step);
      case 5:
        return send_datagram(step);
    }
  }

 private:
  void ask_for_connection(const Step& step) {
    TcpOptionBytes options;
    if (step.b & 1) options.put_mss(static_cast<std::uint16_t>(step.c * 16));
    if (step.b & 2) options.put_window_scale(step.d % 16);
    if (step.b & 4) options.put_sack_permitted();
    if (step.b & 8) options.put_timestamps({step.c, 0});
    options.pad();
    send_segment({{visitor_, {static_cast<std::uint16_t>(1000 + step.a % 4)}},
                  {step.b & 16 ? IpAddress::v4(10, 1, 0, 2) : IpAddress::v4(10, 0, 0, 2), {23}},
                  {0xffffff00U + step.a},
                  {}},
                 {.flags = tcp_flag::syn, .window = wide(step.e), .options = options.bytes()});
  }

  void go_on(const Step& step) {
    auto conversation = memory_.any(random_);
    if (!conversation) return;
    const bool is_far = (step.a & tcp_flag::urg) != 0;
    conversation->visitor_next = moved(conversation->visitor_next, step.b, is_far);
    conversation->host_next = moved(conversation->host_next, step.c, is_far);
    const Bytestring payload(step.d * 8U % 1400, 'v');
    send_segment(
        *conversation,
        {.flags = step.a, .window = wide(step.e), .urgent_pointer = step.d, .payload = payload});
  }

  void pass_time(const Step& step) {
    now_ += step.b & 0x80 ? Duration{seconds{step.a}} : Duration{milliseconds{step.a}};
    if (engine_.next_deadline() <= now_) engine_.on_time(now_, out_);
    execute_command();
  }

  /// An ICMP error about the conversation.
  void report_trouble(const Step& step) {
    const auto conversation = memory_.any(random_);
    if (!conversation) return;
    Bytestring quote(28);
    emit_ip_header({.source = conversation->host.address,
                    .destination = conversation->visitor.address,
                    .protocol = 6},
                   8, quote);
    auto& header = *reinterpret_cast<wire::QuotedTcpHeader*>(quote.data() + 20);
    header.source_port = conversation->host.port.number;
    header.destination_port = conversation->visitor.port.number;
    header.sequence = moved(conversation->host_next, step.c, false).value;
    const IcmpMessage message{step.a, step.b, static_cast<std::uint32_t>(step.d << 8 | step.e),
                              quote};
    Bytestring bytes(icmp_size_bytes(message));
    emit_icmp(message, bytes);
    send(1, conversation->host.address, bytes);
  }

  void send_datagram(const Step& step) {
    const Bytestring payload(step.b, 'u');
    const UdpDatagram datagram{
        {static_cast<std::uint16_t>(2000 + step.a % 4)}, {53}, true, payload};
    Bytestring bytes(udp_size_bytes(datagram));
    const IpAddress host = IpAddress::v4(10, 0, 0, 2);
    emit_udp(datagram, visitor_, host, bytes);
    send(17, host, bytes);
  }

  static std::uint16_t wide(std::uint8_t window) { return static_cast<std::uint16_t>(window << 8); }
  /// A value near the right one, or far away.
  static SeqNumber moved(SeqNumber number, std::uint8_t by, bool is_far) {
    const auto step = static_cast<std::uint32_t>(static_cast<std::int8_t>(by));
    return number + (is_far ? step << 24 : step);
  }

  void send_segment(const Conversation& conversation, TcpSegment segment) {
    segment.source_port = conversation.visitor.port;
    segment.destination_port = conversation.host.port;
    segment.sequence = conversation.visitor_next;
    segment.acknowledgment = conversation.host_next;
    Bytestring bytes(tcp_size_bytes(segment));
    emit_tcp(segment, conversation.visitor.address, conversation.host.address, bytes);
    send(6, conversation.host.address, bytes);
  }

  void send(std::uint8_t protocol, const IpAddress& host, Bytes payload) {
    Bytestring frame(20 + payload.size());
    emit_ip_header({.source = visitor_, .destination = host, .protocol = protocol}, payload.size(),
                   frame);
    std::copy(payload.begin(), payload.end(), frame.begin() + 20);
    engine_.on_frame(now_, {}, {frame}, out_);
    execute_command();
  }

  void execute_command() {
    for (const apiary::Packet& packet : out_.packets) {
      if (const auto fault = fault_of(packet, settings_)) fail(*fault);
      const auto decoded = decode_frame(packet.bytes(), LinkLayer::raw_ip);
      const auto& datagram = std::get<IpDatagram>(decoded->content);
      if (!datagram.is(IpProtocol::tcp) || datagram.is_fragment()) continue;
      if (const auto segment = parse_tcp(datagram.payload)) memory_.note(datagram, *segment);
    }
    for (const ServiceCommand& command : out_.services)
      if (const auto fault = services_.take(command)) fail(*fault);
    out_.clear();
  }

  [[noreturn]] static void fail(const std::string& fault) {
    fmt::print(stderr, "{}\n", fault);
    std::abort();
  }

  const IpAddress visitor_ = IpAddress::v4(192, 0, 2, 1);
  const EngineSettings settings_ = storm_settings(1);
  Engine engine_;
  Outbox out_;
  ServiceSource services_;
  VisitorMemory memory_;
  Random random_;
  Instant now_{seconds{1'700'000'000}};
};

}  // namespace
}  // namespace apiary::simulation

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiary::simulation;
  static const auto honeynet = storm_honeynet().value();
  if (size == 0) return 0;
  const auto visit = std::make_unique<Visit>(honeynet, data[0]);
  for (std::size_t at = 1; at + 6 <= size && at < 6 * 300; at += 6)
    visit->take({data[at], data[at + 1], data[at + 2], data[at + 3], data[at + 4], data[at + 5]});
  return 0;
}
