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

}  // namespace apiary
