// visitors INTERFACE GATEWAY_MAC SECONDS TOGETHER: TOGETHER visitors, each with one conversation
// after another with port 7 of 10.0.0.0/16: handshake, 100 bytes that come back, FIN both ways.
// Prints how many conversations ended so in a second, without the first fifth of the time, and how
// many were reset or given up after a second of silence.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "visitor_wire.h"

using namespace apiary;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint32_t first_source = 0xc6120000, first_host = 0x0a000000, hosts = 1U << 16;
constexpr std::uint16_t first_port = 20'000, ports = 40'000;
constexpr std::size_t message_bytes = 100;
constexpr auto patience = std::chrono::seconds(1);

struct Visitor {
  SeqNumber next, host_next;
  std::uint16_t port = first_port;
  std::uint16_t echoed_bytes = 0;
  bool is_open = false;
  Clock::time_point since;  // the last progress
};

class Visitors {
 public:
  Visitors(VisitorWire& wire, std::size_t count) : wire_(wire), visitors_(count) {}

  void run(double seconds) {
    const auto start = Clock::now();
    const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    now_ = start;
    for (std::uint32_t who = 0; who < visitors_.size(); ++who) begin(who);
    std::uint64_t before = 0;
    double measured_since = 0;
    auto looked = start;
    while (passed() < seconds) {
      if (measured_since == 0 && passed() >= seconds / 5) {
        measured_since = passed();
        before = done_;
      }
      wire_.flush();
      now_ = Clock::now();
      wire_.receive(1, [&](const IpDatagram& datagram, const TcpSegment& segment) {
        const std::uint32_t who = datagram.destination.v4_value() - first_source;
        if (who < visitors_.size() && segment.destination_port.number == visitors_[who].port)
          on_segment(who, segment);
      });
      if (now_ - looked > patience / 4) {
        looked = now_;
        give_up_silent();
      }
    }
    std::printf("finished %.0f\nreset %llu\ngiven_up %llu\n",
                static_cast<double>(done_ - before) / (passed() - measured_since),
                static_cast<unsigned long long>(resets_),
                static_cast<unsigned long long>(given_up_));
  }

 private:
  void begin(std::uint32_t who) {
    Visitor& one = visitors_[who];
    one.port = static_cast<std::uint16_t>(first_port + (one.port - first_port + 1) % ports);
    one.next = SeqNumber{who * 2'654'435'761U + one.port};
    one.echoed_bytes = 0;
    one.is_open = false;
    send(who, tcp_flag::syn, {});
    one.next = one.next + 1;
  }

  void give_up_silent() {
    for (std::uint32_t who = 0; who < visitors_.size(); ++who) {
      if (now_ - visitors_[who].since < patience) continue;
      ++given_up_;
      begin(who);
    }
  }

  void send(std::uint32_t who, std::uint8_t flags, Bytes payload) {
    Visitor& one = visitors_[who];
    one.since = now_;
    wire_.send(IpAddress::v4(first_source + who), IpAddress::v4(first_host + who * 40'503U % hosts),
               {.source_port = {one.port},
                .destination_port = {7},
                .sequence = one.next,
                .acknowledgment = one.host_next,
                .flags = flags,
                .window = 65'535,
                .options = visitor_options(flags),
                .payload = payload});
  }

  void on_segment(std::uint32_t who, const TcpSegment& segment) {
    static const std::string text(message_bytes, 'a');
    Visitor& one = visitors_[who];
    if (segment.has(tcp_flag::rst)) {
      ++resets_;
      return begin(who);
    }
    if (segment.has(tcp_flag::syn)) {
      if (one.is_open) return;
      one.is_open = true;
      one.host_next = segment.sequence + 1;
      send(who, tcp_flag::ack | tcp_flag::psh, as_bytes(text));
      one.next = one.next + message_bytes;
      return;
    }
    if (!one.is_open || segment.sequence != one.host_next) return;
    one.host_next = one.host_next + segment.length();
    if (!segment.payload.empty()) {
      one.echoed_bytes = static_cast<std::uint16_t>(one.echoed_bytes + segment.payload.size());
      if (one.echoed_bytes < message_bytes) return;
      send(who, tcp_flag::ack | tcp_flag::fin, {});
      one.next = one.next + 1;
    }
    if (!segment.has(tcp_flag::fin)) return;
    send(who, tcp_flag::ack, {});
    ++done_;
    begin(who);
  }

  VisitorWire& wire_;
  std::vector<Visitor> visitors_;
  std::uint64_t done_ = 0, resets_ = 0, given_up_ = 0;
  Clock::time_point now_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) fail("visitors INTERFACE GATEWAY_MAC SECONDS TOGETHER");
  VisitorWire wire(argv[1], argv[2]);
  Visitors visitors(wire, std::strtoul(argv[4], nullptr, 10));
  visitors.run(std::atof(argv[3]));
  return 0;
}
