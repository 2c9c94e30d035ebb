#pragma once

#include <string>
#include <tl/expected.hpp>

#include "doctor/doctor.h"
#include "doctor/system_snapshot.h"

namespace apiary {

/// Examines this machine and, if permitted, probes neighbours on the link; takes a second or two.
/// Error: a sentence on what is wrong with the command line.
tl::expected<SystemSnapshot, std::string> collect_snapshot(const DoctorOptions& options);

// The collectors of a SystemSnapshot.
tl::expected<RunRequest, std::string> collect_request(const DoctorOptions& options);
void collect_interface(const std::string& name, SystemSnapshot& snapshot);
void collect_kernel(SystemSnapshot& snapshot);
void collect_programs(const std::string& control, SystemSnapshot& snapshot);
void collect_sandbox(SystemSnapshot& snapshot);
void collect_link(SystemSnapshot& snapshot);

}  // namespace apiary
