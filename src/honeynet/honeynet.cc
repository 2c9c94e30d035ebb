#include "honeynet/honeynet.h"

namespace apiary {

const TemplatePointer* Honeynet::find_host(const IpAddress& address) const {
  if (const auto bound = parts_.hosts.find(address); bound != parts_.hosts.end())
    return &bound->second;
  if (parts_.topology.is_router(address)) return &parts_.router_template;
  return parts_.default_template == nullptr ? nullptr : &parts_.default_template;
}

}  // namespace apiary
