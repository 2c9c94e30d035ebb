#include "session/variables.h"

#include <utility>

namespace apiary {
namespace {

struct Variable {
  std::string_view name;
  std::string (*value)(const FlowKey& flow);
};

constexpr Variable known_variables[] = {
    {"ipsrc", [](const FlowKey& flow) { return to_string(flow.remote.address); }},
    {"ipdst", [](const FlowKey& flow) { return to_string(flow.local.address); }},
    {"sport", [](const FlowKey& flow) { return std::to_string(flow.remote.port.number); }},
    {"dport", [](const FlowKey& flow) { return std::to_string(flow.local.port.number); }},
};

}  // namespace

std::optional<Variables::Found> Variables::find(std::string_view text) const {
  for (const Variable& variable : known_variables)  // no name is a prefix of another
    if (text.starts_with(variable.name)) return Found{variable.value(flow_), variable.name.size()};
  for (const auto& [name, value] : {std::pair{std::string_view("date"), date_},
                                    std::pair{std::string_view("name"), host_name_}})
    if (!value.empty() && text.starts_with(name)) return Found{std::string(value), name.size()};
  return {};
}

std::string expand_variables(std::string_view text, const Variables& variables) {
  std::string expanded;
  expanded.reserve(text.size());
  for (std::size_t dollar = text.find('$'); dollar != text.npos; dollar = text.find('$')) {
    expanded += text.substr(0, dollar);
    text.remove_prefix(dollar + 1);
    if (const auto found = variables.find(text)) {
      expanded += found->value;
      text.remove_prefix(found->length);
    } else {
      expanded += '$';
    }
  }
  return expanded.append(text);
}

}  // namespace apiary
