#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "posix/file_descriptor.h"
#include "sandbox/control_groups.h"
#include "sandbox/landlock.h"
#include "sandbox/processor_load.h"
#include "sandbox/program_protocol.h"
#include "sandbox/sandbox.h"
#include "service/spawner_policy.h"

namespace apiary {

/// The main object of the spawner: makes sandboxes ahead of their use, and passes requests and
/// replies between the daemon and them, until the daemon has ended. Blocking is allowed here: only
/// services wait for it.
class SpawnerProcess {
 public:
  SpawnerProcess(FileDescriptor socket, const SandboxView& view, const SpawnerPolicy& policy,
                 std::optional<ControlGroups> groups);
  /// Returns when the daemon has closed its side, with every sandbox ended.
  void run();

 private:
  // The subject of an epoll event: a slot in the lower half, and one of these.
  static constexpr std::uint64_t about_daemon = 0, about_socket = 1ULL << 32,
                                 about_process = 2ULL << 32, about_view = 4ULL << 32;

  using Slot = std::uint32_t;  // the number of a sandbox: its user is first_user + slot
  struct Used {
    std::optional<Sandbox> sandbox;     // none: the slot is free
    std::optional<ProcessNumber> runs;  // what it was given
    std::optional<SandboxGroup> group;  // of this slot's sandboxes
    bool is_old = false;                // made for an earlier view, or broken
    bool is_server = false;             // for one subsystem
  };
  struct Program {
    std::optional<Slot> slot;  // none: its sandbox serves another by now
    bool was_ended = false;    // an EndRequest came
    bool has_exited = false;
  };
  struct Failure {
    std::string what;
    int number = 0;
  };

  bool read_request();  // false: the daemon is gone
  void start(const DecodedRequest& request, std::span<const std::byte> packet,
             std::span<const int> streams);
  void end(ProcessNumber number, std::span<const std::byte> packet);
  void change(const DecodedRequest& request, std::span<const std::byte> packet);
  void pass_on(const DecodedRequest& request, std::span<const std::byte> packet);
  void change_view(const SandboxView& view);
  void on_files_changed();
  void remake_view();
  void on_reply(Slot slot);
  void on_gone(ProcessNumber number);
  void on_sandbox_end(Slot slot);

  enum class Kind { program, server };  // what a sandbox is for

  bool prepare();  // enters the view, if that was not done yet; else see failure_
  bool prepare_view();
  std::optional<Slot> make(Kind kind);  // a sandbox, idle; none: see failure_
  void end_all();
  void provide_group(Slot slot);
  void restore_priority(Slot slot);
  bool give_up_namespaces();
  void leave_out(const RefusedNamespaces& refused, const std::string& what = {});
  RefusedNamespaces find_refused() const;
  std::optional<Slot> take();  // an idle sandbox
  void give_back(Slot slot);
  void drop(Slot slot);
  bool wants_spare() const;
  LaunchSettings settings_for(Slot slot, Kind kind) const;
  tl::expected<Sandbox, SystemError> make_sandbox(Slot slot, Kind kind);
  bool watch(int descriptor, std::uint64_t what);
  void unwatch(int descriptor);
  void fail(ProcessNumber process, StartStep step, const Failure& failure);
  void reply(const SpawnerReply& reply, const FileDescriptor& passed = {});

  FileDescriptor socket_, epoll_, machine_;
  SandboxView view_;
  ViewWatch view_watch_;
  SpawnerPolicy policy_;
  std::optional<SeccompFilter> filter_, server_filter_;
  ServerFiles server_files_;
  std::optional<ControlGroups> groups_;  // none: resource limits alone bound programs
  std::optional<Landlock> landlock_;     // for programs without namespaces
  bool is_in_view_ = false;
  Failure failure_;
  std::vector<char> packet_;
  std::vector<Used> slots_;
  std::vector<Slot> idle_, free_;
  std::unordered_map<std::uint64_t, Program> programs_;
  ProcessorLoad* load_ = ProcessorLoad::make();
  bool has_served_ = false, has_tried_namespaces_ = false;
};

}  // namespace apiary
