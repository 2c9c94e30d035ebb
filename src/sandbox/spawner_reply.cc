#include "sandbox/spawner_reply.h"

#include <cerrno>
#include <span>

#include "posix/pass_descriptors.h"

namespace apiary {

void SpawnerReply::set_detail(std::string_view text) {
  detail[text.copy(detail.data(), detail.size() - 1)] = '\0';
}

void SpawnerReply::set_path(std::string_view text) {
  constexpr std::string_view cut = "...";
  std::size_t begin = 0;
  if (text.size() >= path.size()) {
    begin = cut.copy(path.data(), cut.size());
    text.remove_prefix(text.size() - (path.size() - 1 - begin));
  }
  path[begin + text.copy(path.data() + begin, text.size())] = '\0';
}

std::string_view describe(StartStep step) {
  switch (step) {
    case StartStep::request:
      return "cannot request a process";
    case StartStep::fork:
      return "cannot create a process";
    case StartStep::sandbox:
      return "cannot be contained";
    case StartStep::directory:
      return "cannot change to the configuration's directory";
    case StartStep::user:
      return "cannot become the services' user";
    case StartStep::limits:
      return "cannot set up the process";
    case StartStep::program:
      return "cannot run it";
  }
  return "cannot start";
}

void send_reply(int socket, const SpawnerReply& reply, int descriptor) {
  std::span<const int> descriptors(&descriptor, descriptor < 0 ? 0 : 1);
  const auto message = std::as_bytes(std::span(&reply, 1));
  while (send_with_descriptors(socket, message, descriptors) < 0)
    if (errno == ETOOMANYREFS && reply.kind == ReplyKind::left)
      descriptors = {};
    else if (errno != EINTR)
      return;
}

}  // namespace apiary
