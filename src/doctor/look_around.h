#pragma once

#include <string>
#include <tl/expected.hpp>

#include "doctor/doctor.h"
#include "doctor/situation.h"

namespace apiary {

/// Looks at this machine and, as far as it may, asks neighbours on the link: for a second or two.
/// Error: a sentence; the command line makes no sense.
tl::expected<Situation, std::string> look_around(const DoctorOptions& options);

// What there is to see, one thing after the other.
tl::expected<Wish, std::string> look_at_wish(const DoctorOptions& options);
void look_at_interface(const std::string& name, Situation& situation);
void look_at_kernel(Situation& situation);
void look_at_programs(const std::string& control, Situation& situation);
void look_at_link(Situation& situation);

}  // namespace apiary
