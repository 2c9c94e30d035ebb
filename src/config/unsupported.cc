#include "config/unsupported.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/nearest.h"

namespace apiary {
namespace {

/// Finds unsupported parts in a statement of each kind.
class UnsupportedFinder {
 public:
  UnsupportedFinder(Span statement, Diagnostics& diagnostics)
      : statement_(statement), diagnostics_(diagnostics) {}

  void operator()(const SetTrait& s) {
    if (const auto* const action = std::get_if<traits::DefaultAction>(&s.trait.value))
      look_at(action->action, s.trait.place);
  }
  void operator()(const AddPort& s) { look_at(s.action.value, s.action.place); }
  void operator()(const Broadcast&) { remark(statement_, "'broadcast'", "nothing is sent"); }
  void operator()(const PluginOption& s) {
    diagnostics_.push_back(
        {.severity = Severity::notice,
         .place = statement_,
         .message = fmt::format("there are no plugins: 'option {}' does nothing", s.plugin)});
  }
  void operator()(const DaemonQuery& s) {
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = statement_,
         .message = fmt::format("'{}' queries a running daemon; in a configuration it does nothing",
                                s.words.front())});
  }
  template <class Other>
  void operator()(const Other&) {}

 private:
  void remark(Span place, std::string_view what, std::string_view instead) {
    diagnostics_.push_back({.severity = Severity::unsupported,
                            .place = place,
                            .message = fmt::format("{} is not supported yet: {}", what, instead)});
  }
  void look_at(const ActionSpec& action, Span place) {
    const std::string& name = action.unknown_internal;
    if (name.empty() || action.is_tarpit) return;
    const std::string_view nearest = nearest_word(name, built_in_names);
    diagnostics_.push_back(
        {.severity = Severity::unsupported,
         .place = place,
         .message = fmt::format(
             "there is no built-in service '{}': the port is open and sends nothing", name),
         .hint = nearest.empty() ? fmt::format("built-in services are {}; otherwise write a "
                                               "program and give its command here",
                                               fmt::join(built_in_names, ", "))
                                 : fmt::format("did you mean '{}'?", nearest)});
  }

  Span statement_;
  Diagnostics& diagnostics_;
};

}  // namespace

void note_unsupported(const std::vector<Statement>& statements, Diagnostics& diagnostics) {
  for (const Statement& statement : statements)
    std::visit(UnsupportedFinder(statement.place, diagnostics), statement.content);
}

}  // namespace apiary
