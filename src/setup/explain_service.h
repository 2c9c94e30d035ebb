#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/landlock.h"
#include "sandbox/sandbox_view.h"
#include "service/spawner.h"
#include "session/service_spec.h"

namespace apiary {

/// What sandboxes lack.
struct ContainmentGaps {
  Namespaces missing;
  LandlockSupport landlock;  // in place of them
};
/// Of a daemon that this user starts here. Tries with child processes.
ContainmentGaps find_containment_gaps(ContainMode contain);

/// The rights and the view of a service, without options of apiary run: lines with labels.
std::vector<std::pair<std::string_view, std::string>> service_rules(
    const ServicePrivileges& privileges, const SandboxView& view, bool is_subsystem,
    const ContainmentGaps& gaps = {}, const EgressList& egress = {});

}  // namespace apiary
