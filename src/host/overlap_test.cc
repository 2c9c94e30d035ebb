// Whose bytes count where fragments overlap.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "base/random.h"
#include "host/testing/reassembly_bench.h"

namespace apiary {
namespace {

using Bench = ReassemblyBench;

/// One byte of each block.
std::string digits_of(std::string_view whole) {
  std::string digits;
  for (std::size_t i = 0; i < whole.size(); i += 8) digits += whole[i];
  return digits;
}

/// The six fragments by which Shankar and Paxson distinguish systems: each carries its number, in
/// blocks of eight bytes. The answer has a digit for each of the twelve blocks.
std::string who_counts(FragmentPolicy policy) {
  struct Numbered {
    std::size_t first_block, blocks;
  };
  constexpr Numbered numbered[] = {{0, 3}, {4, 2}, {6, 3}, {1, 4}, {6, 3}, {9, 3}};
  Bench bench{.policy = policy};
  std::string whole;
  for (std::size_t i = 0; i < std::size(numbered); ++i)
    whole = bench.add({8 * numbered[i].first_block,
                       std::string(8 * numbered[i].blocks, static_cast<char>('1' + i)),
                       i + 1 < std::size(numbered)});
  return digits_of(whole);
}

TEST(Reassembly, OverlapsAreResolvedAsTheModelSays) {
  EXPECT_EQ(who_counts(FragmentPolicy::first), "111422333666");
  EXPECT_EQ(who_counts(FragmentPolicy::last), "144442555666");
  EXPECT_EQ(who_counts(FragmentPolicy::bsd), "111442333666");
  EXPECT_EQ(who_counts(FragmentPolicy::bsd_right), "144422555666");
  EXPECT_EQ(who_counts(FragmentPolicy::linux_2), "111442555666");
}

TEST(Reassembly, WindowsAndSolarisAreReplacedOnlyWhenCovered) {
  struct Case {
    const char* name;
    std::size_t first_block, blocks;  // of the second fragment; the first has blocks 2 and 3
    const char* windows;
    const char* solaris;
  };
  for (const Case& c : {Case{"covers it on both sides", 1, 4, "022229", "022229"},
                        Case{"starts before it and ends with it", 1, 3, "021109", "022209"},
                        Case{"starts before it and ends in it", 1, 2, "021109", "021109"},
                        Case{"starts with it and ends behind it", 2, 3, "001129", "001129"}}) {
    SCOPED_TRACE(c.name);
    const auto digits = [&](FragmentPolicy policy) {
      Bench bench{.policy = policy};
      bench.add({16, std::string(16, '1'), true});
      bench.add({8 * c.first_block, std::string(8 * c.blocks, '2'), true});
      for (std::size_t block = 0; block < 5; ++block)
        bench.add({8 * block, std::string(8, '0'), true});
      return digits_of(bench.add({40, std::string(8, '9'), false}));
    };
    EXPECT_EQ(digits(FragmentPolicy::windows), c.windows);
    EXPECT_EQ(digits(FragmentPolicy::solaris), c.solaris);
  }
}

/// Where bytes lie in the payload: [start, end).
struct Extent {
  std::size_t start, end;
};

bool new_one_counts(FragmentPolicy policy, Extent old, Extent added) {
  switch (policy) {
    case FragmentPolicy::last:
      return true;
    case FragmentPolicy::bsd:
      return added.start < old.start;
    case FragmentPolicy::bsd_right:
      return added.start >= old.start;
    case FragmentPolicy::linux_2:
      return added.start <= old.start;
    case FragmentPolicy::windows:
      return added.start < old.start && added.end > old.end;
    case FragmentPolicy::solaris:
      return added.start < old.start && added.end >= old.end;
    default:
      return false;
  }
}

/// Each byte of a datagram, with the fragment it is of.
class SlowModel {
 public:
  explicit SlowModel(FragmentPolicy policy) : policy_(policy) {}
  void add(std::size_t offset, const std::string& text) {
    const Extent added{offset, offset + text.size()};
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto& [byte, owner] = bytes_[offset + i];
      if (owner && !new_one_counts(policy_, *owner, added)) continue;
      byte = text[i];
      owner = added;
    }
  }
  std::string text() const {
    std::string result;
    for (const auto& [at, one] : bytes_) result += one.first;
    return result;
  }

 private:
  FragmentPolicy policy_;
  std::map<std::size_t, std::pair<char, std::optional<Extent>>> bytes_;
};

TEST(Reassembly, OverlapsAgreeWithASlowModel) {
  constexpr std::size_t blocks = 16;
  Random random{9};
  for (const FragmentPolicy policy :
       {FragmentPolicy::first, FragmentPolicy::last, FragmentPolicy::bsd, FragmentPolicy::bsd_right,
        FragmentPolicy::linux_2, FragmentPolicy::windows, FragmentPolicy::solaris}) {
    SCOPED_TRACE(static_cast<int>(policy));
    for (int round = 0; round < 100; ++round) {
      Bench bench{.policy = policy};
      SlowModel model{policy};
      std::string whole;
      const auto add = [&](std::size_t block, std::size_t count, bool more) {
        if (!whole.empty()) return;
        std::string text(8 * count, ' ');
        for (char& one : text) one = static_cast<char>('!' + random.below(90));
        if (!more) text.resize(text.size() - random.below(8));
        model.add(8 * block, text);
        whole = bench.add({8 * block, text, more});
      };
      for (int i = 0; i < 8; ++i) {
        const std::size_t block = random.below(blocks);
        add(block, 1 + random.below(blocks - block), true);
      }
      add(blocks, 1, false);
      for (std::size_t block = 0; block < blocks; ++block) add(block, 1, true);
      ASSERT_EQ(whole, model.text()) << "round " << round;
      ASSERT_EQ(bench.reassembly.held_bytes(), 0U);
    }
  }
}

}  // namespace
}  // namespace apiary
