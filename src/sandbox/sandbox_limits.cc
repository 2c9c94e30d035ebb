// How process 1 of a sandbox holds a program to its limits.
#include <algorithm>
#include <csignal>

#include "sandbox/sandbox_group.h"
#include "sandbox/sandbox_init.h"

namespace apiary {

/// Sets the sandbox's control group, if there is one, for a program with these privileges.
bool SandboxInit::prepare_group(const ServicePrivileges& privileges) {
  refused_forks_.begin();
  if (settings_.group == nullptr) return true;
  set_demoted(false);
  return limit_group(privileges);
}

bool SandboxInit::limit_group(const ServicePrivileges& privileges) {
  if (settings_.group == nullptr) return true;
  const ProgramLimits limits = limits_of(privileges, server_.has_value());
  const bool has_own_user = settings_.has_own_user && !privileges.user;
  // Process 1, and one that it may fork for a moment.
  const std::uint32_t own_tasks = group_bounds_forks(settings_) ? 1 : 2;
  return settings_.group->set_limits(limits.memory_bytes, task_limit(limits, has_own_user),
                                     own_tasks);
}

/// The server that runs gets other limits and another egress list. The spawner has set the limits
/// of its processes.
void SandboxInit::change(const DecodedRequest& request) {
  if (!server_ || !program_ || program_->number != request.process) return;
  SpawnerReply failure{.process = program_->number, .kind = ReplyKind::not_changed};
  if (const auto allowed = server_->allow(request.egress); !allowed) {
    failure.value = allowed.error().number;
    failure.set_detail(allowed.error().what);
  }
  program_->watch.change(limits_of(request.privileges, true), Clock::now());
  if (!limit_group(request.privileges)) {
    failure.value = errno;
    failure.set_detail("the limits of its control group");
  }
  if (failure.value != 0) reply(failure);
}

/// With a control group, all of the sandbox, processes that a program is forking included.
void SandboxInit::set_demoted(bool is_demoted) {
  if (settings_.group == nullptr || !settings_.group->has_cpu()) {
    if (is_demoted) processes_.make_idle(program_->watch.usage().threads);
    return;
  }
  if (is_demoted != is_demoted_ && settings_.group->set_idle(is_demoted)) {
    is_demoted_ = is_demoted;
    if (program_) count_as(is_demoted ? ProcessorLoad::State::demoted : ProcessorLoad::State::runs);
  }
  const auto quota = is_demoted_ && settings_.load != nullptr
                         ? settings_.load->demoted_quota(SandboxGroup::quota_period)
                         : std::chrono::microseconds{0};
  if (quota != quota_ && settings_.group->set_quota(quota)) quota_ = quota;
}

void SandboxInit::count_as(ProcessorLoad::State state) const {
  if (settings_.load != nullptr) settings_.load->set(settings_.number, state);
}

void SandboxInit::check_limits() {
  if (!program_) return;
  const auto now = Clock::now();
  if (now >= program_->kill_at) {
    program_->is_killed = true;
    processes_.signal_all(SIGKILL);
    program_->kill_at = Clock::time_point::max();
  }
  ProgramWatch& watch = program_->watch;
  if (const ServiceLimit limit = watch.exceeded(now); limit != ServiceLimit::none)
    kill_for(limit);
  else
    set_demoted(watch.is_busy());
  report_refused_forks(watch.is_at_bound());
}

void SandboxInit::kill_for(ServiceLimit limit) {
  set_demoted(false);  // its end is not to wait for others
  program_->limit = limit;
  program_->watch.stop();
  program_->kill_at = Clock::time_point::max();
  processes_.signal_all(SIGKILL);
}

int SandboxInit::milliseconds_to_wait() const {
  if (!program_) return -1;
  const auto now = Clock::now();
  auto next = std::min(program_->watch.next(), program_->kill_at);
  if (attempts_.next() > now) next = std::min(next, attempts_.next());
  if (server_) next = std::min(next, server_->next_check());
  if (next == Clock::time_point::max()) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now);
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

}  // namespace apiary
