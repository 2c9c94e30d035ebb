#include "http/web_socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "posix/socket_option.h"

namespace apiary {
namespace {

constexpr int backlog = 128;

/// Opens a listening TCP socket. Returns an invalid one with errno set if it cannot.
FileDescriptor listen_on(const WebAddress& address) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  errno = EADDRNOTAVAIL;
  if (getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found) != 0)
    return {};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> freed(found, freeaddrinfo);
  FileDescriptor socket(
      ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!socket) return {};
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (found->ai_family == AF_INET6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      listen(socket.get(), backlog) != 0)
    return {};
  return socket;
}

}  // namespace

tl::expected<WebSocket, std::string> WebSocket::listen_at(const WebAddress& address,
                                                          std::optional<gid_t> group) {
  if (address.is_unix()) {
    auto listener = UnixListener::listen_at(
        address.socket_path,
        {.name = "dashboard's socket", .option = "--web unix:PATH", .mode = 0660, .group = group});
    if (!listener) return tl::unexpected(to_string(listener.error()));
    return WebSocket(std::move(*listener));
  }
  FileDescriptor socket = listen_on(address);
  if (!socket)
    return tl::unexpected(fmt::format("--web: cannot listen at {}:{}: {}", address.host,
                                      address.port, std::strerror(errno)));
  return WebSocket(std::move(socket));
}

int WebSocket::descriptor() const {
  if (const auto* const listener = std::get_if<UnixListener>(&socket_))
    return listener->descriptor();
  return std::get<FileDescriptor>(socket_).get();
}

std::uint16_t WebSocket::port() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(descriptor(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return 0;
}

}  // namespace apiary
