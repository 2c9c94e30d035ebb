#include "service_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/overloaded.h"

namespace apiary::simulation {
namespace {

constexpr std::size_t max_unconsumed = 512 * 1024;  // more than any receive window
using Fault = std::optional<std::string>;

}  // namespace

Fault ServiceSource::open(const OpenSession& open) {
  if (open.service == nullptr) return "a session without a service";
  if (!sessions_.try_emplace(open.session, Session{open.output_allowance_bytes}).second)
    return "a session that is open already";
  order_.push_back(open.session);
  return {};
}

void ServiceSource::silence(SessionId id) {
  const auto at = std::find(order_.begin(), order_.end(), id);
  if (at == order_.end()) return;
  *at = order_.back();
  order_.pop_back();
}

Fault ServiceSource::take(const ServiceCommand& command) {
  if (const auto* opening = std::get_if<OpenSession>(&command)) return open(*opening);
  if (std::holds_alternative<ConnectionFailed>(command)) return "no service wanted a connection";
  const SessionId id = std::visit(overloaded{[](const ConnectionFailed&) { return SessionId{}; },
                                             [](const auto& c) { return c.session; }},
                                  command);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return "a command for a session that is not open";
  Session& session = found->second;
  if (session.failed && !std::holds_alternative<CloseSession>(command))
    return "a command for a session that failed";
  return std::visit(overloaded{[](const OpenSession&) -> Fault { return {}; },
                               [&](const DeliverInput& input) -> Fault {
                                 if (session.input_ended) return "input after its end";
                                 session.unconsumed += input.bytes.size();
                                 if (session.unconsumed > max_unconsumed)
                                   return "more input than any window has room for";
                                 return {};
                               },
                               [&](const EndInput&) -> Fault {
                                 if (session.input_ended) return "an end of input after the end";
                                 session.input_ended = true;
                                 return {};
                               },
                               [&](const GrantOutput& grant) -> Fault {
                                 session.allowance += grant.bytes;
                                 return {};
                               },
                               [](const ConnectionFailed&) -> Fault { return {}; },
                               [&](const CloseSession&) -> Fault {
                                 silence(id);
                                 sessions_.erase(id);
                                 return {};
                               }},
                    command);
}

void ServiceSource::speak(Instant now, Engine& engine, Outbox& out) {
  if (random_.below(50) == 0)  // a message about a session that is not open
    engine.on_service(now, OutputEnded{SessionId{random_.below(1000)}}, out);
  if (order_.empty()) return;
  const SessionId id = order_[random_.below(order_.size())];
  Session& session = sessions_.at(id);
  switch (random_.below(16)) {
    case 0:
      engine.on_service(now, OutputEnded{id}, out);
      return;
    case 1:
      session.failed = true;
      silence(id);
      engine.on_service(now, ServiceFailed{id}, out);
      return;
    case 2:
      return;
    default:
      break;
  }
  if (random_.below(2) == 0) {
    const std::size_t taken = random_.below(session.unconsumed + 1);
    session.unconsumed -= taken;
    engine.on_service(now, InputConsumed{id, taken}, out);
  } else {
    const std::size_t size = std::min(random_.below(text_.size()), session.allowance);
    session.allowance -= size;
    engine.on_service(now, ServiceOutput{id, Bytes(text_).first(size)}, out);
  }
}

}  // namespace apiary::simulation
