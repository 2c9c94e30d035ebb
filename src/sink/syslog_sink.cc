#include "sink/syslog_sink.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <iterator>
#include <memory>

#include "posix/socket_option.h"
#include "sink/sink_spec.h"

namespace apiary {
namespace {

using Done = tl::expected<void, SystemError>;
using Transport = SyslogTarget::Transport;

// For a server that does not answer or read. Meanwhile the sink's queue grows; a spool empties it.
constexpr timeval send_patience{5, 0}, send_patience_with_spool{2, 0};
constexpr int facility_daemon = 3;
constexpr std::size_t shortest_message_bytes = 480;  // that all take: RFC 5424 section 6.1

tl::expected<FileDescriptor, SystemError> connect_to(const SyslogTarget& target, const addrinfo& at,
                                                     const timeval& patience) {
  FileDescriptor socket(::socket(at.ai_family, at.ai_socktype | SOCK_CLOEXEC, at.ai_protocol));
  if (!socket) return tl::unexpected(last_system_error("socket"));
  set_option(socket, SOL_SOCKET, SO_SNDTIMEO, patience);
  if (::connect(socket.get(), at.ai_addr, at.ai_addrlen) != 0)
    return tl::unexpected(last_system_error("connecting to " + target.where));
  return socket;
}

tl::expected<FileDescriptor, SystemError> connect_to_path(const SyslogTarget& target,
                                                          const timeval& patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, target.where.c_str(), target.where.size() + 1);
  addrinfo at{};
  at.ai_family = AF_UNIX;
  at.ai_socktype = SOCK_DGRAM;
  at.ai_addr = reinterpret_cast<sockaddr*>(&address);
  at.ai_addrlen = sizeof address;
  return connect_to(target, at, patience);
}

tl::expected<FileDescriptor, SystemError> connect_to_host(const SyslogTarget& target,
                                                          const timeval& patience) {
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
    socket = connect_to(target, *at, patience);
  return socket;
}

/// Whether the peer has closed the TCP connection, as a restarting server does: the kernel would
/// accept one more message without an error, and nobody would read it.
bool has_hung_up(const FileDescriptor& socket) {
  char byte = 0;
  const ssize_t size = recv(socket.get(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

constexpr std::string_view prefix_of(Transport transport) {
  switch (transport) {
    case Transport::unix_socket:
      return "unix:";
    case Transport::udp:
      return "udp:";
    case Transport::tcp:
      return "tcp:";
  }
  return "";
}

/// Whether it is a number of a port, or may be the name of a service.
bool is_port(std::string_view text) {
  const bool is_number = text.find_first_not_of("0123456789") == text.npos;
  if (!is_number) return text.find_first_of("/:[]") == text.npos;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && number > 0 && number <= 65'535;
}

/// "HOST", "HOST:PORT", "[ADDRESS]:PORT"; nothing if it is none of these.
std::optional<SyslogTarget> parse_host(Transport transport, std::string_view text) {
  if (text.starts_with("//")) text.remove_prefix(2);
  std::string_view host = text, port = transport == Transport::udp ? "514" : "601";
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return {};
    host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return {};
    if (!text.empty()) port = text.substr(1);
  } else if (const std::size_t colon = text.rfind(':');
             colon != text.npos && text.find(':') == colon) {  // more than one: an IPv6 address
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (host.empty() || host.find_first_of("/[]") != host.npos || !is_port(port)) return {};
  return SyslogTarget{transport, std::string(host), std::string(port)};
}

}  // namespace

std::string to_string(const SyslogTarget& target) {
  const std::string_view prefix = prefix_of(target.transport);
  if (target.transport == Transport::unix_socket) return fmt::format("{}{}", prefix, target.where);
  const bool has_brackets = target.where.find(':') != std::string::npos;
  return fmt::format("{}{}{}{}:{}", prefix, has_brackets ? "[" : "", target.where,
                     has_brackets ? "]" : "", target.port);
}

tl::expected<SyslogTarget, std::string> parse_syslog_target(std::string_view text) {
  std::optional<SyslogTarget> target;
  const auto rest_of = [text](Transport t) { return text.substr(prefix_of(t).size()); };
  if (text.starts_with(prefix_of(Transport::unix_socket))) {
    const std::string_view path = rest_of(Transport::unix_socket);
    if (!path.empty() && path.size() < sizeof sockaddr_un::sun_path)
      target = SyslogTarget{Transport::unix_socket, std::string(path), ""};
  }
  for (const Transport each : {Transport::udp, Transport::tcp})
    if (text.starts_with(prefix_of(each))) target = parse_host(each, rest_of(each));
  if (target) return *target;
  return tl::unexpected(fmt::format(
      "'{}' is not a syslog server: use unix:/dev/log, udp:HOST[:PORT] or tcp:HOST[:PORT]", text));
}

SyslogSink::SyslogSink(SyslogTarget target, const EcsEncoder& form, std::string hostname,
                       const std::string& name, std::optional<Spool> spool)
    : MessageSink(std::move(spool)),
      target_(std::move(target)),
      form_(form),
      hostname_(hostname.empty() ? "-" : std::move(hostname)),
      name_("syslog at " + (name.empty() ? target_.where : name)) {}

Done SyslogSink::send(std::string_view message) {
  if (target_.transport == Transport::tcp && socket_ && has_hung_up(socket_)) socket_.close();
  Done done = socket_ ? Done{} : connect();
  if (done && target_.transport == Transport::tcp) {
    frame_.clear();
    fmt::format_to(std::back_inserter(frame_), "{} {}", message.size(), message);
    message = frame_;
  }
  if (done) done = send_all(message);
  if (!done) socket_.close();  // the next message opens a new one
  return done;
}

Done SyslogSink::connect() {
  const timeval patience = has_spool() ? send_patience_with_spool : send_patience;
  auto socket = target_.transport == Transport::unix_socket ? connect_to_path(target_, patience)
                                                            : connect_to_host(target_, patience);
  if (!socket) return tl::unexpected(socket.error());
  socket_ = std::move(*socket);
  return {};
}

void SyslogSink::append_message(std::string& message, const Event& event) {
  fmt::format_to(std::back_inserter(message), "<{}>1 ",
                 facility_daemon * 8 + static_cast<int>(spec_of(event.kind()).severity));
  const std::size_t time = message.size();
  append_time(message, event.at);
  message.replace(time + 26, 3, "");  // RFC 5424 allows microseconds
  fmt::format_to(std::back_inserter(message), " {} apiary {} {} - ", hostname_, getpid(),
                 to_string(event.kind()));
  form_.append(message, event);
}

Done SyslogSink::send_all(std::string_view left) {
  while (!left.empty()) {
    const ssize_t size = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EMSGSIZE && left.size() > shortest_message_bytes) {
      left = left.substr(0, left.size() / 2);  // it would block all messages behind it
      continue;
    }
    if (size < 0) return tl::unexpected(last_system_error("sending"));
    left.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

namespace {

/// SinkKind::parse of a syslog: the place without the prefix, which the kind's name has.
template <Transport transport>
tl::expected<std::string, std::string> parse_syslog_place(std::string_view where) {
  constexpr std::string_view prefix = prefix_of(transport);
  if (transport == Transport::unix_socket && where.starts_with("///")) where.remove_prefix(2);
  const auto target = parse_syslog_target(fmt::format("{}{}", prefix, where));
  if (target) return to_string(*target).substr(prefix.size());
  if (transport == Transport::unix_socket)
    return tl::unexpected(fmt::format("'{}' is too long for the path of a socket: {} bytes at most",
                                      where, sizeof sockaddr_un::sun_path - 1));
  return tl::unexpected(
      fmt::format("'{}' is not a host: use HOST, HOST:PORT or [ADDRESS]:PORT", where));
}

/// The name of a sink of the short form `--syslog` has only the host, as before `--sink` existed.
template <Transport transport>
OpenedSink open_syslog(const SinkSpec& spec, const SinkSettings& settings) {
  const auto target = parse_syslog_target(fmt::format("{}{}", prefix_of(transport), spec.where));
  if (!target) return tl::unexpected(target.error());
  std::optional<Spool> spool;
  if (spec.spool) {
    auto opened = Spool::open(*spec.spool);
    if (!opened) return tl::unexpected(to_string(opened.error()));
    spool = std::move(*opened);
  }
  return std::make_unique<SyslogSink>(*target, settings.encoder, settings.hostname,
                                      spec.is_short_form() ? "" : to_string(*target),
                                      std::move(spool));
}

template <Transport transport>
constexpr SinkKind syslog_kind(std::string_view name, std::string_view place) {
  return {name, place, SinkKind::Target::network, parse_syslog_place<transport>,
          open_syslog<transport>};
}

}  // namespace

const SinkKind syslog_unix_kind = syslog_kind<Transport::unix_socket>("syslog+unix", "PATH");
const SinkKind syslog_udp_kind = syslog_kind<Transport::udp>("syslog+udp", "//HOST[:PORT]");
const SinkKind syslog_tcp_kind = syslog_kind<Transport::tcp>("syslog+tcp", "//HOST[:PORT]");

}  // namespace apiary
