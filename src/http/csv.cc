#include "http/csv.h"

#include <algorithm>
#include <cmath>

#include "event/ecs_encoder.h"

namespace apiary {
namespace {

constexpr std::string_view csv_line_end = "\r\n";

/// How a spreadsheet's formula begins, also in the wide letters that some take for the same.
constexpr std::string_view formula_signs[] = {"=",  "+",      "-",      "@",      "\t",    "\r",
                                              "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"};

std::string text_of(const nlohmann::ordered_json& value, bool is_time) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return {};
  if (!is_time || !value.is_number()) return value.dump();
  const auto count = static_cast<std::int64_t>(std::llround(value.get<double>() * 1e3));
  std::string text;
  append_time(text, Instant{milliseconds{count}});
  const std::size_t point = std::min(text.find('.'), text.size());
  return text.substr(0, point + 4) + "Z";
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

void append_csv_row(std::string& text, const nlohmann::ordered_json& row,
                    std::span<const CsvColumn> columns) {
  for (const CsvColumn& column : columns) {
    if (&column != &columns.front()) text += ',';
    const nlohmann::ordered_json::json_pointer pointer{std::string(column.pointer)};
    if (row.contains(pointer)) append_csv_cell(text, text_of(row.at(pointer), column.is_time));
  }
  text += csv_line_end;
}

}  // namespace apiary
