#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/numbers.h"
#include "config/source_text.h"
#include "honeynet/template.h"
#include "topology/topology.h"

namespace apiary {

/// The name of a template as a statement mentions it; `default` is one, too.
using TemplateName = Located<std::string_view>;

/// `create NAME`, `create default`
struct CreateTemplate {
  TemplateName name;
};

/// `clone NAME ORIGINAL`
struct CloneTemplate {
  TemplateName name, original;
};

/// `set TEMPLATE personality "NAME"`
struct SetPersonality {
  TemplateName target;
  Located<std::string> personality;
};

/// `set TEMPLATE default PROTOCOL [action] ACTION`
struct SetDefaultAction {
  TemplateName target;
  IpProtocol protocol = IpProtocol::tcp;
  Located<PortAction> action;
};

/// `add TEMPLATE PROTOCOL port NUMBER ACTION`
struct AddPort {
  TemplateName target;
  IpProtocol protocol = IpProtocol::tcp;  // tcp or udp
  Located<Port> port;
  Located<PortAction> action;
};

/// `bind ADDRESS TEMPLATE`
struct BindAddress {
  Located<IpAddress> address;
  TemplateName target;
};

/// `route entry ROUTER [network NET]`
struct RouteEntry {
  Located<IpAddress> router;
  Located<IpPrefix> network;  // 0.0.0.0/0 when it is not given
};

/// `route ROUTER link NET`
struct RouteLink {
  Located<IpAddress> router;
  Located<IpPrefix> network;
};

/// `route ROUTER add net NET NEXT [latency TIME] [loss PERCENT]`
struct RouteNextHop {
  Located<IpAddress> router;
  Located<IpPrefix> network;
  Located<IpAddress> next;
  LinkQuality link;
};

/// A statement with an error that was reported. What is missed elsewhere because of it is not
/// worth a second error.
struct BrokenStatement {
  std::string_view keyword;             // the one it begins with, or seems to
  std::vector<std::string_view> words;  // all of it
};

using StatementContent =
    std::variant<CreateTemplate, CloneTemplate, SetPersonality, SetDefaultAction, AddPort,
                 BindAddress, RouteEntry, RouteLink, RouteNextHop, BrokenStatement>;

/// One statement and its place, from its first word to its last. Its views point into the
/// SourceText.
struct Statement {
  Span place;
  StatementContent content;
};

}  // namespace apiary
