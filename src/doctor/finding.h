#pragma once

#include <string>
#include <vector>

namespace apiary {

enum class CheckStatus { ok, warn, fail };

/// What one check found.
struct Finding {
  std::string check;  // its name, in one word or two
  CheckStatus verdict = CheckStatus::ok;
  std::string explanation;  // a sentence or two, without a full stop at the end
  std::string command{};    // which mends it, as root, in a shell; empty: there is nothing to mend
  std::string where{};      // on which other machine the command is for; empty: this one
};

using Findings = std::vector<Finding>;

}  // namespace apiary
