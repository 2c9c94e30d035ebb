#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace apiary {

/// What may stand in a command or in the target of a proxy: $ipsrc, $ipdst, $sport, $dport, as they
/// are in a conversation (the visitor is the source), and, in commands, $date and $name.
class Variables {
 public:
  /// `date` and `host_name` are what $date and $name say; empty: it is no variable.
  explicit Variables(const FlowKey& flow, std::string_view date = {},
                     std::string_view host_name = {})
      : flow_(flow), date_(date), host_name_(host_name) {}

  struct Found {
    std::string value;
    std::size_t length = 0;  // of the name
  };
  /// The variable whose name `text`, which follows a dollar sign, begins with.
  std::optional<Found> find(std::string_view text) const;

 private:
  FlowKey flow_;
  std::string_view date_, host_name_;
};

/// `text` with the variables replaced by their values. A dollar sign before anything else stays as
/// it is.
std::string expand_variables(std::string_view text, const Variables& variables);

}  // namespace apiary
