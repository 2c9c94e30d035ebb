#pragma once

#include <string_view>

namespace apiary {

/// The text of share/visitors.fp, which CMake embeds: signatures of our own, for
/// SignatureDatabase::parse().
std::string_view own_signatures_text();

}  // namespace apiary
