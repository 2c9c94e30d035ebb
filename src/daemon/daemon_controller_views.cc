// What a DaemonController shows of the active configuration.
#include "daemon/config_json.h"
#include "daemon/daemon_controller.h"

namespace apiary {

void DaemonController::show(ConfigReloader::View view, Reply reply) {
  reloader_.show(std::move(view), [reply = std::move(reply)](std::string text) {
    const bool has_host = !text.empty();
    reply({has_host, has_host ? std::move(text) : "there is no host"});
  });
}

void DaemonController::dump(Reply reply) {
  show(
      [](const ActiveConfigText& active, const ConfigurationSources& sources) {
        std::string text = whole_text(active, sources);
        if (text.empty() || text.back() != '\n') text += '\n';
        return text;
      },
      std::move(reply));
}

void DaemonController::show_configuration(Reply reply) {
  show([state = ConfigurationState{configuration_file_, loaded_, statements_since_, failure_}](
           const ActiveConfigText& active,
           const ConfigurationSources&) { return configuration_json(state, active); },
       std::move(reply));
}

void DaemonController::draw_topology(Reply reply) { show(topology_json, std::move(reply)); }

void DaemonController::explain(const IpAddress& address, Reply reply) {
  show(
      [address, key = deps_.shards.host_key(), now = deps_.clock.now()](
          const ActiveConfigText& active, const ConfigurationSources& sources) {
        return host_json(active, sources, address, key, now);
      },
      std::move(reply));
}

void DaemonController::audit(Reply reply) {
  show(
      [claimed = deps_.shards.claimed(), key = deps_.shards.host_key(), now = deps_.clock.now()](
          const ActiveConfigText& active, const ConfigurationSources& sources) {
        return audit_json_of(active, sources, claimed, key, now);
      },
      std::move(reply));
}

void DaemonController::check(std::string text, Reply reply) {
  show([text = std::move(text)](
           const ActiveConfigText& active,
           const ConfigurationSources& sources) { return check_json(text, active, sources); },
       std::move(reply));
}

}  // namespace apiary
