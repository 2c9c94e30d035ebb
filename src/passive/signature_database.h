#pragma once

#include <tsl/robin_map.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "passive/syn_signature.h"

namespace apiary {

/// A line of a signature file that was not understood.
struct SignatureComplaint {
  std::size_t line = 0;  // from 1
  std::string message;
};

/// The signatures of SYNs in a file of p0f's, by the layout of their options. It does not change.
class SignatureDatabase {
 public:
  static constexpr std::size_t max_signatures = 16'384;
  // One SYN is compared with no more signatures than this.
  static constexpr std::size_t max_same_layout = 256;
  static constexpr std::size_t max_complaints = 20;

  /// Reads p0f.fp (version 3). Of its sections [tcp:request] counts; a line in it that is not
  /// understood is complained of, and the rest is read.
  static SignatureDatabase parse(std::string_view text);

  /// The system, as an index of systems(), that the most fitting signature is of: one that fits
  /// exactly and is specific, else one that does and is generic, else one that fits fuzzily and is
  /// of no tool. Of those that are alike the first in the file. Nothing: none fits.
  std::optional<std::uint16_t> match(const SynShape& syn) const;

  /// "Linux 3.11 and newer": name and flavor of labels, each once, printable ASCII.
  const std::vector<std::string>& systems() const { return systems_; }
  std::size_t size() const { return signatures_.size(); }

  /// The first of the lines that were not understood, and how many there are in all.
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

  std::vector<Labelled> signatures_;  // those of a layout lie together, in the file's order
  tsl::robin_map<OptionKinds, Range, LayoutHash> by_layout_;
  std::vector<std::string> systems_;
  std::vector<SignatureComplaint> complaints_;
  std::size_t complained_lines_ = 0;
};

}  // namespace apiary
