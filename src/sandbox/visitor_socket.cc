#include "sandbox/visitor_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace apiary {
namespace {

// What the kernel may hold of each direction of a connection; it doubles the number.
constexpr int socket_buffer_bytes = 131'072;

sockaddr_in socket_address_of(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port.number);
  address.sin_addr.s_addr = htonl(endpoint.address.v4_value());
  return address;
}

bool bind_to(const FileDescriptor& socket, const Endpoint& endpoint) {
  const sockaddr_in address = socket_address_of(endpoint);
  return bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool connect_to(const FileDescriptor& socket, const Endpoint& endpoint) {
  const sockaddr_in address = socket_address_of(endpoint);
  return connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
         errno == EINPROGRESS;
}

/// Invalid: errno says why.
FileDescriptor make_socket(const VisitorSocketRequest& request, Port visitor_port) {
  const bool is_tcp = request.protocol == IpProtocol::tcp;
  FileDescriptor made(
      socket(AF_INET, (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!made) return {};
  const int on = 1;
  // Two conversations of a visitor with one port, with different hosts; or of a machine to which
  // the server connects twice.
  if (is_tcp || request.request_number != 0)
    setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (is_tcp) {
    setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (const int option : {SO_SNDBUF, SO_RCVBUF})
      setsockopt(made.get(), SOL_SOCKET, option, &socket_buffer_bytes, sizeof socket_buffer_bytes);
  }
  if (!bind_to(made, {request.visitor.address, visitor_port})) return {};
  if (request.is_connected && !connect_to(made, request.host)) return {};
  return made;
}

bool is_about_port(int number) { return number == EADDRINUSE || number == EADDRNOTAVAIL; }

}  // namespace

tl::expected<FileDescriptor, SystemError> make_visitor_socket(const VisitorSocketRequest& request) {
  FileDescriptor made = make_socket(request, request.visitor.port);
  if (!made && is_about_port(errno) && request.request_number == 0)
    made = make_socket(request, Port{0});
  if (!made) return tl::unexpected(last_system_error("a visitor's socket"));
  return made;
}

}  // namespace apiary
