#pragma once

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

/// What answers on a port.
using ServiceSpec = std::variant<Script, Proxy>;

}  // namespace apiary
