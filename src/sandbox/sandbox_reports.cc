// What process 1 of a sandbox reports to the spawner.
#include <unistd.h>

#include <utility>

#include "sandbox/left_files.h"
#include "sandbox/sandbox_init.h"
#include "sandbox/sandbox_privileges.h"
#include "sandbox/sandbox_view.h"
#include "sandbox/view_paths.h"

namespace apiary {

void SandboxInit::report_ports() {
  if (!server_ || !program_) return;
  for (const PortChange& change : server_->port_changes(Clock::now()))
    reply({.process = program_->number, .kind = ReplyKind::port, .port = change});
}

FileUser SandboxInit::file_user(const DecodedRequest& request) const {
  const auto user = program_user(settings_, request.privileges);
  return user ? FileUser{user->user, user->group} : FileUser{geteuid(), getegid()};
}

void SandboxInit::report_attempt() {
  const auto attempt = attempts_.read(Clock::now());
  // A server may have parts that speak to each other.
  const bool is_inside = server_ && attempt && attempt->target &&
                         server_->network().is_inside(attempt->target->address);
  // What its egress list allows is reported when its packet is seen. What is read here may have
  // changed since, and only decides whether there is a report.
  const bool is_allowed = server_ && attempt && attempt->target &&
                          (server_->egress().allows(IpProtocol::tcp, *attempt->target) ||
                           server_->egress().allows(IpProtocol::udp, *attempt->target));
  if (attempt && !is_inside && !is_allowed) report(*attempt);
}

void SandboxInit::report_outbound_requests() {
  const Instant now{Clock::now().time_since_epoch()};
  for (const OutboundRequest& outbound : server_->egress().read(now))
    if (program_ && server_->network().is_inside(outbound.flow.local.address))
      reply({.process = program_->number,
             .kind = ReplyKind::outbound,
             .flow = outbound.flow,
             .number = outbound.number});
    else
      server_->egress().answer(outbound.number, OutboundAnswer::refuse);
}

void SandboxInit::report_refusal() {
  if (const auto target = server_->refused_target())
    report({"sendto", *target, {}, AttemptKind::message});
}

/// If conversations share a user, its bound is theirs together, and a report would name one of
/// them.
void SandboxInit::report_refused_forks(bool is_at_bound) {
  // Taken in any case: else its descriptor stays ready.
  const bool is_refused = refused_forks_.take(Clock::now(), is_at_bound);
  if (is_refused && program_ && program_->has_own_user)
    report({.call = "fork", .kind = AttemptKind::fork});
}

/// Whether the program, which has just ended, had all processes that it may have with those that it
/// left: many end as a fork fails.
bool SandboxInit::ended_at_bound() const {
  if (!settings_.has_own_proc() || group_bounds_forks(settings_)) return false;
  const std::size_t left = sandbox_usage().threads.size();
  return left > 0 && program_->watch.is_bound(left + 1);
}

void SandboxInit::report(const Attempt& attempt) {
  const Instant now{Clock::now().time_since_epoch()};
  if (!program_) return;
  if (!attempt_rate_.take(now)) return;
  SpawnerReply message{.process = program_->number, .kind = ReplyKind::attempted};
  message.set_detail(attempt.call);
  message.set_path(attempt.path);
  message.attempt = attempt.kind;
  message.has_target = attempt.target.has_value();
  message.target = attempt.target.value_or(Endpoint{});
  reply(message);
}

/// Of the program, which has ended; what it left in the background may still run. A server writes
/// files of its own, for many visitors.
void SandboxInit::report_files() {
  if (server_ || !settings_.namespaces.has(CLONE_NEWNS) || folders_.are_empty()) return;
  LeftFiles files{LeftFiles::Limits{}};
  for (const char* const folder : private_folders)
    files.read(folder, [this](const LeftFile& file) {
      SpawnerReply message{.process = program_->number, .kind = ReplyKind::left};
      message.set_path(file.path);
      message.count = file.bytes;
      message.has_hash = file.hash.has_value();
      message.hash = file.hash.value_or(Sha256{});
      reply(message, file.descriptor);
    });
  if (files.left_out() > 0)
    reply({.process = program_->number, .kind = ReplyKind::left, .count = files.left_out()});
}

void SandboxInit::reply(const SpawnerReply& reply, int descriptor) {
  send_reply(socket_.get(), reply, descriptor);
}

}  // namespace apiary
