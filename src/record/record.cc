#include "record/record.h"

namespace apiary {

std::string_view to_string(RecordKind kind) {
  switch (kind) {
    case RecordKind::contact:
      return "contact";
    case RecordKind::contact_end:
      return "contact_end";
    case RecordKind::flow_start:
      return "flow_start";
    case RecordKind::flow_end:
      return "flow_end";
    case RecordKind::note:
      return "note";
    case RecordKind::credential:
      return "credential";
    case RecordKind::payload:
      return "payload";
    case RecordKind::scan:
      return "scan";
    case RecordKind::icmp:
      return "icmp";
    case RecordKind::address_in_use:
      return "address_in_use";
    case RecordKind::lease:
      return "lease";
    case RecordKind::daemon:
      return "daemon";
    case RecordKind::limit:
      return "limit";
    case RecordKind::events_lost:
      return "events_lost";
    case RecordKind::packet:
      return "packet";
    case RecordKind::count_:
      break;
  }
  return "unknown";
}

namespace record {

std::string_view to_string(Daemon::What what) {
  switch (what) {
    case Daemon::What::start:
      return "start";
    case Daemon::What::reload:
      return "reload";
    case Daemon::What::reload_failed:
      return "reload_failed";
    case Daemon::What::change:
      return "change";
    case Daemon::What::trouble:
      return "trouble";
    case Daemon::What::recovery:
      return "recovery";
    case Daemon::What::stop:
      return "stop";
  }
  return "unknown";
}

}  // namespace record

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

const FlowKey* flow_of(const Record& record) {
  return std::visit(
      [](const auto& what) -> const FlowKey* {
        if constexpr (HasFlow<decltype(what)>)
          return &what.flow;
        else
          return nullptr;
      },
      record.what);
}

bool is_orderly_exit(const Record& record) {
  const auto* const note = std::get_if<record::Note>(&record.what);
  return note != nullptr && note->exit && note->exit->is_orderly();
}

IpAddress source_of(const Record& record) {
  return std::visit(
      [](const auto& what) -> IpAddress {
        if constexpr (HasFlow<decltype(what)>)
          return what.flow.remote.address;
        else if constexpr (HasSource<decltype(what)>)
          return what.source;
        else
          return {};
      },
      record.what);
}

IpAddress host_of(const Record& record) {
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
      record.what);
}

std::size_t Record::cost_bytes() const {
  std::size_t held = 0;
  if (const auto* const payload = std::get_if<record::Payload>(&what))
    held = payload->bytes.capacity();
  else if (const auto* const contact = std::get_if<record::Contact>(&what))
    held = contact->payload.capacity() + contact->template_name.capacity();
  else if (const auto* const note = std::get_if<record::Note>(&what))
    held = note->service.capacity() + note->text.capacity();
  else if (const auto* const tried = std::get_if<record::Credential>(&what))
    held = tried->user.capacity() + tried->password.capacity();
  return sizeof(Record) + held;
}

}  // namespace apiary
