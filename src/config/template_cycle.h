#pragma once

#include "honeynet/host_template.h"

namespace apiary {

/// Whether `from` is `to`, or a dynamic template that can select it. Then `to` must not select
/// `from`.
bool leads_to(const HostTemplate& from, const HostTemplate& to);

}  // namespace apiary
