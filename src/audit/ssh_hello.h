#pragma once

#include <string>
#include <string_view>

namespace apiary {

/// What is wrong with what an SSH server said first: its version line, then SSH_MSG_KEXINIT (RFC
/// 4253 sections 4.2 and 7.1). Empty: nothing.
std::string problem_of_ssh_hello(std::string_view said);

}  // namespace apiary
