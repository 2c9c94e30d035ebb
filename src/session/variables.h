#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace apiary {

/// The variables of commands and of proxy targets: $ipsrc, $ipdst, $sport and $dport of a
/// conversation, whose source is the visitor. Commands have $date and $name, too.
class Variables {
 public:
  /// `date` and `host_name` are the values of $date and $name; if empty, there is no such variable.
  explicit Variables(const FlowKey& flow, std::string_view date = {},
                     std::string_view host_name = {})
      : flow_(flow), date_(date), host_name_(host_name) {}

  struct Found {
    std::string value;
    std::size_t length = 0;  // of the name
  };
  /// The variable with whose name `text` begins. `text` follows a dollar sign.
  std::optional<Found> find(std::string_view text) const;

 private:
  FlowKey flow_;
  std::string_view date_, host_name_;
};

/// Replaces the variables in `text` by their values. A dollar sign before anything else stays.
std::string expand_variables(std::string_view text, const Variables& variables);

}  // namespace apiary
