#pragma once

#include "event/ecs_encoder.h"
#include "posix/file_descriptor.h"
#include "sink/message_sink.h"
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

/// Sends events as syslog messages (RFC 5424) (`--sink syslog+udp://HOST`, `--syslog udp:HOST`),
/// each with the event's JSON as its text. Over TCP it counts octets (RFC 6587). It truncates a
/// message that does not fit into a datagram, and sends no payloads. Syslog has no acknowledgments:
/// an event is written when the kernel or the spool has its message.
class SyslogSink final : public MessageSink {
 public:
  /// `name` follows "syslog at" in name(); empty: the host.
  SyslogSink(SyslogTarget target, const EcsEncoder& form, std::string hostname,
             const std::string& name = "", std::optional<Spool> spool = {});

  const std::string& name() const override { return name_; }
  EventKinds wants() const override {
    return EventKinds::all().without({EventKind::packet, EventKind::payload});
  }

 private:
  void append_message(std::string& message, const Event& event) override;
  tl::expected<void, SystemError> send(std::string_view message) override;
  tl::expected<void, SystemError> connect();
  tl::expected<void, SystemError> send_all(std::string_view left);

  const SyslogTarget target_;
  const EcsEncoder form_;
  const std::string hostname_, name_;
  FileDescriptor socket_;
  std::string frame_;  // a member to reuse its memory
};

extern const SinkKind syslog_unix_kind, syslog_udp_kind, syslog_tcp_kind;

}  // namespace apiary
