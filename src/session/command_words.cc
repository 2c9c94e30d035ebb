#include "session/command_words.h"

#include <optional>
#include <utility>

namespace apiary {
namespace {

constexpr std::string_view blanks = " \t\r\n";

class CommandSplitter {
 public:
  CommandSplitter(std::string_view command, const Variables* variables)
      : text_(command), variables_(variables) {}

  tl::expected<std::vector<std::string>, UnclosedQuote> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (blanks.find(c) != blanks.npos) {
        end_word();
        ++at_;
        continue;
      }
      if (c == '\'' || c == '"') {
        if (const std::size_t begin = at_; !take_quoted())
          return tl::unexpected(UnclosedQuote{c, begin});
      } else if (c == '\\') {
        take_escaped();
      } else {
        take_plain();
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  void end_word() {
    if (in_word_) words_.push_back(std::exchange(word_, {}));
    in_word_ = false;
  }

  /// A character, or the value of the variable that begins here.
  void take_plain() {
    in_word_ = true;
    const char c = text_[at_++];
    const auto variable =
        c == '$' && variables_ != nullptr ? variables_->find(text_.substr(at_)) : std::nullopt;
    if (!variable) {
      word_ += c;
      return;
    }
    word_ += variable->value;
    at_ += variable->length;
  }

  /// A backslash and what follows. Before a line end both go; the last of the text stands for
  /// itself.
  void take_escaped() {
    if (text_.substr(at_ + 1).starts_with('\n')) {
      at_ += 2;
      return;
    }
    in_word_ = true;
    if (at_ + 1 < text_.size()) ++at_;
    word_ += text_[at_++];
  }

  /// What stands between quotes. Returns whether it ends.
  bool take_quoted() {
    in_word_ = true;
    const char mark = text_[at_++];
    while (at_ < text_.size() && text_[at_] != mark) {
      const bool escapes = mark == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() &&
                           std::string_view("$`\"\\\n").find(text_[at_ + 1]) != std::string::npos;
      if (escapes)
        take_escaped();
      else if (mark == '"')
        take_plain();
      else
        word_ += text_[at_++];
    }
    return at_++ < text_.size();
  }

  std::string_view text_;
  const Variables* variables_;  // null: they stand for themselves
  std::size_t at_ = 0;
  bool in_word_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

tl::expected<std::vector<std::string>, UnclosedQuote> split_command(std::string_view command,
                                                                    const Variables& variables) {
  return CommandSplitter(command, &variables).run();
}

tl::expected<std::vector<std::string>, UnclosedQuote> split_command(std::string_view command) {
  return CommandSplitter(command, nullptr).run();
}

}  // namespace apiary
