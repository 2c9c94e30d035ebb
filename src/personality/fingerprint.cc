#include "personality/fingerprint.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr std::array<std::string_view, nmap_test_count> test_names = {
    "SEQ", "OPS", "WIN", "ECN", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "U1", "IE"};

}  // namespace

std::optional<NmapTest> nmap_test(std::string_view name) {
  const auto found = std::ranges::find(test_names, name);
  if (found == test_names.end()) return std::nullopt;
  return static_cast<NmapTest>(found - test_names.begin());
}

std::string_view name_of(NmapTest test) { return test_names[static_cast<std::size_t>(test)]; }

std::optional<MatchExpression> Fingerprint::find(NmapTest test, std::string_view attribute) const {
  const auto& attributes = tests[static_cast<std::size_t>(test)];
  if (!attributes) return std::nullopt;
  for (std::string_view rest = *attributes; !rest.empty();) {
    const std::string_view item = rest.substr(0, rest.find('%'));
    if (item.size() > attribute.size() && item.starts_with(attribute) &&
        item[attribute.size()] == '=')
      return MatchExpression(item.substr(attribute.size() + 1));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
  }
  return std::nullopt;
}

bool Fingerprint::is_silent(NmapTest test) const {
  const auto answers = find(test, "R");
  return answers && !answers->accepts("Y");
}

}  // namespace apiary
