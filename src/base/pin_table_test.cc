#include "base/pin_table.h"

#include <gtest/gtest.h>

#include <string>

namespace apiary {
namespace {

using Texts = PinTable<std::string>;

std::shared_ptr<const std::string> text(const char* value) {
  return std::make_shared<const std::string>(value);
}

class PinTableTest : public testing::Test {
 protected:
  std::size_t take() {
    std::vector<std::shared_ptr<const void>> released;
    table.take_released(released);
    return released.size();
  }
  Texts table;
};

TEST_F(PinTableTest, CopiesThePointerOfAnObjectOnce) {
  const auto object = text("router");
  std::vector<Pinned<std::string>> users;
  for (int i = 0; i < 10; ++i) users.push_back(table.pin(object));
  EXPECT_EQ(object.use_count(), 2);
  EXPECT_EQ(*users[9], "router");
  users.clear();
  EXPECT_EQ(take(), 0U) << "it is not retired: another conversation may use it soon";
  EXPECT_EQ(table.size(), 1U);
}

TEST_F(PinTableTest, ReleasesARetiredObjectWhenItsLastUserHasGone) {
  std::weak_ptr<const std::string> watched;
  Pinned<std::string> first, second;
  {
    const auto object = text("router");
    watched = object;
    first = table.pin(object);
    second = table.pin(object);
  }
  table.retire();
  first = {};
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(*second, "router");
  second = {};
  EXPECT_FALSE(watched.expired()) << "views into it are valid until it is taken";
  EXPECT_EQ(take(), 1U);
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(PinTableTest, RetiresOnlyWhatItKnows) {
  const auto before = text("before"), after = text("after");
  const Pinned<std::string> kept = table.pin(before);
  { const Pinned<std::string> unused = table.pin(after); }
  table.retire();
  EXPECT_EQ(take(), 1U) << "the unused one";
  { const Pinned<std::string> user = table.pin(after); }
  EXPECT_EQ(take(), 0U) << "which is current again when somebody pins it later";
  EXPECT_EQ(table.size(), 2U);
  table.retire();
  EXPECT_EQ(take(), 1U);
}

TEST_F(PinTableTest, KeepsARetiredObjectThatIsUsedAgainBeforeItIsTaken) {
  const auto object = text("leased");
  Pinned<std::string> user = table.pin(object);
  table.retire();
  user = {};
  user = table.pin(object);
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(*user, "leased");
  user = {};
  user = table.pin(object);
  user = {};
  EXPECT_EQ(take(), 1U) << "listed twice, released once";
}

TEST_F(PinTableTest, UsesThePlacesOfReleasedObjectsAgain) {
  std::uint32_t most = 0;
  for (int i = 0; i < 100; ++i) {
    Pin<std::string>& pin = table.add_user(text("generation"));
    most = std::max(most, pin.index);
    EXPECT_EQ(&table.at(pin.index), &pin);
    table.remove_user(pin);
    table.retire();
    EXPECT_EQ(take(), 1U);
  }
  EXPECT_EQ(most, 0U);
}

}  // namespace
}  // namespace apiary
