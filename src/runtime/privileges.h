#pragma once

#include <string>
#include <tl/expected.hpp>

namespace apiary {

/// When root: becomes `user` and keeps no privilege but to change the routing of the machine back
/// (CAP_NET_ADMIN). Otherwise nothing. Call it when everything is open. Error: a sentence.
tl::expected<void, std::string> drop_privileges(const std::string& user);

}  // namespace apiary
