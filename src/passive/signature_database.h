#pragma once

#include <tsl/robin_map.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "passive/syn_signature.h"

namespace apiary {

/// A line of a signature file that is not valid.
struct SignatureError {
  std::size_t line = 0;  // from 1
  std::string message;
};

/// The SYN signatures of a file of p0f's, by the layout of their options, and of another for what
/// the first does not know. Immutable.
class SignatureDatabase {
 public:
  static constexpr std::size_t max_signatures = 16'384;
  // The most signatures that a SYN is compared with.
  static constexpr std::size_t max_same_layout = 256;
  static constexpr std::size_t max_complaints = 20;

  /// Reads the section [tcp:request] of p0f.fp (version 3), and of a second file in its syntax. An
  /// invalid line there yields a error; the rest is read.
  static SignatureDatabase parse(std::string_view text, std::string_view second = {});

  /// The system of the best matching signature, as an index of systems(). Prefers an exact match of
  /// a specific signature, then of a generic one, then a fuzzy match of one that is not a tool's.
  /// Among equal ones, the first in the file. The second file counts if the first has no exact one.
  std::optional<std::uint16_t> match(const SynShape& syn) const;

  /// "Linux 3.11 and newer": name and flavor of labels, each once, printable ASCII.
  const std::vector<std::string>& systems() const { return systems_; }
  std::size_t size() const { return size_; }
  /// The number of signatures in the first file.
  std::size_t first_size() const { return first_size_; }

  /// The first invalid lines, and the number of all.
  const std::vector<SignatureError>& errors() const { return errors_; }
  std::size_t invalid_lines() const { return complained_lines_; }

 private:
  friend class SignatureFileReader;

  static constexpr std::size_t files = 2;
  struct LayoutHash {
    std::size_t operator()(const OptionKinds& layout) const noexcept { return layout.hash; }
  };
  struct MultipleHash {
    std::size_t operator()(std::uint32_t multiple) const noexcept {
      return multiple >> 8 ^ multiple << 5;
    }
  };
  struct Labelled {
    SynSignature signature;
    std::uint16_t system = 0;
    bool is_generic = false, is_tool = false;
    std::uint32_t place = 0;  // in the files
  };
  /// Signatures of one file with the same layout.
  struct OfLayout {
    std::vector<Labelled> of_any_window;  // or of one that is no multiple
    tsl::robin_map<std::uint32_t, std::vector<Labelled>, MultipleHash> by_multiple;  // packed()
  };
  class Best;

  // In the order of the files.
  tsl::robin_map<OptionKinds, std::array<OfLayout, files>, LayoutHash> by_layout_;
  std::size_t size_ = 0, first_size_ = 0;
  std::vector<std::string> systems_;
  std::vector<SignatureError> errors_;
  std::size_t complained_lines_ = 0;
};

}  // namespace apiary
