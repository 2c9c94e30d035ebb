#pragma once

#include <cstdint>
#include <memory>

#include "base/token_bucket.h"
#include "service/service_log.h"

namespace apiary {

/// Where the notes of one conversation's service come together before the log.
class NoteLimiter {
 public:
  /// `log` and `shared`, the allowance of all services together, must outlive the limiter.
  NoteLimiter(ServiceLog& log, RateLimiter& shared, const OpenSession& open)
      : log_(log),
        shared_(shared),
        session_(open.session),
        flow_(open.flow),
        service_(open.service) {}
  NoteLimiter(NoteLimiter&& other) noexcept;  ///< the other has nothing left to tell
  NoteLimiter& operator=(NoteLimiter&&) = delete;
  ~NoteLimiter();  ///< tells how many notes were left out

  void tell(std::string_view line);
  /// How the process ended is told whatever else the service has said: there is one for each.
  void tell(const ServiceExit& exit);

 private:
  // Of one conversation, so that a chatty one leaves room for the others.
  static constexpr double burst = 100, per_second = 20;

  void tell_left_out();
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
