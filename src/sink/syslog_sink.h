#pragma once

#include "event/ecs_encoder.h"
#include "posix/file_descriptor.h"
#include "sink/sink.h"

namespace apiary {

/// Where a syslog listens: "unix:/dev/log", "udp:HOST[:PORT]", "tcp:HOST[:PORT]".
struct SyslogTarget {
  enum class Transport : std::uint8_t { unix_socket, udp, tcp };
  Transport transport = Transport::unix_socket;
  std::string where, port;  // a path and nothing, or a host and a port
};
/// Error: a sentence.
tl::expected<SyslogTarget, std::string> parse_syslog_target(std::string_view text);

/// Sends events as messages of syslog (RFC 5424), each with its JSON as the text. Over TCP they are
/// counted octets (RFC 6587). One that a datagram does not hold is cut. What a service heard and
/// said stays here. None of these ways acknowledges: written is what the kernel took.
class SyslogSink final : public Sink {
 public:
  SyslogSink(SyslogTarget target, const EcsEncoder& form, std::string hostname);

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

}  // namespace apiary
