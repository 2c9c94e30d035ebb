#pragma once

#include "doctor/finding.h"
#include "doctor/system_snapshot.h"

namespace apiary {

/// All findings, causes before effects. Leaves out checks that an earlier finding makes pointless.
Findings examine(const SystemSnapshot& snapshot);

/// The command line that runs the doctor again, with another interface or other NETs.
std::string doctor_command(const RunRequest& request, const std::string& interface,
                           const std::vector<std::string>& nets);

// Groups of checks, one file each.
void check_invocation(const SystemSnapshot& snapshot, Findings& findings);
void check_interface(const SystemSnapshot& snapshot, Findings& findings);
void check_addresses(const SystemSnapshot& snapshot, Findings& findings);
void check_delivery(const SystemSnapshot& snapshot, Findings& findings);
void check_kernel(const SystemSnapshot& snapshot, Findings& findings);
void check_firewall(const SystemSnapshot& snapshot, Findings& findings);
void check_sandbox(const SystemSnapshot& snapshot, Findings& findings);
void check_rivals(const SystemSnapshot& snapshot, Findings& findings);

}  // namespace apiary
