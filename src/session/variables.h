#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace apiary {

/// What may stand in a command or in the target of a proxy: $ipsrc, $ipdst, $sport, $dport, as they
/// are in a conversation (the visitor is the source), and $date.
class Variables {
 public:
  /// `date` is what $date says; empty: it is no variable.
  explicit Variables(const FlowKey& flow, std::string_view date = {}) : flow_(flow), date_(date) {}

  struct Found {
    std::string value;
    std::size_t length = 0;  // of the name
  };
  /// The variable whose name `text`, which follows a dollar sign, begins with.
  std::optional<Found> find(std::string_view text) const;

 private:
  FlowKey flow_;
  std::string_view date_;
};

/// `text` with the variables replaced by their values. A dollar sign before anything else stays as
/// it is.
std::string expand_variables(std::string_view text, const Variables& variables);

}  // namespace apiary
