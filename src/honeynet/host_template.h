#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/numbers.h"
#include "base/units.h"
#include "honeynet/condition.h"
#include "honeynet/nic_profile.h"
#include "personality/personality.h"
#include "session/service_spec.h"
#include "session/subsystems.h"

namespace apiary {

/// Packets are dropped without a reply.
struct Block {
  bool operator==(const Block&) const = default;
};
/// The port is closed: TCP replies with a reset, UDP with port unreachable.
struct Reset {
  bool operator==(const Reset&) const = default;
};
/// An open port without a service: TCP accepts connections and data, UDP does not reply.
struct Open {
  bool operator==(const Open&) const = default;
};

/// The port is open and keeps connections as long as possible. TCP only.
struct TarpitAction {
  bool operator==(const TarpitAction&) const = default;
};

/// The action of a port. The pointer is never null.
using PortAction =
    std::variant<Block, Reset, Open, TarpitAction, std::shared_ptr<const ServiceSpec>>;

/// The action in the syntax of the configuration.
std::string in_quotes(std::string_view text);

/// For people: "closed", "service \"scripts/web.sh\"".
std::string describe(const PortAction& action);

struct HostTemplate;
using HostTemplatePtr = std::shared_ptr<const HostTemplate>;

/// A choice of a dynamic template: applies if its condition does.
struct Choice {
  Condition condition;
  HostTemplatePtr host_template;  // not null
};

/// A completely configured machine. Any number of hosts can have the same template.
/// Immutable once in a Honeynet.
struct HostTemplate {
  std::string name;
  std::string host_name;                           // the name that its hosts show; empty: none
  std::shared_ptr<const Personality> personality;  // never null in a Honeynet

  // Actions of unlisted ports; Honeyd's defaults. For ICMP, Block suppresses the host's replies.
  PortAction tcp_default = Open{};
  PortAction udp_default = Reset{};
  PortAction icmp_default = Open{};
  std::map<Port, PortAction> tcp_ports, udp_ports;
  // Each a service that holds a Subsystem. Their ports are known when they run.
  std::vector<PortAction> subsystems{};

  Probability drops_in;            // of received packets
  Probability drops_syn;           // of connection requests, in addition
  std::optional<Duration> uptime;  // when the daemon starts; nothing: each host has its own
  std::shared_ptr<const NicProfile> nic{};  // null: the hosts share the interface's
  std::uint64_t seed = 0;  // of its hosts' individual values, in addition to their addresses
  ServicePrivileges service_privileges;
  EgressList egress{};  // of its subsystems
  // Replace the hosts' own and the visitor's address in all packets that its hosts send.
  std::optional<IpAddress> answers_from, answers_to;

  // A dynamic template has no traits: for each packet it selects the first of its choices whose
  // condition applies; if none does, there is no host.
  bool is_dynamic = false;
  std::vector<Choice> choices;

  /// As configured, without the ports of subsystems.
  const PortAction& tcp_action(Port port) const { return find(tcp_ports, port, tcp_default); }
  const PortAction& udp_action(Port port) const { return find(udp_ports, port, udp_default); }
  /// The same with subsystems that listen now. An action configured for the port precedes
  /// them; they precede the default.
  const PortAction& action(IpProtocol protocol, Port port, const ListeningPorts& listening) const;

 private:
  static const PortAction& find(const std::map<Port, PortAction>& ports, Port port,
                                const PortAction& otherwise) {
    const auto found = ports.find(port);
    return found == ports.end() ? otherwise : found->second;
  }
};

/// Whether hosts of `host_template` have a subsystem under some condition.
bool has_subsystem(const HostTemplate& host_template);

/// Whether hosts of `host_template` have a UDP service under some condition.
bool has_udp_service(const HostTemplate& host_template);

/// Resolves `host_template`: returns it, or the choice of a dynamic template, whose choices may be
/// dynamic, too. nullptr: no condition applies. Valid as long as `host_template` is.
const HostTemplatePtr* resolve(const HostTemplatePtr& host_template, const MatchContext& context);

/// The template for the link layer, where a host is the same for all visitors: for a dynamic
/// template, the first choice with a network card, else the first; without choices, itself. Valid
/// as long as `host_template` is.
const HostTemplate& machine_on_link(const HostTemplate& host_template);

}  // namespace apiary
