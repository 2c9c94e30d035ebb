#include "config/fingerprint_catalogue.h"

#include <gtest/gtest.h>

#include "personality/aliases.h"

namespace apiary {
namespace {

/// A made-up entry for every name.
std::shared_ptr<const FingerprintDatabase> database_of(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names)
    text += "Fingerprint " + std::string{name} +
            "\nClass Maker | Family | 1 | router\n"
            "SEQ(SP=100-110%GCD=1-6%ISR=100-110%TI=I%II=I%TS=U)\nOPS(O1=M5B4)\nWIN(W1=1000)\n"
            "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS)\nIE(R=N)\n\n";
  auto database = parse_fingerprints(std::move(text));
  EXPECT_EQ(database.errors().lines, 0U);
  return std::make_shared<const FingerprintDatabase>(std::move(database));
}

TEST(FingerprintCatalogue, FindsByName) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", "Comb 2.0"}));
  const auto found = catalogue.find("Comb 2.0");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->personality->name, "Comb 2.0");
  EXPECT_EQ(found->notice, "");
}

TEST(FingerprintCatalogue, SubstitutesTheNearest) {
  const FingerprintCatalogue catalogue(
      database_of({"Comb 1.0", "Comb 2.0", "Wax", "Comb 3.0", "Drone"}));
  const auto found = catalogue.find("Comb 2.0 beta");
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->stands_in);
  EXPECT_EQ(found->personality->name, "Comb 2.0");
  EXPECT_EQ(found->notice,
            "there is no personality \"Comb 2.0 beta\"; \"Comb 2.0\" is used instead, with the "
            "most similar name");
  EXPECT_EQ(found->others.names, (std::vector<std::string>{"Comb 1.0", "Comb 3.0"}));
}

TEST(FingerprintCatalogue, SubstitutesTheGenericSystemForUnknownWords) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0"}));
  const auto found = catalogue.find("Xyzzy");
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->stands_in);
  EXPECT_EQ(found->personality->name, "generic");
  EXPECT_EQ(found->notice,
            "there is no personality \"Xyzzy\"; \"generic\" is used instead, as no word of the "
            "name is known");
}

TEST(FingerprintCatalogue, FindsNothingForInvalidNames) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0"}));
  EXPECT_TRUE(catalogue.find("@1"));
  for (const char* const name : {"", "  ", "@2", "@x", "\xff"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(catalogue.find(name).has_value(), std::string_view(name) == "\xff");
  }
}

TEST(FingerprintCatalogue, TakesTheDefaultForAMissingNumber) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", "Comb 1.0"}));
  EXPECT_FALSE(catalogue.find("Comb 1.0 #2")->stands_in);
  const auto third = catalogue.find("Comb 1.0 #3");
  ASSERT_TRUE(third);
  EXPECT_TRUE(third->stands_in);
  EXPECT_EQ(third->personality->name, "Comb 1.0");
}

TEST(FingerprintCatalogue, SharesThePersonalityOfSeveralNames) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", "Wax"}));
  EXPECT_EQ(catalogue.find("Comb 1.5")->personality, catalogue.find("Comb 1.0")->personality);
}

TEST(FingerprintCatalogue, ReportsTheTargetOfAnOldName) {
  ASSERT_FALSE(all_aliases().empty());
  const Alias& alias = all_aliases().front();
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", alias.name}));
  const auto found = catalogue.find(alias.old_name);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->personality->name, alias.name);
  EXPECT_EQ(found->notice, "\"" + std::string{alias.old_name} +
                               "\" is a name of Nmap's first generation; \"" +
                               std::string{alias.name} + "\" is used for it");
}

TEST(FingerprintCatalogue, HasBuiltinOnesThatNmapLacks) {
  const FingerprintCatalogue catalogue(database_of({"Comb 1.0", "Linux-like server"}));
  ASSERT_TRUE(catalogue.find("Printer-like appliance").has_value());
  const auto theirs = catalogue.find("Linux-like server");
  ASSERT_TRUE(theirs.has_value());
  EXPECT_EQ(theirs->personality->syn.to_usual_windows.front().window, 0x1000);
}

TEST(FingerprintCatalogue, HasBuiltinOnesWithoutADatabase) {
  const FingerprintCatalogue catalogue(std::make_shared<const FingerprintDatabase>());
  ASSERT_TRUE(catalogue.find("Router-like appliance").has_value());
  EXPECT_NE(catalogue.choose(12345), nullptr);
  const auto missing = catalogue.find("Router-like applianse");
  ASSERT_TRUE(missing.has_value());
  EXPECT_TRUE(missing->stands_in);
  EXPECT_EQ(missing->personality->name, "Router-like appliance");
}

}  // namespace
}  // namespace apiary
