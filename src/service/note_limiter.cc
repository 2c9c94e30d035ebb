#include "service/note_limiter.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "base/counted.h"
#include "base/overloaded.h"
#include "posix/clock.h"
#include "service/note_text.h"

namespace apiary {
namespace {

std::string exit_text(const ServiceExit& exit) {
  const std::string signal =
      exit.signal == 0 ? "" : fmt::format("signal {} ({})", exit.signal, strsignal(exit.signal));
  if (exit.limit != ServiceLimit::none)
    return fmt::format("{}, as it {}", exit.limit == ServiceLimit::output ? "ended" : "killed",
                       describe(exit.limit));
  if (exit.by_daemon && exit.signal != 0) return fmt::format("ended by the daemon with {}", signal);
  if (exit.signal != 0) return fmt::format("killed by {}", signal);
  return fmt::format("exited with status {}{}", exit.status,
                     exit.by_daemon ? " when the daemon ended it" : "");
}

std::string attempt_text(const ServiceAttempt& attempt) {
  if (attempt.target)
    return fmt::format("tried to reach {}: there is no network", to_string(*attempt.target));
  if (attempt.kind == AttemptKind::fork)
    return "tried to start another process: it has all that it may have";
  if (attempt.path.empty()) return fmt::format("tried {}: refused", attempt.call);
  return fmt::format("tried {} of {}: refused", attempt.call, printable_note(attempt.path));
}

}  // namespace

NoteLimiter::NoteLimiter(NoteLimiter&& other) noexcept
    : log_(other.log_),
      shared_(other.shared_),
      session_(other.session_),
      flow_(other.flow_),
      service_(std::move(other.service_)),
      own_(other.own_),
      left_out_(std::exchange(other.left_out_, 0)) {}

NoteLimiter::~NoteLimiter() {
  if (left_out_ > 0 && shared_.take(steady_now())) log_left_out();
}

bool NoteLimiter::has_room() {
  const auto now = steady_now();
  if (own_.take(now) && shared_.take(now)) {
    log_left_out();
    return true;
  }
  ++left_out_;
  return false;
}

void NoteLimiter::log(std::string_view line) {
  if (has_room()) log_.on_note({session_, flow_, service_name(), printable_note(line)});
}

void NoteLimiter::log(const ServiceAttempt& attempt) {
  if (!has_room()) return;
  log_.on_note({session_, flow_, service_name(), attempt_text(attempt), {}, attempt});
}

void NoteLimiter::log(const ServiceFile& file) {
  if (file.path.empty())
    return log(fmt::format("left {} that are not listed", counted(file.bytes, "more file")));
  if (!has_room()) return;
  const std::string text =
      fmt::format("left {}, {}", printable_note(file.path), counted(file.bytes, "byte"));
  log_.on_note({session_, flow_, service_name(), text, {}, {}, file});
}

void NoteLimiter::log(const ServiceExit& exit) {
  log_left_out();
  log_.on_note({session_, flow_, service_name(), exit_text(exit), exit});
}

void NoteLimiter::log_left_out() {
  if (left_out_ == 0) return;
  log_.on_note({session_, flow_, service_name(),
                fmt::format("({} left out)", counted(left_out_, "more line"))});
  left_out_ = 0;
}

/// The service as the configuration has it.
std::string_view NoteLimiter::service_name() const {
  return std::visit(overloaded{[](const Script& s) -> std::string_view { return s.command; },
                               [](const Proxy& p) -> std::string_view { return p.target; },
                               [](BuiltIn b) -> std::string_view { return name_of(b); },
                               [](const Subsystem& s) -> std::string_view { return s.command; }},
                    *service_);
}

}  // namespace apiary
