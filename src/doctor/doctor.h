/// doctor/: why packets do or do not reach the honeypots. collect_snapshot() collects facts about
/// this machine and its link in a SystemSnapshot; examine() judges them and returns Findings, with
/// the commands that fix problems. Nothing here changes anything.
#pragma once

#include <string>
#include <vector>

#include "control/control_protocol.h"
#include "service/spawner.h"
#include "setup/load.h"

namespace apiary {

/// Options of `apiary doctor`, like those of `apiary run`.
struct DoctorOptions {
  std::string configuration;  // empty: none
  std::string interface;      // empty: where the default route leads
  std::vector<std::string> nets;
  std::string personalities = default_personalities_file;
  std::string control = default_control_path;
  ContainMode contain = ContainMode::required;
  UserRange service_users{};                   // one for each service
  std::string service_user;                    // of all services; empty: each has its own
  std::vector<std::uint32_t> allowed_users{};  // users and groups for `set ... uid`
  bool allows_asymmetric = false;
  bool json = false;
};

/// Prints the findings, the worst last. Returns the exit status: 1 if a check fails, 2 if the
/// command line is invalid.
int run_doctor(const DoctorOptions& options);

}  // namespace apiary
