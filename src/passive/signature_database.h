#pragma once

#include <tsl/robin_map.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "passive/syn_signature.h"

namespace apiary {

/// A line of a signature file that is not valid.
struct SignatureComplaint {
  std::size_t line = 0;  // from 1
  std::string message;
};

/// The SYN signatures of a file of p0f's, by the layout of their options. Immutable.
class SignatureDatabase {
 public:
  static constexpr std::size_t max_signatures = 16'384;
  // The most signatures that a SYN is compared with.
  static constexpr std::size_t max_same_layout = 256;
  static constexpr std::size_t max_complaints = 20;

  /// Reads the section [tcp:request] of p0f.fp (version 3). An invalid line there yields a
  /// complaint; the rest is read.
  static SignatureDatabase parse(std::string_view text);

  /// The system of the best matching signature, as an index of systems(). Prefers an exact match of
  /// a specific signature, then of a generic one, then a fuzzy match of one that is not a tool's.
  /// Of equal ones, the first in the file. Nothing: none matches.
  std::optional<std::uint16_t> match(const SynShape& syn) const;

  /// "Linux 3.11 and newer": name and flavor of labels, each once, printable ASCII.
  const std::vector<std::string>& systems() const { return systems_; }
  std::size_t size() const { return signatures_.size(); }

  /// The first invalid lines, and the number of all.
  const std::vector<SignatureComplaint>& complaints() const { return complaints_; }
  std::size_t complained_lines() const { return complained_lines_; }

 private:
  friend class SignatureFileReader;

  struct LayoutHash {
    std::size_t operator()(const OptionKinds& layout) const noexcept;
  };
  struct Labelled {
    SynSignature signature;
    std::uint16_t system = 0;
    bool is_generic = false, is_tool = false;
  };
  struct Range {
    std::uint32_t first = 0, count = 0;
  };

  void index();

  std::vector<Labelled> signatures_;  // grouped by layout, in the file's order
  tsl::robin_map<OptionKinds, Range, LayoutHash> by_layout_;
  std::vector<std::string> systems_;
  std::vector<SignatureComplaint> complaints_;
  std::size_t complained_lines_ = 0;
};

}  // namespace apiary
