#include "session/variables.h"

namespace apiary {
namespace {

struct Variable {
  std::string_view name;
  std::string (*value)(const FlowKey& flow);
};

constexpr Variable variables[] = {
    {"ipsrc", [](const FlowKey& flow) { return to_string(flow.remote.address); }},
    {"ipdst", [](const FlowKey& flow) { return to_string(flow.local.address); }},
    {"sport", [](const FlowKey& flow) { return std::to_string(flow.remote.port.number); }},
    {"dport", [](const FlowKey& flow) { return std::to_string(flow.local.port.number); }},
};

/// The variable whose name `text` begins with; no name is the beginning of another.
const Variable* variable_at(std::string_view text) {
  for (const Variable& variable : variables)
    if (text.starts_with(variable.name)) return &variable;
  return nullptr;
}

}  // namespace

std::string expand_variables(std::string_view text, const FlowKey& flow, std::string_view date) {
  constexpr std::string_view date_name = "date";
  std::string expanded;
  expanded.reserve(text.size());
  for (std::size_t dollar = text.find('$'); dollar != text.npos; dollar = text.find('$')) {
    expanded += text.substr(0, dollar);
    text.remove_prefix(dollar + 1);
    if (const Variable* const variable = variable_at(text)) {
      expanded += variable->value(flow);
      text.remove_prefix(variable->name.size());
    } else if (!date.empty() && text.starts_with(date_name)) {
      expanded += date;
      text.remove_prefix(date_name.size());
    } else {
      expanded += '$';
    }
  }
  return expanded.append(text);
}

}  // namespace apiary
