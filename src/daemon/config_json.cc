#include "daemon/config_json.h"

#include "audit/configuration_tells.h"
#include "audit/honeynet_audit.h"
#include "base/json_writer.h"
#include "chart/chart.h"
#include "setup/explain.h"

namespace apiary {
namespace {

/// The visitor, where a template depends on it: an address for documentation (RFC 5737).
const IpAddress any_visitor = IpAddress::v4(192, 0, 2, 1);

std::vector<std::string> texts_of(const std::vector<IpPrefix>& networks) {
  std::vector<std::string> texts;
  for (const IpPrefix& network : networks) texts.push_back(to_string(network));
  return texts;
}

void write_counts(JsonWriter& json, std::string_view name, const HostCounts& counts) {
  json.begin_object(name);
  for (const auto& [template_name, count] : counts) json.escaped_member(template_name, count);
  json.end_object();
}

void write_network(JsonWriter& json, const ChartNetwork& network) {
  json.begin_object_element();
  json.member("network", to_string(network.network));
  json.member("reached", network.is_reached);
  write_counts(json, "hosts", network.hosts);
  json.end_object();
}

void write_link(JsonWriter& json, const ChartLink& link) {
  json.begin_object_element();
  json.member("to", link.to);
  json.array("networks", texts_of(link.networks));
  json.member("quality", link.quality);
  json.member("tunnel", link.tunnel);
  json.end_object();
}

void write_router(JsonWriter& json, const ChartRouter& router) {
  json.begin_object_element();
  json.member("address", to_string(router.address));
  json.member("kind", router.template_name);
  json.array("entries", texts_of(router.entries));
  json.begin_array("networks");
  for (const ChartNetwork& network : router.networks) write_network(json, network);
  json.end_array();
  json.begin_array("links");
  for (const ChartLink& link : router.links) write_link(json, link);
  json.end_array();
  json.end_object();
}

void write_ports(JsonWriter& json, const HostTemplate& host_template) {
  json.begin_array("ports");
  for (const auto& [protocol, actions] :
       {std::pair{"tcp", &host_template.tcp_ports}, std::pair{"udp", &host_template.udp_ports}})
    for (const auto& [port, action] : *actions) {
      json.begin_object_element();
      json.member("protocol", protocol);
      json.member("port", port.number);
      json.member("action", describe(action));
      json.end_object();
    }
  json.end_array();
}

/// A diagnostic at a place of the text that the dashboard edits.
struct EditorRemark {
  std::string_view severity;
  LineColumn from{};  // the first of the text
  std::size_t length = 0;
  std::string_view message, hint;
};

void write_remark(JsonWriter& json, const EditorRemark& remark) {
  json.begin_object_element();
  json.member("severity", remark.severity);
  json.member("line", remark.from.line);
  json.member("column", remark.from.column);
  json.member("length", remark.length);
  json.member("message", remark.message);
  json.member("hint", remark.hint);
  json.end_object();
}

}  // namespace

std::string configuration_json(const ConfigurationState& state, const ActiveConfigText& active) {
  return json_object_text([&](JsonWriter& json) {
    json.member("file", state.file);
    json.member("text", active.text);
    json.member("loaded", in_seconds(state.loaded.time_since_epoch()));
    json.member("statements_since", state.statements_since);
    json.member("failure", state.failure);
  });
}

std::string topology_json(const ActiveConfigText& active, const ConfigurationSources& sources) {
  const auto examined = examine_text(active.text, sources, loader_of(active.included));
  if (!examined || examined->is_broken()) return "{}";  // impossible: it is active
  SourceText whole(sources.configuration, whole_text(active, sources));
  const ParsedText parsed = parse(whole, machine_settings().parsing);
  const Chart chart = make_chart(parsed.statements, whole, *examined->configuration.honeynet);
  return json_object_text([&](JsonWriter& json) {
    json.member("name", chart.name);
    json.member("others", chart.others);
    write_counts(json, "directly", chart.directly);
    write_counts(json, "lost", chart.lost);
    json.begin_array("routers");
    for (const ChartRouter& router : chart.routers) write_router(json, router);
    json.end_array();
  });
}

std::string host_json(const ActiveConfigText& active, const ConfigurationSources& sources,
                      const IpAddress& address, const HashKey& host_key, Instant now) {
  const auto examined = examine_text(active.text, sources, loader_of(active.included), true);
  if (!examined || examined->is_broken()) return {};
  const HostTemplatePtr* const host_template = examined->configuration.honeynet->find_host(
      address, any_visitor, static_cast<std::uint8_t>(IpProtocol::tcp), now);
  if (host_template == nullptr) return {};
  const HostTemplate& host = **host_template;
  return json_object_text([&](JsonWriter& json) {
    json.member("address", to_string(address));
    json.member("template", host.name);
    json.member("personality", host.personality->name);
    json.member("explanation", explanation(*examined, address, any_visitor, host_key, now));
    write_ports(json, host);
    json.begin_object("defaults");
    json.member("tcp", describe(host.tcp_default));
    json.member("udp", describe(host.udp_default));
    json.member("icmp", describe(host.icmp_default));
    json.end_object();
  });
}

std::string audit_json_of(const ActiveConfigText& active, const ConfigurationSources& sources,
                          const AddressSet& claimed, const HashKey& host_key, Instant now) {
  const auto examined = examine_text(active.text, sources, loader_of(active.included), true);
  if (!examined || examined->is_broken()) return "{}";  // impossible: it is active
  // The worker has other work, too: reloads.
  constexpr std::size_t max_hosts = 16;
  const HoneynetAudit audit{.subject = sources.configuration,
                            .honeynet = examined->configuration.honeynet,
                            .addresses = claimed,
                            .host_key = host_key,
                            .start = now,
                            .max_hosts = max_hosts};
  AuditReport report = judge_all(audit.subject, observe(audit), {});
  add_configuration_tells(
      report, configuration_tells(examined->configuration, [](const auto&) { return ""; }));
  return audit_json(report);
}

std::string check_json(const std::string& text, const ActiveConfigText& active,
                       const ConfigurationSources& sources) {
  const auto examined = examine_text(text, sources, loader_of_only(active.included));
  return json_object_text([&](JsonWriter& json) {
    json.member("ok", examined && !examined->is_broken());
    json.begin_array("diagnostics");
    if (!examined)
      write_remark(json, {.severity = "error", .message = examined.error(), .hint = ""});
    else
      for (const Diagnostic& diagnostic : examined->diagnostics)
        write_remark(json, {.severity = name_of(diagnostic.severity),
                            .from = examined->source->locate(diagnostic.place.begin),
                            .length = diagnostic.place.end - diagnostic.place.begin,
                            .message = diagnostic.message,
                            .hint = diagnostic.hint});
    json.end_array();
  });
}

}  // namespace apiary
