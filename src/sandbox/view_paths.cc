#include "sandbox/view_paths.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace apiary {
namespace {

namespace fs = std::filesystem;

/// `path`, or what is in it if some of that is hidden.
void add_visible(const SandboxView& view, const std::string& path, ViewWatch& watch,
                 std::vector<std::string>& visible) {
  watch.add(path);
  std::error_code error;
  const std::string canonical = fs::canonical(path, error).string();
  if (error || std::ranges::find(view.hidden, canonical) != view.hidden.end()) return;
  if (std::ranges::none_of(view.hidden, [&](const std::string& hidden) {
        return hidden.starts_with(canonical + "/");
      })) {
    visible.push_back(canonical);
    return;
  }
  for (fs::directory_iterator entry(canonical, error), end; !error && entry != end;
       entry.increment(error))
    if (watch.allows(entry->path())) add_visible(view, entry->path(), watch, visible);
}

}  // namespace

bool is_below(const std::string& path, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
  });
}

bool is_built_in(std::string_view path) {
  return path == "/" || path == "/dev" || path == "/proc" ||
         std::ranges::find(private_folders, path) != std::end(private_folders);
}

bool is_in_private_folder(const std::string& path) {
  return std::ranges::any_of(private_folders, [&](std::string_view folder) {
    return path.starts_with(std::string(folder) + "/");
  });
}

std::vector<std::string> visible_paths(const SandboxView& view, ViewWatch& watch) {
  watch.begin();
  std::vector<std::string> visible;
  for (const char* path : system_folders) add_visible(view, path, watch, visible);
  for (const char* path : system_files) add_visible(view, path, watch, visible);
  for (const char* path : system_devices) add_visible(view, path, watch, visible);
  // As in views: the machine's root and /tmp are not shown.
  if (!is_built_in(view.directory)) add_visible(view, view.directory, watch, visible);
  for (const std::string& path : view.shown) add_visible(view, path, watch, visible);
  return visible;
}

std::vector<std::string> kept_paths(const SandboxView& view) {
  std::vector<std::string> kept, candidates{view.directory};
  candidates.insert(candidates.end(), view.shown.begin(), view.shown.end());
  for (const std::string& path : candidates)
    if (is_in_private_folder(path) && !is_below(path, kept)) kept.push_back(path);
  return kept;
}

}  // namespace apiary
