#include "config/fingerprint_catalogue.h"

#include <gtest/gtest.h>

#include "personality/aliases.h"

namespace apiary {
namespace {

/// A made-up entry for every name.
std::shared_ptr<const FingerprintDatabase> database_of(std::vector<std::string_view> names) {
  std::string text;
  for (const std::string_view name : names)
    text += "Fingerprint " + std::string{name} +
            "\nClass Maker | Family | 1 | router\n"
            "SEQ(SP=100-110%GCD=1-6%ISR=100-110%TI=I%II=I%TS=U)\nOPS(O1=M5B4)\nWIN(W1=1000)\n"
            "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS)\nIE(R=N)\n\n";
  auto database = parse_fingerprints(std::move(text));
  EXPECT_TRUE(database.has_value());
  return std::make_shared<const FingerprintDatabase>(*std::move(database));
}

TEST(FingerprintCatalogue, FindsByName) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", "Comb 2.0"}));
  const auto found = catalogue.find("Comb 2.0");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->personality->name, "Comb 2.0");
  EXPECT_EQ(found->notice, "");
}

TEST(FingerprintCatalogue, NamesTheNearest) {
  const FingerprintCatalogue catalogue(
      database_of({"Comb 1.0", "Comb 2.0", "Wax", "Comb 3.0", "Drone"}));
  const auto found = catalogue.find("Comb 2");
  ASSERT_FALSE(found.has_value());
  ASSERT_EQ(found.error().names.size(), 3U);
  EXPECT_EQ(found.error().names[0], "Comb 2.0");
}

TEST(FingerprintCatalogue, SaysWhatAnOldNameLeadsTo) {
  ASSERT_FALSE(all_aliases().empty());
  const Alias& alias = all_aliases().front();
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", alias.name}));
  const auto found = catalogue.find(alias.old_name);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->personality->name, alias.name);
  EXPECT_EQ(found->notice, "\"" + std::string{alias.old_name} +
                               "\" is a name of Nmap's first generation; \"" +
                               std::string{alias.name} + "\" stands for it");
}

TEST(FingerprintCatalogue, HasOursWhereNmapHasNoneOfThatName) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", "Linux-like server"}));
  ASSERT_TRUE(catalogue.find("Printer-like appliance").has_value());
  const auto theirs = catalogue.find("Linux-like server");
  ASSERT_TRUE(theirs.has_value());
  EXPECT_EQ(theirs->personality->syn.to_usual_windows.front().window, 0x1000);
}

TEST(FingerprintCatalogue, HasOursWithoutADatabase) {
  const FingerprintCatalogue catalogue(std::make_shared<const FingerprintDatabase>());
  ASSERT_TRUE(catalogue.find("Router-like appliance").has_value());
  EXPECT_NE(catalogue.choose(12345), nullptr);
  const auto missing = catalogue.find("Router-like applianse");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().names.front(), "Router-like appliance");
}

}  // namespace
}  // namespace apiary
