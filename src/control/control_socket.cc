#include "control/control_socket.h"

namespace apiary {
namespace {

constexpr const char* control_socket_name = "control socket";

}  // namespace

tl::expected<ControlSocket, SystemError> listen_for_control(const std::string& path) {
  return ControlSocket::listen_at(path, {.name = control_socket_name, .option = "--control PATH"});
}

tl::expected<FileDescriptor, SystemError> connect_to_control(const std::string& path) {
  return connect_to_unix(path, control_socket_name);
}

}  // namespace apiary
