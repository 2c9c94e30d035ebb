#include <fmt/format.h>

#include "base/overloaded.h"
#include "runner.h"

namespace apiary::script {
namespace {

bool is_between(const FlowKey& a, const FlowKey& b) {
  return a.remote == b.remote && a.local == b.local;
}

std::string command_of(const ServiceSpec& service) {
  return std::visit(overloaded{[](const apiary::Script& script) { return script.command; },
                               [](const Proxy& proxy) { return proxy.target; },
                               [](BuiltIn built_in) { return std::string{name_of(built_in)}; },
                               [](const Subsystem& subsystem) { return subsystem.command; }},
                    service);
}

}  // namespace

void Runner::collect(const ServiceCommand& command) {
  const auto ask = [&](SessionId session, ServiceAsk what) {
    if (Flow* const flow = find_flow(session)) flow->asked.push_back({now_, what, {}});
  };
  std::visit(
      overloaded{[&](const OpenSession& open) {
                   for (Flow& flow : flows_) {
                     if (!is_between(flow.named.key, open.flow)) continue;
                     flow.session = open.session;
                     flow.output_allowance = open.output_allowance_bytes;
                     flow.output.clear();
                     flow.input_taken = 0;
                     flow.asked.push_back({now_, ServiceAsk::opens, command_of(*open.service)});
                   }
                 },
                 [&](const DeliverInput& input) {
                   if (Flow* const flow = find_flow(input.session))
                     flow->input += as_text(input.bytes);
                 },
                 [&](const EndInput& end) { ask(end.session, ServiceAsk::input_ends); },
                 [&](const GrantOutput& grant) {
                   if (Flow* const flow = find_flow(grant.session))
                     flow->output_allowance += grant.bytes;
                 },
                 [&](const CloseSession& close) { ask(close.session, ServiceAsk::closes); },
                 [&](const ConnectionFailed& failed) {
                   flows_[failed.request - 1].asked.push_back(
                       {now_, ServiceAsk::connect_fails,
                        std::string{::apiary::describe(failed.why)}});
                 }},
      command);
}

Flow* Runner::find_flow(SessionId session) {
  for (Flow& flow : flows_)
    if (flow.session == session) return &flow;
  return nullptr;
}

Runner::Problem Runner::serve(const ServiceDoes& does) {
  Flow* const flow = find_flow(does.flow);
  if (flow != nullptr && does.act == ServiceAct::connects) return connect(*flow, does.protocol);
  if (flow == nullptr || !flow->session) return "the service of this flow was not opened";
  const SessionId session = *flow->session;
  if (does.act == ServiceAct::ends) engine_.on_service(now_, OutputEnded{session}, out_);
  if (does.act == ServiceAct::fails) engine_.on_service(now_, ServiceFailed{session}, out_);
  if (does.act == ServiceAct::says) {
    if (does.output.length > flow->output_allowance)
      return fmt::format("the service may send only {} bytes now", flow->output_allowance);
    const std::string text = does.output.text.empty()
                                 ? alphabet(flow->output.size(), does.output.length)
                                 : does.output.text;
    flow->output_allowance -= text.size();
    flow->output += text;
    engine_.on_service(now_, ServiceOutput{session, as_bytes(text)}, out_);
  }
  engine_.on_time(now_, out_);
  collect();
  return {};
}

/// The number of the request is that of the flow, from 1 on.
Runner::Problem Runner::connect(const Flow& flow, IpProtocol protocol) {
  ConnectRequest request{
      .flow = flow.named.key,
      .service = std::make_shared<const ServiceSpec>(Subsystem{"server", "server"})};
  request.flow.protocol = protocol;
  while (&flows_[request.number++] != &flow) {
  }
  engine_.connect(now_, request, out_);
  engine_.on_time(now_, out_);
  collect();
  return {};
}

Runner::Problem Runner::expect_asked(const ServiceIsAsked& expected, Instant earliest,
                                     Instant latest) {
  Flow* const flow = find_flow(expected.flow);
  if (flow == nullptr) return "there is no such flow";
  if (expected.ask == ServiceAsk::gets) {
    advance(latest, [&] { return flow->input.size() >= expected.input.length; });
    return expect_input(*flow, expected.input);
  }
  advance(latest, [&] { return !flow->asked.empty(); });
  if (flow->asked.empty()) return "the service got no such message";
  const AskedOfService asked = flow->asked.front();
  if (asked.ask != expected.ask)
    return fmt::format("the service got '{}' instead", ask_name(asked.ask));
  if (asked.at < earliest || asked.at > latest)
    return fmt::format("the service got that at {:.6f}", since_start(asked.at));
  if (!expected.command.empty() && expected.command != asked.command)
    return fmt::format("the service is \"{}\"", asked.command);
  flow->asked.pop_front();
  return {};
}

Runner::Problem Runner::expect_input(Flow& flow, const StreamText& expected) {
  const std::string text =
      expected.text.empty() ? alphabet(flow.input_taken, expected.length) : expected.text;
  if (!flow.input.starts_with(text))
    return fmt::format("the service got {} bytes: \"{}\"", flow.input.size(),
                       flow.input.substr(0, 60));
  flow.input.erase(0, text.size());
  flow.input_taken += text.size();
  engine_.on_service(now_, InputConsumed{*flow.session, text.size()}, out_);
  engine_.on_time(now_, out_);
  collect();
  return {};
}

}  // namespace apiary::script
