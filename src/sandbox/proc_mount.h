#pragma once

namespace apiary {

// The /proc of a sandbox. False: errno says why.

/// Mounts it, with only the processes of the sandbox in it, and nothing of the machine.
bool mount_proc();

/// Makes it read-only.
bool protect_proc();

}  // namespace apiary
