#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "posix/file_descriptor.h"

namespace apiary {

/// Identifies a file, whatever its name. Two files that exist at the same time have different ids.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};

/// The file now at `path`; empty if there is none, or no permission to access it.
std::optional<FileId> file_id_of(const std::string& path);
/// Whether `path` now leads to another file than `file`, or to none. False without permission to
/// access it.
bool is_other_file(const std::string& path, const std::optional<FileId>& file);
/// The file of an open descriptor.
std::optional<FileId> file_id_of(const FileDescriptor& file);

}  // namespace apiary
