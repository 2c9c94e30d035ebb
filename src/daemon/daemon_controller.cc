#include "daemon/daemon_controller.h"

#include <event2/event.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <sstream>

#include "base/counted.h"
#include "control/commands.h"
#include "daemon/config_json.h"

namespace apiary {
namespace {

/// Of the diagnostics of a file: the loop waits for whoever reads the log.
constexpr std::size_t max_logged_lines = 40;

}  // namespace

void DaemonController::Free::operator()(event* event) const { event_free(event); }

DaemonController::DaemonController(Settings settings, ActiveConfigText present,
                                   ReceiveFilter filter, std::optional<ControlSocket> socket,
                                   Dependencies dependencies)
    : version_(std::move(settings.version)),
      configuration_file_(settings.reconfiguration.sources.configuration),
      deps_(dependencies),
      started_(dependencies.clock.now()),
      loaded_(started_),
      reconfiguration_(
          std::move(settings.reconfiguration), std::move(present), std::move(filter),
          {dependencies.engine, worker_, dependencies.devices, dependencies.guards,
           dependencies.inside_guards, dependencies.hold,
           [services = &dependencies.services](const SandboxView& view) { services->show(view); }}),
      worker_(dependencies.events),
      rotations_(dependencies.events) {
  const auto on_signal = [](evutil_socket_t, short, void* self) {
    static_cast<DaemonController*>(self)->on_hangup();
  };
  hangup_.reset(event_new(dependencies.events, SIGHUP, EV_SIGNAL | EV_PERSIST, on_signal, this));
  event_add(hangup_.get(), nullptr);
  const auto on_rotation = [](evutil_socket_t, short, void* self) {
    // Failures are logged as trouble of the sinks.
    static_cast<DaemonController*>(self)->rotate([](const ControlResponse&) {});
  };
  rotation_signal_.reset(
      event_new(dependencies.events, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_rotation, this));
  event_add(rotation_signal_.get(), nullptr);
  if (socket)
    server_.emplace(dependencies.events, std::move(*socket),
                    [this](const ControlRequest& request, const Reply& reply) {
                      execute_command(request, *this, reply);
                    });
}

DaemonController::~DaemonController() = default;

DaemonStatus DaemonController::status() const {
  DaemonStatus status{.version = version_,
                      .configuration_file = configuration_file_,
                      .now = deps_.clock.now(),
                      .started = started_,
                      .loaded = loaded_,
                      .statements_since = statements_since_,
                      .failure = failure_,
                      .untransmitted = deps_.loop.untransmitted(),
                      .sessions = deps_.services.session_count(),
                      .processes = deps_.services.process_count(),
                      .refused_services = deps_.services.refused_count(),
                      .sinks = deps_.pipeline.sinks(),
                      .told = deps_.pipeline.told(),
                      .turnaround = deps_.loop.turnaround(),
                      .engine = deps_.engine.status(deps_.clock.now())};
  if (deps_.capture != nullptr) status.sinks.push_back(deps_.capture->status());
  for (std::size_t i = 0; i < deps_.devices.size(); ++i) {
    Device& device = *deps_.devices[i];
    const DeviceCounters lost = device.counters();
    const InterfaceState state = deps_.interfaces.states()[i];
    status.interfaces.push_back({device.name(), lost.receive_drops, lost.skipped,
                                 std::string(to_string(state)), state == InterfaceState::up,
                                 device.mtu_bytes()});
  }
  return status;
}

HostDirectory DaemonController::hosts() const {
  return {deps_.engine.honeynet(), deps_.engine.host_key(), deps_.engine.dhcp_clients()};
}

ConversationList DaemonController::conversations(std::size_t limit) const {
  return deps_.engine.conversations(limit);
}

/// However often it comes while one reload is under way, one more follows.
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
  reconfiguration_.reload([this, reply = std::move(reply)](const ConfigReloader::Outcome& outcome) {
    note_reload(outcome);
    reply({outcome.changed, outcome.text});
  });
}

void DaemonController::note_reload(const ConfigReloader::Outcome& outcome) {
  if (!outcome.changed) {
    failure_ = outcome.text.substr(0, outcome.text.find('\n'));
    deps_.log.error("{} was not reloaded: the active configuration stays", configuration_file_);
    deps_.pipeline.tell(events::DaemonEvent::Kind::reload_failed,
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
                                           counted(deps_.engine.claimed().size(), "address"));
  deps_.log.info("{}", sentence);
  deps_.pipeline.tell(events::DaemonEvent::Kind::reload, sentence);
  log_lines(false, outcome.text);
  for (const std::string& notice : outcome.notices) deps_.log.warn("{}", notice);
}

void DaemonController::apply(std::string statement, Reply reply) {
  reconfiguration_.add(statement, [this, statement, reply = std::move(reply)](
                                      const ConfigReloader::Outcome& outcome) {
    note_change("apiary ctl: " + statement, outcome, reply);
  });
}

void DaemonController::replace(std::string text, Reply reply) {
  reconfiguration_.replace(
      std::move(text), [this, reply = std::move(reply)](const ConfigReloader::Outcome& outcome) {
        note_change("the dashboard replaced the configuration", outcome, reply);
      });
}

void DaemonController::note_change(const std::string& what, const ConfigReloader::Outcome& outcome,
                                   const Reply& reply) {
  std::string text = outcome.text;
  if (outcome.changed) {
    statements_since_ = outcome.statements_since;
    deps_.log.info("{}", what);
    deps_.pipeline.tell(events::DaemonEvent::Kind::change, what);
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
  deps_.pipeline.rotate(round);
  if (deps_.capture != nullptr) deps_.capture->rotate(round);
}

void DaemonController::follow_leases() {
  if (deps_.engine.lease_changes() == leases_seen_) return;
  leases_seen_ = deps_.engine.lease_changes();
  reconfiguration_.follow(deps_.engine.leased_addresses(), [this](const std::string& failure) {
    deps_.log.error("cannot receive packets for leased addresses: {}", failure);
  });
}

void DaemonController::follow_machine(std::vector<InterfaceSettings> interfaces,
                                      std::vector<std::string> reopened,
                                      const AddressSet& machines) {
  reconfiguration_.follow_machine(
      std::move(interfaces), std::move(reopened), machines,
      [this](const ConfigReloader::Outcome& outcome) {
        if (!outcome.changed)
          deps_.log.error("cannot follow changes of this machine: {}", outcome.text);
        for (const std::string& notice : outcome.notices) {
          deps_.log.info("{}", notice);
          deps_.pipeline.tell(events::DaemonEvent::Kind::change, notice);
        }
      });
}

void DaemonController::show(ConfigReloader::View view, Reply reply) {
  reconfiguration_.show(std::move(view), [reply = std::move(reply)](std::string text) {
    const bool is_known = !text.empty();
    reply({is_known, is_known ? std::move(text) : "there is no host"});
  });
}

void DaemonController::dump(Reply reply) {
  show(
      [](const ActiveConfigText& present, const ConfigurationSources& sources) {
        std::string text = whole_text(present, sources);
        if (text.empty() || text.back() != '\n') text += '\n';
        return text;
      },
      std::move(reply));
}

void DaemonController::show_configuration(Reply reply) {
  show([state = ConfigurationState{configuration_file_, loaded_, statements_since_, failure_}](
           const ActiveConfigText& present,
           const ConfigurationSources&) { return configuration_json(state, present); },
       std::move(reply));
}

void DaemonController::draw_topology(Reply reply) { show(topology_json, std::move(reply)); }

void DaemonController::explain(const IpAddress& address, Reply reply) {
  show(
      [address, key = deps_.engine.host_key(), now = deps_.clock.now()](
          const ActiveConfigText& present, const ConfigurationSources& sources) {
        return host_json(present, sources, address, key, now);
      },
      std::move(reply));
}

void DaemonController::check(std::string text, Reply reply) {
  show([text = std::move(text)](
           const ActiveConfigText& present,
           const ConfigurationSources& sources) { return check_json(text, present, sources); },
       std::move(reply));
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
