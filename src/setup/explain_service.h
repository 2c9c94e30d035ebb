#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/sandbox_view.h"
#include "session/service_spec.h"

namespace apiary {

/// The rights and the view of a service, without options of apiary run: lines with labels.
std::vector<std::pair<std::string_view, std::string>> service_rules(
    const ServicePrivileges& privileges, const SandboxView& view, bool is_subsystem,
    const EgressList& egress = {});

}  // namespace apiary
