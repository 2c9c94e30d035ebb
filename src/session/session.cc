#include "session/session.h"

namespace apiary {

std::string_view describe(ConnectFailure failure) {
  switch (failure) {
    case ConnectFailure::refused:
      return "refused";
    case ConnectFailure::unreachable:
      return "no route to the machine";
    case ConnectFailure::timed_out:
      return "no answer";
    case ConnectFailure::in_use:
      return "the host has such a conversation already";
  }
  return "";
}

}  // namespace apiary
