#pragma once

#include <string>
#include <string_view>

#include "base/address.h"

namespace apiary {

/// `text` with $ipsrc, $ipdst, $sport and $dport replaced by what they are in `flow` (the visitor
/// is the source), and $date by `date` unless that is empty. A dollar sign before anything else
/// stays as it is.
std::string expand_variables(std::string_view text, const FlowKey& flow,
                             std::string_view date = {});

}  // namespace apiary
