#include "daemon/config_json.h"

#include <nlohmann/json.hpp>

#include "chart/chart.h"
#include "control/json_text.h"
#include "setup/explain.h"

namespace apiary {
namespace {

using Json = nlohmann::ordered_json;

/// Who asks where a template depends on it: an address for documentation (RFC 5737).
const IpAddress somebody = IpAddress::v4(192, 0, 2, 1);

Json json_of(const ChartNetwork& network) {
  return {{"network", to_string(network.network)},
          {"reached", network.is_reached},
          {"hosts", network.hosts}};
}

Json json_of(const std::vector<IpPrefix>& networks) {
  Json list = Json::array();
  for (const IpPrefix& network : networks) list.push_back(to_string(network));
  return list;
}

Json json_of(const ChartRouter& router) {
  Json networks = Json::array(), links = Json::array();
  for (const ChartNetwork& network : router.networks) networks.push_back(json_of(network));
  for (const ChartLink& link : router.links)
    links.push_back({{"to", link.to},
                     {"networks", json_of(link.networks)},
                     {"quality", link.quality},
                     {"tunnel", link.tunnel}});
  return {{"address", to_string(router.address)},
          {"kind", router.template_name},
          {"entries", json_of(router.entries)},
          {"networks", std::move(networks)},
          {"links", std::move(links)}};
}

Json ports_of(const HostTemplate& host_template) {
  Json ports = Json::array();
  for (const auto& [protocol, actions] :
       {std::pair{"tcp", &host_template.tcp_ports}, std::pair{"udp", &host_template.udp_ports}})
    for (const auto& [port, action] : *actions)
      ports.push_back(
          {{"protocol", protocol}, {"port", port.number}, {"action", describe(action)}});
  return ports;
}

Json remark_json(const Diagnostic& diagnostic, const SourceText& source) {
  const LineColumn from = source.locate(diagnostic.place.begin);
  return {{"severity", name_of(diagnostic.severity)},
          {"line", from.line},
          {"column", from.column},
          {"length", diagnostic.place.end - diagnostic.place.begin},
          {"message", diagnostic.message},
          {"hint", diagnostic.hint}};
}

}  // namespace

std::string configuration_json(const ConfigurationState& state, const ActiveConfigText& present) {
  return json_text({{"file", state.file},
                    {"text", present.text},
                    {"loaded", in_seconds(state.loaded.time_since_epoch())},
                    {"statements_since", state.statements_since},
                    {"failure", state.failure}});
}

std::string topology_json(const ActiveConfigText& present, const ConfigurationSources& sources) {
  const auto examined = examine_text(present.text, sources, loader_of(present.included));
  if (!examined || examined->is_broken()) return "{}";  // it was in use, so this cannot be
  SourceText whole(sources.configuration, whole_text(present, sources));
  const ParsedText parsed = parse(whole, machine_settings().parsing);
  const Chart chart = make_chart(parsed.statements, whole, *examined->configuration.honeynet);
  Json routers = Json::array();
  for (const ChartRouter& router : chart.routers) routers.push_back(json_of(router));
  return json_text({{"name", chart.name},
                    {"others", chart.others},
                    {"directly", chart.directly},
                    {"lost", chart.lost},
                    {"routers", std::move(routers)}});
}

std::string host_json(const ActiveConfigText& present, const ConfigurationSources& sources,
                      const IpAddress& address, const HashKey& host_key, Instant now) {
  const auto examined = examine_text(present.text, sources, loader_of(present.included), true);
  if (!examined || examined->is_broken()) return {};
  const HostTemplatePtr* const host_template = examined->configuration.honeynet->find_host(
      address, somebody, static_cast<std::uint8_t>(IpProtocol::tcp), now);
  if (host_template == nullptr) return {};
  const HostTemplate& host = **host_template;
  return json_text({{"address", to_string(address)},
                    {"template", host.name},
                    {"personality", host.personality->name},
                    {"explanation", explanation(*examined, address, somebody, host_key, now)},
                    {"ports", ports_of(host)},
                    {"defaults",
                     {{"tcp", describe(host.tcp_default)},
                      {"udp", describe(host.udp_default)},
                      {"icmp", describe(host.icmp_default)}}}});
}

std::string check_json(const std::string& text, const ActiveConfigText& present,
                       const ConfigurationSources& sources) {
  const auto examined = examine_text(text, sources, loader_of_only(present.included));
  Json diagnostics = Json::array();
  if (!examined) {
    diagnostics.push_back({{"severity", "error"},
                           {"line", 1},
                           {"column", 1},
                           {"length", 0},
                           {"message", examined.error()},
                           {"hint", ""}});
    return json_text({{"ok", false}, {"diagnostics", std::move(diagnostics)}});
  }
  for (const Diagnostic& diagnostic : examined->diagnostics)
    diagnostics.push_back(remark_json(diagnostic, *examined->source));
  return json_text({{"ok", !examined->is_broken()}, {"diagnostics", std::move(diagnostics)}});
}

}  // namespace apiary
