#include "sink/sink_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/size_text.h"

namespace apiary {
namespace {

/// Where the next ",name=" begins; npos: nowhere.
std::size_t option_in(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find(',', from); at != text.npos; at = text.find(',', at + 1)) {
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 1);
    if (end != text.npos && end > at + 1 && text[end] == '=') return at;
  }
  return text.npos;
}

}  // namespace

std::string name_of_option(const SinkSpec& spec) {
  return spec.is_short_form() ? std::string(spec.option)
                              : fmt::format("{} {}", spec.option, spec.kind->name);
}

std::string to_string(const SinkSpec& spec) {
  return fmt::format("{}{}{}", name_of_option(spec), spec.is_short_form() ? ' ' : ':', spec.where);
}

std::string list_of_sink_forms(std::span<const SinkKind* const> known) {
  std::string list;
  for (const SinkKind* const kind : known)
    list += fmt::format("{}{}:{}", list.empty() ? "" : ", ", kind->name, kind->place);
  return list;
}

tl::expected<SinkSpec, std::string> parse_sink_spec(std::string_view text,
                                                    std::span<const SinkKind* const> known) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon == std::string_view::npos || name.empty() || name.find('/') != name.npos)
    return tl::unexpected(fmt::format("'{}' names no kind of sink: write KIND:WHERE, one of {}",
                                      text, list_of_sink_forms(known)));
  const auto kind = std::ranges::find(known, name, [](const SinkKind* each) { return each->name; });
  if (kind == known.end())
    return tl::unexpected(
        fmt::format("unknown kind of sink '{}'; known: {}", name, list_of_sink_forms(known)));
  std::string_view where = text.substr(colon + 1);
  if (where.empty())
    return tl::unexpected(
        fmt::format("'{}' does not say where: write {}:{}", text, name, (*kind)->place));
  SinkSpec spec{.kind = *kind, .where = {}};
  if ((*kind)->target == SinkKind::Target::network) {
    auto spool = take_spool_options(where);
    if (!spool) return tl::unexpected(spool.error());
    spec.spool = std::move(*spool);
  } else if (where.find(",spool=") != where.npos) {
    return tl::unexpected(fmt::format(
        "'{}': only a sink that sends events over a network has a spool; remove ',spool='", text));
  }
  auto place = (*kind)->parse(where);
  if (!place) return tl::unexpected(place.error());
  spec.where = std::move(*place);
  return spec;
}

tl::expected<std::optional<SpoolSpec>, std::string> take_spool_options(std::string_view& where) {
  constexpr std::uint64_t min_spool_bytes = std::uint64_t{64} << 10;
  const std::string_view whole = where;
  std::size_t at = option_in(whole, 0);
  where = whole.substr(0, at);
  std::optional<std::string_view> path, size;
  while (at != whole.npos) {
    const std::size_t next = option_in(whole, at + 1);
    const std::string_view option = whole.substr(at + 1, next == whole.npos ? next : next - at - 1);
    const std::size_t equals = option.find('=');
    const std::string_view name = option.substr(0, equals), value = option.substr(equals + 1);
    if (name != "spool" && name != "spool-size")
      return tl::unexpected(
          fmt::format("'{}' is not an option of a sink: use spool=FILE and spool-size=SIZE", name));
    std::optional<std::string_view>& place = name == "spool" ? path : size;
    if (place) return tl::unexpected(fmt::format("'{}' has two options '{}='", whole, name));
    if (value.empty()) return tl::unexpected(fmt::format("'{}=' in '{}' is empty", name, whole));
    place = value;
    at = next;
  }
  if (!path && !size) return std::nullopt;
  if (!path) return tl::unexpected(fmt::format("'{}' names no spool: add ',spool=FILE'", whole));
  SpoolSpec spool{std::string(*path)};
  if (!size) return spool;
  const auto bytes = parse_size(*size);
  if (!bytes || *bytes < min_spool_bytes)
    return tl::unexpected(fmt::format(
        "invalid spool-size '{}': use 64K or more, in a form such as 64M or 1G", *size));
  spool.max_bytes = *bytes;
  return spool;
}

tl::expected<std::string, std::string> parse_file_place(std::string_view where) {
  if (where == "-")
    return tl::unexpected(
        std::string("'-' is no file: /dev/stdout is the standard output, ./- a file of that name"));
  const std::string_view path = where.starts_with("///") ? where.substr(2) : where;
  if (path.starts_with("//"))
    return tl::unexpected(
        fmt::format("'{}' names a host: write the file's path behind the colon", where));
  return std::string(path);
}

}  // namespace apiary
