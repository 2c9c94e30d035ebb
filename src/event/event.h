/// event/: what users see. It aggregates notifications of the engine, the services and the daemon
/// into events: a sweep over many hosts is one event, not one per packet. An event is written as a
/// sentence (event_text.h) or as JSON (ecs_encoder.h). The folder lies above the I/O line: it reads
/// no clock and opens no file; sinks do.
#pragma once

#include "event/event_kind.h"

namespace apiary {

struct Event {
  EventId id;
  Instant at;  // when it happened
  EventBody body;
  // It is about a conversation that the host began: `flow.remote` of the body is no visitor.
  bool is_outbound = false;

  EventKind kind() const { return static_cast<EventKind>(body.index()); }
  /// Approximate size in memory.
  std::size_t cost_bytes() const;
};

/// The flow of the conversation or packet that an event is about; nullptr if there is not one.
const FlowKey* flow_of(const Event& event);
/// The classification of ECS.
const EcsClasses& ecs_classes_of(const Event& event);
/// Whether it only reports the normal exit of a service's process.
bool is_orderly_exit(const Event& event);
/// The visitor and the host; unspecified if the event has none.
IpAddress source_of(const Event& event);
IpAddress host_of(const Event& event);

}  // namespace apiary
