#pragma once

#include "base/json_writer.h"
#include "event/event.h"

namespace apiary {

/// Writes the ECS members of an event's JSON that depend on its kind: each has a function in
/// ecs_members.cc. put_apiary_members() writes the others.
void put_ecs_members(JsonWriter& json, const Event& event);

/// Writes event.start and event.duration, for kinds that have them.
void put_event_times(JsonWriter& json, const Event& event);

}  // namespace apiary
