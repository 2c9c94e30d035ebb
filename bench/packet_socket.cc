#include "packet_socket.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace apiary {

void fail(const char* why) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, why);
  std::exit(2);
}

MacAddress parse_mac(const char* text) {
  MacAddress mac;
  auto& b = mac.bytes;
  if (std::sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &b[0], &b[1], &b[2], &b[3], &b[4],
                  &b[5]) != 6)
    fail("no MAC address");
  return mac;
}

PacketSocket::PacketSocket(const char* interface, bool receives)
    : descriptor_(socket(AF_PACKET, SOCK_RAW, 0)) {
  ifreq request{};
  std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (descriptor_ < 0 || ioctl(descriptor_, SIOCGIFHWADDR, &request) != 0)
    fail("no such interface, or no privilege");
  std::memcpy(mac_.bytes.data(), request.ifr_hwaddr.sa_data, mac_.bytes.size());
  const int on = 1, room = 64 << 20;
  setsockopt(descriptor_, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  setsockopt(descriptor_, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = receives ? htons(ETH_P_IP) : std::uint16_t{0};
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface));
  if (bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("cannot bind to the interface");
  for (std::size_t i = 0; i < batch; ++i) {
    sent_parts_[i] = {sent_[i].data(), 0};
    received_parts_[i] = {received_[i].data(), received_[i].size()};
    sent_messages_[i].msg_hdr.msg_iov = &sent_parts_[i];
    received_messages_[i].msg_hdr.msg_iov = &received_parts_[i];
    sent_messages_[i].msg_hdr.msg_iovlen = received_messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

PacketSocket::~PacketSocket() { close(descriptor_); }

void PacketSocket::add(std::size_t size_bytes) {
  sent_parts_[count_].iov_len = size_bytes;
  if (++count_ == batch) flush();
}

void PacketSocket::flush() {
  for (std::size_t done = 0; done < count_;) {
    const int sent = sendmmsg(descriptor_, sent_messages_.data() + done,
                              static_cast<unsigned>(count_ - done), 0);
    if (sent > 0) done += static_cast<std::size_t>(sent);
  }
  count_ = 0;
}

std::size_t PacketSocket::read(int wait_milliseconds) {
  pollfd ready{descriptor_, POLLIN, 0};
  if (wait_milliseconds > 0 && poll(&ready, 1, wait_milliseconds) <= 0) return 0;
  const int count = recvmmsg(descriptor_, received_messages_.data(), batch, MSG_DONTWAIT, nullptr);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

}  // namespace apiary
