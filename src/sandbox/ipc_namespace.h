#pragma once

namespace apiary {

/// Whether this process's IPC namespace (ipc_namespaces(7)) is as it was made. Message queues of
/// POSIX do not count: RLIMIT_MSGQUEUE lets programs make none.
bool has_no_ipc_objects();

}  // namespace apiary
