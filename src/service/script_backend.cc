#include "service/script_backend.h"

#include <fmt/format.h>

#include "service/script_session.h"

namespace apiary {

/// A view that cannot be sent whole shows less rather than more.
void ScriptBackend::show(const SandboxView& view) {
  if (spawner_.show(view)) return;
  log_.on_note({{},
                {},
                "spawner",
                "services see no files outside of the configuration's folder: their commands name "
                "too many"});
  SandboxView less = view;
  less.shown.clear();
  if (!spawner_.show(less)) spawner_.show({.directory = "/", .hidden = {}});
}

tl::expected<std::unique_ptr<Session>, Refusal> ScriptBackend::open(const OpenSession& open,
                                                                    NoteLimiter notes) {
  const auto refused = [](std::string why) {
    return tl::unexpected(Refusal{"not started: " + std::move(why)});
  };
  if (spawner_.process_count() >= limits_.processes)
    return refused(fmt::format("{} processes run already", limits_.processes));
  if (open.flow.protocol == IpProtocol::udp &&
      datagram_session_count() >= limits_.datagram_processes)
    return refused(fmt::format("{} processes serve UDP already", limits_.datagram_processes));
  auto slot = shares_.take(open.flow);
  if (!slot) return refused(slot.error());
  auto session =
      std::make_unique<ScriptSession>(context_, spawner_, open, std::move(notes), std::move(*slot));
  if (const auto started = session->start(open); !started)
    return refused(to_string(started.error()));
  return session;
}

}  // namespace apiary
