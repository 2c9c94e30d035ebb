#include "device/netlink_listener.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "posix/socket_option.h"

namespace apiary {

tl::expected<NetlinkListener, SystemError> NetlinkListener::open(
    std::uint32_t groups, std::span<const sock_filter> filter, const std::string& what) {
  FileDescriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  const sock_fprog program{static_cast<unsigned short>(filter.size()),
                           const_cast<sock_filter*>(filter.data())};
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (!socket || (!filter.empty() && !set_option(socket, SOL_SOCKET, SO_ATTACH_FILTER, program)) ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return tl::unexpected(last_system_error(what));
  return NetlinkListener(std::move(socket));
}

NetlinkListener::Received NetlinkListener::receive(
    const std::function<void(Bytes messages)>& handle) {
  Received received;
  while (true) {
    const ssize_t size = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != ENOBUFS) return received;
    received.any = true;
    if (size < 0)
      received.missed = true;
    else
      handle(Bytes(buffer_).first(static_cast<std::size_t>(size)));
  }
}

}  // namespace apiary
