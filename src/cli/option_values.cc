#include "cli/option_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>

#include <charconv>
#include <iterator>
#include <sstream>

#include "base/duration_text.h"
#include "base/size_text.h"

namespace apiary {
namespace {

// CLI11 keeps the name of a validator, from which choices_of() reads the words.
constexpr std::string_view choices_mark = "one of ";

std::string refuse_time(const std::string& text) {
  if (parse_duration(text)) return "";
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  if (is_number && text.size() < 10)
    return fmt::format("'{0}' has no unit: write {0}s, {0}m, {0}h or {0}d", text);
  return fmt::format("invalid duration '{}': use a form such as 90s, 15m, 12h or 7d", text);
}

std::string refuse_size(const std::string& text) {
  constexpr std::uint64_t smallest = 4096;
  const auto bytes = parse_size(text);
  if (!bytes) return fmt::format("invalid size '{}': use a form such as 500K, 256M or 2G", text);
  // The unit is probably missing.
  if (*bytes > 0 && *bytes < smallest)
    return fmt::format("'{}' is less than 4K: write a size such as 500K, 256M or 2G", text);
  return "";
}

std::string refuse_prefix(const std::string& text) {
  return parse_ip_prefix(text)
             ? ""
             : fmt::format("invalid network '{}': use a form such as 192.0.2.0/24", text);
}

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t largest) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > largest) return {};
  return number;
}

}  // namespace

CLI::Option* add_time_option(CLI::App& app, const std::string& name,
                             std::function<void(Duration)> take, const std::string& description) {
  return app
      .add_option_function<std::string>(
          name, [take = std::move(take)](const std::string& text) { take(*parse_duration(text)); },
          description)
      ->type_name("TIME")
      ->check(refuse_time);
}

CLI::Option* add_size_option(CLI::App& app, const std::string& name, std::uint64_t& bytes,
                             const std::string& description) {
  return app
      .add_option_function<std::string>(
          name, [&bytes](const std::string& text) { bytes = *parse_size(text); }, description)
      ->type_name("SIZE")
      ->check(refuse_size);
}

CLI::Option* add_number_option(CLI::App& app, const std::string& name,
                               std::function<void(std::uint64_t)> take, std::uint64_t largest,
                               const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [take = std::move(take), largest](const std::string& text) {
            take(*parse_number(text, largest));
          },
          description)
      ->type_name("N")
      ->check([largest](const std::string& text) {
        return parse_number(text, largest)
                   ? ""
                   : fmt::format("'{}' is not a whole number from 0 to {}", text, largest);
      });
}

CLI::Option* add_net_option(CLI::App& app, const std::string& name, std::optional<IpPrefix>& prefix,
                            const std::string& description) {
  return app
      .add_option_function<std::string>(
          name, [&prefix](const std::string& text) { prefix = parse_ip_prefix(text); }, description)
      ->type_name("NET")
      ->check(refuse_prefix);
}

CLI::Option* add_user_option(CLI::App& app, const std::string& name, std::string& user,
                             const std::string& description) {
  return app.add_option(name, user, description)
      ->type_name("USER")
      ->capture_default_str()
      ->check([](const std::string& text) {
        return getpwnam(text.c_str()) != nullptr
                   ? ""
                   : fmt::format("this machine has no user '{}'", text);
      });
}

void add_old_name(CLI::App& app, const std::string& old, CLI::Option& option) {
  app.add_option_function<std::string>(old,
                                       [old, &option](const std::string& value) {
                                         fmt::print(stderr, "apiary: {} is now called {}\n", old,
                                                    option.get_name());
                                         option.add_result(value);
                                         option.run_callback();
                                       })
      ->group("");
}

void add_personalities_option(CLI::App& app, std::string& file) {
  app.add_option("--personalities", file,
                 "Nmap's fingerprint database, the source of personalities")
      ->type_name("FILE")
      ->capture_default_str();
}

void limit_to(CLI::Option& option, const std::vector<std::string>& choices) {
  option.check(
      [choices](const std::string& text) {
        const bool is_one = std::find(choices.begin(), choices.end(), text) != choices.end();
        return is_one ? ""
                      : fmt::format("invalid value '{}': use one of {}", text,
                                    fmt::join(choices, ", "));
      },
      "", fmt::format("{}{}", choices_mark, fmt::join(choices, " ")));
}

std::vector<std::string> choices_of(CLI::Option& option) {
  std::string names;
  try {
    for (int i = 0; names.empty(); ++i) {
      const std::string name = option.get_validator(i)->get_name();
      if (name.starts_with(choices_mark)) names = name.substr(choices_mark.size());
    }
  } catch (const CLI::OptionNotFound&) {
    return {};
  }
  std::istringstream words(names);
  return {std::istream_iterator<std::string>(words), {}};
}

void refuse_empty_values(CLI::App& command) {
  for (CLI::Option* const option : command.get_options()) {
    if (option->get_items_expected_max() == 0) continue;  // a flag
    option->check([](const std::string& text) {
      return text.empty() ? std::string("is empty: remove it, or give it a value") : "";
    });
  }
}

}  // namespace apiary
