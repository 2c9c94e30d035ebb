#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace apiary {

/// A column of a table: its name, and the place of its value in a row's JSON object.
struct CsvColumn {
  std::string_view name;
  std::string_view pointer;  // "/source/ip" (RFC 6901)
  bool is_time = false;      // seconds since 1970, written as 2026-11-25T05:14:00.123Z
};

/// Appends a value as a cell (RFC 4180). A value that a spreadsheet would read as a formula gets an
/// apostrophe: visitors chose many of the values.
void append_csv_cell(std::string& text, std::string_view value);

/// Append a line: the columns' names, or their values in `row`; a missing value is empty.
void append_csv_header(std::string& text, std::span<const CsvColumn> columns);
void append_csv_row(std::string& text, const nlohmann::json& row,
                    std::span<const CsvColumn> columns);

}  // namespace apiary
