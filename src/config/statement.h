#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/address_set.h"
#include "base/numbers.h"
#include "config/source_text.h"
#include "config/statement_parts.h"
#include "config/traits.h"
#include "honeynet/condition.h"
#include "topology/topology.h"

namespace apiary {

/// `create NAME`, `create default`
struct CreateTemplate {
  TemplateName name;
};

/// `dynamic NAME`
struct CreateDynamic {
  TemplateName name;
};

/// `clone NAME ORIGINAL`
struct CloneTemplate {
  TemplateName name, original;
};

/// `delete TEMPLATE`
struct DeleteTemplate {
  TemplateName target;
};

/// `delete TEMPLATE PROTOCOL port NUMBER`
struct DeletePort {
  TemplateName target;
  IpProtocol protocol = IpProtocol::tcp;  // tcp or udp
  Located<PortRange> ports;
};

/// `set TEMPLATE TRAIT ...`; traits.h has all traits
struct SetTrait {
  TemplateName target;
  Located<TraitValue> trait;
};

/// `add TEMPLATE PROTOCOL port NUMBER ACTION`
struct AddPort {
  TemplateName target;
  IpProtocol protocol = IpProtocol::tcp;  // tcp or udp
  Located<PortRange> ports;
  Located<ActionSpec> action;
};

/// `add TEMPLATE subsystem "COMMAND" [shared] [restart]`
struct AddSubsystem {
  TemplateName target;
  Located<std::string> command;
  bool is_shared = false, restarts = false;
};

/// `add TEMPLATE use OTHER if CONDITION`, `add TEMPLATE otherwise use OTHER`
struct AddUse {
  TemplateName target, used;
  Located<Condition> condition;
};

/// `bind ADDRESS TEMPLATE`; a prefix or a range binds all its addresses
struct BindAddress {
  Located<AddressRange> addresses;
  TemplateName target;
};

/// `bind CONDITION ADDRESS TEMPLATE`
struct BindConditionally {
  Located<Condition> condition;
  Located<IpAddress> address;
  TemplateName target;
};

/// `bind ADDRESS to INTERFACE`: a real machine there takes part
struct BindInterface {
  Located<IpAddress> address;
  TemplateName interface;
};

/// `dhcp TEMPLATE on INTERFACE [ethernet "VENDOR or MAC"]`
struct Dhcp {
  TemplateName target, interface;
  std::optional<Located<std::string>> ethernet;
};

/// `broadcast TEMPLATE srcport NUMBER dstport NUMBER time SECONDS ACTION`
struct Broadcast {
  TemplateName target;
  Located<Port> source, destination;
  Located<std::uint32_t> seconds_between;
  Located<ActionSpec> action;
};

/// `annotate "PERSONALITY" [no] finscan`, `annotate "PERSONALITY" fragment drop|old|new`
struct Annotate {
  std::optional<Located<std::string>> personality;  // nothing: `random`
  std::string_view what;                            // "finscan", "no finscan", "fragment old" ...
};

/// `option PLUGIN NAME VALUE`
struct PluginOption {
  std::string_view plugin, name;
  Located<std::string> value;
};

/// `include FILE`. The statements of the file follow separately.
struct Include {
  Located<std::string> file;
};

/// `list ...`, `debug ...`: queries a running daemon
struct DaemonQuery {
  std::vector<std::string_view> words;
};

/// `route entry ROUTER [network NET]`
struct RouteEntry {
  Located<IpAddress> router;
  Located<IpPrefix> network;  // 0.0.0.0/0 if not given
};

/// `route ROUTER link NET`
struct RouteLink {
  Located<IpAddress> router;
  Located<IpPrefix> network;
};

/// `route ROUTER unreach NET`
struct RouteUnreach {
  Located<IpAddress> router;
  Located<IpPrefix> network;
};

/// `route ROUTER add net NET NEXT [QUALITY ...]`; a QUALITY is one of `latency TIME`, `loss
/// PERCENT` or `loss gemodel PERCENT PERCENT [PERCENT [PERCENT]]`, `bandwidth RATE`, `drop between
/// TIME - TIME`, `jitter TIME [uniform|normal|pareto]`, `reorder PERCENT`, `duplicate PERCENT`,
/// `mtu BYTES`
struct RouteNextHop {
  Located<IpAddress> router;
  Located<IpPrefix> network;
  Located<IpAddress> next;
  LinkQuality link;
};

/// `route ROUTER add net NET tunnel SOURCE DESTINATION [key NUMBER] [checksum]`
struct RouteTunnel {
  Located<IpAddress> router;
  Located<IpPrefix> network;
  Located<TunnelEnds> tunnel;
};

/// A statement with a reported error. Consequences elsewhere are not reported again.
struct BrokenStatement {
  std::string_view keyword;             // its first word, or the one that it resembles
  std::vector<std::string_view> words;  // all words
};

using StatementContent =
    std::variant<CreateTemplate, CreateDynamic, CloneTemplate, DeleteTemplate, DeletePort, SetTrait,
                 AddPort, AddSubsystem, AddUse, BindAddress, BindConditionally, BindInterface, Dhcp,
                 Broadcast, Annotate, PluginOption, Include, DaemonQuery, RouteEntry, RouteLink,
                 RouteUnreach, RouteNextHop, RouteTunnel, BrokenStatement>;

/// The trait T that a statement sets; nullptr: it sets another or none.
template <class T>
const T* trait_in(const StatementContent& content) {
  const auto* const set = std::get_if<SetTrait>(&content);
  return set == nullptr ? nullptr : std::get_if<T>(&set->trait.value);
}

/// A statement and its place, from its first word to its last. Its views point into the SourceText.
struct Statement {
  Span place;
  StatementContent content;
};

}  // namespace apiary
