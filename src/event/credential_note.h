#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace apiary {

/// A name and a password as they were tried, whatever bytes they are.
struct TriedCredential {
  std::string user, password;
};

/// Reads them out of a note of a service that has user="..." and password="..." in it, in which \"
/// and \\ and \xNN stand for a character. Nothing when the note has not both.
std::optional<TriedCredential> read_credential(std::string_view note);

}  // namespace apiary
