#include "event/event.h"

namespace apiary {

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
template <class T>
concept HasClasses = requires(const T& what) {
  what.ecs_classes();
};
template <class T>
concept HasHeldBytes = requires(const T& what) {
  what.held_bytes();
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

const EcsClasses& ecs_classes_of(const Event& event) {
  return std::visit(
      []<class T>(const T& what) -> const EcsClasses& {
        if constexpr (HasClasses<T>)
          return what.ecs_classes();
        else
          return T::spec.ecs;
      },
      event.body);
}

std::size_t Event::cost_bytes() const {
  const std::size_t held = std::visit(
      []<class T>(const T& what) -> std::size_t {
        if constexpr (HasHeldBytes<T>)
          return what.held_bytes();
        else
          return 0;
      },
      body);
  return sizeof(Event) + held;
}

}  // namespace apiary
