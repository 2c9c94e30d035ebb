#include "setup/server_configuration.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace apiary {
namespace {

namespace fs = std::filesystem;

// Of a configuration, so that a folder of large files does not delay a reload.
constexpr std::size_t max_configuration_files = 256;
constexpr std::uintmax_t max_file_bytes = 1 << 18;

// Each sandbox has its own of the first, all see the second.
constexpr std::string_view passed_over[] = {"/run/",       "/var/run/",
                                            "/var/log/",   "/var/lib/",
                                            "/var/cache/", "/var/spool/",
                                            "/tmp/",       "/dev/",
                                            "/proc/",      "/sys/",
                                            "/usr/",       "/etc/passwd",
                                            "/etc/group",  "/etc/nsswitch.conf"};
constexpr std::string_view path_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@";

bool is_worth_showing(const std::string& path) {
  if (std::ranges::any_of(passed_over, [&](auto folder) { return path.starts_with(folder); }))
    return false;
  if (fs::path(path).parent_path() == "/") return false;  // "/var": much that no server needs
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return false;
  const mode_t wanted = S_ISDIR(status.st_mode) ? S_IROTH | S_IXOTH : S_IROTH;
  return (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode)) &&
         (status.st_mode & wanted) == wanted;
}

void add_paths_of_line(std::string_view line, std::set<std::string>& paths) {
  line = line.substr(0, line.find('#'));
  for (std::size_t at = 0; (at = line.find('/', at)) != line.npos;) {
    const std::size_t end = std::min(line.find_first_not_of(path_characters, at), line.size());
    const bool begins_word =
        at == 0 || std::string_view(" \t\"'=,:;({").find(line[at - 1]) != std::string_view::npos;
    std::string path(line.substr(at, end - at));
    while (path.size() > 1 && (path.back() == '/' || path.back() == '.')) path.pop_back();
    if (begins_word && is_worth_showing(path)) paths.insert(path);
    at = end;
  }
}

void add_paths_of_file(const fs::path& file, std::set<std::string>& paths) {
  std::error_code error;
  if (!fs::is_regular_file(file, error) || fs::file_size(file, error) > max_file_bytes) return;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) add_paths_of_line(line, paths);
}

}  // namespace

std::set<std::string> paths_in_configuration(const std::string& path) {
  std::set<std::string> paths;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    add_paths_of_file(path, paths);
    return paths;
  }
  std::size_t count = 0;
  for (fs::recursive_directory_iterator
           entry(path, fs::directory_options::skip_permission_denied, error),
       end;
       !error && entry != end && count < max_configuration_files; entry.increment(error), ++count)
    add_paths_of_file(entry->path(), paths);
  return paths;
}

}  // namespace apiary
