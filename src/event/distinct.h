#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace apiary {

/// A number of different items.
struct Distinct {
  enum class How : std::uint8_t {
    exact,
    estimate,  // by HyperLogLog: with a standard error of about 2 %
    at_least   // there was no room to count further
  };
  std::uint64_t number = 0;
  How how = How::exact;
  bool operator==(const Distinct&) const = default;
};
/// The word in events: "exact", "estimate", "at_least".
std::string_view to_string(Distinct::How how);

/// Counts distinct items by their 64-bit hashes, with a key that visitors must not know: exactly up
/// to 1,024, then by HyperLogLog (Flajolet et al. 2007). It takes at most 8 KiB; beyond its first
/// 32 items it needs one of a bounded number of shared places, and without one it stays at "at
/// least".
class DistinctCounter {
 public:
  static constexpr std::size_t max_exact = 1'024, max_without_place = 32;
  /// How many more counters may hold more than a few items.
  struct Places {
    std::size_t left = 0;
  };

  /// Adds an item. Returns whether it is new, as far as the counter can distinguish.
  bool add(std::uint64_t hash, Places& places);
  Distinct value() const;
  /// Returns its place. No other call may follow.
  void release(Places& places);

 private:
  static constexpr unsigned index_bits = 12;
  using Registers = std::array<std::uint8_t, std::size_t{1} << index_bits>;

  bool note_in_registers(std::uint64_t hash);
  std::uint64_t estimate() const;

  std::vector<std::uint64_t> hashes_;  // sorted; while it counts exactly
  std::unique_ptr<Registers> registers_;
  bool has_place_ = false, is_short_ = false;  // it found no free place
};

}  // namespace apiary
