#pragma once

#include <string>
#include <vector>

namespace apiary {

enum class CheckStatus { ok, warn, fail };

/// The result of one check.
struct Finding {
  std::string check;  // its name, in one word or two
  CheckStatus verdict = CheckStatus::ok;
  std::string explanation;  // a sentence or two, without a full stop at the end
  std::string command{};    // fixes it, as root, in a shell; empty: nothing to fix
  std::string where{};      // the other machine that the command is for; empty: this one
};

using Findings = std::vector<Finding>;

}  // namespace apiary
