#include "config/template_cycle.h"

#include <unordered_set>
#include <vector>

namespace apiary {

bool leads_to(const HostTemplate& from, const HostTemplate& to) {
  std::unordered_set<const HostTemplate*> seen = {&from};
  std::vector<const HostTemplate*> unasked = {&from};
  while (!unasked.empty()) {
    const HostTemplate& next = *unasked.back();
    unasked.pop_back();
    if (&next == &to) return true;
    for (const Choice& choice : next.choices)
      if (seen.insert(choice.host_template.get()).second)
        unasked.push_back(choice.host_template.get());
  }
  return false;
}

}  // namespace apiary
