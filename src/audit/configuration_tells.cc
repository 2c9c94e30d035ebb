#include "audit/configuration_tells.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "audit/system_kind.h"
#include "base/counted.h"

namespace apiary {
namespace {

/// Fewer hosts that are alike are nothing unusual.
constexpr std::uint64_t few_hosts = 4, many_hosts = 8;

class TellFinder {
 public:
  TellFinder(const Configuration& configuration, const CommandText& text_of)
      : configuration_(configuration), text_of_(text_of) {
    honeynet().parts().hosts.visit_templates(
        [&](const HostTemplatePtr& one, std::uint64_t hosts) { add_template(one, hosts); });
    if (const HostTemplatePtr& one = honeynet().parts().default_template) add_template(one, 0);
  }

  std::vector<ConfigurationTell> find() {
    find_shared_mac();
    find_open_ports();
    find_same_services();
    find_wrong_banners();
    find_full_networks();
    find_round_latencies();
    find_proxies_to_visitor();
    return std::move(found_);
  }

 private:
  const Honeynet& honeynet() const { return *configuration_.honeynet; }

  void add_template(const HostTemplatePtr& one, std::uint64_t hosts) {
    if (!one->is_dynamic) {
      hosts_[one.get()] += hosts;
      all_hosts_ += hosts;
      return;
    }
    for (const Choice& choice : one->choices) add_template(choice.host_template, hosts);
  }

  Span place_of(const HostTemplate& one) const {
    const auto found = configuration_.origins->templates.find(one.name);
    return found == configuration_.origins->templates.end() ? Span{} : found->second.created;
  }
  Span place_of(const HostTemplate& one, Port port) const {
    const auto found = configuration_.origins->templates.find(one.name);
    if (found == configuration_.origins->templates.end()) return {};
    const auto at = found->second.ports.find({IpProtocol::tcp, port});
    return at == found->second.ports.end() ? found->second.created : at->second;
  }

  void add(std::string_view tell, Span place, std::string message, std::string hint,
           Severity severity = Severity::warning) {
    found_.push_back({tell,
                      {.severity = severity,
                       .place = place,
                       .message = fmt::format("{} ({}, docs/audit.md)", message, tell),
                       .hint = std::move(hint)}});
  }

  void find_shared_mac() {
    if (!honeynet().topology().empty()) return;  // a router is before them all
    std::uint64_t sharing = 0;
    const HostTemplate* first = nullptr;
    for (const auto& [one, hosts] : hosts_)
      if (one->nic == nullptr) {
        sharing += hosts;
        if (first == nullptr || place_of(*one).begin < place_of(*first).begin) first = one;
      }
    if (sharing >= few_hosts)
      add("T18", place_of(*first),
          fmt::format("{} hosts have the MAC address of this machine on its own network", sharing),
          fmt::format("give them network cards: set {} ethernet \"Dell\"", first->name));
  }

  void find_open_ports() {
    for (const auto& [one, hosts] : hosts_)
      if (std::holds_alternative<Open>(one->tcp_default))
        add("T13", place_of(*one), fmt::format("every TCP port of '{}' is open", one->name),
            fmt::format("set {} default tcp action reset", one->name));
  }

  void find_same_services() {
    for (const auto& [one, hosts] : hosts_) {
      const bool has_program = std::ranges::any_of(one->tcp_ports, [](const auto& port) {
        return std::holds_alternative<std::shared_ptr<const ServiceSpec>>(port.second);
      });
      if (has_program && hosts >= many_hosts && hosts * 5 > all_hosts_ * 4)
        add("T13", place_of(*one),
            fmt::format("{} of {} hosts say the same: all are of '{}'", hosts, all_hosts_,
                        one->name),
            "use several templates with different services");
    }
  }

  const std::string& text_of(const std::string& command) {
    const auto [text, is_new] = texts_.try_emplace(command);
    if (is_new) text->second = command + "\n" + text_of_(command);
    return text->second;
  }

  void find_wrong_banners() {
    for (const auto& [one, hosts] : hosts_) {
      const SystemKind system = system_of_name(one->personality->name);
      for (const auto& [port, action] : one->tcp_ports) {
        const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action);
        const Script* const script =
            service == nullptr ? nullptr : std::get_if<Script>(service->get());
        if (script == nullptr) continue;
        const std::string& text = text_of(script->command);
        // A program that knows its host's system says what belongs to it.
        if (text.find("HONEYD_PERSONALITY") != text.npos) continue;
        const SystemKind said = system_in_text(text);
        if (can_be_same(said, system)) continue;
        add("T1", place_of(*one, port),
            fmt::format("the program at port {} seems to be one of {}, the personality is of {}",
                        port.number, name_of(said), name_of(system)),
            fmt::format("set {} personality to the system of its services", one->name));
      }
    }
  }

  void find_full_networks() {
    const HostTemplatePtr& everywhere = honeynet().parts().default_template;
    if (everywhere == nullptr || everywhere->is_dynamic) return;
    const std::uint64_t filled =
        without(configuration_.addresses, honeynet().parts().hosts.addresses()).size();
    constexpr std::uint64_t network = 250;
    if (filled >= network)
      add("T13", place_of(*everywhere),
          fmt::format("{} have a host, without a hole: 'default' fills what is not bound",
                      counted(filled, "address")),
          "bind some addresses, and leave others free");
  }

  void find_round_latencies() {
    std::set<Duration> latencies;
    std::size_t round = 0, timed = 0;
    for (const Link& link : honeynet().topology().links()) {
      const LinkQuality& quality = link.quality;
      if (quality.latency == Duration{}) continue;
      ++timed;
      if (quality.jitter.spread == Duration{} && quality.latency % milliseconds{1} == Duration{})
        ++round;
    }
    constexpr std::size_t few_links = 3;
    if (round < few_links || round < timed) return;
    const auto& routes = configuration_.origins->routes;
    add("T10", routes.empty() ? Span{} : routes.front().place,
        fmt::format("all {} links with latency take whole milliseconds, always", round),
        "give them jitter: latency 5.3ms jitter 0.4ms");
  }

  void find_proxies_to_visitor() {
    for (const auto& [one, hosts] : hosts_)
      for (const auto& [port, action] : one->tcp_ports) {
        const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action);
        const Proxy* const proxy =
            service == nullptr ? nullptr : std::get_if<Proxy>(service->get());
        if (proxy != nullptr && proxy->target.starts_with("$ipsrc"))
          add("T16", place_of(*one, port),
              fmt::format("visitors of port {} meet their own server, and can know it by its keys",
                          port.number),
              "", Severity::notice);
      }
  }

  const Configuration& configuration_;
  const CommandText& text_of_;
  std::map<const HostTemplate*, std::uint64_t> hosts_;  // of each template
  std::uint64_t all_hosts_ = 0;
  std::map<std::string, std::string> texts_;
  std::vector<ConfigurationTell> found_;
};

}  // namespace

std::vector<ConfigurationTell> configuration_tells(const Configuration& configuration,
                                                   const CommandText& text_of) {
  return TellFinder(configuration, text_of).find();
}

void add_configuration_tells(AuditReport& report, const std::vector<ConfigurationTell>& found) {
  for (const ConfigurationTell& one : found)
    for (JudgedTell& judged : report.tells)
      if (judged.tell->id == one.tell && judged.result.verdict < TellVerdict::warn &&
          one.diagnostic.severity == Severity::warning)
        judged.result = {TellVerdict::warn, one.diagnostic.message, {}, judged.result.examined};
}

}  // namespace apiary
