// How the spawner makes sandboxes, and keeps idle ones.
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "sandbox/view_paths.h"
#include "service/spawner_process.h"

namespace apiary {
namespace {

// Idle sandboxes: how many are made ahead, and how many are kept after a crowd.
constexpr std::size_t spare_sandboxes = 4, max_idle_sandboxes = 64;
// For sandboxes to end, when the daemon has ended.
constexpr std::chrono::seconds end_timeout{3};

}  // namespace

bool SpawnerProcess::prepare() {
  if (is_in_view_) return true;
  if (policy_.is_best_effort && !std::exchange(has_tried_namespaces_, true))
    leave_out(find_refused());
  const auto failed = [this](const SystemError& error) {
    failure_ = {error.what, error.number};
    return false;
  };
  if (!filter_) {
    auto filter = SeccompFilter::make({.has_network = !policy_.namespaces.has(CLONE_NEWNET)});
    if (!filter) return failed(filter.error());
    auto server_filter = SeccompFilter::make({.is_server = true});
    if (!server_filter) return failed(server_filter.error());
    filter_.emplace(std::move(*filter));
    server_filter_.emplace(std::move(*server_filter));
  }
  // For namespaces that the machine refuses; not if the user wants none (--contain off).
  if (policy_.is_best_effort && !policy_.namespaces.has(server_namespaces.flags))
    if (auto landlock = Landlock::make(view_, view_watch_, policy_.namespaces))
      landlock_.emplace(std::move(*landlock));
  return is_in_view_ = !policy_.namespaces.has(CLONE_NEWNS) || prepare_view();
}

bool SpawnerProcess::prepare_view() {
  const auto failed = [this](const SystemError& error) {
    failure_ = {error.what, error.number};
    return false;
  };
  if (!machine_) {
    auto machine = open_mount_namespace();
    if (!machine) return failed(machine.error());
    machine_ = std::move(*machine);
  } else if (setns(machine_.get(), CLONE_NEWNS) != 0) {
    return failed({"setns", errno});
  }
  server_files_ = read_server_files();
  if (const auto entered = enter_view(view_, machine_, view_watch_); !entered)
    return failed(entered.error());
  return true;
}

std::optional<SpawnerProcess::Slot> SpawnerProcess::make(Kind kind) {
  const bool is_prepared = prepare() || (give_up_namespaces() && prepare());
  if (!is_prepared) return {};
  if (kind == Kind::server && !policy_.namespaces.has(server_namespaces.flags)) {
    failure_ = {fmt::format("subsystems need {}: refused by --contain off or this machine",
                            describe(server_namespaces)),
                0};
    return {};
  }
  if (free_.empty() && (policy_.first_user == 0 || slots_.size() < policy_.user_count)) {
    free_.push_back(static_cast<Slot>(slots_.size()));
    slots_.emplace_back();
  }
  if (free_.empty()) {
    failure_ = {"no more users in the range of --service-uids", EAGAIN};
    return {};
  }
  const Slot slot = free_.back();
  provide_group(slot);
  auto sandbox = make_sandbox(slot, kind);
  if (!sandbox) {
    failure_ = {sandbox.error().what, sandbox.error().number};
    if (give_up_namespaces()) return make(kind);
    return {};
  }
  if (!watch(sandbox->socket(), about_socket | slot) ||
      !watch(sandbox->process(), about_process | slot)) {
    failure_ = {"epoll", errno};
    return {};
  }
  free_.pop_back();
  slots_[slot].sandbox = std::move(*sandbox);
  return slot;
}

/// Without one, as where the machine has no more of them, resource limits bound the program.
void SpawnerProcess::provide_group(Slot slot) {
  if (!groups_ || slots_[slot].group) return;
  if (auto group = groups_->make(slot)) slots_[slot].group = std::move(*group);
}

/// What runs in it need not wait for others any more.
void SpawnerProcess::restore_priority(Slot slot) {
  if (!slots_[slot].group) return;
  slots_[slot].group->set_idle(false);
  slots_[slot].group->set_quota({});
}

/// If the machine has no user namespaces left, root makes sandboxes without one; likewise without a
/// control group, if a container's filter refuses to start processes in one (clone3(2)).
tl::expected<Sandbox, SystemError> SpawnerProcess::make_sandbox(Slot slot, Kind kind) {
  LaunchSettings settings = settings_for(slot, kind);
  auto sandbox = Sandbox::make(settings);
  if (!sandbox && std::exchange(settings.group, nullptr) != nullptr &&
      (sandbox = Sandbox::make(settings))) {
    slots_[slot].group->remove();
    slots_[slot].group.reset();
    groups_.reset();
  }
  if (sandbox || !policy_.init_user || !may_make_namespaces()) return sandbox;
  const int number = sandbox.error().number;
  const auto init_user = std::exchange(policy_.init_user, {});
  sandbox = Sandbox::make(settings_for(slot, kind));
  if (sandbox)
    leave_out({{CLONE_NEWUSER}, number});
  else
    policy_.init_user = init_user;
  return sandbox;
}

RefusedNamespaces SpawnerProcess::find_refused() const {
  return find_refused_namespaces(
      policy_.init_user ? policy_.namespaces : policy_.namespaces.without({CLONE_NEWUSER}),
      {{geteuid()}, {getegid()}});
}

/// Continues without what the machine refuses by now, if that is allowed. If it seems to refuse
/// nothing, mounts fail for another reason, or else all does.
bool SpawnerProcess::give_up_namespaces() {
  const Failure failure = failure_;
  const bool may_pass = failure.number == EAGAIN || failure.number == ENOMEM ||
                        failure.number == EMFILE || failure.number == ENFILE;
  if (!policy_.is_best_effort || policy_.namespaces.empty() || may_pass) return false;
  RefusedNamespaces refused = find_refused();
  if (refused.kinds.empty())
    refused = {policy_.namespaces.has(CLONE_NEWNS) ? Namespaces{CLONE_NEWNS} : policy_.namespaces,
               failure.number};
  leave_out(refused, failure.what);
  failure_ = {};
  return true;
}

/// Makes sandboxes without these from now on, and reports that.
void SpawnerProcess::leave_out(const RefusedNamespaces& refused, const std::string& what) {
  if (refused.kinds.empty()) return;
  policy_.namespaces = policy_.namespaces.without(refused.kinds);
  if (refused.kinds.has(CLONE_NEWUSER)) policy_.init_user.reset();
  filter_.reset();
  if (refused.kinds != Namespaces{CLONE_NEWUSER}) remake_view();
  SpawnerReply message{
      .kind = ReplyKind::failed, .step = StartStep::sandbox, .value = refused.number};
  message.set_detail(what.empty() ? "this machine refuses them" : what);
  message.set_path(describe(refused.kinds));
  reply(message);
}

std::optional<SpawnerProcess::Slot> SpawnerProcess::take() {
  if (idle_.empty()) return make(Kind::program);
  const Slot slot = idle_.back();
  idle_.pop_back();
  return slot;
}

void SpawnerProcess::give_back(Slot slot) {
  Used& used = slots_[slot];
  used.runs.reset();
  if (used.is_old || idle_.size() >= max_idle_sandboxes) return drop(slot);
  idle_.push_back(slot);
}

/// Even if the view is the same, there may be new files in it.
void SpawnerProcess::change_view(const SandboxView& view) {
  view_ = view;
  unwatch(view_watch_.descriptor());
  view_watch_ = ViewWatch();
  watch(view_watch_.descriptor(), about_view);
  remake_view();
}

void SpawnerProcess::on_files_changed() {
  if (view_watch_.has_changed()) remake_view();
}

/// Sandboxes that were made for the old view serve no more programs.
void SpawnerProcess::remake_view() {
  is_in_view_ = false;
  for (const Slot slot : std::exchange(idle_, {})) drop(slot);
  for (Used& used : slots_) used.is_old = used.sandbox.has_value();
}

/// Its slot is free when all of its processes have ended.
void SpawnerProcess::drop(Slot slot) {
  slots_[slot].is_old = true;
  restore_priority(slot);
  unwatch(slots_[slot].sandbox->socket());
  slots_[slot].sandbox->end();
}

/// Waits until all sandboxes have ended, which frees their control groups.
void SpawnerProcess::end_all() {
  using namespace std::chrono;
  const auto end = steady_clock::now() + end_timeout;
  const auto left = [end] {
    return std::max<std::int64_t>(ceil<milliseconds>(end - steady_clock::now()).count(), 0);
  };
  for (Slot slot = 0; slot < slots_.size(); ++slot)
    if (slots_[slot].sandbox && slots_[slot].sandbox->socket() >= 0) drop(slot);
  for (Used& used : slots_) {
    if (!used.sandbox || !used.group) continue;
    pollfd process{.fd = used.sandbox->process(), .events = POLLIN, .revents = 0};
    poll(&process, 1, static_cast<int>(left()));
  }
  for (Used& used : slots_)
    while (used.group && !used.group->remove() && left() > 0)  // until the last one has left
      std::this_thread::sleep_for(milliseconds(2));
}

bool SpawnerProcess::wants_spare() const {
  return has_served_ && failure_.number == 0 && idle_.size() < spare_sandboxes;
}

LaunchSettings SpawnerProcess::settings_for(Slot slot, Kind kind) const {
  LaunchSettings settings{.namespaces = policy_.namespaces,
                          .directory = view_.directory,
                          .user = policy_.user,
                          .filter = kind == Kind::server ? &*server_filter_ : &*filter_,
                          .kept = kept_paths(view_),
                          .landlock = landlock_ ? &*landlock_ : nullptr,
                          .group = slots_[slot].group ? &*slots_[slot].group : nullptr,
                          .load = load_,
                          .number = slot};
  if (kind == Kind::server) settings.server = &server_files_;
  if (!policy_.user && policy_.first_user != 0) {
    settings.user = ServiceUser{policy_.first_user + slot, policy_.first_user + slot};
    settings.has_own_user = true;
    settings.idle_user = policy_.idle_user;
  }
  if (!policy_.init_user || !settings.user) return settings;
  settings.own_users = SandboxUsers{.init = *policy_.init_user, .ids = {}};
  auto& ids = settings.own_users->ids;
  for (const ServiceUser& user : {*policy_.init_user, *settings.user})
    for (const std::uint32_t id : {user.user, user.group}) ids.push_back({id});
  if (settings.idle_user) ids.push_back({*settings.idle_user});
  for (const uid_t user : policy_.allowed_users) ids.push_back({user});
  return settings;
}

}  // namespace apiary
