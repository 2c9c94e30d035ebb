#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "service/note_limiter.h"
#include "service/session.h"

namespace apiary {

/// Why a service was not started or reached, for a reader: "not started: ...".
struct Refusal {
  std::string why;
};

/// What a backend has under way.
struct BackendUsage {
  std::size_t sessions = 0;   // that live
  std::size_t processes = 0;  // those still being ended included
};

/// Runs the services of one kind, within limits of its own. It must outlive its sessions.
class ServiceBackend {
 public:
  virtual ~ServiceBackend() = default;

  /// Whether it runs such a service. One backend does of each.
  virtual bool serves(const ServiceSpec& service) const = 0;
  /// Starts the service of a conversation that it serves. `notes` is where the session says what an
  /// operator should read; a refusal is said by the caller. What fails later, the session reports.
  virtual tl::expected<std::unique_ptr<Session>, Refusal> open(const OpenSession& open,
                                                               NoteLimiter notes) = 0;
  virtual BackendUsage usage() const { return {.sessions = session_count()}; }

  /// The runner counts the sessions that live: opened here, and neither closed nor failed.
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
