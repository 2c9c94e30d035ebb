#include "posix/file_id.h"

#include <sys/stat.h>

#include <cerrno>

namespace apiary {

std::optional<FileId> file_id_of(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return {};
  return FileId{found.st_dev, found.st_ino};
}

bool is_other_file(const std::string& path, const std::optional<FileId>& file) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return errno != EACCES;
  return FileId{found.st_dev, found.st_ino} != file;
}

std::optional<FileId> file_id_of(const FileDescriptor& file) {
  struct stat found {};
  if (fstat(file.get(), &found) != 0) return {};
  return FileId{found.st_dev, found.st_ino};
}

}  // namespace apiary
