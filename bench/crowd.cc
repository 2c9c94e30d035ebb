// crowd INTERFACE GATEWAY_MAC CONNECTIONS ACTIVE SECONDS: a crowd of visitors behind one interface.
// They open CONNECTIONS TCP connections to port 7 of 10.0.0.0/16 from 198.18.0.0/15 and hold them.
// ACTIVE of them send 100 bytes per second for SECONDS, and retransmit bytes that are not
// acknowledged within a second with the next ones, as TCP does. Prints the results as lines of
// "name value". Waits for the end of its input before and after the active part.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "visitor_wire.h"

using namespace apiary;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint32_t sources = 1U << 17, ports = 8, hosts = 1U << 16;
constexpr std::uint16_t first_port = 20'000;
constexpr std::size_t batch = PacketSocket::batch;
/// The bytes that a visitor sends per second, and the most per segment.
constexpr std::uint32_t message_bytes = 100, segment_bytes = 1'400;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A visitor's end of a connection.
struct Visitor {
  SeqNumber next, host_next, acked;
  bool is_open = false;
};

class Crowd {
 public:
  Crowd(VisitorWire& wire, std::uint32_t size) : wire_(wire), visitors_(size) {}

  void open_all() {
    const auto start = Clock::now();
    std::uint32_t next = 0;
    // The most SYNs in flight; visitors without a reply retry afterwards.
    constexpr std::uint32_t in_flight = 4'096;
    for (int round = 0; round < 8 && open_ < visitors_.size(); ++round) {
      std::uint32_t asked = open_;
      for (next = 0; next < visitors_.size(); ++next) {
        if (visitors_[next].is_open) continue;
        say(next, tcp_flag::syn, {});
        ++asked;
        for (int patience = 0; asked - open_ > in_flight && patience < 20; ++patience) hear(1);
        if (asked - open_ > in_flight) asked = open_;  // those are lost
        if (next % batch == 0) hear(0);
      }
      wire_.flush();
      for (int i = 0; i < 100 && open_ < visitors_.size(); ++i) hear(2);
    }
    const double seconds = since(start);
    std::printf("opened %u\nopening_seconds %.3f\n", open_, seconds);
    std::fflush(stdout);
  }

  void be_active(std::uint32_t active, int seconds) {
    // Visitors with unacknowledged bytes have three more seconds to retransmit.
    constexpr int patience = 3;
    const auto start = Clock::now();
    const std::uint32_t apart = static_cast<std::uint32_t>(visitors_.size()) / active;
    heard_ = resets_ = 0;
    for (int second = 0; second < seconds + patience; ++second) {
      for (std::uint32_t i = 0; i < active; ++i) {
        speak(i * apart, second < seconds ? message_bytes : 0);
        if (i % batch == 0) hear(0);
        if (i % 1'000 == 0)
          while (since(start) < second + static_cast<double>(i) / active) hear(1);
      }
      wire_.flush();
    }
    const double took = since(start) - patience;
    for (int i = 0; i < 500; ++i) hear(2);
    std::uint64_t said = 0, waiting = 0;
    for (std::uint32_t i = 0; i < active; ++i) {
      const Visitor& one = visitors_[std::size_t{i} * apart];
      if (!one.is_open) continue;
      said += std::uint64_t{message_bytes} * static_cast<std::uint32_t>(seconds);
      waiting += static_cast<std::uint64_t>(one.next.offset_from(one.acked));
    }
    const auto figure = [](const char* name, std::uint64_t value) {
      std::printf("%s %llu\n", name, static_cast<unsigned long long>(value));
    };
    figure("said", said);
    figure("acknowledged", said - waiting);
    figure("again", again_);
    figure("echoed", heard_);
    figure("resets", resets_);
    std::printf("active_seconds %.3f\n", took);
    std::fflush(stdout);
  }

 private:
  static IpAddress source_of(std::uint32_t who) {
    return IpAddress::v4(0xc6120000U + (who % sources));
  }
  static IpAddress host_of(std::uint32_t who) {
    return IpAddress::v4(0x0a000000U + (who * 40'503U) % hosts);
  }
  static Port port_of(std::uint32_t who) {
    return {static_cast<std::uint16_t>(first_port + who / sources)};
  }

  /// Sends this many new bytes after the unacknowledged ones.
  void speak(std::uint32_t who, std::uint32_t more) {
    static const std::string text(segment_bytes, 'a');
    Visitor& one = visitors_[who];
    const auto waiting = static_cast<std::uint32_t>(one.next.offset_from(one.acked));
    if (!one.is_open || waiting + more == 0) return;
    again_ += waiting > 0 ? 1 : 0;
    one.next = one.acked;
    say(who, tcp_flag::ack | tcp_flag::psh,
        std::string_view{text}.substr(0, std::min(waiting + more, segment_bytes)));
    one.next = one.next + (waiting + more);
  }

  void say(std::uint32_t who, std::uint8_t flags, std::string_view text) {
    Visitor& one = visitors_[who];
    if (flags == tcp_flag::syn) one.next = SeqNumber{who * 2'654'435'761U};
    wire_.send(source_of(who), host_of(who),
               {.source_port = port_of(who),
                .destination_port = {7},
                .sequence = one.next,
                .acknowledgment = one.host_next,
                .flags = flags,
                .window = 65'535,
                .options = visitor_options(flags),
                .payload = as_bytes(text)});
  }

  void hear(int wait) {
    if (wait > 0) wire_.flush();
    wire_.receive(wait, [&](const IpDatagram& datagram, const TcpSegment& segment) {
      const std::uint32_t who =
          (datagram.destination.v4_value() - 0xc6120000U) +
          (std::uint32_t{segment.destination_port.number} - first_port) * sources;
      if (who >= visitors_.size()) return;
      Visitor& one = visitors_[who];
      if (segment.has(tcp_flag::rst)) {
        resets_ += one.is_open ? 1 : 0;
        return;
      }
      if (segment.has(tcp_flag::syn)) {
        if (!one.is_open) {
          one.is_open = true;
          ++open_;
          one.next = one.next + 1;
          one.acked = one.next;
          one.host_next = segment.sequence + 1;
        }
        return say(who, tcp_flag::ack, {});
      }
      if (segment.acknowledgment.is_after(one.acked)) one.acked = segment.acknowledgment;
      if (segment.payload.empty() || segment.sequence != one.host_next) return;
      heard_ += segment.payload.size();
      one.host_next = one.host_next + static_cast<std::uint32_t>(segment.payload.size());
      say(who, tcp_flag::ack, {});
    });
  }

  VisitorWire& wire_;
  std::vector<Visitor> visitors_;
  std::uint32_t open_ = 0;
  std::uint64_t heard_ = 0, resets_ = 0, again_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) fail("crowd INTERFACE GATEWAY_MAC CONNECTIONS ACTIVE SECONDS");
  VisitorWire wire(argv[1], argv[2]);
  Crowd crowd(wire, static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  crowd.open_all();
  std::getchar();
  crowd.be_active(static_cast<std::uint32_t>(std::strtoul(argv[4], nullptr, 10)),
                  std::atoi(argv[5]));
  std::getchar();
  return 0;
}
