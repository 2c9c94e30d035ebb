#include "http/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "event/ecs_encoder.h"

namespace apiary {
namespace {

constexpr std::string_view csv_line_end = "\r\n";

/// How a formula of a spreadsheet begins, also in full-width forms, which some programs accept.
constexpr std::string_view formula_signs[] = {"=",  "+",      "-",      "@",      "\t",    "\r",
                                              "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"};

std::string time_text_of(double seconds_since_epoch) {
  const auto count = static_cast<std::int64_t>(std::llround(seconds_since_epoch * 1e3));
  std::string text;
  append_time(text, Instant{milliseconds{count}});
  const std::size_t point = std::min(text.find('.'), text.size());
  return text.substr(0, point + 4) + "Z";
}

std::string text_of(const nlohmann::json& value, bool is_time) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (!value.is_number()) return {};
  if (is_time) return time_text_of(value.get<double>());
  if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  return fmt::format("{}", value.get<double>());
}

}  // namespace

void append_csv_cell(std::string& text, std::string_view value) {
  const bool is_formula = std::ranges::any_of(
      formula_signs, [value](std::string_view sign) { return value.starts_with(sign); });
  const bool is_quoted = is_formula ||
                         value.find_first_of(",;\"\r\n\t") != std::string_view::npos ||
                         value.starts_with(' ') || value.ends_with(' ');
  if (!is_quoted) {
    text += value;
    return;
  }
  text += '"';
  if (is_formula) text += '\'';
  for (const char letter : value) {
    if (letter == '"') text += '"';
    text += letter;
  }
  text += '"';
}

void append_csv_header(std::string& text, std::span<const CsvColumn> columns) {
  for (const CsvColumn& column : columns) {
    if (&column != &columns.front()) text += ',';
    text += column.name;
  }
  text += csv_line_end;
}

void append_csv_row(std::string& text, const nlohmann::json& row,
                    std::span<const CsvColumn> columns) {
  for (const CsvColumn& column : columns) {
    if (&column != &columns.front()) text += ',';
    const nlohmann::json::json_pointer pointer{std::string(column.pointer)};
    if (row.contains(pointer)) append_csv_cell(text, text_of(row.at(pointer), column.is_time));
  }
  text += csv_line_end;
}

}  // namespace apiary
