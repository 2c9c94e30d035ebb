#pragma once

#include <cstdint>
#include <memory>

#include "base/token_bucket.h"
#include "service/service_log.h"

namespace apiary {

/// Limits the rate of the notes that the service of one conversation logs.
class NoteLimiter {
 public:
  /// `shared` limits all services together. It and `log` must outlive the limiter.
  NoteLimiter(ServiceLog& log, RateLimiter& shared, const OpenSession& open)
      : log_(log),
        shared_(shared),
        session_(open.session),
        flow_(open.flow),
        service_(open.service) {}
  NoteLimiter(NoteLimiter&& other) noexcept;  ///< `other` then logs nothing more
  NoteLimiter& operator=(NoteLimiter&&) = delete;
  ~NoteLimiter();  ///< logs how many notes were left out

  void log(std::string_view line);
  void log(const ServiceAttempt& attempt);
  /// Logs a file that the program left. Without a path: how many were left out.
  void log(const ServiceFile& file);
  /// Logs how the process ended, whatever the limits: there is one such note per process.
  void log(const ServiceExit& exit);

 private:
  // Limit of one conversation, so that a chatty one leaves room for the others.
  static constexpr double burst = 100, per_second = 20;

  bool has_room();
  void log_left_out();
  std::string_view service_name() const;

  ServiceLog& log_;
  RateLimiter& shared_;
  SessionId session_;
  FlowKey flow_;
  std::shared_ptr<const ServiceSpec> service_;
  RateLimiter own_{burst, per_second};
  std::uint64_t left_out_ = 0;
};

}  // namespace apiary
