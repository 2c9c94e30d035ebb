#include "config/value_printer.h"

#include <fmt/format.h>

#include "base/overloaded.h"

namespace apiary {

namespace {

/// The path of a Unix socket may have characters that end a word.
std::string format_proxy(const Proxy& proxy) {
  if (proxy.target.find_first_of(" \t\"#=") == std::string::npos) return describe(proxy);
  return describe(Proxy{in_quotes(proxy.target), proxy.disclosure});
}

}  // namespace

std::string shortest(double number) { return fmt::format("{:.10g}", number); }

std::string in_percent(Probability p) { return shortest(p.value * 100); }

std::string format_action(const ActionSpec& spec) {
  const std::string action =
      std::visit(overloaded{[](const Block&) { return std::string{"block"}; },
                            [](const Reset&) { return std::string{"reset"}; },
                            [](const Open&) { return std::string{"open"}; },
                            [](const TarpitAction&) { return std::string{"tarpit open"}; },
                            [](const std::shared_ptr<const ServiceSpec>& service) {
                              if (const auto* script = std::get_if<Script>(service.get()))
                                return in_quotes(script->command);
                              if (const auto* built_in = std::get_if<BuiltIn>(service.get()))
                                return "internal " + in_quotes(name_of(*built_in));
                              return format_proxy(std::get<Proxy>(*service));
                            }},
                 spec.action);
  return (spec.is_tarpit ? "tarpit " : "") +
         (spec.unknown_internal.empty() ? action : "internal " + in_quotes(spec.unknown_internal));
}

}  // namespace apiary
