#include "sandbox/egress_gate.h"

#include <arpa/inet.h>
#include <linux/icmp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace apiary {
namespace {

constexpr std::size_t virtio_bytes = 10;  // of virtio_net_hdr, whose header file is no C++
constexpr std::size_t link_bytes = sizeof(ethhdr);
constexpr std::size_t max_frame_bytes = virtio_bytes + link_bytes + 65'536;  // not yet segmented
constexpr int frames_in_a_turn = 64;
constexpr std::size_t max_udp_visitors = 4'096;  // that are remembered
// A flow that got no answer stays so for the SYNs that the kernel sends again (tcp_syn_retries).
constexpr Duration silence_time = seconds{130};
// A flow whose end the daemon does not report.
constexpr Duration max_wait = minutes{5};

sockaddr_ll packet_address(int interface, std::uint16_t protocol) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(protocol);
  address.sll_ifindex = interface;
  return address;
}

std::uint16_t icmp_checksum(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return htons(static_cast<std::uint16_t>(~sum));
}

}  // namespace

bool EgressGate::open_packet_socket(FileDescriptor& socket) {
  // Protocol 0: it receives nothing until it is bound.
  socket = FileDescriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return static_cast<bool>(socket);
}

bool EgressGate::open_icmp_socket() {
  icmp_ = FileDescriptor(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP));
  // It only sends.
  const icmp_filter nothing{.data = ~0U};
  return icmp_ && setsockopt(icmp_.get(), SOL_RAW, ICMP_FILTER, &nothing, sizeof nothing) == 0;
}

tl::expected<void, SystemError> EgressGate::guard(const Link& link, EgressList list) {
  // With the header, checksums and segments that the server's kernel leaves to the hardware stay as
  // they are.
  const int on = 1;
  for (const FileDescriptor* socket : {&inside_, &outside_})
    if (setsockopt(socket->get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) != 0)
      return tl::unexpected(last_system_error("PACKET_VNET_HDR"));
  const sockaddr_ll from = packet_address(link.outside, ETH_P_IP);
  const sockaddr_ll to = packet_address(link.inside, 0);
  if (bind(outside_.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      bind(inside_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    return tl::unexpected(last_system_error("a packet socket"));
  link_ = link;
  list_ = std::move(list);
  std::erase_if(flows_, [this](const auto& one) {
    const auto& [protocol, local, remote] = one.first;
    const bool has_ended = !allows(protocol, remote);
    if (has_ended) by_number_.erase(one.second.number);
    return has_ended;
  });
  return {};
}

std::vector<OutboundRequest> EgressGate::read(Instant now) {
  std::vector<OutboundRequest> requests;
  static std::array<std::byte, max_frame_bytes> buffer;
  for (int i = 0; i < frames_in_a_turn; ++i) {
    const ssize_t size = recv(outside_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) break;
    const auto frame = std::span(buffer).first(static_cast<std::size_t>(size));
    if (frame.size() < virtio_bytes + link_bytes ||
        std::memcmp(frame.data() + virtio_bytes, link_.guard.data(), link_.guard.size()) != 0)
      continue;  // the kernel has it
    if (auto request = handle(now, Frame(frame.begin(), frame.end()))) requests.push_back(*request);
  }
  return requests;
}

std::optional<OutboundRequest> EgressGate::handle(Instant now, Frame frame) {
  const auto packet = read_guarded_packet(std::span(frame).subspan(virtio_bytes + link_bytes));
  if (!packet) return pass(frame), std::nullopt;
  const auto known = flows_.find(key_of(packet->flow));
  if (known == flows_.end()) {
    if (packet->begins_flow && !is_visitor(packet->flow) &&
        allows(packet->flow.protocol, packet->flow.remote))
      return begin(now, *packet, std::move(frame));
    return pass(frame), std::nullopt;
  }
  Flow& flow = known->second;
  if (flow.state == Flow::State::open) return pass(frame), std::nullopt;
  if (flow.state == Flow::State::silent) {
    if (now - flow.since <= silence_time) return {};
    by_number_.erase(flow.number);
    flows_.erase(known);
    return begin(now, *packet, std::move(frame));
  }
  if (packet->flow.protocol == IpProtocol::udp && flow.held.size() < max_held)
    flow.held.push_back(std::move(frame));
  return {};
}

std::optional<OutboundRequest> EgressGate::begin(Instant now, const GuardedPacket& packet,
                                                 Frame frame) {
  if (!packet.begins_flow || !make_room(now) || !rate_.take(now)) return {};
  const Key key = key_of(packet.flow);
  Flow flow{.number = ++last_number_, .quoted_bytes = packet.quoted_bytes, .since = now};
  flow.held.push_back(std::move(frame));
  by_number_[last_number_] = key;
  flows_.insert_or_assign(key, std::move(flow));
  return OutboundRequest{last_number_, packet.flow};
}

/// If there is no room for another flow, removes those that have certainly ended.
bool EgressGate::make_room(Instant now) {
  if (flows_.size() < max_flows) return true;
  std::erase_if(flows_, [&](const auto& one) {
    const Flow& flow = one.second;
    const bool is_over =
        flow.state != Flow::State::open &&
        now - flow.since > (flow.state == Flow::State::silent ? silence_time : max_wait);
    if (is_over) by_number_.erase(flow.number);
    return is_over;
  });
  return flows_.size() < max_flows;
}

/// Gives it to the kernel outside.
void EgressGate::pass(Frame& frame) {
  std::memcpy(frame.data() + virtio_bytes, link_.gateway.data(), link_.gateway.size());
  // What does not fit is lost, as on any link.
  [[maybe_unused]] const ssize_t sent =
      send(inside_.get(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void EgressGate::add_visitor(const Endpoint& visitor, Port port) {
  if (!is_guarding() || !visitors_.insert({visitor, port}).second) return;
  if (order_.size() < max_udp_visitors) return order_.push_back({visitor, port});
  visitors_.erase(std::exchange(order_[next_visitor_], {visitor, port}));
  next_visitor_ = (next_visitor_ + 1) % max_udp_visitors;
}

std::optional<FlowKey> EgressGate::waiting_flow(std::uint64_t number) const {
  const auto found = by_number_.find(number);
  if (found == by_number_.end()) return {};
  const auto& [protocol, local, remote] = found->second;
  if (flows_.at(found->second).state != Flow::State::waiting) return {};
  return FlowKey{.remote = remote, .local = local, .protocol = protocol};
}

void EgressGate::grant(std::uint64_t number) {
  const auto found = by_number_.find(number);
  if (found == by_number_.end()) return;
  Flow& flow = flows_.at(found->second);
  flow.state = Flow::State::open;
  // Over TCP, the machine's socket has sent a SYN, which crosses the server's.
  if (std::get<IpProtocol>(found->second) == IpProtocol::udp)
    for (Frame& frame : flow.held) pass(frame);
  flow.held.clear();
}

void EgressGate::answer(std::uint64_t number, OutboundAnswer answer) {
  const auto found = by_number_.find(number);
  if (found == by_number_.end()) return;
  const auto at = flows_.find(found->second);
  Flow& flow = at->second;
  if (answer == OutboundAnswer::silence) {
    flow.state = Flow::State::silent;
    flow.held.clear();
    return;
  }
  if (answer == OutboundAnswer::unreachable && !flow.held.empty())
    report_unreachable(at->first, flow);
  else if (answer == OutboundAnswer::refuse)
    for (Frame& frame : flow.held) pass(frame);  // nobody listens outside
  flows_.erase(at);
  by_number_.erase(found);
}

void EgressGate::report_unreachable(const Key& key, const Flow& flow) {
  const auto packet = std::span(flow.held.front()).subspan(virtio_bytes + link_bytes);
  const icmphdr error{
      .type = ICMP_DEST_UNREACH, .code = ICMP_HOST_UNREACH, .checksum = 0, .un = {}};
  const auto header = std::as_bytes(std::span(&error, 1));
  const auto quote = packet.first(std::min(flow.quoted_bytes, packet.size()));
  std::vector<std::byte> message(header.begin(), header.end());
  message.insert(message.end(), quote.begin(), quote.end());
  const std::uint16_t sum = icmp_checksum(message);
  std::memcpy(message.data() + offsetof(icmphdr, checksum), &sum, sizeof sum);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl(std::get<1>(key).address.v4_value());
  [[maybe_unused]] const ssize_t sent =
      sendto(icmp_.get(), message.data(), message.size(), MSG_DONTWAIT,
             reinterpret_cast<const sockaddr*>(&server), sizeof server);
}

}  // namespace apiary
