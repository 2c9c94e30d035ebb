#include "sandbox/view_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <filesystem>

namespace apiary {
namespace {

std::string joined(const std::string& folder, const std::string& name) {
  return folder == "/" ? folder + name : folder + "/" + name;
}

}  // namespace

ViewWatch::ViewWatch() : notices_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

void ViewWatch::add(const std::string& path) {
  names_.insert(path);
  const std::string folder = std::filesystem::path(path).parent_path();
  if (!notices_ || folders_.contains(folder)) return;
  constexpr std::uint32_t changes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
  folders_[folder] = inotify_add_watch(notices_.get(), folder.c_str(), changes | IN_ONLYDIR);
}

bool ViewWatch::has_changed() {
  bool has_changed = false;
  alignas(inotify_event) std::array<char, 8192> room;
  for (ssize_t size; (size = read(notices_.get(), room.data(), room.size())) > 0;)
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event notice;
      std::memcpy(&notice, room.data() + at, sizeof notice);
      const char* const name = room.data() + at + sizeof notice;  // ends with a zero
      at += sizeof notice + notice.len;
      has_changed = has_changed || (notice.mask & IN_Q_OVERFLOW) != 0 ||
                    (notice.len > 0 && is_about_name(notice.wd, name));
    }
  return has_changed;
}

bool ViewWatch::is_about_name(int watch, const std::string& name) const {
  return std::ranges::any_of(folders_, [&](const auto& folder) {
    return folder.second == watch && names_.contains(joined(folder.first, name));
  });
}

}  // namespace apiary
