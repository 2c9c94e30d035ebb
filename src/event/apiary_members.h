#pragma once

#include "base/json_writer.h"
#include "event/event.h"

namespace apiary {

/// Writes the members under `apiary` of an event's JSON, which ECS has no names for. They depend on
/// the event's kind: each has a function in apiary_members.cc.
void put_apiary_members(JsonWriter& json, const Event& event);

}  // namespace apiary
