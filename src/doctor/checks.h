#pragma once

#include "doctor/finding.h"
#include "doctor/system_snapshot.h"

namespace apiary {

/// All findings, in the order in which one thing is the cause of another. A check that an earlier
/// one makes pointless is left out.
Findings examine(const SystemSnapshot& snapshot);

/// The command line that asks the doctor again, with another interface or other NETs.
std::string doctor_command(const RunRequest& request, const std::string& interface,
                           const std::vector<std::string>& nets);

// Each group looks at one side of the matter.
void check_invocation(const SystemSnapshot& snapshot, Findings& findings);
void check_interface(const SystemSnapshot& snapshot, Findings& findings);
void check_addresses(const SystemSnapshot& snapshot, Findings& findings);
void check_delivery(const SystemSnapshot& snapshot, Findings& findings);
void check_kernel(const SystemSnapshot& snapshot, Findings& findings);
void check_firewall(const SystemSnapshot& snapshot, Findings& findings);
void check_rivals(const SystemSnapshot& snapshot, Findings& findings);

}  // namespace apiary
