#include "event/event_kind.h"

#include <gtest/gtest.h>

#include <set>

#include "event/event_text.h"
#include "event/testing/sample_events.h"

namespace apiary {
namespace {

TEST(EventKind, EachKindHasItsPlace) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < event_kind_count; ++i) {
    const EventKindSpec& spec = *event_kind_specs()[i];
    SCOPED_TRACE(spec.name);
    EXPECT_EQ(static_cast<std::size_t>(spec.kind), i) << "EventKind and EventBody have one order";
    EXPECT_EQ(event_kind_called(spec.name), spec.kind);
    EXPECT_TRUE(names.insert(spec.name).second);
    for (const std::string_view text :
         {spec.name, spec.title, spec.ecs.kind, spec.ecs.categories[0], spec.ecs.types[0],
          spec.emitted_when, spec.fields})
      EXPECT_FALSE(text.empty());
  }
  EXPECT_FALSE(event_kind_called("contacts"));
}

TEST(EventKind, EachKindIsAmongTheSamplesAndHasASentence) {
  EventKinds found;
  for (const Event& event : sample_events()) {
    found = found.with({event.kind()});
    EXPECT_FALSE(event_text(event).empty());
    EXPECT_GE(event.cost_bytes(), sizeof(Event));
  }
  for (const EventKindSpec* const spec : event_kind_specs())
    EXPECT_TRUE(found.contains(spec->kind)) << spec->name;
}

}  // namespace
}  // namespace apiary
