#include "daemon/daemon_controller.h"

#include <event2/event.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <sstream>

#include "base/counted.h"
#include "control/commands.h"

namespace apiary {
namespace {

/// Of the diagnostics of a file: the loop blocks while the reader of the log does.
constexpr std::size_t max_logged_lines = 40;

}  // namespace

void DaemonController::Free::operator()(event* event) const { event_free(event); }

DaemonController::DaemonController(Settings settings, ActiveConfigText active,
                                   std::optional<ControlSocket> socket, Dependencies dependencies)
    : version_(std::move(settings.version)),
      configuration_file_(settings.reloading.sources.configuration),
      deps_(dependencies),
      started_(dependencies.clock.now()),
      loaded_(started_),
      reloader_(std::move(settings.reloading), std::move(active),
                {dependencies.shards, worker_, dependencies.network}),
      worker_(dependencies.shards.events().base()),
      rotations_(dependencies.shards.events().base()) {
  deps_.shards.on_release([this](std::vector<std::shared_ptr<const void>> objects) {
    worker_.destroy(std::move(objects));
  });
  event_base* const events = deps_.shards.events().base();
  const auto on_signal = [](evutil_socket_t, short, void* self) {
    static_cast<DaemonController*>(self)->on_hangup();
  };
  hangup_.reset(event_new(events, SIGHUP, EV_SIGNAL | EV_PERSIST, on_signal, this));
  event_add(hangup_.get(), nullptr);
  const auto on_rotation = [](evutil_socket_t, short, void* self) {
    // The sinks log their failures.
    static_cast<DaemonController*>(self)->rotate([](const ControlResponse&) {});
  };
  rotation_signal_.reset(event_new(events, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_rotation, this));
  event_add(rotation_signal_.get(), nullptr);
  if (socket)
    server_.emplace(events, std::move(*socket),
                    [this](const ControlRequest& request, const Reply& reply) {
                      execute_command(request, *this, reply);
                    });
}

DaemonController::~DaemonController() { deps_.shards.on_release({}); }

DaemonStatus DaemonController::status() const {
  const Instant now = deps_.clock.now();
  const ShardSet::Pause pause(deps_.shards);  // also for the counters of devices
  ShardSetStatus shards = deps_.shards.status(now);
  DaemonStatus status{.version = version_,
                      .configuration_file = configuration_file_,
                      .now = now,
                      .started = started_,
                      .loaded = loaded_,
                      .statements_since = statements_since_,
                      .failure = failure_,
                      .untransmitted = shards.sum.untransmitted,
                      .sessions = shards.sessions,
                      .processes = shards.processes,
                      .refused_services = shards.refused_services,
                      .subsystems = std::move(shards.subsystems),
                      .outbound = shards.outbound,
                      .sinks = deps_.output.sinks(),
                      .events = deps_.output.pipeline().event_counts(),
                      .turnaround = shards.sum.turnaround,
                      .engine = std::move(shards.sum.engine),
                      .shards = std::move(shards.shards)};
  const auto devices = deps_.network.devices();
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const Device& device = *devices[i];
    const DeviceCounters lost = device.counters();
    const InterfaceState state = deps_.interfaces.states()[i];
    status.interfaces.push_back({device.name(), lost.receive_drops, lost.skipped,
                                 std::string(to_string(state)), state == InterfaceState::up,
                                 device.mtu_bytes()});
  }
  return status;
}

HostDirectory DaemonController::hosts() const {
  return {deps_.shards.honeynet(), deps_.shards.host_key(), deps_.shards.dhcp_clients()};
}

ConversationList DaemonController::conversations(std::size_t limit) const {
  return deps_.shards.conversations(limit);
}

/// One more reload follows, however many signals arrive during one.
void DaemonController::on_hangup() {
  if (hangup_waits_) {
    hangup_again_ = true;
    return;
  }
  hangup_waits_ = true;
  reload([this](const ControlResponse&) {
    hangup_waits_ = false;
    if (std::exchange(hangup_again_, false)) on_hangup();
  });
}

void DaemonController::reload(Reply reply) {
  reloader_.reload([this, reply = std::move(reply)](const ConfigReloader::Outcome& outcome) {
    note_reload(outcome);
    reply({outcome.changed, outcome.text});
  });
}

void DaemonController::note_reload(const ConfigReloader::Outcome& outcome) {
  if (!outcome.changed) {
    failure_ = outcome.text.substr(0, outcome.text.find('\n'));
    deps_.log.error("{} was not reloaded: the active configuration stays", configuration_file_);
    deps_.output.pipeline().emit(
        events::DaemonEvent::Kind::reload_failed,
        fmt::format("{} was not reloaded: {}", configuration_file_, failure_));
    return log_lines(true, outcome.text);
  }
  failure_.clear();
  loaded_ = deps_.clock.now();
  if (statements_since_ > 0)
    deps_.log.warn("the reload discarded {} that apiary ctl had added",
                   counted(statements_since_, "statement"));
  statements_since_ = 0;
  const std::string sentence = fmt::format("{} was reloaded: answering for {}", configuration_file_,
                                           counted(deps_.shards.claimed().size(), "address"));
  deps_.log.info("{}", sentence);
  deps_.output.pipeline().emit(events::DaemonEvent::Kind::reload, sentence);
  log_lines(false, outcome.text);
  for (const std::string& notice : outcome.notices) deps_.log.warn("{}", notice);
}

void DaemonController::apply(std::string statement, Reply reply) {
  reloader_.add(statement, [this, statement,
                            reply = std::move(reply)](const ConfigReloader::Outcome& outcome) {
    note_change("apiary ctl: " + statement, outcome, reply);
  });
}

void DaemonController::replace(std::string text, Reply reply) {
  reloader_.replace(std::move(text),
                    [this, reply = std::move(reply)](const ConfigReloader::Outcome& outcome) {
                      note_change("the dashboard replaced the configuration", outcome, reply);
                    });
}

void DaemonController::note_change(const std::string& what, const ConfigReloader::Outcome& outcome,
                                   const Reply& reply) {
  std::string text = outcome.text;
  if (outcome.changed) {
    statements_since_ = outcome.statements_since;
    deps_.log.info("{}", what);
    deps_.output.pipeline().emit(events::DaemonEvent::Kind::change, what);
    for (const std::string& notice : outcome.notices) text += notice + "\n";
  }
  reply({outcome.changed, std::move(text)});
}

void DaemonController::rotate(Reply reply) {
  const auto round = std::make_shared<RotationRound>(
      [this, reply = std::move(reply)](RotationRound::Outcome outcome) {
        rotations_.post([reply, outcome = std::move(outcome)] {
          reply({outcome.failures.empty(), outcome.failures + outcome.remarks});
        });
      });
  deps_.output.rotate(round);
}

void DaemonController::follow_leases() {
  if (deps_.shards.lease_changes() == leases_seen_) return;
  leases_seen_ = deps_.shards.lease_changes();
  reloader_.follow(deps_.shards.leased_addresses(), [this](const std::string& failure) {
    deps_.log.error("cannot receive packets for leased addresses: {}", failure);
  });
}

void DaemonController::follow_machine(std::vector<InterfaceSettings> interfaces,
                                      std::vector<std::string> reopened,
                                      const AddressSet& machines) {
  reloader_.follow_machine(
      std::move(interfaces), std::move(reopened), machines,
      [this](const ConfigReloader::Outcome& outcome) {
        if (!outcome.changed)
          deps_.log.error("cannot follow changes of this machine: {}", outcome.text);
        for (const std::string& notice : outcome.notices) {
          deps_.log.info("{}", notice);
          deps_.output.pipeline().emit(events::DaemonEvent::Kind::change, notice);
        }
      });
}

void DaemonController::in_background(std::function<std::string()> work, Reply reply) {
  worker_.run([work = std::move(work), reply = std::move(reply)]() -> BackgroundWorker::Completion {
    const auto text = std::make_shared<std::string>(work());
    return [reply, text] { reply({true, std::move(*text)}); };
  });
}

void DaemonController::log_lines(bool as_errors, const std::string& text) {
  std::istringstream lines(text);
  const auto level = as_errors ? spdlog::level::err : spdlog::level::warn;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);)
    if (++count <= max_logged_lines) deps_.log.log(level, "{}", line);
  if (count > max_logged_lines)
    deps_.log.log(level, "and {}: apiary check shows them",
                  counted(count - max_logged_lines, "more line"));
}

}  // namespace apiary
