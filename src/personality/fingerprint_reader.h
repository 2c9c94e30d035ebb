#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "personality/fingerprint.h"

namespace apiary {

/// An invalid line of a fingerprint file.
struct FingerprintError {
  std::size_t line = 0;  // from 1
  std::string message;
};

/// Errors in a fingerprint file.
struct FingerprintErrors {
  static constexpr std::size_t max_shown = 20;

  std::vector<FingerprintError> first;  // at most `max_shown`
  std::size_t lines = 0;                // all invalid ones
  std::size_t skipped_entries = 0;

  void add(std::size_t line, std::string message);
};

/// Parses the lines of a fingerprint file one after another. Skips entries with an invalid line.
class FingerprintReader {
 public:
  /// All arguments must outlive the reader. `translated` receives lines of the first generation.
  FingerprintReader(std::vector<Fingerprint>& fingerprints, std::deque<std::string>& translated,
                    FingerprintErrors& errors)
      : fingerprints_(fingerprints), translated_(translated), errors_(errors) {}

  /// `line`: without its line end; `number`: from 1.
  void read_line(std::size_t number, std::string_view line);
  /// Call it at the end of the file.
  void finish() { end_entry(); }

 private:
  enum class State { nothing, match_points, entry, finished_entry, bad_entry };
  using Trouble = std::optional<std::string>;  // why the line is invalid

  Trouble read_word(std::size_t number, std::string_view word, std::string_view line);
  Trouble begin_entry(std::size_t number, std::string_view name);
  void end_entry();
  void skip_entry();
  Trouble read_class(std::string_view line, std::string_view fields);
  Trouble read_test(std::string_view word, std::string_view rest);

  std::vector<Fingerprint>& fingerprints_;
  std::deque<std::string>& translated_;
  FingerprintErrors& errors_;
  State state_ = State::nothing;
};

}  // namespace apiary
