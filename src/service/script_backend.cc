#include "service/script_backend.h"

#include <fmt/format.h>

#include "service/script_session.h"

namespace apiary {

ScriptBackend::ScriptBackend(const SessionContext& context, Spawner spawner,
                             const ScriptLimits& limits, ServiceLog& log)
    : context_(context),
      limits_(limits),
      spawner_(
          context.events, std::move(spawner),
          {.on_death =
               [&log] {
                 log.on_note({{},
                              {},
                              "spawner",
                              "the process that starts services has died: "
                              "scripts cannot run"});
               },
           .on_uncontained =
               [&log](std::string_view why) {
                 log.on_note(
                     {{}, {}, "spawner", fmt::format("services run without sandboxes: {}", why)});
               }}) {}

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
  auto session = std::make_unique<ScriptSession>(context_, spawner_, open, std::move(notes));
  if (const auto started = session->start(open); !started)
    return refused(to_string(started.error()));
  return session;
}

}  // namespace apiary
