#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/numbers.h"

namespace apiary {

/// The names of ports from /etc/services.
class PortNames {
 public:
  /// An empty table.
  PortNames() = default;
  /// Parses text in the format of services(5): NAME NUMBER/PROTOCOL ALIAS... Skips other lines; of
  /// duplicate names the first counts.
  static PortNames parse(std::string_view services);

  std::optional<Port> find(std::string_view name, IpProtocol protocol) const;
  /// The name that `name` may be a misspelling of; empty: none.
  std::string_view nearest(std::string_view name, IpProtocol protocol) const;

 private:
  std::map<std::pair<IpProtocol, std::string>, Port, std::less<>> ports_;
};

}  // namespace apiary
