#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "posix/file_descriptor.h"

namespace apiary {

/// Which file it is, whatever its name. Two files that exist at a time never share one.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};

/// The file at `path` now; empty if there is none, or if we may not access it.
std::optional<FileId> file_id_of(const std::string& path);
/// Whether `path` leads to another file than `file` now, or to none. False where we may not look.
bool leads_elsewhere(const std::string& path, const std::optional<FileId>& file);
/// The file that is open.
std::optional<FileId> file_id_of(const FileDescriptor& file);

}  // namespace apiary
