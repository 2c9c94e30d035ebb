#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace apiary {

/// Options with values other than text. An invalid value ends the parse with a message that names
/// the option, the value and the accepted form.

/// TIME: "90s", "15m", "12h", "7d"; "0" for none.
CLI::Option* add_time_option(CLI::App& app, const std::string& name,
                             std::function<void(Duration)> take, const std::string& description);
/// SIZE: "500K", "256M", "2G", "1T", powers of 1,024; a number without a unit is in bytes. Accepts
/// 0, and 4K or more.
CLI::Option* add_size_option(CLI::App& app, const std::string& name, std::uint64_t& bytes,
                             const std::string& description);
/// N: a whole number of [0, largest].
CLI::Option* add_number_option(CLI::App& app, const std::string& name,
                               std::function<void(std::uint64_t)> take, std::uint64_t largest,
                               const std::string& description);
/// NET: "192.0.2.0/24" or an address.
CLI::Option* add_net_option(CLI::App& app, const std::string& name, std::optional<IpPrefix>& prefix,
                            const std::string& description);
/// USER: the name of one of this machine's users.
CLI::Option* add_user_option(CLI::App& app, const std::string& name, std::string& user,
                             const std::string& description);

/// `old`, a former name of `option`: it works, --help does not list it, and it prints the new name
/// on stderr.
void add_old_name(CLI::App& app, const std::string& old, CLI::Option& option);

/// --personalities of all subcommands that read configurations.
void add_personalities_option(CLI::App& app, std::string& file);

/// The option accepts only these words.
void limit_to(CLI::Option& option, const std::vector<std::string>& choices);
/// The words that limit_to() named; empty: any.
std::vector<std::string> choices_of(CLI::Option& option);

/// Rejects empty values of all options and arguments of this subcommand.
void refuse_empty_values(CLI::App& command);

}  // namespace apiary
