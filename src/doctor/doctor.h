/// doctor/: why packets do or do not reach the honeypots. collect_snapshot() sees what there is to
/// see of this machine and its link, and makes a SystemSnapshot of it; examine() judges that, and
/// makes Findings that say what is so and which command mends it; nothing here changes anything.
#pragma once

#include <string>
#include <vector>

#include "control/control_protocol.h"
#include "setup/load.h"

namespace apiary {

/// What `apiary doctor` is told; the same as `apiary run`.
struct DoctorOptions {
  std::string configuration;  // empty: none
  std::string interface;      // empty: where the default route leads
  std::vector<std::string> nets;
  std::string personalities = default_personalities_file;
  std::string control = default_control_path;
  bool allows_asymmetric = false;
  bool json = false;
};

/// Prints what it finds, worst last. Returns the exit status: 1 when a check fails, 2 when the
/// command line makes no sense.
int run_doctor(const DoctorOptions& options);

}  // namespace apiary
