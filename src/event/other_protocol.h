#pragma once

#include "event/credential_note.h"

namespace apiary {

/// Whether what a service took for a login is in truth a request of another protocol, which a
/// scanner sent to see who answers: of HTTP, TLS, SMB, RDP, Redis and their like.
bool is_other_protocol(const TriedCredential& tried);

}  // namespace apiary
