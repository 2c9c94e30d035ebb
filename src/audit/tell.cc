#include "audit/tell.h"

#include <algorithm>
#include <array>

namespace apiary {

std::string_view name_of(TellVerdict verdict) {
  constexpr std::array<std::string_view, 5> names{"pass", "not applicable", "not run", "warn",
                                                  "fail"};
  return names[static_cast<std::size_t>(verdict)];
}

void Judgement::add(TellVerdict verdict, const IpAddress& host, std::string& reason) {
  if (verdict < worst_.verdict) return;
  if (verdict > worst_.verdict) worst_ = {verdict, std::move(reason)};
  if (std::ranges::find(worst_.hosts, host) == worst_.hosts.end()) worst_.hosts.push_back(host);
}

TellResult Judgement::result(std::string_view otherwise) const {
  TellResult result = worst_;
  result.examined = examined_;
  if (examined_ == 0 && result.verdict == TellVerdict::pass) return not_applicable(otherwise);
  return result;
}

TellResult not_applicable(std::string_view why) {
  return {TellVerdict::not_applicable, std::string(why)};
}
TellResult not_run(std::string_view why) { return {TellVerdict::not_run, std::string(why)}; }

}  // namespace apiary
