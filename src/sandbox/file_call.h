#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace apiary {

/// How a system call uses a file.
enum class FileUse {
  read,           // opens it
  write,          // opens it for writing, or changes it
  create,         // opens it for writing, and makes it if it is missing
  change_folder,  // makes, moves or removes its name
};

/// A system call that names a file.
struct FileCall {
  FileUse use = FileUse::read;
  std::string path;  // absolute, but with symbolic links and dots as the program wrote them
};

/// The user and group that a program runs as.
struct FileUser {
  uid_t user = 0;
  gid_t group = 0;
};

/// Whether a SeccompFilter reports the call of that name for its path.
bool is_file_call(std::string_view name);
/// The names of all of them, except those that open files, which it reports by their flags.
std::span<const char* const> folder_calls();

/// Reads the arguments of `call`, which is named `name`, from the memory of `process`. Nothing: it
/// names no file, or the process is gone. The program can change them before the kernel reads them.
std::optional<FileCall> read_file_call(const seccomp_notif& call, std::string_view name,
                                       pid_t process);

/// Whether the sandbox refuses the call to `user`: it may not read or write there, or reads a file
/// outside of the view. Files that a program merely expects in its own folders are not refused.
/// Both functions never wait, and open no file.
bool is_refused(const FileCall& call, const FileUser& user);

}  // namespace apiary
