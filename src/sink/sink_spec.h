#pragma once

#include <optional>
#include <span>

#include "sink/sink_kind.h"
#include "sink/spool.h"

namespace apiary {

/// Which sink to open: "json:/var/log/events.jsonl" of `--sink`, or an option that is short for it.
struct SinkSpec {
  const SinkKind* kind;  // never nullptr
  std::string where;     // as kind->parse() returns it
  std::string_view option = sink_option;
  std::optional<SpoolSpec> spool{};

  static constexpr std::string_view sink_option = "--sink";
  bool is_short_form() const { return option != sink_option; }
};

/// The option as the operator wrote it, for messages: "--sink json", "--events".
std::string name_of_option(const SinkSpec& spec);
/// The same with its place: "--sink json:FILE", "--events FILE".
std::string to_string(const SinkSpec& spec);

/// Parses "KIND:WHERE", for a kind that writes to a network also
/// "KIND:WHERE,spool=FILE,spool-size=SIZE". Error: a sentence that says what to write.
tl::expected<SinkSpec, std::string> parse_sink_spec(std::string_view text,
                                                    std::span<const SinkKind* const> known);
/// The forms of all kinds, for help: "json:FILE, store:FILE".
std::string list_of_sink_forms(std::span<const SinkKind* const> known);

/// Splits "WHERE,spool=FILE,spool-size=SIZE" of a kind that writes to a network. Removes the
/// options from `where`. Error: a sentence that says what to write.
tl::expected<std::optional<SpoolSpec>, std::string> take_spool_options(std::string_view& where);

/// SinkKind::parse of kinds that write a file: a path, or one with an empty host as in
/// "///var/log/x". Errors: it is "-", or has a host.
tl::expected<std::string, std::string> parse_file_place(std::string_view where);

}  // namespace apiary
