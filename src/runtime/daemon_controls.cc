#include "runtime/daemon_controls.h"

#include <event2/event.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <sstream>

#include "base/counted.h"
#include "control/commands.h"
#include "runtime/live_views.h"

namespace apiary {
namespace {

/// Of the diagnostics of a file: the loop waits for whoever reads the log.
constexpr std::size_t logged_lines_at_most = 40;

}  // namespace

void DaemonControls::Free::operator()(event* event) const { event_free(event); }

DaemonControls::DaemonControls(Settings settings, LivingText present, Reception reception,
                               std::optional<ControlSocket> socket, Surroundings around)
    : version_(std::move(settings.version)),
      configuration_file_(settings.reconfiguration.sources.configuration),
      around_(around),
      started_(around.clock.now()),
      loaded_(started_),
      reconfiguration_(std::move(settings.reconfiguration), std::move(present),
                       std::move(reception),
                       {around.engine, worker_, around.devices, around.silences,
                        around.inner_silences, around.hold}),
      worker_(around.events),
      rotations_(around.events) {
  const auto on_signal = [](evutil_socket_t, short, void* self) {
    static_cast<DaemonControls*>(self)->on_hangup();
  };
  hangup_.reset(event_new(around.events, SIGHUP, EV_SIGNAL | EV_PERSIST, on_signal, this));
  event_add(hangup_.get(), nullptr);
  const auto on_rotation = [](evutil_socket_t, short, void* self) {
    // What goes wrong is told as the sinks' trouble.
    static_cast<DaemonControls*>(self)->rotate([](const ControlAnswer&) {});
  };
  rotation_signal_.reset(
      event_new(around.events, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_rotation, this));
  event_add(rotation_signal_.get(), nullptr);
  if (socket)
    server_.emplace(around.events, std::move(*socket),
                    [this](const ControlRequest& request, const Reply& reply) {
                      carry_out(request, *this, reply);
                    });
}

DaemonControls::~DaemonControls() = default;

DaemonStatus DaemonControls::status() const {
  DaemonStatus status{.version = version_,
                      .configuration_file = configuration_file_,
                      .now = around_.clock.now(),
                      .started = started_,
                      .loaded = loaded_,
                      .statements_since = statements_since_,
                      .failure = failure_,
                      .untransmitted = around_.loop.untransmitted(),
                      .sessions = around_.services.session_count(),
                      .processes = around_.services.process_count(),
                      .sinks = around_.chronicle.sinks(),
                      .told = around_.chronicle.told(),
                      .turnaround = around_.loop.turnaround()};
  if (around_.capture != nullptr) status.sinks.push_back(around_.capture->status());
  for (std::size_t i = 0; i < around_.devices.size(); ++i) {
    Device& device = *around_.devices[i];
    const DeviceCounters lost = device.counters();
    const InterfaceState state = around_.interfaces.states()[i];
    status.interfaces.push_back({device.name(), lost.receive_drops, lost.skipped,
                                 std::string(to_string(state)), state == InterfaceState::up,
                                 device.mtu_bytes()});
  }
  return status;
}

/// However often it comes while one reload is under way, one more follows.
void DaemonControls::on_hangup() {
  if (hangup_waits_) {
    hangup_again_ = true;
    return;
  }
  hangup_waits_ = true;
  reload([this](const ControlAnswer&) {
    hangup_waits_ = false;
    if (std::exchange(hangup_again_, false)) on_hangup();
  });
}

void DaemonControls::reload(Reply reply) {
  reconfiguration_.reload(
      [this, reply = std::move(reply)](const Reconfiguration::Outcome& outcome) {
        note_reload(outcome);
        reply({outcome.changed, outcome.text});
      });
}

void DaemonControls::note_reload(const Reconfiguration::Outcome& outcome) {
  if (!outcome.changed) {
    failure_ = outcome.text.substr(0, outcome.text.find('\n'));
    around_.log.error("{} was not loaded again; nothing has changed", configuration_file_);
    around_.chronicle.tell(
        events::DaemonEvent::Kind::reload_failed,
        fmt::format("{} was not loaded again: {}", configuration_file_, failure_));
    return log_lines(true, outcome.text);
  }
  failure_.clear();
  loaded_ = around_.clock.now();
  if (statements_since_ > 0)
    around_.log.warn("the reload dropped {} of apiary ctl that the file does not have",
                     counted(statements_since_, "statement"));
  statements_since_ = 0;
  const std::string sentence =
      fmt::format("{} was loaded again: answering for {}", configuration_file_,
                  counted(around_.engine.claimed().size(), "address"));
  around_.log.info("{}", sentence);
  around_.chronicle.tell(events::DaemonEvent::Kind::reload, sentence);
  log_lines(false, outcome.text);
  for (const std::string& notice : outcome.notices) around_.log.warn("{}", notice);
}

void DaemonControls::apply(std::string statement, Reply reply) {
  reconfiguration_.add(statement, [this, statement, reply = std::move(reply)](
                                      const Reconfiguration::Outcome& outcome) {
    note_change("apiary ctl: " + statement, outcome, reply);
  });
}

void DaemonControls::replace(std::string text, Reply reply) {
  reconfiguration_.replace(
      std::move(text), [this, reply = std::move(reply)](const Reconfiguration::Outcome& outcome) {
        note_change("the page replaced the configuration", outcome, reply);
      });
}

void DaemonControls::note_change(const std::string& what, const Reconfiguration::Outcome& outcome,
                                 const Reply& reply) {
  std::string text = outcome.text;
  if (outcome.changed) {
    statements_since_ = outcome.statements_since;
    around_.log.info("{}", what);
    around_.chronicle.tell(events::DaemonEvent::Kind::change, what);
    for (const std::string& notice : outcome.notices) text += notice + "\n";
  }
  reply({outcome.changed, std::move(text)});
}

void DaemonControls::rotate(Reply reply) {
  const auto round =
      std::make_shared<RotationRound>([this, reply = std::move(reply)](std::string failures) {
        rotations_.post([reply, failures = std::move(failures)] {
          reply({failures.empty(), failures});
        });
      });
  around_.chronicle.rotate(round);
  if (around_.capture != nullptr) around_.capture->rotate(round);
}

void DaemonControls::follow_leases() {
  const DhcpClients& hosts = around_.engine.dhcp_hosts();
  if (hosts.version() == leases_seen_) return;
  leases_seen_ = hosts.version();
  reconfiguration_.follow(hosts.addresses(), [this](const std::string& failure) {
    around_.log.error("addresses that hosts were lent are not received: {}", failure);
  });
}

void DaemonControls::follow_machine(std::vector<InterfaceSettings> interfaces,
                                    std::vector<std::string> reopened) {
  reconfiguration_.follow_machine(
      std::move(interfaces), std::move(reopened), [this](const Reconfiguration::Outcome& outcome) {
        if (!outcome.changed)
          around_.log.error("what this machine has become is not followed: {}", outcome.text);
        for (const std::string& notice : outcome.notices) {
          around_.log.info("{}", notice);
          around_.chronicle.tell(events::DaemonEvent::Kind::change, notice);
        }
      });
}

void DaemonControls::show(Reconfiguration::View view, Reply reply) {
  reconfiguration_.show(std::move(view), [reply = std::move(reply)](std::string text) {
    const bool is_known = !text.empty();
    reply({is_known, is_known ? std::move(text) : "nobody is there"});
  });
}

void DaemonControls::dump(Reply reply) {
  show(
      [](const LivingText& present, const ConfigurationSources& sources) {
        std::string text = whole_text(present, sources);
        if (text.empty() || text.back() != '\n') text += '\n';
        return text;
      },
      std::move(reply));
}

void DaemonControls::show_configuration(Reply reply) {
  show([state = ConfigurationState{configuration_file_, loaded_, statements_since_, failure_}](
           const LivingText& present,
           const ConfigurationSources&) { return configuration_json(state, present); },
       std::move(reply));
}

void DaemonControls::draw_topology(Reply reply) { show(topology_json, std::move(reply)); }

void DaemonControls::explain(const IpAddress& address, Reply reply) {
  show(
      [address, key = around_.engine.host_key(), now = around_.clock.now()](
          const LivingText& present, const ConfigurationSources& sources) {
        return host_json(present, sources, address, key, now);
      },
      std::move(reply));
}

void DaemonControls::check(std::string text, Reply reply) {
  show(
      [text = std::move(text)](const LivingText& present, const ConfigurationSources& sources) {
        return check_json(text, present, sources);
      },
      std::move(reply));
}

void DaemonControls::in_background(std::function<std::string()> work, Reply reply) {
  worker_.run([work = std::move(work), reply = std::move(reply)]() -> BackgroundWorker::Sequel {
    const auto text = std::make_shared<std::string>(work());
    return [reply, text] { reply({true, std::move(*text)}); };
  });
}

void DaemonControls::log_lines(bool as_errors, const std::string& text) {
  std::istringstream lines(text);
  const auto level = as_errors ? spdlog::level::err : spdlog::level::warn;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);)
    if (++count <= logged_lines_at_most) around_.log.log(level, "{}", line);
  if (count > logged_lines_at_most)
    around_.log.log(level, "and {}: apiary check shows them",
                    counted(count - logged_lines_at_most, "more line"));
}

}  // namespace apiary
