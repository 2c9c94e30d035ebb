#include "event/event.h"

#include <iterator>

namespace apiary {

namespace events {
namespace {

struct DaemonKindSpec {
  std::string_view name;
  EcsClasses ecs;
};

const DaemonKindSpec& spec_of(DaemonEvent::Kind kind) {
  static constexpr DaemonKindSpec specs[] = {
      {"start", {"event", {"process"}, {"start"}}},
      {"reload", {"event", {"configuration"}, {"change"}}},
      {"reload_failed", {"event", {"configuration"}, {"error"}}},
      {"change", {"event", {"configuration"}, {"change"}}},
      {"trouble", {"event", {"host"}, {"error"}}},
      {"recovery", {"event", {"host"}, {"info"}}},
      {"stop", {"event", {"process"}, {"end"}}},
  };
  static_assert(std::size(specs) == static_cast<std::size_t>(DaemonEvent::Kind::stop) + 1);
  return specs[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view to_string(DaemonEvent::Kind kind) { return spec_of(kind).name; }
const EcsClasses& ecs_classes_of(DaemonEvent::Kind kind) { return spec_of(kind).ecs; }

}  // namespace events

namespace {

template <class T>
concept HasFlow = requires(const T& what) {
  what.flow;
};
template <class T>
concept HasSource = requires(const T& what) {
  what.source;
};
template <class T>
concept HasHost = requires(const T& what) {
  what.host;
};
template <class T>
concept HasAddress = requires(const T& what) {
  what.address;
};

}  // namespace

const FlowKey* flow_of(const Event& event) {
  return std::visit(
      [](const auto& what) -> const FlowKey* {
        if constexpr (HasFlow<decltype(what)>)
          return &what.flow;
        else
          return nullptr;
      },
      event.body);
}

bool is_orderly_exit(const Event& event) {
  const auto* const note = std::get_if<events::Note>(&event.body);
  return note != nullptr && note->exit && note->exit->is_orderly();
}

IpAddress source_of(const Event& event) {
  if (event.is_outbound) return {};
  return std::visit(
      [](const auto& what) -> IpAddress {
        if constexpr (HasFlow<decltype(what)>)
          return what.flow.remote.address;
        else if constexpr (HasSource<decltype(what)>)
          return what.source;
        else
          return {};
      },
      event.body);
}

IpAddress host_of(const Event& event) {
  return std::visit(
      [](const auto& what) -> IpAddress {
        if constexpr (HasFlow<decltype(what)>)
          return what.flow.local.address;
        else if constexpr (HasHost<decltype(what)>)
          return what.host;
        else if constexpr (HasAddress<decltype(what)>)
          return what.address;
        else
          return {};
      },
      event.body);
}

std::size_t Event::cost_bytes() const {
  std::size_t held = 0;
  if (const auto* const payload = std::get_if<events::Payload>(&body))
    held = payload->bytes.capacity();
  else if (const auto* const contact = std::get_if<events::Contact>(&body))
    held = contact->payload.capacity() + contact->template_name.capacity();
  else if (const auto* const note = std::get_if<events::Note>(&body))
    held = note->service.capacity() + note->text.capacity();
  else if (const auto* const attempt = std::get_if<events::Attempt>(&body))
    held = attempt->service.capacity() + attempt->call.capacity() + attempt->path.capacity();
  else if (const auto* const file = std::get_if<events::File>(&body))
    held = file->service.capacity() + file->path.capacity();
  else if (const auto* const tried = std::get_if<events::Credential>(&body))
    held = tried->user.capacity() + tried->password.capacity();
  return sizeof(Event) + held;
}

}  // namespace apiary
