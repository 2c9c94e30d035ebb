#pragma once

#include <sys/stat.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/sandbox_view.h"

namespace apiary {

/// The error of a step of making a view, by errno.
tl::expected<void, SystemError> view_failure(std::string what);

/// Makes a SandboxView the root of the calling process: puts it together on an empty file system.
class ViewBuilder {
 public:
  /// `watch` gets the names of what is mounted.
  ViewBuilder(const SandboxView& view, ViewWatch& watch) : view_(view), watch_(watch) {}

  /// Copies the mounts that the view shows, while all of the machine's files are visible.
  tl::expected<void, SystemError> collect();
  /// Makes the view the root.
  tl::expected<void, SystemError> assemble();

 private:
  /// A copy of the mount at a path, and of those below it.
  struct Tree {
    std::string path;  // relative to the root
    FileDescriptor mount;
    bool is_folder = false, is_device = false;
  };
  /// A folder whose entries are mounted one by one, as some of them are hidden.
  struct Folder {
    std::string path;
    struct stat status {};
  };

  void collect(const std::string& path, bool is_device = false);
  void collect_entries(const std::string& path, const std::string& canonical);
  bool is_hidden(const std::string& canonical) const;
  bool holds_hidden(const std::string& canonical) const;
  bool has(const std::string& path) const;
  tl::expected<void, SystemError> put(const Tree& tree);
  tl::expected<void, SystemError> fill();

  std::string target_of(const std::string& path) const;

  const SandboxView& view_;
  ViewWatch& watch_;
  std::string root_;
  std::vector<Tree> trees_;
  std::vector<Folder> folders_;                             // each after those above it
  std::vector<std::pair<std::string, std::string>> links_;  // where, to what
  std::vector<std::string> shown_;
  FileDescriptor proc_;
  int error_ = 0;  // errno: no descriptor for a mount
};

}  // namespace apiary
