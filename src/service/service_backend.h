#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "sandbox/sandbox_view.h"
#include "service/note_limiter.h"
#include "service/session.h"

namespace apiary {

/// Why a service was not started or reached, as text for people: "not started: ...".
struct Refusal {
  std::string why;
};

/// The sessions and processes that a backend currently runs.
struct BackendUsage {
  std::size_t sessions = 0;   // open
  std::size_t processes = 0;  // including those that are being ended
};

/// Runs the services of one kind, within limits of its own. It must outlive its sessions.
class ServiceBackend {
 public:
  virtual ~ServiceBackend() = default;

  /// Whether it runs this kind of service. Exactly one backend runs each kind.
  virtual bool serves(const ServiceSpec& service) const = 0;
  /// Starts the service of a conversation. serves() must be true for it. The session writes to
  /// `notes` what operators should read. The caller reports a refusal; the session reports later
  /// failures.
  virtual tl::expected<std::unique_ptr<Session>, Refusal> open(const OpenSession& open,
                                                               NoteLimiter notes) = 0;
  /// Logs what ends with the daemon, beside sessions.
  virtual void on_stop() {}
  /// Sets what programs see from now on, for a backend that runs some.
  virtual void show(const SandboxView&) {}
  virtual BackendUsage usage() const { return {.sessions = session_count()}; }

  /// The runner calls these to count open sessions: opened here, neither closed nor failed.
  void count_opened(IpProtocol protocol) { ++count(protocol); }
  void count_over(IpProtocol protocol) { --count(protocol); }

 protected:
  std::size_t session_count() const { return stream_sessions_ + datagram_sessions_; }
  std::size_t datagram_session_count() const { return datagram_sessions_; }

 private:
  std::size_t& count(IpProtocol protocol) {
    return protocol == IpProtocol::udp ? datagram_sessions_ : stream_sessions_;
  }

  std::size_t stream_sessions_ = 0, datagram_sessions_ = 0;
};

}  // namespace apiary
