#pragma once

#include <sys/types.h>

#include <tl/expected.hpp>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/launch.h"

namespace apiary {

/// Namespaces in which one program runs at a time: for processes, network (empty), mounts, IPC and
/// host name. Process 1 in it (SandboxInit) takes requests, starts programs and answers. It
/// outlives programs, so that the next one starts fast; it removes everything that a program
/// leaves.
class Sandbox {
 public:
  /// Forks process 1, which copies the caller's mounts: see enter_view(). Only for a process
  /// without threads. Errors: this machine or container does not let us.
  static tl::expected<Sandbox, SystemError> make(const LaunchSettings& settings);

  Sandbox(Sandbox&&) noexcept = default;
  Sandbox& operator=(Sandbox&&) noexcept = default;

  /// Takes requests and gives replies; see program_protocol.h.
  int socket() const { return socket_.get(); }
  /// A pidfd of process 1: readable when it and all other processes in the sandbox have ended. The
  /// caller ignores SIGCHLD.
  int process() const { return process_.get(); }
  /// The number of process 1 here.
  pid_t init() const { return init_; }
  /// Ends it with all of its processes: process() becomes readable when they have ended.
  void end() { socket_.close(); }

 private:
  Sandbox(FileDescriptor socket, FileDescriptor process, pid_t init)
      : socket_(std::move(socket)), process_(std::move(process)), init_(init) {}

  FileDescriptor socket_, process_;
  pid_t init_;
};

}  // namespace apiary
