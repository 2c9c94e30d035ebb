#include "honeynet/template.h"

#include <algorithm>

namespace apiary {

const TemplatePointer* resolve(const TemplatePointer& kind, const Encounter& encounter) {
  const TemplatePointer* found = &kind;
  while ((*found)->is_dynamic) {  // the configuration makes sure that none leads back to itself
    const auto& choices = (*found)->choices;
    const auto choice = std::find_if(choices.begin(), choices.end(), [&](const Choice& c) {
      return holds(c.condition, encounter);
    });
    if (choice == choices.end()) return nullptr;
    found = &choice->kind;
  }
  return found;
}

const Template& machine_on_link(const Template& kind) {
  const Template* first = nullptr;
  for (const Choice& choice : kind.choices) {
    const Template& machine = machine_on_link(*choice.kind);
    if (machine.card != nullptr) return machine;
    if (first == nullptr) first = &machine;
  }
  return first == nullptr ? kind : *first;
}

}  // namespace apiary
