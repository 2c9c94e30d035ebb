#include "event/event.h"

namespace apiary {

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::contact:
      return "contact";
    case EventKind::contact_end:
      return "contact_end";
    case EventKind::flow_start:
      return "flow_start";
    case EventKind::flow_end:
      return "flow_end";
    case EventKind::note:
      return "note";
    case EventKind::credential:
      return "credential";
    case EventKind::payload:
      return "payload";
    case EventKind::scan:
      return "scan";
    case EventKind::icmp:
      return "icmp";
    case EventKind::address_in_use:
      return "address_in_use";
    case EventKind::lease:
      return "lease";
    case EventKind::daemon:
      return "daemon";
    case EventKind::limit:
      return "limit";
    case EventKind::events_lost:
      return "events_lost";
    case EventKind::packet:
      return "packet";
    case EventKind::count_:
      break;
  }
  return "unknown";
}

namespace events {

std::string_view to_string(DaemonEvent::Kind kind) {
  switch (kind) {
    case DaemonEvent::Kind::start:
      return "start";
    case DaemonEvent::Kind::reload:
      return "reload";
    case DaemonEvent::Kind::reload_failed:
      return "reload_failed";
    case DaemonEvent::Kind::change:
      return "change";
    case DaemonEvent::Kind::trouble:
      return "trouble";
    case DaemonEvent::Kind::recovery:
      return "recovery";
    case DaemonEvent::Kind::stop:
      return "stop";
  }
  return "unknown";
}

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
  else if (const auto* const tried = std::get_if<events::Credential>(&body))
    held = tried->user.capacity() + tried->password.capacity();
  return sizeof(Event) + held;
}

}  // namespace apiary
