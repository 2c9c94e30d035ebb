#pragma once

#include "event/ecs_encoder.h"
#include "posix/file_descriptor.h"
#include "sink/sink_kind.h"

namespace apiary {

/// Where a syslog listens: "unix:/dev/log", "udp:HOST[:PORT]", "tcp:HOST[:PORT]"; HOST may have
/// "//" before it, and is in brackets if it is an IPv6 address with a port.
struct SyslogTarget {
  enum class Transport : std::uint8_t { unix_socket, udp, tcp };
  Transport transport = Transport::unix_socket;
  std::string where, port;  // a path and nothing, or a host and a port
};
/// The normal form, with the port: "udp:HOST:514".
std::string to_string(const SyslogTarget& target);
/// Error: a sentence.
tl::expected<SyslogTarget, std::string> parse_syslog_target(std::string_view text);

/// Sends events as messages of syslog (RFC 5424) (`--sink syslog+udp://HOST`, `--syslog udp:HOST`),
/// each with its JSON as the text. Over TCP they are counted octets (RFC 6587). One that a datagram
/// does not hold is cut. What a service heard and said stays here. None of these ways acknowledges:
/// written is what the kernel took.
class SyslogSink final : public Sink {
 public:
  /// `name` follows "syslog at" in name(); empty: the host.
  SyslogSink(SyslogTarget target, const EcsEncoder& form, std::string hostname,
             std::string name = "");

  const std::string& name() const override { return name_; }
  EventKinds wants() const override {
    return EventKinds::all().without({EventKind::packet, EventKind::payload});
  }
  WriteResult write(EventPointers events) override;

 private:
  tl::expected<void, SystemError> connect();
  tl::expected<void, SystemError> send(const Event& event);

  const SyslogTarget target_;
  const EcsEncoder form_;
  const std::string hostname_, name_;
  FileDescriptor socket_;
  std::string message_;
};

extern const SinkKind syslog_unix_kind, syslog_udp_kind, syslog_tcp_kind;

}  // namespace apiary
