#include "passive/syn_signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "wire/tcp_options.h"

namespace apiary {
namespace {

using Error = tl::unexpected<std::string>;

struct Word {
  std::string_view text;
  std::uint32_t bit;
};
constexpr Word quirk_words[] = {
    {"df", quirk::df},           {"id+", quirk::id_plus},     {"id-", quirk::id_minus},
    {"ecn", quirk::ecn},         {"0+", quirk::zero_plus},    {"flow", quirk::flow},
    {"seq-", quirk::seq_minus},  {"ack+", quirk::ack_plus},   {"ack-", quirk::ack_minus},
    {"uptr+", quirk::uptr_plus}, {"urgf+", quirk::urgf_plus}, {"pushf+", quirk::pushf_plus},
    {"ts1-", quirk::ts1_minus},  {"ts2+", quirk::ts2_plus},   {"opt+", quirk::opt_plus},
    {"exws", quirk::exws},       {"bad", quirk::bad},
};

struct OptionWord {
  std::string_view text;
  std::uint8_t kind;
};
constexpr OptionWord option_words[] = {
    {"nop", tcp_option::nop},         {"mss", tcp_option::mss},
    {"ws", tcp_option::window_scale}, {"sok", tcp_option::sack_permitted},
    {"sack", tcp_option::sack},       {"ts", tcp_option::timestamps},
};

/// A decimal number of at most `most`, and nothing else.
template <class Number>
bool read_number(std::string_view text, Number& number, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return false;
  number = static_cast<Number>(value);
  return true;
}

/// Takes the text before `separator` off, and the separator; all if there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return taken;
}

/// "64", "64-", and "54+10", which is 64.
bool read_ttl(std::string_view text, SynSignature& signature) {
  signature.ttl_is_limit = text.ends_with('-');
  if (signature.ttl_is_limit) text.remove_suffix(1);
  std::uint32_t distance = 0, observed = 0;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!read_number(text.substr(plus + 1), distance, 255)) return false;
    text = text.substr(0, plus);
  }
  if (!read_number(text, observed, 255 - distance) || observed + distance == 0) return false;
  signature.ttl = static_cast<std::uint8_t>(observed + distance);
  return true;
}

using Field = PlainFields::Field;

bool read_plain(std::string_view text, Field field, std::uint32_t most, SynSignature& signature) {
  std::uint16_t number = 0;
  if (!read_number(text, number, most)) return false;
  signature.plain.set(field, number);
  return true;
}
bool read_or_any(std::string_view text, Field field, std::uint32_t most, SynSignature& signature) {
  return text == "*" || read_plain(text, field, most, signature);
}

bool read_window(std::string_view text, SynSignature& signature) {
  constexpr std::uint32_t most = 65'535;
  for (const auto& [prefix, of] :
       {std::pair{"mss*", WindowMultiple::Of::mss}, std::pair{"mtu*", WindowMultiple::Of::mtu}})
    if (text.starts_with(prefix)) {
      WindowMultiple multiple{.of = of};
      if (!read_number(text.substr(4), multiple.times, most)) return false;
      signature.times = packed(multiple);
      return true;
    }
  if (text.starts_with('%'))
    return read_number(text.substr(1), signature.window_divisor, most) &&
           signature.window_divisor != 0;
  return read_or_any(text, Field::window, most, signature);
}

/// Appends one option of the layout. Error: a sentence.
tl::expected<void, std::string> read_option(std::string_view word, ParsedSignature& parsed) {
  std::uint8_t kind = 0;
  if (word.starts_with("eol+")) {
    if (!read_plain(word.substr(4), Field::end_padding_bytes, 40, parsed.signature))
      return Error(fmt::format("'{}' has no number of bytes", word));
  } else if (word.starts_with('?')) {
    if (!read_number(word.substr(1), kind, 255))
      return Error(fmt::format("'{}' has no number of an option", word));
  } else {
    const OptionWord* found = nullptr;
    for (const OptionWord& known : option_words)
      if (known.text == word) found = &known;
    if (found == nullptr) return Error(fmt::format("there is no TCP option '{}'", word));
    kind = found->kind;
  }
  if (!parsed.layout.add(kind))
    return Error(fmt::format("more than {} TCP options", OptionKinds::limit));
  return {};
}

tl::expected<void, std::string> read_layout(std::string_view text, ParsedSignature& parsed) {
  parsed.signature.plain.set(Field::end_padding_bytes, 0);  // the layout may set another value
  while (!text.empty()) {
    const std::string_view word = take_until(text, ',');
    if (auto read = read_option(word, parsed); !read) return read;
    if (word.starts_with("eol+") && !text.empty())
      return Error(fmt::format("'{}' follows the end of the options", text));
  }
  return {};
}

tl::expected<void, std::string> read_quirks(std::string_view text, SynSignature& signature) {
  while (!text.empty()) {
    const std::string_view word = take_until(text, ',');
    std::uint32_t bit = 0;
    for (const Word& known : quirk_words)
      if (known.text == word) bit = known.bit;
    if (bit == 0) return Error(fmt::format("there is no quirk '{}'", word));
    signature.quirks |= bit;
  }
  return {};
}

bool read_version(std::string_view text, SynSignature& signature) {
  using Version = SynSignature::Version;
  signature.version = text == "4" ? Version::v4 : text == "6" ? Version::v6 : Version::any;
  return text == "4" || text == "6" || text == "*";
}

bool read_payload(std::string_view text, SynSignature& signature) {
  if (text == "*") return true;
  signature.plain.set(Field::has_payload, text == "+" ? 1 : 0);
  return text == "0" || text == "+";
}

unsigned initial_ttl(unsigned received) {
  for (const unsigned usual : {32U, 64U, 128U})
    if (received <= usual) return usual;
  return 255;
}

std::string window_text(const SynShape& syn) {
  switch (syn.multiple.of) {
    case WindowMultiple::Of::nothing:
      return std::to_string(syn.window);
    case WindowMultiple::Of::mss:
      return fmt::format("mss*{}", syn.multiple.times);
    case WindowMultiple::Of::mtu:
      return fmt::format("mtu*{}", syn.multiple.times);
  }
  return {};
}

/// With a separator after each.
std::string layout_text(const SynShape& syn) {
  std::string text;
  for (std::size_t i = 0; i < syn.layout.count; ++i) {
    const std::uint8_t kind = syn.layout.kinds[i];
    const auto* const known = std::ranges::find(option_words, kind, &OptionWord::kind);
    if (kind == tcp_option::end)
      text += fmt::format("eol+{},", syn.end_padding_bytes);
    else if (known != std::end(option_words))
      (text += known->text) += ',';
    else
      text += fmt::format("?{},", kind);
  }
  return text;
}

std::string quirks_text(std::uint32_t quirks) {
  std::string text;
  for (const Word& word : quirk_words)
    if ((quirks & word.bit) != 0) (text += word.text) += ',';
  return text;
}

/// The fields between the colons.
using Fields = std::array<std::string_view, 8>;
std::optional<Fields> split(std::string_view text) {
  Fields fields;
  std::size_t colons = 0;
  for (const char character : text)
    if (character == ':') ++colons;
  if (colons != fields.size() - 1) return std::nullopt;
  for (std::string_view& field : fields) field = take_until(text, ':');
  return fields;
}

}  // namespace

tl::expected<ParsedSignature, std::string> parse_syn_signature(std::string_view text) {
  const auto fields = split(text);
  if (!fields) return Error("a signature is ver:ittl:olen:mss:wsize,scale:olayout:quirks:pclass");
  const auto [version, ttl, options, mss, window, layout, quirks, payload] = *fields;
  const auto bad = [](std::string_view what, std::string_view value) {
    return Error(fmt::format("'{}' is not a valid {}", value, what));
  };
  ParsedSignature parsed;
  SynSignature& signature = parsed.signature;
  if (!read_version(version, signature)) return bad("version of IP: *, 4 or 6", version);
  if (!read_ttl(ttl, signature)) return bad("TTL", ttl);
  if (!read_plain(options, Field::ip_options_bytes, 255, signature))
    return bad("length of IP options", options);
  if (!read_or_any(mss, Field::mss, 65'535, signature)) return bad("MSS", mss);
  std::string_view scale = window;
  const std::string_view size = take_until(scale, ',');
  if (!read_window(size, signature)) return bad("window", size);
  if (!read_or_any(scale, Field::scale, 255, signature)) return bad("window scale", scale);
  if (auto read = read_layout(layout, parsed); !read) return Error(read.error());
  if (auto read = read_quirks(quirks, signature); !read) return Error(read.error());
  if (!read_payload(payload, signature)) return bad("payload: 0, + or *", payload);
  signature.quirks &= ~quirk::flow;  // a quirk of IPv6, which is not supported
  return parsed;
}

std::string signature_of(const std::optional<SynShape>& syn) {
  if (!syn) return {};
  std::string layout = layout_text(*syn), quirks = quirks_text(syn->quirks);
  for (std::string* const list : {&layout, &quirks})
    if (!list->empty()) list->pop_back();
  return fmt::format("4:{}:{}:{}:{},{}:{}:{}:{}", initial_ttl(syn->ttl), syn->ip_options_bytes,
                     syn->mss, window_text(*syn), syn->scale, layout, quirks,
                     syn->has_payload ? '+' : '0');
}

PlainFields plain_fields(const SynShape& syn) {
  PlainFields fields;
  fields.set(Field::mss, syn.mss);
  fields.set(Field::window, syn.window);
  fields.set(Field::scale, syn.scale);
  fields.set(Field::ip_options_bytes, syn.ip_options_bytes);
  fields.set(Field::end_padding_bytes, syn.end_padding_bytes);
  fields.set(Field::has_payload, syn.has_payload ? 1 : 0);
  return fields;
}

Fit SynSignature::fit(const SynShape& syn) const {
  constexpr int max_hops = 35;  // p0f's limit for a plausible distance
  if (window_divisor != 1 && syn.window % window_divisor != 0) return Fit::none;
  const std::uint32_t gone = quirks & ~syn.quirks, came = syn.quirks & ~quirks;
  if ((gone & ~(quirk::df | quirk::id_plus)) != 0 || (came & ~(quirk::id_minus | quirk::ecn)) != 0)
    return Fit::none;
  const int hops = ttl - syn.ttl;
  if (ttl_is_limit && hops < 0) return Fit::none;
  const bool is_far = !ttl_is_limit && (hops < 0 || hops > max_hops);
  return gone != 0 || came != 0 || is_far ? Fit::fuzzy : Fit::exact;
}

}  // namespace apiary
