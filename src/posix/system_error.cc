#include "posix/system_error.h"

#include <cerrno>
#include <cstring>
#include <iostream>

namespace apiary {

std::string to_string(const SystemError& error) {
  return error.number == 0 ? error.what : error.what + ": " + std::strerror(error.number);
}

SystemError last_system_error(std::string what) { return {std::move(what), errno}; }

SystemError last_privileged_error(std::string what) {
  const int number = errno;
  if (number == EPERM || number == EACCES)
    what += " (this needs root: use sudo, or give CAP_NET_RAW and CAP_NET_ADMIN)";
  return {std::move(what), number};
}

int fail(std::string_view sentence) {
  std::cerr << sentence << (sentence.ends_with('\n') ? "" : "\n");
  return 1;
}

int fail(const SystemError& error) { return fail(to_string(error)); }

}  // namespace apiary
