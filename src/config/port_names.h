#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/numbers.h"

namespace apiary {

/// The names of ports, as /etc/services has them.
class PortNames {
 public:
  /// Knows none.
  PortNames() = default;
  /// Reads text in the format of services(5): NAME NUMBER/PROTOCOL ALIAS... Lines that are not of
  /// this form are skipped; of a name that stands twice the first counts.
  static PortNames parse(std::string_view services);

  std::optional<Port> find(std::string_view name, IpProtocol protocol) const;
  /// The name that `name` may be a slip of the finger for; empty when there is none.
  std::string_view nearest(std::string_view name, IpProtocol protocol) const;

 private:
  std::map<std::pair<IpProtocol, std::string>, Port, std::less<>> ports_;
};

}  // namespace apiary
