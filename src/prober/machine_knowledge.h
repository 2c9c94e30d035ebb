#pragma once

#include "audit/tell.h"

namespace apiary {

/// Nmap's service matches in Debian's nmap-common.
inline constexpr const char* service_probes_file = "/usr/share/nmap/nmap-service-probes";

/// Reads what the checks need from this machine's files, as far as they are there.
AuditKnowledge machine_knowledge();

}  // namespace apiary
