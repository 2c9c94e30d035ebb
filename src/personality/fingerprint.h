#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "personality/match_expression.h"

namespace apiary {

/// The tests of Nmap's second generation of system detection, in the order of its database.
enum class NmapTest : std::uint8_t { seq, ops, win, ecn, t1, t2, t3, t4, t5, t6, t7, u1, ie };
inline constexpr std::size_t nmap_test_count = 13;

/// The test called `name`, such as "T5".
std::optional<NmapTest> nmap_test(std::string_view name);
std::string_view name_of(NmapTest test);

/// An entry of nmap-os-db as written. Points into the text that it was parsed from.
struct Fingerprint {
  std::string_view name;
  std::size_t line = 0;                         // its first line in the file, from 1
  std::string_view vendor, family, generation;  // from its first Class line; empty without one
  std::string_view classes;                     // the text from its first Class line to its last
  std::array<std::optional<std::string_view>, nmap_test_count> tests;  // the text in parentheses

  bool has(NmapTest test) const { return tests[static_cast<std::size_t>(test)].has_value(); }
  /// The values that Nmap accepts for an attribute; nothing: any.
  std::optional<MatchExpression> find(NmapTest test, std::string_view attribute) const;
  /// Whether the system is known not to answer the test's probe (R=N).
  bool is_silent(NmapTest test) const;
};

}  // namespace apiary
