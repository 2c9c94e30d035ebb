#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace apiary {

/// A program that talks on its stdin and stdout, a new process for each conversation. The command
/// is split at spaces, without a shell, after its variables are expanded.
struct Script {
  std::string command;
  bool operator==(const Script&) const = default;
};

/// Another machine that the conversation is handed on to.
struct Proxy {
  std::string target;  // "HOST:PORT", with variables
  bool operator==(const Proxy&) const = default;
};

/// Whom the programs of a machine run as and what they may take, where that is not as for all.
struct ServiceRights {
  std::optional<std::uint32_t> user, group;  // by their numbers; never 0
  std::optional<std::uint32_t> open_files;   // at most so many in each process
  bool operator==(const ServiceRights&) const = default;
};

/// What answers on a port.
using ServiceSpec = std::variant<Script, Proxy>;

}  // namespace apiary
