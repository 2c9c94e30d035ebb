#include "session/command_words.h"

#include <utility>

#include "base/ascii.h"

namespace apiary {
namespace {

constexpr std::string_view blanks = " \t\r\n";

class CommandSplitter {
 public:
  CommandSplitter(std::string_view command, const Variables* variables)
      : text_(command), variables_(variables) {}

  std::vector<std::string> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (blanks.find(c) != blanks.npos) {
        end_word();
        ++at_;
      } else if (c == '\'' || c == '"') {
        take_quote();
      } else if (c == '\\') {
        take_escaped();
      } else {
        take_plain();
      }
    }
    end_word();
    return std::move(words_);
  }

  const std::optional<DoubtfulQuote>& doubt() const { return doubt_; }

 private:
  void end_word() {
    if (in_word_) words_.push_back(std::exchange(word_, {}));
    in_word_ = false;
  }

  /// Reads a character, or the value of the variable that begins here.
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

  /// Reads a backslash and the next character. Drops both if that is a line end. A backslash at the
  /// end of the text is a plain character.
  void take_escaped() {
    if (text_.substr(at_ + 1).starts_with('\n')) {
      at_ += 2;
      return;
    }
    in_word_ = true;
    if (at_ + 1 < text_.size()) ++at_;
    word_ += text_[at_++];
  }

  /// Whether the backslash at `at`, between double quotes, makes the next character a plain one.
  bool escapes(std::size_t at) const {
    return text_[at] == '\\' && at + 1 < text_.size() &&
           std::string_view("$`\"\\\n").find(text_[at + 1]) != std::string_view::npos;
  }

  /// The end of the quote that begins at at_; npos if no other one closes it.
  std::size_t closing_quote() const {
    if (text_[at_] == '\'') return text_.find('\'', at_ + 1);
    for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
      if (text_[at] == '"') return at;
      if (escapes(at)) ++at;
    }
    return text_.npos;
  }

  /// Reads the text between quotes, or the quote itself if no other one closes it.
  void take_quote() {
    const std::size_t end = closing_quote();
    note_doubt(end);
    if (end == text_.npos) return take_plain();
    in_word_ = true;
    const bool is_single = text_[at_++] == '\'';
    while (at_ < end) {
      if (is_single)
        word_ += text_[at_++];
      else if (escapes(at_))
        take_escaped();
      else
        take_plain();
    }
    at_ = end + 1;
  }

  void note_doubt(std::size_t end) {
    if (doubt_) return;
    const bool is_closed = end != text_.npos;
    const bool is_within_words = is_closed && text_[at_] == '\'' && at_ > 0 &&
                                 is_letter(text_[at_ - 1]) && end + 1 < text_.size() &&
                                 is_letter(text_[end + 1]);
    if (!is_closed || is_within_words) doubt_ = DoubtfulQuote{text_[at_], at_, is_closed};
  }

  std::string_view text_;
  const Variables* variables_;  // null: they are not replaced
  std::size_t at_ = 0;
  bool in_word_ = false;
  std::string word_;
  std::vector<std::string> words_;
  std::optional<DoubtfulQuote> doubt_;  // the first
};

}  // namespace

std::vector<std::string> split_command(std::string_view command, const Variables& variables) {
  return CommandSplitter(command, &variables).run();
}

std::vector<std::string> split_command(std::string_view command) {
  return CommandSplitter(command, nullptr).run();
}

std::optional<DoubtfulQuote> find_doubtful_quote(std::string_view command) {
  CommandSplitter splitter(command, nullptr);
  splitter.run();
  return splitter.doubt();
}

}  // namespace apiary
