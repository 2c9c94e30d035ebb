/// For tests: personalities that need no fingerprint file.
#pragma once

#include <array>

#include "config/personality_catalogue.h"
#include "config/vendor_catalogue.h"

namespace apiary {

/// Has "Red OS", "Green OS" and "Blue OS", and "Teal OS" as an old name of the last.
class TestCatalogue final : public PersonalityCatalogue {
 public:
  tl::expected<FoundPersonality, NearestNames> find(std::string_view name) const override {
    ++look_ups;
    const bool is_old = name == "Teal OS";
    if (is_old) name = "Blue OS";
    for (const std::string_view known : {"Red OS", "Green OS", "Blue OS"}) {
      if (name != known) continue;
      auto personality = std::make_shared<Personality>();
      personality->name = known;
      return FoundPersonality{std::move(personality),
                              is_old ? "\"Teal OS\" is now \"Blue OS\"" : ""};
    }
    return tl::unexpected(NearestNames{{"Red OS", "Green OS", "Blue OS"}});
  }

  std::shared_ptr<const Personality> choose(std::uint64_t bits) const override {
    constexpr std::string_view names[] = {"Red OS", "Green OS", "Blue OS"};
    return find(names[bits % 3])->personality;
  }

  mutable int look_ups = 0;
};

/// Has every name.
class AnyNameCatalogue final : public PersonalityCatalogue {
 public:
  tl::expected<FoundPersonality, NearestNames> find(std::string_view name) const override {
    auto personality = std::make_shared<Personality>();
    personality->name = std::string{name};
    return FoundPersonality{std::move(personality)};
  }
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const override {
    return find(std::to_string(bits))->personality;
  }
};

/// Has "cisco", "intel" and its misspelling "intle"; or every name.
class TestVendors final : public VendorCatalogue {
 public:
  explicit TestVendors(bool knows_all = false) : knows_all_(knows_all) {}
  tl::expected<FoundVendor, std::string> find(std::string_view vendor) const override {
    if (vendor == "cisco") return FoundVendor{{{0, 0, 0x0c}, {0, 5, 0xdc}}};
    if (vendor == "intle") return FoundVendor{{{0, 2, 0xb3}}, "intel"};
    if (vendor == "intel" || knows_all_) return FoundVendor{{{0, 2, 0xb3}}};
    return tl::unexpected(std::string("name cisco or intel"));
  }

 private:
  bool knows_all_;
};

}  // namespace apiary
