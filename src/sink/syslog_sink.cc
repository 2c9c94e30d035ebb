#include "sink/syslog_sink.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>

#include "posix/socket_option.h"

namespace apiary {
namespace {

using Done = tl::expected<void, SystemError>;
using Transport = SyslogTarget::Transport;

constexpr timeval send_patience{5, 0};  // for a syslog that does not read
constexpr int facility_daemon = 3;
constexpr std::size_t shortest_message_bytes = 480;  // that all take: RFC 5424 section 6.1

tl::expected<FileDescriptor, SystemError> connect_to(const SyslogTarget& target,
                                                     const addrinfo& at) {
  FileDescriptor socket(::socket(at.ai_family, at.ai_socktype | SOCK_CLOEXEC, at.ai_protocol));
  if (!socket) return tl::unexpected(last_system_error("socket"));
  set_option(socket, SOL_SOCKET, SO_SNDTIMEO, send_patience);
  if (::connect(socket.get(), at.ai_addr, at.ai_addrlen) != 0)
    return tl::unexpected(last_system_error("connecting to " + target.where));
  return socket;
}

tl::expected<FileDescriptor, SystemError> connect_to_path(const SyslogTarget& target) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, target.where.c_str(), target.where.size() + 1);
  addrinfo at{};
  at.ai_family = AF_UNIX;
  at.ai_socktype = SOCK_DGRAM;
  at.ai_addr = reinterpret_cast<sockaddr*>(&address);
  at.ai_addrlen = sizeof address;
  return connect_to(target, at);
}

tl::expected<FileDescriptor, SystemError> connect_to_host(const SyslogTarget& target) {
  addrinfo wanted{};
  wanted.ai_socktype = target.transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result = getaddrinfo(target.where.c_str(), target.port.c_str(), &wanted, &found);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
  if (result != 0)
    return tl::unexpected(SystemError{"looking up " + target.where + ": " + gai_strerror(result)});
  tl::expected<FileDescriptor, SystemError> socket =
      tl::unexpected(SystemError{target.where + " has no address"});
  for (const addrinfo* at = found; at != nullptr && !socket; at = at->ai_next)
    socket = connect_to(target, *at);
  return socket;
}

/// Whether the other end of a TCP connection has closed it, as a syslog does that is started again:
/// it would take one message more without an error, and nobody would read that.
bool has_hung_up(const FileDescriptor& socket) {
  char byte = 0;
  const ssize_t size = recv(socket.get(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

}  // namespace

tl::expected<SyslogTarget, std::string> parse_syslog_target(std::string_view text) {
  const auto complaint = tl::unexpected(fmt::format(
      "'{}' is not a syslog server: use unix:/dev/log, udp:HOST[:PORT] or tcp:HOST[:PORT]", text));
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return complaint;
  const std::string_view scheme = text.substr(0, colon), rest = text.substr(colon + 1);
  if (scheme == "unix") {
    if (rest.size() >= sizeof sockaddr_un::sun_path) return complaint;
    return SyslogTarget{Transport::unix_socket, std::string(rest), ""};
  }
  if (scheme != "udp" && scheme != "tcp") return complaint;
  const std::size_t last = rest.rfind(':');
  const bool has_port = last != std::string_view::npos && rest.find(':') == last;
  const std::string_view port = has_port ? rest.substr(last + 1) : scheme == "udp" ? "514" : "601";
  const std::string_view host = has_port ? rest.substr(0, last) : rest;
  if (host.empty() || port.empty()) return complaint;
  return SyslogTarget{scheme == "udp" ? Transport::udp : Transport::tcp, std::string(host),
                      std::string(port)};
}

SyslogSink::SyslogSink(SyslogTarget target, const EcsEncoder& form, std::string hostname)
    : target_(std::move(target)),
      form_(form),
      hostname_(hostname.empty() ? "-" : std::move(hostname)),
      name_("syslog at " + target_.where) {}

WriteResult SyslogSink::write(EventPointers events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (target_.transport == Transport::tcp && socket_ && has_hung_up(socket_)) socket_.close();
    Done done = socket_ ? Done{} : connect();
    if (done) done = send(*events[i]);
    if (done) continue;
    socket_.close();  // the next one connects again
    return {i, done.error()};
  }
  return {events.size(), {}};
}

Done SyslogSink::connect() {
  auto socket = target_.transport == Transport::unix_socket ? connect_to_path(target_)
                                                            : connect_to_host(target_);
  if (!socket) return tl::unexpected(socket.error());
  socket_ = std::move(*socket);
  return {};
}

Done SyslogSink::send(const Event& event) {
  message_.clear();
  fmt::format_to(std::back_inserter(message_), "<{}>1 ",
                 facility_daemon * 8 + static_cast<int>(spec_of(event.kind()).severity));
  const std::size_t time = message_.size();
  append_time(message_, event.at);
  message_.replace(time + 26, 3, "");  // it takes microseconds, and no more
  fmt::format_to(std::back_inserter(message_), " {} apiary {} {} - ", hostname_, getpid(),
                 to_string(event.kind()));
  form_.append(message_, event);
  if (target_.transport == Transport::tcp) message_.insert(0, fmt::format("{} ", message_.size()));
  std::string_view left = message_;
  while (!left.empty()) {
    const ssize_t size = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EMSGSIZE && left.size() > shortest_message_bytes) {
      left = left.substr(0, left.size() / 2);  // it would never be taken, nor what is behind it
      continue;
    }
    if (size < 0) return tl::unexpected(last_system_error("sending"));
    left.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

}  // namespace apiary
