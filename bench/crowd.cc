// crowd INTERFACE GATEWAY_MAC CONNECTIONS ACTIVE SECONDS: a crowd of visitors behind one interface.
// They open CONNECTIONS TCP connections to port 7 of 10.0.0.0/16 from 198.18.0.0/15 and hold them.
// ACTIVE of them send 100 bytes per second for SECONDS, and retransmit bytes that are not
// acknowledged within a second with the next ones, as TCP does. Prints the results as lines of
// "name value". Waits for the end of its input before and after the active part.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/tcp.h"

using namespace apiary;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint32_t sources = 1U << 17, ports = 8, hosts = 1U << 16;
constexpr std::uint16_t first_port = 20'000;
constexpr std::size_t batch = 64, frame_limit = 1'514;
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

class Wire {
 public:
  Wire(const char* interface, const char* gateway) : fd_(socket(AF_PACKET, SOCK_RAW, 0)) {
    ifreq request{};
    std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
    if (fd_ < 0 || ioctl(fd_, SIOCGIFHWADDR, &request) != 0) fail("no such interface");
    std::memcpy(own_.bytes.data(), request.ifr_hwaddr.sa_data, 6);
    if (std::sscanf(gateway, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &peer_.bytes[0], &peer_.bytes[1],
                    &peer_.bytes[2], &peer_.bytes[3], &peer_.bytes[4], &peer_.bytes[5]) != 6)
      fail("no MAC address");
    const int room = 64 << 20;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = static_cast<int>(if_nametoindex(interface));
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("cannot bind");
  }

  void send(const IpAddress& from, const IpAddress& to, const TcpSegment& segment) {
    auto& frame = frames_[count_];
    const std::size_t size = tcp_size_bytes(segment);
    const IpDatagram header{
        .source = from, .destination = to, .protocol = 6, .dont_fragment = true};
    const wire::EthernetHeader link{peer_, own_, static_cast<std::uint16_t>(EtherType::ipv4)};
    std::memcpy(frame.data(), &link, sizeof link);
    emit_ip_header(header, size, std::span(frame).subspan(14));
    emit_tcp(segment, from, to, std::span(frame).subspan(34, size));
    parts_[count_] = {frame.data(), 34 + size};
    messages_[count_].msg_hdr = {};
    messages_[count_].msg_hdr.msg_iov = &parts_[count_];
    messages_[count_].msg_hdr.msg_iovlen = 1;
    if (++count_ == batch) flush();
  }
  void flush() {
    for (unsigned done = 0; done < count_;) {
      const int sent = sendmmsg(fd_, messages_.data() + done, count_ - done, 0);
      if (sent > 0) done += static_cast<unsigned>(sent);
    }
    count_ = 0;
  }

  /// Receives frames, waiting at most this many milliseconds.
  template <class Handle>
  void receive(int wait, Handle handle) {
    pollfd ready{fd_, POLLIN, 0};
    if (poll(&ready, 1, wait) <= 0) return;
    static std::array<std::array<std::uint8_t, 2048>, batch> in;
    static std::array<mmsghdr, batch> messages;
    static std::array<iovec, batch> parts;
    for (std::size_t i = 0; i < batch; ++i) {
      parts[i] = {in[i].data(), in[i].size()};
      messages[i].msg_hdr = {};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = recvmmsg(fd_, messages.data(), batch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      const auto decoded = decode_frame(Bytes(in[static_cast<std::size_t>(i)])
                                            .first(messages[static_cast<std::size_t>(i)].msg_len),
                                        LinkLayer::ethernet);
      const auto* datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
      if (datagram == nullptr || !datagram->is(IpProtocol::tcp)) continue;
      if (const auto segment = parse_tcp(datagram->payload)) handle(*datagram, *segment);
    }
  }

  [[noreturn]] static void fail(const char* why) {
    std::fprintf(stderr, "crowd: %s\n", why);
    std::exit(2);
  }

 private:
  int fd_;
  MacAddress own_, peer_;
  std::array<std::array<std::uint8_t, frame_limit>, batch> frames_;
  std::array<iovec, batch> parts_;
  std::array<mmsghdr, batch> messages_;
  unsigned count_ = 0;
};

class Crowd {
 public:
  Crowd(Wire& wire, std::uint32_t size) : wire_(wire), visitors_(size) {}

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
      const Visitor& one = visitors_[i * apart];
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
    static constexpr std::uint8_t mss[] = {2, 4, 5, 0xb4};
    wire_.send(source_of(who), host_of(who),
               {.source_port = port_of(who),
                .destination_port = {7},
                .sequence = one.next,
                .acknowledgment = one.host_next,
                .flags = flags,
                .window = 65'535,
                .options = flags == tcp_flag::syn ? Bytes(mss) : Bytes{},
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

  Wire& wire_;
  std::vector<Visitor> visitors_;
  std::uint32_t open_ = 0;
  std::uint64_t heard_ = 0, resets_ = 0, again_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) Wire::fail("crowd INTERFACE GATEWAY_MAC CONNECTIONS ACTIVE SECONDS");
  Wire wire(argv[1], argv[2]);
  Crowd crowd(wire, static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  crowd.open_all();
  std::getchar();
  crowd.be_active(static_cast<std::uint32_t>(std::strtoul(argv[4], nullptr, 10)),
                  std::atoi(argv[5]));
  std::getchar();
  return 0;
}
