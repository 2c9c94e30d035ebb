#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace apiary {

/// A name and a password that a visitor tried; any bytes.
struct TriedCredential {
  std::string user, password;
};

/// Parses user="..." and password="..." in a service's note, with the escapes \", \\ and \xNN.
/// Returns nothing unless the note has both.
std::optional<TriedCredential> read_credential(std::string_view note);

}  // namespace apiary
