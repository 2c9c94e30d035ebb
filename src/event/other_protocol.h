#pragma once

#include "event/credential_note.h"

namespace apiary {

/// Whether a supposed login is a request of another protocol that a scanner sent as a probe: HTTP,
/// TLS, SMB, RDP, Redis and similar.
bool is_other_protocol(const TriedCredential& tried);

}  // namespace apiary
