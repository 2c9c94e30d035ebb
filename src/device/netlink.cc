#include "device/netlink.h"

#include <fmt/format.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "base/big_endian.h"
#include "base/bytes.h"

namespace apiary {
namespace {

// After the local table, so that the machine's own addresses win; before everybody else's rules.
constexpr std::uint32_t our_rule_priority = 104;

constexpr std::size_t aligned(std::size_t size) { return NLMSG_ALIGN(size); }

/// A netlink message as it is put together: header, body, attributes.
class Message {
 public:
  template <class Body>
  Message(std::uint16_t type, std::uint16_t flags, const Body& body) {
    header_.nlmsg_type = type;
    header_.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    append(&body, sizeof body);
  }

  template <class Value>
  void add_attribute(std::uint16_t type, const Value& value) {
    add_attribute(type, &value, sizeof value);
  }
  void add_attribute(std::uint16_t type, const std::string& value) {
    add_attribute(type, value.c_str(), value.size() + 1);
  }

  Bytes finish() {
    header_.nlmsg_len = static_cast<std::uint32_t>(size_);
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    return Bytes(bytes_).first(size_);
  }

 private:
  void add_attribute(std::uint16_t type, const void* value, std::size_t size) {
    const rtattr attribute{static_cast<std::uint16_t>(sizeof attribute + size), type};
    append(&attribute, sizeof attribute);
    append(value, size);
  }
  void append(const void* data, std::size_t size) {
    assert(size_ + aligned(size) <= bytes_.size());
    std::memcpy(bytes_.data() + size_, data, size);
    size_ += aligned(size);
  }

  nlmsghdr header_{};
  std::array<std::uint8_t, 256> bytes_{};
  std::size_t size_ = aligned(sizeof header_);
};

template <class T>
T read_at(Bytes bytes, std::size_t offset) {
  T value{};
  if (offset + sizeof value <= bytes.size())
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Sends `message` and hands each message of the answer to `handle(header, body)` until it returns
/// false. Errors: the errno of the kernel's refusal, from the answer or from the socket.
template <class Handle>
int exchange(const FileDescriptor& socket, Message& message, Handle handle) {
  const Bytes request = message.finish();
  if (send(socket.get(), request.data(), request.size(), 0) < 0) return errno;
  std::vector<std::uint8_t> buffer(65536);
  while (true) {
    const ssize_t size = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    Bytes rest(buffer.data(), static_cast<std::size_t>(size));
    while (rest.size() >= sizeof(nlmsghdr)) {
      const auto header = read_at<nlmsghdr>(rest, 0);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) return EPROTO;
      const Bytes body = rest.subspan(sizeof header, header.nlmsg_len - sizeof header);
      if (header.nlmsg_type == NLMSG_ERROR) return -read_at<nlmsgerr>(body, 0).error;
      if (header.nlmsg_type == NLMSG_DONE) return 0;
      handle(header, body);
      rest = rest.subspan(std::min<std::size_t>(aligned(header.nlmsg_len), rest.size()));
    }
  }
}

tl::expected<void, SystemError> carry_out(const FileDescriptor& socket, Message message,
                                          const std::string& what) {
  errno = exchange(socket, message, [](const nlmsghdr&, Bytes) {});
  if (errno != 0) return tl::unexpected(last_privileged_error(what));
  return {};
}

Message route_message(std::uint16_t type, std::uint16_t flags, const KernelRoute& route) {
  rtmsg body{};
  body.rtm_family = AF_INET;
  body.rtm_dst_len = static_cast<std::uint8_t>(route.destination.length());
  body.rtm_protocol = our_route_protocol;
  body.rtm_scope = route.interface == 0 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  body.rtm_type = route.interface == 0 ? RTN_BLACKHOLE : RTN_UNICAST;
  Message message(type, flags, body);
  message.add_attribute(RTA_TABLE, route.table);
  message.add_attribute(RTA_DST, BigEndian<std::uint32_t>(route.destination.first().v4_value()));
  if (route.interface != 0) message.add_attribute(RTA_OIF, route.interface);
  return message;
}

Message rule_message(std::uint16_t type, std::uint16_t flags, const KernelRule& rule) {
  fib_rule_hdr body{};
  body.family = AF_INET;
  body.action = FR_ACT_TO_TBL;
  Message message(type, flags, body);
  message.add_attribute(FRA_IIFNAME, rule.interface);
  message.add_attribute(FRA_TABLE, rule.table);
  message.add_attribute(FRA_PRIORITY, our_rule_priority);
  message.add_attribute(FRA_PROTOCOL, our_route_protocol);
  return message;
}

/// The route that the body of an RTM_NEWROUTE message describes.
KernelRoute read_route(Bytes body) {
  const auto fixed = read_at<rtmsg>(body, 0);
  KernelRoute route{.destination = {}, .table = fixed.rtm_table};
  BigEndian<std::uint32_t> first{0};
  for (std::size_t at = aligned(sizeof fixed); at + sizeof(rtattr) <= body.size();) {
    const auto attribute = read_at<rtattr>(body, at);
    if (attribute.rta_len < sizeof attribute) break;
    if (attribute.rta_type == RTA_TABLE)
      route.table = read_at<std::uint32_t>(body, at + sizeof attribute);
    if (attribute.rta_type == RTA_DST)
      first = read_at<BigEndian<std::uint32_t>>(body, at + sizeof attribute);
    at += aligned(attribute.rta_len);
  }
  route.destination = {IpAddress::v4(std::uint32_t{first}), fixed.rtm_dst_len};
  return route;
}

}  // namespace

tl::expected<Netlink, SystemError> Netlink::open() {
  FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return tl::unexpected(last_privileged_error("opening a netlink socket"));
  return Netlink(std::move(socket));
}

tl::expected<void, SystemError> Netlink::add_route(const KernelRoute& route) {
  return carry_out(socket_,
                   route_message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, route),
                   fmt::format("adding a route to {}", to_string(route.destination)));
}

tl::expected<void, SystemError> Netlink::remove_route(const KernelRoute& route) {
  return carry_out(socket_, route_message(RTM_DELROUTE, NLM_F_ACK, route),
                   fmt::format("removing the route to {}", to_string(route.destination)));
}

tl::expected<void, SystemError> Netlink::add_rule(const KernelRule& rule) {
  return carry_out(socket_, rule_message(RTM_NEWRULE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, rule),
                   fmt::format("adding a routing rule for {}", rule.interface));
}

tl::expected<void, SystemError> Netlink::remove_rule(const KernelRule& rule) {
  return carry_out(socket_, rule_message(RTM_DELRULE, NLM_F_ACK, rule),
                   fmt::format("removing the routing rule for {}", rule.interface));
}

tl::expected<std::vector<KernelRoute>, SystemError> Netlink::black_holes(std::uint32_t table) {
  rtmsg body{};
  body.rtm_family = AF_INET;
  Message message(RTM_GETROUTE, NLM_F_DUMP, body);
  std::vector<KernelRoute> found;
  errno = exchange(socket_, message, [&](const nlmsghdr& header, Bytes answer) {
    const auto fixed = read_at<rtmsg>(answer, 0);
    if (header.nlmsg_type != RTM_NEWROUTE || fixed.rtm_type != RTN_BLACKHOLE ||
        fixed.rtm_protocol != our_route_protocol)
      return;
    if (const KernelRoute route = read_route(answer); route.table == table) found.push_back(route);
  });
  if (errno != 0) return tl::unexpected(last_privileged_error("reading the routing table"));
  return found;
}

}  // namespace apiary
