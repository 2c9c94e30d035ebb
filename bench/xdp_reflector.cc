// xdp_reflector INTERFACE [xdp|packet] [generic]: as reflector, through an AF_XDP socket: it does
// the least that a program must do which answers packets that way. It sends by the same socket, or
// by a packet socket.
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "device/xdp_socket.h"
#include "device/xdp_steering.h"
#include "packet_socket.h"

using namespace apiary;

namespace {

/// A packet socket that only sends.
int open_sender(unsigned interface) {
  const int descriptor = socket(AF_PACKET, SOCK_RAW, 0), on = 1, room = 8 << 20;
  setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(interface);
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("cannot bind to the interface");
  return descriptor;
}

void send_all(int descriptor, const std::vector<ReceivedFrame>& frames) {
  std::array<mmsghdr, max_batch_packets> messages{};
  std::array<iovec, max_batch_packets> parts{};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    parts[i] = {const_cast<std::uint8_t*>(frames[i].bytes.data()), frames[i].bytes.size()};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t done = 0; done < frames.size();) {
    const int sent = sendmmsg(descriptor, messages.data() + done,
                              static_cast<unsigned>(frames.size() - done), 0);
    if (sent <= 0) break;
    done += static_cast<std::size_t>(sent);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) fail("xdp_reflector INTERFACE [xdp|packet] [generic]");
  const std::string_view sends_by = argc > 2 ? argv[2] : "packet";
  const unsigned index = if_nametoindex(argv[1]);
  auto steering = XdpSteering::load(1, 1'518);
  if (!steering) fail(to_string(steering.error()).c_str());
  if (auto mode = steering->attach(argv[1], static_cast<int>(index), argc > 3); !mode)
    fail(to_string(mode.error()).c_str());
  auto opened = XdpSocket::open(argv[1], 0, {});
  if (!opened) fail(to_string(opened.error()).c_str());
  XdpSocket& socket = **opened;
  AddressSet all;
  all.add(*parse_ip_prefix("10.0.0.0/8"));
  if (!steering->add_socket(0, socket.descriptor()) || !steering->change_to(all))
    fail("cannot steer frames");
  const int sender = open_sender(index);
  std::vector<ReceivedFrame> frames;
  frames.reserve(max_batch_packets);
  while (true) {
    socket.give_back();
    frames.clear();
    socket.take(frames, max_batch_packets);
    if (frames.empty()) {
      pollfd ready{socket.descriptor(), POLLIN, 0};
      poll(&ready, 1, -1);
      continue;
    }
    for (const ReceivedFrame& received : frames) {
      auto* const frame = const_cast<std::uint8_t*>(received.bytes.data());
      std::swap_ranges(frame, frame + 6, frame + 6);         // MAC addresses
      std::swap_ranges(frame + 26, frame + 30, frame + 30);  // IPv4 addresses
      if (sends_by == "xdp") socket.send(received.bytes);
    }
    if (sends_by == "xdp")
      socket.flush();
    else
      send_all(sender, frames);
  }
}
